"""A claim that its payer has is voided once, under the payer's number, and goes anew when a person wants it."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.adjudication_tracking import ClaimAcknowledged
from contracts.registration import CoveragesSet
from contracts.submission import ClaimQueued, ClaimResubmitted, ClaimVoided, VoidWithdrawn
from services.submission.domain import ACCOUNT, Books
from services.submission.domain.commands import (
    BuildClaim,
    ReplaceClaim,
    ResubmitClaim,
    SendCorrection,
    SettleVoid,
    VoidClaim,
    WithdrawVoid,
)
from services.submission.projections.claims import CLAIM as CLAIM_ROWS
from shared.x12 import read_file
from shared.x12.claim_837p import read_837p
from tests.unit.scenario import fold, refused, said, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    READY,
    SOURCE,
    adjudicated,
    after,
    asked,
    books,
    payer,
    rejected,
    submitted,
    taken_back,
)
from tests.unit.submission.outside import Memory, one_package
from tests.unit.submission.test_submission_gateway import built, judged_by_pyx12
from tests.unit.submission.test_submission_rooms import ON_ACCOUNT, rows

VOID = VoidClaim(CLAIM, "billed to the wrong person", "biller")


def acknowledged(by: Any = "payer", isa13: str = "000000100", **changes: Any) -> ClaimAcknowledged:
    """A 277CA took an attempt."""
    return ClaimAcknowledged(
        **{
            "account": ACCOUNT_NO,
            "claim": CLAIM,
            "by": by,
            "category": "A2",
            "charge_cents": 30_000,
            "payer_control": "ICN-0" if by == "payer" else "",
            "source": SOURCE,
            "answers_isa13": isa13,
            "answers_st02": "0001",
            **changes,
        }
    )


SENT = (*after(READY, BuildClaim()), submitted())
ACCEPTED = (*SENT, acknowledged())
DECIDED = (*ACCEPTED, adjudicated())
LEFT = submitted(2, isa13=200, frequency="8")


def asked_to(given: tuple[Any, ...], command: Any = VOID, book: Books | None = None) -> list[Any]:
    """What is said; what goes into a queue without its stream."""
    told = said(ACCOUNT, given, command, book or books())
    return [one[1] if isinstance(one, tuple) else one for one in told]


@pytest.mark.parametrize(
    ("given", "control"), [(ACCEPTED, "ICN-0"), (DECIDED, "ICN-1")], ids=["accepted", "decided"]
)
def test_a_void_goes_as_frequency_8_under_the_payers_number_and_says_who_wants_it_and_why(
    given: tuple[Any, ...], control: str
) -> None:
    resent, queued = asked_to(given)
    assert isinstance(resent, ClaimResubmitted) and isinstance(queued, ClaimQueued)
    assert (resent.cause, resent.frequency, resent.payer_control) == ("void", "8", control)
    assert (resent.reason, resent.asked_by, resent.attempt) == (VOID.reason, "biller", 2)
    package = queued.package
    assert (package.frequency, package.payer_control, package.note) == ("8", control, "")
    assert asked_to((*given, resent)) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ((), "no such claim"),
        (SENT, "this one is submitted"),
        ((*SENT, rejected()), "this one is rejected"),
        ((*SENT, acknowledged("clearinghouse")), "control number"),
        (after(DECIDED, SendCorrection(asked())), "this one is queued"),
    ],
)
def test_only_what_a_payer_has_is_voided(given: tuple[Any, ...], why: str) -> None:
    assert why in refused(ACCOUNT, given, VOID, books())


@pytest.mark.parametrize("command", [VOID, ReplaceClaim(CLAIM, "late charge", "biller")])
def test_what_a_payer_decided_needs_a_coverage_to_be_voided_or_replaced(command: Any) -> None:
    uncovered = CoveragesSet(patient="patient-1", coverages=(), set_on=DAY, reason="never insured")
    assert "set its coverages" in refused(ACCOUNT, (*DECIDED, uncovered), command, books())


@pytest.mark.parametrize(("policy", "why"), [("reopening", "reopen"), ("new_claim", "no voids")])
def test_a_payer_that_takes_no_replacement_takes_no_void(policy: str, why: str) -> None:
    assert why in refused(ACCOUNT, DECIDED, VOID, books(payer(replacement=policy)))


ASKED = (*DECIDED, *asked_to(DECIDED)[:1])
ON_ITS_WAY = (*ASKED, LEFT)


def test_the_payers_277ca_takes_the_void_and_what_it_paid_is_its_to_take_back() -> None:
    given = (*ON_ITS_WAY, acknowledged(isa13="000000200"))
    (voided,) = asked_to(given, SettleVoid(CLAIM))
    assert isinstance(voided, ClaimVoided)
    assert (voided.taken_by, voided.attempt, voided.payer_control) == ("277CA", 2, "ICN-1")
    assert (voided.standing, voided.standing_paid_cents) == (("adj-1",), 20_000)
    scenario(ACCOUNT, given=(*given, voided), when=SettleVoid(CLAIM), then=[], book=books())
    scenario(ACCOUNT, given=(*given, voided), when=VOID, then=[], book=books())


def test_what_the_payer_says_after_the_clearinghouse_counts_its_number_and_that_it_took_a_void() -> (
    None
):
    passed_on = (*SENT, acknowledged("clearinghouse"), acknowledged())
    assert asked_to(passed_on)[0].payer_control == "ICN-0"
    void_too = (*ON_ITS_WAY, acknowledged("clearinghouse", "000000200"))
    (voided,) = asked_to((*void_too, acknowledged(isa13="000000200")), SettleVoid(CLAIM))
    assert voided.taken_by == "277CA"


def test_a_late_rejection_of_the_first_attempt_refuses_no_void() -> None:
    late = replace(rejected(), answers_isa13="000000100", answers_st02="0001")
    for given in (ON_ITS_WAY, (*ON_ITS_WAY, adjudicated("adj-2"))):
        before, after_it = (fold(ACCOUNT, events) for events in (given, (*given, late)))
        assert after_it == before


def test_the_reversal_of_its_decision_takes_the_void_too() -> None:
    (voided,) = asked_to((*ON_ITS_WAY, taken_back()), SettleVoid(CLAIM))
    assert (voided.taken_by, voided.standing, voided.standing_paid_cents) == ("reversal", (), 0)


@pytest.mark.parametrize(
    "given",
    [
        ASKED,
        (*ON_ITS_WAY, acknowledged("clearinghouse", "000000200")),
        (*ON_ITS_WAY, acknowledged()),
        (*ASKED, taken_back()),
        (*DECIDED, taken_back()),
    ],
    ids=["on its way", "clearinghouse", "of the first attempt", "before it left", "no void"],
)
def test_nothing_else_takes_a_void(given: tuple[Any, ...]) -> None:
    assert asked_to(given, SettleVoid(CLAIM)) == []


def test_a_void_that_a_gate_refuses_goes_again_as_a_void() -> None:
    no = rejected()
    resent, queued = asked_to((*ON_ITS_WAY, no), ResubmitClaim(CLAIM))
    assert (resent.frequency, resent.payer_control, queued.package.attempt) == ("8", "ICN-1", 3)


REJECTED = (*ON_ITS_WAY, rejected())
DROP = WithdrawVoid(CLAIM, "THE PERSON WAS THE RIGHT ONE", "biller")


@pytest.mark.parametrize(
    ("given", "stands", "control"),
    [((*ACCEPTED, *asked_to(ACCEPTED)[:1], LEFT), "accepted", ""), (ON_ITS_WAY, "adjudicated", "")],
)
def test_a_rejected_void_is_withdrawn_and_the_claim_stands_as_the_payer_has_it(
    given: tuple[Any, ...], stands: str, control: str
) -> None:
    bounced = (*given, rejected())
    (dropped,) = asked_to(bounced, DROP)
    assert isinstance(dropped, VoidWithdrawn)
    assert (dropped.stands, dropped.frequency, dropped.payer_control) == (stands, "1", control)
    assert (dropped.reason, dropped.withdrawn_by) == (DROP.reason, "biller")
    claim = fold(ACCOUNT, (*bounced, dropped)).claims[CLAIM]
    assert (claim.status, claim.frequency, claim.before_void) == (stands, "1", None)
    # It may be voided again: the payer has it.
    assert asked_to((*bounced, dropped))[0].frequency == "8"


def test_a_void_sent_again_and_rejected_again_is_withdrawn_to_what_stood_before_the_first() -> None:
    again = (*REJECTED, *asked_to(REJECTED, ResubmitClaim(CLAIM))[:1])
    refused_again = (
        *again,
        submitted(3, isa13=300, frequency="8"),
        rejected(),
    )
    (dropped,) = asked_to(refused_again, DROP)
    assert (dropped.stands, dropped.frequency, dropped.attempt) == ("adjudicated", "1", 3)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ((), "no such claim"),
        (DECIDED, "no void"),
        (ASKED, "this one is queued"),
        (ON_ITS_WAY, "this one is submitted"),
        ((*REJECTED, *asked_to(REJECTED, DROP)), "no void"),
    ],
)
def test_only_a_void_that_came_to_nothing_is_withdrawn(given: tuple[Any, ...], why: str) -> None:
    assert why in refused(ACCOUNT, given, DROP, books())


def test_a_rejected_void_shows_what_may_be_done_and_a_withdrawn_one_waits_for_nobody() -> None:
    shown = [event for event in REJECTED if hasattr(event, "claim")]
    ((_, row),) = rows(CLAIM_ROWS, tuple(shown), ON_ACCOUNT).items()
    assert "withdraw" in row["reasons"][0]["fix"]
    (dropped,) = asked_to(REJECTED, DROP)
    ((_, row),) = rows(CLAIM_ROWS, (*shown, dropped), ON_ACCOUNT).items()
    assert (row["state"], row["frequency"], row["reasons"]) == ("adjudicated", "1", [])


GONE = (*ON_ITS_WAY, taken_back(), *asked_to((*ON_ITS_WAY, taken_back()), SettleVoid(CLAIM)))


def test_what_a_payer_voided_goes_anew_by_a_person_alone() -> None:
    given = (*ON_ITS_WAY, acknowledged(isa13="000000200"))
    voided = (*given, *asked_to(given, SettleVoid(CLAIM)))
    assert asked_to(voided, BuildClaim()) == []


def test_a_voided_claim_goes_anew_as_an_original() -> None:
    resent, queued = asked_to(GONE, ResubmitClaim(CLAIM))
    assert (resent.cause, resent.frequency, resent.payer_control) == ("after_void", "1", "")
    assert (queued.package.attempt, queued.package.frequency) == (3, "1")


def test_no_correction_answers_a_decision_on_a_voided_claim() -> None:
    given = (*ON_ITS_WAY, acknowledged(isa13="000000200"))
    voided = (*given, *asked_to(given, SettleVoid(CLAIM)))
    (declined,) = asked_to(voided, SendCorrection(asked()))
    assert declined.reason == "The claim was voided."


def test_a_decision_that_comes_after_all_stands() -> None:
    state = fold(ACCOUNT, (*GONE, adjudicated("adj-2")))
    assert state.claims[CLAIM].status == "adjudicated"


def test_a_voided_claim_shows_what_the_payer_has_still_to_take_back() -> None:
    given = (*ON_ITS_WAY, acknowledged(isa13="000000200"))
    voided = (*given, *asked_to(given, SettleVoid(CLAIM)))
    on_account = [event for event in voided if hasattr(event, "claim")]
    ((_, row),) = rows(CLAIM_ROWS, tuple(on_account), ON_ACCOUNT).items()
    assert (row["state"], row["standing"], row["frequency"]) == ("voided", ["adj-1"], "8")
    ((_, row),) = rows(CLAIM_ROWS, (*on_account, taken_back()), ON_ACCOUNT).items()
    assert (row["state"], row["standing"]) == ("voided", [])


def test_a_void_is_written_as_the_whole_claim_with_the_payers_number() -> None:
    data = built(Memory(one_package(1, frequency="8", payer_control="ICN-1")))
    fine, report = judged_by_pyx12(data)
    assert fine, report
    (one,) = read_file(data).sets()
    ((back,), _) = read_837p(one)
    assert (back.frequency, back.payer_control, len(back.lines)) == ("8", "ICN-1", 2)


def test_a_void_is_answered_although_the_payer_paid_the_original_meanwhile() -> None:
    asked_for = (*ACCEPTED, *asked_to(ACCEPTED)[:1], LEFT, adjudicated())
    (voided,) = asked_to((*asked_for, acknowledged(isa13="000000200")), SettleVoid(CLAIM))
    assert (voided.taken_by, voided.standing, voided.standing_paid_cents) == (
        "277CA",
        ("adj-1",),
        20_000,
    )
    no = replace(rejected(), answers_isa13="000000200", answers_st02="0001")
    (dropped,) = asked_to((*asked_for, no), DROP)
    assert dropped.stands == "adjudicated"
