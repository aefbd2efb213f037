"""A person is erased when every account is settled and no legal hold keeps them; the money stays."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.posting import ErasureAnswered
from contracts.reference import LegalHoldLifted, LegalHoldPlaced
from contracts.registration import (
    AccountRegistered,
    ErasureAsked,
    ErasureRefused,
    KeysDestroyed,
    PatientRegistered,
    PersonErased,
)
from contracts.values import Sealed
from services.registration.api.routes import told
from services.registration.domain import (
    PATIENT,
    AskErasure,
    Book,
    CorrectDemographics,
    OpenAccount,
    SetCoverages,
    SettleErasure,
    StateDestroyed,
    evolve_book,
)
from shared.errors import Busy
from shared.service import Say
from shared.streams import account_number, account_stream
from tests.unit.registration.test_patients import BOX, DAY, OPEN
from tests.unit.scenario import fold, refused, said, scenario

ONE, TWO = (account_number("t", "s", str(n)) for n in (1, 2))
KNOWN = [
    PatientRegistered(patient="p", person=BOX, source_system="s"),
    AccountRegistered(account=ONE, digest="1"),
    AccountRegistered(account=TWO, digest="2"),
]
ASK = AskErasure("p", "the client left")
ASKED = ErasureAsked(patient="p", request=1, accounts=2, reason="the client left")
ERASED = PersonErased(patient="p", request=1, reason="the client left")
GONE = KeysDestroyed(patient="p", request=1, key_ids=("k",))


def answer(account: str, request: int = 1, **more: Any) -> ErasureAnswered:
    return ErasureAnswered(
        account=account, patient="p", request=request, **{"settled": True, **more}
    )


def held(*holds: tuple[str, str]) -> Book:
    book = Book(date(2026, 1, 5))
    for number, patient in holds:
        book = evolve_book(book, LegalHoldPlaced(hold=number, patient=patient, reason="a suit"))
    return book


def test_a_hold_that_came_between_the_decision_and_its_deed_is_told() -> None:
    rows = [{"patient": who, "state": "erased", "sentence": ""} for who in ("p", "another")]
    rows.append({"patient": "p", "state": "destroyed", "sentence": ""})
    sentences = [row["sentence"] for row in told(rows, held(("M-1", "p")))]
    assert sentences == ["the legal hold M-1 keeps the key for now", "", ""]


def test_every_account_is_asked() -> None:
    to_all = [(account_stream(account), ASKED) for account in (ONE, TWO)]
    scenario(PATIENT, given=KNOWN, when=ASK, then=[ASKED, *to_all])


def test_the_last_answer_erases_the_person_on_the_patient_and_on_every_account() -> None:
    given = [*KNOWN, ASKED, answer(ONE)]
    scenario(PATIENT, given=given, when=SettleErasure("p"), then=[])
    to_all = [(account_stream(account), ERASED) for account in (ONE, TWO)]
    given.append(answer(TWO))
    scenario(PATIENT, given=given, when=SettleErasure("p"), then=[ERASED, *to_all])
    scenario(PATIENT, given=[*given, ERASED], when=SettleErasure("p"), then=[])


def test_an_account_that_is_not_settled_keeps_the_person_and_is_named() -> None:
    given = [*KNOWN, ASKED, answer(ONE), answer(TWO, settled=False, patient_cents=5)]
    (no,) = said(PATIENT, given, SettleErasure("p"))
    assert no == ErasureRefused(
        patient="p", request=1, accounts=(TWO,), sentence="1 of 2 accounts are not settled"
    )
    assert said(PATIENT, [*given, no], ASK)[0].request == 2


@pytest.mark.parametrize("whom", ["p", ""], ids=["of the patient", "of everybody"])
def test_a_legal_hold_keeps_the_person(whom: str) -> None:
    book = held(("M-1", whom))
    assert refused(PATIENT, KNOWN, ASK, book) == "the legal hold M-1 keeps this person"
    given = [*KNOWN, ASKED, answer(ONE), answer(TWO)]
    (no,) = said(PATIENT, given, SettleErasure("p"), book)
    assert isinstance(no, ErasureRefused) and "M-1" in no.sentence


def test_a_hold_of_somebody_else_or_one_that_was_lifted_keeps_nobody() -> None:
    book = held(("M-1", "another"), ("M-2", "p"))
    assert book.keeping.hold_on("p") == "M-2"
    book = evolve_book(book, LegalHoldLifted(hold="M-2", reason="settled"))
    assert book.keeping.hold_on("p") is None
    assert said(PATIENT, KNOWN, ASK, book)[0] == ASKED


def test_an_answer_to_an_earlier_request_answers_nothing() -> None:
    again = replace(ASKED, request=2)
    given = [*KNOWN, ASKED, answer(ONE), again, answer(TWO)]
    scenario(PATIENT, given=given, when=SettleErasure("p"), then=[])
    late = [*KNOWN, ASKED, again, answer(ONE), answer(TWO)]
    scenario(PATIENT, given=late, when=SettleErasure("p"), then=[])
    given += [answer(ONE, 2), answer(TWO, 2)]
    assert said(PATIENT, given, SettleErasure("p"))[0].request == 2


def test_an_encounter_that_comes_in_meanwhile_keeps_the_person() -> None:
    no, kept, _ = said(PATIENT, [*KNOWN, ASKED], OPEN)
    assert isinstance(no, ErasureRefused) and isinstance(kept, AccountRegistered)
    given = [*KNOWN, ASKED, no, kept, answer(ONE), answer(TWO)]
    scenario(PATIENT, given=given, when=SettleErasure("p"), then=[])


def busy(given: list[Any], command: OpenAccount) -> str:
    with pytest.raises(Busy) as no:
        PATIENT.decide(command, fold(PATIENT, given), Book())
    return str(no.value)


def test_nothing_is_sealed_with_a_key_that_goes_or_is_gone() -> None:
    assert "come again" in busy([*KNOWN, ERASED], OPEN)
    assert "come again" in busy([*KNOWN, ERASED, GONE], OPEN)


def test_who_comes_again_is_registered_anew_with_another_key() -> None:
    other = replace(OPEN, person=Sealed(key_id="another", box="b"))
    registered, kept, _ = said(PATIENT, [*KNOWN, ERASED, GONE], other)
    assert isinstance(registered, PatientRegistered) and registered.person.key_id == "another"
    given = [*KNOWN, ERASED, GONE, registered, kept]
    assert said(PATIENT, given, ASK)[0] == replace(ASKED, request=1, accounts=3)


def test_what_is_said_of_whoever_came_again_does_not_reach_what_was_erased() -> None:
    other = Sealed(key_id="another", box="b")
    registered, kept, _ = said(PATIENT, [*KNOWN, ERASED, GONE], replace(OPEN, person=other))
    given = [*KNOWN, ERASED, GONE, registered, kept]
    correct = CorrectDemographics("p", other, ("phone",), "they told us", "staff")
    for command in (correct, SetCoverages("p", (), DAY, "none any more", "d")):
        told = PATIENT.decide(command, fold(PATIENT, given), Book())
        streams = [one.stream for one in told if isinstance(one, Say) and one.stream]
        assert streams == [account_stream(OPEN.account)]


def test_there_is_nothing_more_to_say_about_who_was_erased() -> None:
    correct = CorrectDemographics("p", BOX, ("phone",), "they told us", "staff")
    cover = SetCoverages("p", (), DAY, "none any more", "d")
    for given in ([*KNOWN, ERASED], [*KNOWN, ERASED, GONE]):
        for command in (correct, cover):
            assert refused(PATIENT, given, command) == "this person was erased"
        assert refused(PATIENT, given, ASK) == "this person was erased already"
    assert refused(PATIENT, [], ASK) == "no such patient"


def test_the_fact_is_stated_once() -> None:
    when = StateDestroyed("p", ("k",))
    told = KeysDestroyed(patient="p", request=0, key_ids=("k",))
    scenario(PATIENT, given=[*KNOWN, ERASED], when=when, then=[told])
    scenario(PATIENT, given=[*KNOWN, ERASED, GONE], when=when, then=[])
