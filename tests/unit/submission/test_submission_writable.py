"""Whatever passes the doors and the edits, the writer writes; what it refuses is found before a claim is queued."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import event as seen
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.phi import MemberDetails, PersonDetails
from contracts.submission import BatchedSet, ClaimHeld, ClaimQueued, EditFailure, InterchangeBatched
from contracts.values import (
    AdjudicatedLine,
    Adjustment,
    Charge,
    Diagnosis,
    DrugQuantity,
    Provider,
    Reference,
)
from services.registration.api.bodies import Encounter, Person
from services.submission.domain import ACCOUNT, Books
from services.submission.domain.account_state import Account
from services.submission.domain.batching import Waiting, close
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.commands import AnswerSetAside, BuildClaim, ReleaseClaim
from services.submission.domain.edits import WRITER
from services.submission.domain.file import batch_of, header_of, told
from services.submission.domain.lane_state import evolve
from services.submission.domain.loops import Opened
from services.submission.domain.package import package
from services.submission.domain.queue import OUTBOUND, SetAside, TellSetAside, TellSubmitted
from services.submission.domain.sending import SET_ASIDE, blocks, judge, refused_by_writer
from shared.x12.claim_837p import write_837p
from tests.unit.scenario import fold, said
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    READY,
    RECEIVER,
    adjudicated,
    after,
    books,
    captured,
    charge,
    coded,
    coverage,
    facility,
    opened,
    payer,
)

FIRST = ClaimState(claim=CLAIM, payer="PAYER-A", payer_order=1)
SECOND = ClaimState(claim=CLAIM, payer="PAYER-B", payer_order=2)

# -- rules


def _found(given: tuple[Any, ...], book: Books | None = None) -> list[EditFailure]:
    account: Account = fold(ACCOUNT, given)
    return [f for f in judge(account, FIRST, book or books()).failures if f.rule == WRITER]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"procedure": "9" * 48}, None),
        ({"authorization": "9" * 48}, None),
        ({"ndc": "1" * 48}, None),
        ({"ndc": "0000*0000"}, ("2410", "LIN03")),
    ],
)
def test_what_does_not_fit_a_line_holds_the_claim_with_loop_and_element(
    changes: dict[str, Any], place: tuple[str, str] | None
) -> None:
    found = _found((opened(), captured(charge(1, **changes)), coded((1,))))
    assert [(f.loop, f.element) for f in found] == ([place] if place else [])


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"relation": "G81"}, ("2000C", "PAT01")),
        ({"filing_indicator": "CIX"}, ("2000B", "SBR09")),
        ({"insurance_type": "12-X"}, ("2000B", "SBR05")),
    ],
)
def test_a_coverage_that_does_not_fit_holds_the_claim(
    changes: dict[str, Any], place: tuple[str, str]
) -> None:
    found = _found((opened(coverages=(coverage(**changes),)), *READY[1:]))
    assert [(f.loop, f.element) for f in found] == [place]


@pytest.mark.parametrize(
    ("listed", "place"),
    [
        (facility(name="测"), ("2010AA", "NM103")),
        (facility(city=""), ("2010AA", "N401")),
        (payer(name="PAYER-A", payer_id="A*B"), ("2010BB", "NM109")),
        (replace(RECEIVER, contact_phone="555~0100"), ("1000A", "PER04")),
        (replace(RECEIVER, submitter_name="测"), ("1000A", "NM103")),
        (replace(RECEIVER, receiver_id="A:B"), ("1000B", "NM109")),
    ],
)
def test_a_listing_that_cannot_be_written_holds_its_claims_until_it_is_mended(
    listed: Any, place: tuple[str, str]
) -> None:
    held = after(READY, BuildClaim(), books(listed))
    (reason,) = held[-1].reasons
    assert reason.rule == WRITER
    assert (reason.loop, reason.element) == place
    state: Account = fold(ACCOUNT, held)
    assert ACCOUNT.timers is not None and ACCOUNT.timers(state)
    released, (_, queued) = said(ACCOUNT, held, BuildClaim(), books())
    assert isinstance(queued, ClaimQueued) and released.overridden == ()


def test_services_of_several_days_are_written_though_the_patient_was_born_on_the_first() -> None:
    days = (charge(1), charge(2, service_on=DAY + timedelta(days=1)))
    assert _found((opened(), captured(*days), coded())) == []


@pytest.mark.parametrize("code", ["99:13", "99*13", "9 9", "99~13", "9-1"])
def test_codes_are_letters_and_digits(code: str) -> None:
    wrong: Account = fold(ACCOUNT, (opened(), captured(charge(1, procedure=code)), coded((1,))))
    assert [(f.rule, f.loop, f.element) for f in judge(wrong, FIRST, books()).failures] == [
        ("PROCEDURES", "2400", "SV101")
    ]


def test_what_the_writer_refuses_shows_nothing_of_the_data() -> None:
    (found,) = _found((opened(), captured(charge(1, ndc="SECRET:")), coded((1,))))
    assert "SECRET" not in found.sentence


def test_a_service_before_the_encounter_holds_the_claim_for_nobody_knows_if_the_patient_was_born() -> (
    None
):
    early = charge(1, service_on=DAY - timedelta(days=1))
    account: Account = fold(ACCOUNT, (opened(), captured(early), coded((1,))))
    assert [f.rule for f in judge(account, FIRST, books()).failures] == ["SERVICE-DAYS"]


PERSON = {
    "mrn": "1",
    "last": "Test",
    "first": "Ann",
    "born_on": DAY,
    "sex": "F",
    "street": "1 Way",
    "city": "Town",
    "state": "IL",
    "zip": "62701",
}


def test_a_patient_born_after_the_service_began_is_not_registered() -> None:
    facts = {
        **dict.fromkeys(
            ("source_system", "encounter", "encounter_class", "facility", "legal_entity"), "X"
        ),
        "service_from": DAY,
        "service_to": DAY,
        "coverages": [],
    }
    assert Encounter(patient=PERSON, **facts).patient.born_on == DAY  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="born after"):
        Encounter(patient={**PERSON, "born_on": DAY + timedelta(days=1)}, **facts)  # type: ignore[arg-type]


# -- set aside


QUEUED = after(READY, BuildClaim())
(WAITING,) = [e[1] for e in said(ACCOUNT, READY, BuildClaim(), books()) if isinstance(e, tuple)]
(BATCHED,) = said(
    OUTBOUND, (WAITING,), OUTBOUND.wake("cutoff", DAY, evolve(None, WAITING), books()), books()
)  # type: ignore[misc]
ASIDE = SetAside(
    "CLEARING", BATCHED.isa13, CLAIM, 1, "the subscriber has no name", "2010BA", "NM103"
)


def test_a_claim_of_a_batch_is_set_aside_once_and_its_account_is_told() -> None:
    (aside,) = said(OUTBOUND, (WAITING, BATCHED), ASIDE, books())
    assert (aside.account, aside.cents, aside.facility) == (ACCOUNT_NO, 30_000, "F1")
    given = (WAITING, BATCHED, aside)
    assert said(OUTBOUND, given, ASIDE, books()) == []
    ((stream, told_so),) = said(OUTBOUND, given, TellSetAside(aside, "tenant"), books())
    assert (stream, told_so) == (f"account/{ACCOUNT_NO}", aside)
    assert said(OUTBOUND, given, TellSubmitted("CLEARING", BATCHED.isa13, "t", DAY), books()) == []


def test_nothing_is_set_aside_of_a_file_that_we_do_not_know() -> None:
    assert said(OUTBOUND, (WAITING, BATCHED), replace(ASIDE, isa13=999), books()) == []


def test_a_claim_that_was_set_aside_is_a_billers_work_and_goes_when_something_of_it_changed() -> (
    None
):
    (aside,) = said(OUTBOUND, (WAITING, BATCHED), ASIDE, books())
    (held,) = said(ACCOUNT, QUEUED, AnswerSetAside(aside), books())
    assert isinstance(held, ClaimHeld)
    assert (held.attempt, held.reasons) == (1, (aside.reason,))
    state: Account = fold(ACCOUNT, (*QUEUED, held))
    assert ACCOUNT.timers is not None and ACCOUNT.timers(state) == {}
    given = (*QUEUED, aside, held)
    _, (_, again) = said(ACCOUNT, given, BuildClaim(), books())
    assert again.package.attempt == 2
    _, _, (_, released) = said(ACCOUNT, given, ReleaseClaim(CLAIM, (), "mended"), books())
    assert released == again
    assert said(ACCOUNT, (*QUEUED, held), AnswerSetAside(aside), books()) == []


def test_what_listings_mend_is_looked_at_every_morning_the_rest_is_not() -> None:
    assert refused_by_writer("too long", "2010AA", "N301").rule == WRITER
    assert refused_by_writer("too long", "2010BA", "N301").rule == SET_ASIDE


# -- whatever passes

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=48)
ODD = st.sampled_from(["11", "9921:", "A*", "~", "^", "", " ", "é", "X" * 48, "1" * 11])


def mostly(good: Any, *odd: Any) -> st.SearchStrategy[Any]:
    """Something sound as a rule, so that many a claim passes its edits."""
    return st.sampled_from([*[good] * 12, *odd])


providers = st.builds(
    Provider,
    role=st.sampled_from(["DN", "P3", "77", "DQ", "DK", "QB"]),
    last=mostly("WHO", "", "A*B", "测", "X" * 60),
    first=mostly("", "ANN", ":"),
    organisation=st.booleans(),
    npi=mostly("1234567893", "", "1234567890"),
    taxonomy=mostly("", "207Q00000X", "~"),
    street=mostly("", "1 WAY"),
    city=mostly("TOWN", ""),
    state=mostly("IL", "", "i"),
    zip=mostly("627010001", "", "1 2"),
    references=st.one_of(mostly(()), st.tuples(st.builds(Reference, qualifier=mostly("G2", "0B", "***"), number=TEXT))),
)  # fmt: skip


@st.composite
def charges(draw: st.DrawFn) -> tuple[Charge, ...]:
    """Charges as the contract allows them, seldom as a payer does."""
    made = []
    for n in range(1, draw(st.integers(1, 3)) + 1):
        changes = {
            "procedure": draw(mostly("99213", "X" * 48, "9921:")),
            "modifiers": draw(mostly((), ("25", "59"), ("5 9",), ("A*",), ("25",) * 5)),
            "units": draw(st.integers(1, 9_999)),
            "charge_cents": draw(mostly(10_000, 0, 10**10, 10**9)),
            "place_of_service": draw(mostly("11", "21", "1", "A1", "1:")),
            "ndc": draw(st.one_of(mostly(None), mostly("00000000000"), TEXT)),
            "authorization": draw(mostly(None, "AUTH 1") | TEXT),
            "service_to": draw(mostly(None, date(2025, 1, 5), date(2025, 1, 31))),
            "unit": draw(mostly("UN", "MJ")),
            "quantity": draw(mostly(None, "0.5", "1234567.125")),
            "drug": draw(mostly(None, DrugQuantity(quantity="2.25", unit="ML"))),
            "providers": draw(st.one_of(mostly(()), st.tuples(providers))),
            "service_on": draw(mostly(DAY, date(2025, 1, 1), date(2025, 1, 30))),
        }
        made.append(charge(n, **changes))
    return tuple(made)


@st.composite
def people(draw: st.DrawFn) -> PersonDetails:
    """A person that registration takes."""
    words = TEXT | TEXT | st.text(min_size=1, max_size=60) | ODD
    facts = {**PERSON, "born_on": draw(st.dates(date(1900, 1, 1), DAY))}
    for name, most in (("last", 60), ("first", 35), ("street", 55), ("city", 30)):
        facts[name] = draw(words)[:most]
    facts["middle"] = draw(words)[:25]
    try:
        return PersonDetails(**Person(**facts).model_dump())  # type: ignore[arg-type]
    except ValidationError:
        return PersonDetails(**PERSON)  # type: ignore[arg-type]


@st.composite
def packages(draw: st.DrawFn) -> tuple[Account, ClaimState]:
    """An account with one or two payers, and its claim to the last of them."""
    lines = draw(charges())
    second = draw(st.booleans())
    codes = mostly("19", "18", "18", "18", "01", "G8", "X", "123", "*")
    covers = [
        coverage(
            order,
            name,
            relation=draw(codes),
            filing_indicator=draw(mostly("CI", "MB", "ABC", "~")),
            insurance_type=draw(mostly(None, "12", "1234", ":")),
        )
        for order, name in ((1, "PAYER-A"), (2, "PAYER-B"))[: 2 if second else 1]
    ]
    dx = tuple(Diagnosis(sequence=n, code=draw(mostly("J06.9", "Z" * 31, "A:1"))) for n in (1, 2))
    total = sum(line.charge_cents for line in lines)
    paid = draw(st.integers(0, max(total, 1)))
    off = draw(mostly(0, 1))
    whole = (Adjustment(group="CO", reason=draw(mostly("45", "X" * 9)), cents=total - paid + off),)
    by_lines = tuple(
        AdjudicatedLine(
            charge=line.charge,
            charge_cents=line.charge_cents,
            paid_cents=line.charge_cents,
            modifiers=line.modifiers,
            units=line.units,
        )
        for line in lines
    )
    prior = draw(st.sampled_from([((), whole, paid), (by_lines, (), total)]))
    decided = adjudicated(
        payer_control=draw(mostly("ICN-1", "", "A*B", "X" * 60)),
        lines=prior[0], adjustments=prior[1], paid_cents=prior[2],
    )  # fmt: skip
    pointers = draw(st.lists(mostly((1,), (1, 2), (2, 1, 1, 2), (3,)), min_size=3, max_size=3))
    given = (
        opened(
            coverages=tuple(covers),
            service_from=date(2025, 1, 2),
            providers=draw(st.one_of(mostly(()), st.tuples(providers))),
        ),
        captured(*lines),
        replace(coded(*pointers[: len(lines)]), diagnoses=dx),
        *([decided] if second else []),
    )
    claim = replace_claim(SECOND if second else FIRST, draw(mostly("1", "7", "8")))
    note, control = draw(TEXT), draw(mostly("ICN", "", "A*B", "X" * 51))
    made = {"note": note, "payer_control": control}
    return fold(ACCOUNT, given), ClaimState(**{**_fields(claim), **made})


def _fields(claim: ClaimState) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in claim.__struct_fields__}


def replace_claim(claim: ClaimState, frequency: str) -> ClaimState:
    """The claim under another frequency."""
    return ClaimState(**{**_fields(claim), "frequency": frequency})  # type: ignore[arg-type]


def _file(
    account: Account, claim: ClaimState, book: Books
) -> tuple[InterchangeBatched, BatchedSet]:
    wanted = package(account, claim)
    queued = ClaimQueued(package=wanted, receiver="CLEARING", lane=0)
    waiting: tuple[Waiting, ...] = evolve(None, queued).queue
    (event,) = close(("CLEARING", 0), waiting, 1, DAY, book)
    return event, event.sets[0]


@settings(max_examples=400)
@given(packages(), people(), people(), st.booleans())
def test_whatever_passes_the_doors_and_the_edits_is_written(
    one: tuple[Account, ClaimState], person: PersonDetails, holder: PersonDetails, other: bool
) -> None:
    account, claim = one
    book = books()
    passes = not blocks(judge(account, claim, book).failures)
    seen(f"passes: {passes}")
    if not passes:
        return
    event, batched = _file(account, claim, book)
    wanted = package(account, claim)
    member = MemberDetails(member_id="XX1", subscriber=holder if other else None)
    opened_up = Opened(wanted, person, {c.order: member for c in wanted.coverages})
    of = header_of(event.header, event.isa13, DAY, "1200")
    payers = {p.payer: p for p in event.payers}
    data = write_837p(of, [batch_of(of, told(event.header), batched, [opened_up], payers)])
    assert data.startswith(b"ISA*")
