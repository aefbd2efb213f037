"""Each denied amount is work once: of one charge, of another payer, by an appeal's level, and when its money comes back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.denial import AppealDecided, AppealFiled, ClaimCorrection
from contracts.posting import WriteOffPosted
from services.denial.domain import ACCOUNT as DECIDER
from services.denial.domain.commands import (
    Accept,
    Appeal,
    Correct,
    HearDeniedAgain,
    HearMoved,
    HearPosting,
)
from services.denial.domain.state import Book, evolve_book
from shared.streams import charge_number
from tests.unit.denial.facts import (
    ACCOUNT,
    BOOK,
    CHANGE,
    CLAIM,
    D1,
    D2,
    ONE,
    PAID_ON,
    POSTED_ON,
    denied,
    ended,
    heard,
    line,
    listed,
    opened,
    paid,
    posted,
    taken_back,
)
from tests.unit.denial.test_denial_decisions import ASKED, CORRECT, DUPLICATE, OPEN
from tests.unit.scenario import said, scenario

D3, TWO = f"{ACCOUNT}-D3", charge_number(ACCOUNT, 2)


def _scenario(given: list[Any], when: Any, then: list[Any], book: Book = BOOK) -> None:
    scenario(DECIDER, given=given, when=when, then=then, book=book)


# -- one charge, several amounts


def test_two_reasons_of_one_charge_are_two_denials_each_with_its_own_money_and_deadline() -> None:
    book = evolve_book(BOOK, listed("yes", appeal_days=180))
    both = posted(denied("197", 15_000), denied("50", 5_000, correctable=False))
    told = said(DECIDER, [heard(), both], HearPosting(both), book)
    assert [(one.carc, one.cents, one.deadline_on) for one in told] == [
        ("197", 15_000, PAID_ON + timedelta(days=90)),
        ("50", 5_000, PAID_ON + timedelta(days=180)),
    ]


def test_two_reasons_stand_for_no_more_than_is_denied_of_their_charge() -> None:
    booked = (line("ar_denied", 17_000), line("ar_open", -17_000))
    both = posted(denied("197", 15_000), denied("50", 5_000), entries=booked)
    told = said(DECIDER, [heard(), both], HearPosting(both), BOOK)
    assert [(one.carc, one.cents) for one in told] == [("197", 15_000), ("50", 2_000)]
    all_of_it = posted(denied("197", 17_000), denied("50", 5_000), entries=booked)
    (only,) = said(DECIDER, [heard(), all_of_it], HearPosting(all_of_it), BOOK)
    assert (only.carc, only.cents) == ("197", 17_000)


def test_two_denials_of_one_charge_each_take_their_part_of_what_was_paid_and_is_the_patients() -> (
    None
):
    both = posted(denied("197", 15_000), denied("50", 5_000))
    given = [heard(), both, opened(denied("197", 15_000)), opened(denied("50", 5_000), D2)]
    half = paid(17_000)
    _scenario([*given, half], HearPosting(half), [ended("paid", 15_000), ended("paid", 2_000, D2)])
    lines = (line("contractual", 20_000), line("ar_denied", -20_000))
    patients = posted(adjudication="adj-2", entries=lines, patient=15_000)
    outcomes = [e.outcome for e in said(DECIDER, [*given, patients], HearPosting(patients), BOOK)]
    assert outcomes == ["patient", "patient"]


def test_what_the_payer_cuts_by_contract_instead_upholds_the_denial() -> None:
    _scenario([*OPEN, paid(0)], HearPosting(paid(0)), [ended("upheld")])


def test_what_is_denied_again_upholds_the_denial_though_a_part_is_left_to_the_patient() -> None:
    again = paid(0, again=(denied(cents=15_000),), patient=5_000)
    over, work = said(DECIDER, [*OPEN, heard("adj-2"), again], HearPosting(again), BOOK)
    assert (over.outcome, work.adjudication, work.cents) == ("upheld", "adj-2", 15_000)


# -- duplicates


def test_a_duplicate_without_a_line_is_about_every_correction_of_the_claim() -> None:
    whole = replace(DUPLICATE, duplicates=(replace(DUPLICATE.duplicates[0], charge=None),))
    upheld, work = said(DECIDER, [*OPEN, ASKED, whole], HearPosting(whole), BOOK)
    assert (upheld.denial, upheld.outcome, work.continues) == (D1, "upheld", D1)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(DUPLICATE, payer="OTHER"),
        replace(DUPLICATE, claim="another claim"),
        replace(DUPLICATE, duplicates=(replace(DUPLICATE.duplicates[0], charge=TWO),)),
    ],
    ids=["payer", "claim", "line"],
)
def test_a_duplicate_of_another_payer_claim_or_line_changes_nothing(elsewhere: Any) -> None:
    _scenario([*OPEN, ASKED, elsewhere], HearPosting(elsewhere), [])


# -- by which way it goes again


def test_a_correction_goes_as_the_payer_takes_it_today_and_not_as_it_will() -> None:
    later = listed("new_claim", in_force_from=POSTED_ON + timedelta(days=1))
    _scenario(OPEN, CORRECT, [ASKED], evolve_book(BOOK, later))


@pytest.mark.parametrize("change", [ClaimCorrection(note="MENDED"), CHANGE])
def test_whatever_is_different_is_a_correction(change: ClaimCorrection) -> None:
    _scenario(OPEN, Correct(D1, change, "pat"), [replace(ASKED, correction=change)])


def test_a_claim_that_goes_as_a_new_one_needs_no_number_of_the_payer() -> None:
    book = evolve_book(BOOK, listed("new_claim"))
    new = replace(ASKED, route="new_claim", payer_control="")
    _scenario([heard(control=""), *OPEN[1:]], CORRECT, [new], book)


def test_a_correction_takes_along_no_denial_that_has_ended_or_is_another_decisions() -> None:
    given = [*OPEN, opened(denied("16", 5), D2), opened(denied("16", 6), D3, adjudication="adj-2")]
    _scenario([*given, ended("accepted", 5, D2)], CORRECT, [ASKED])


def test_a_denial_that_goes_on_as_another_goes_on_at_its_level_of_appeal() -> None:
    filed = AppealFiled(
        account=ACCOUNT, denial=D1, claim=CLAIM, adjudication="adj-1", payer="BLUE", level=1,
        basis="b", cents=20_000, filed_on=POSTED_ON, answer_by=POSTED_ON, filed_by="pat",
    )  # fmt: skip
    upheld = AppealDecided(
        account=ACCOUNT, denial=D1, claim=CLAIM, payer="BLUE", level=1, outcome="upheld",
        reason="r", decided_on=POSTED_ON, due_on=POSTED_ON, recorded_by="pat",
    )  # fmt: skip
    goes_on = opened(denied(), D2, continues=D1)
    given = [*OPEN, filed, upheld, ended("written_off"), goes_on]
    (again,) = said(DECIDER, given, Appeal(D2, "b", "ref", POSTED_ON, "pat"), BOOK)
    assert (again.denial, again.level) == (D2, 2)


# -- money that comes back

OFF = (line("write_off", 20_000), line("ar_denied", -20_000))
BACK = (line("write_off", -20_000), line("ar_denied", 20_000))


def _again(adjudication: str = "", outcome: str = "written_off") -> HearDeniedAgain:
    return HearDeniedAgain(BACK, outcome, POSTED_ON, adjudication)


def _off(entries: Any, cents: int) -> WriteOffPosted:
    return WriteOffPosted(
        account=ACCOUNT, kind="denial", reason="r", approver="pat", cents=cents, entry=f"w{cents}",
        posted_on=POSTED_ON, entries=entries,
    )  # fmt: skip


def _written_off(*more: Any) -> list[Any]:
    return [*OPEN, _off(OFF, 20_000), ended("written_off"), _off(BACK, -20_000), *more]


def test_what_was_written_off_and_is_taken_back_is_work_again_once() -> None:
    again = opened(denied(), D2, continues=D1)
    _scenario(_written_off(), _again(), [again])
    _scenario(_written_off(again), _again(), [])
    _scenario(_written_off(), _again("adj-1"), [again])


def test_what_was_written_off_of_a_denial_that_stands_and_is_taken_back_is_its_again() -> None:
    some = (line("write_off", 5_000), line("ar_denied", -5_000))
    back = (line("write_off", -5_000), line("ar_denied", 5_000))
    for more, left in (((), 15_000), ((_off(back, -5_000),), 20_000)):
        given = [*OPEN, _off(some, 5_000), *more]
        assert said(DECIDER, given, Accept(D1, "r"), BOOK)[0].cents == left


def test_a_denial_that_has_ended_is_ended_by_no_later_payment() -> None:
    _scenario([*OPEN, ended("accepted"), paid(8_000)], HearPosting(paid(8_000)), [])
    late = (line("remittance_clearing", 8_000), line("ar_denied", -8_000))
    answer = posted(adjudication="adj-2", entries=late)
    off = [_off(OFF, 20_000), ended("written_off")]
    _scenario([*OPEN, *off, answer], HearPosting(answer), [])


def test_what_a_decision_took_of_a_denial_that_stands_is_its_again_when_that_is_taken_back() -> (
    None
):
    some = (line("remittance_clearing", 6_000), line("ar_denied", -6_000))
    back = (line("remittance_clearing", -6_000), line("ar_denied", 6_000))
    part = posted(adjudication="adj-2", entries=some, patient=1_000)
    left = [said(DECIDER, [*OPEN, part, *more], Accept(D1, "r"), BOOK)[0].cents for more in (
        (), (taken_back("adj-2", back),),
    )]  # fmt: skip
    assert left == [14_000, 20_000]


def test_money_that_comes_back_of_another_decision_or_way_is_that_ones() -> None:
    for other in (_again("adj-9"), _again(outcome="next_payer")):
        told = said(DECIDER, _written_off(), other, BOOK)
        assert [one.continues for one in told] == [""]


def test_what_becomes_work_again_without_a_denial_keeps_the_deadline_of_its_decision() -> None:
    nothing_there = posted(denied(), entries=(line("ar_open", 0),))
    given = [heard(), nothing_there, _off(BACK, -20_000)]
    (late,) = said(DECIDER, given, HearMoved((), "reversed", POSTED_ON + timedelta(days=9)), BOOK)
    assert (late.cents, late.continues, late.deadline_on) == (20_000, "", date(2026, 4, 20))
    assert late.charge == ONE
