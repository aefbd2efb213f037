"""A claim that nobody has is ended without any payer: by itself when no charge is left, or by a person who says why."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.coding import ChargeCorrected
from contracts.submission import ClaimHeld, ClaimResubmitted, ClaimVoided
from services.submission.domain import ACCOUNT, OUTBOUND
from services.submission.domain.commands import (
    AnswerSetAside,
    AnswerTransport,
    BillForwarded,
    BillNext,
    BuildClaim,
    ReplaceClaim,
    ResubmitClaim,
    SettleVoid,
    VoidClaim,
)
from services.submission.domain.queue import GiveBack, SetAside
from services.submission.projections.claims import CLAIM as CLAIM_ROWS
from tests.unit.scenario import refused, said, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    FORWARDED,
    SECOND,
    adjudicated,
    after,
    books,
    captured,
    charge,
    coded,
    coverage,
    rejected,
    taken_back,
    transport_rejected,
)
from tests.unit.submission.lives import BUILT, HELD, SENT, UNENROLLED, tell
from tests.unit.submission.test_submission_overtaken import ASIDE, BATCH, RECALLED, WAITING
from tests.unit.submission.test_submission_recalled import set_anew
from tests.unit.submission.test_submission_rooms import ON_ACCOUNT, rows
from tests.unit.submission.test_submission_second_payer import PAID_FIRST

GONE = tuple(
    ChargeCorrected(
        account=ACCOUNT_NO, before=charge(n), after=charge(n, units=0), reason="not done"
    )
    for n in (1, 2)
)
BACK = (captured(charge(3)), coded((1,), (1, 2), (2,)))
END = VoidClaim(CLAIM, "the patient pays for it", "biller")
BY_ITSELF = ClaimVoided(
    account=ACCOUNT_NO,
    claim=CLAIM,
    attempt=1,
    payer="PAYER-A",
    payer_order=1,
    payer_control="",
    taken_by="nobody",
    reason="No charge of the claim is left, and it never left: there is nothing to bill.",
)
BY_HAND = replace(BY_ITSELF, reason=END.reason, voided_by="biller")


# -- by itself


def test_a_claim_that_the_queue_gave_back_ends_when_no_charge_is_left() -> None:
    given = (*BUILT, *GONE, RECALLED)
    scenario(ACCOUNT, given=given, when=AnswerSetAside(ASIDE), then=[BY_ITSELF], book=books())
    for again in (AnswerSetAside(ASIDE), BuildClaim(), END):
        scenario(ACCOUNT, given=(*given, BY_ITSELF), when=again, then=[], book=books())


def test_a_held_claim_ends_with_its_last_charge_and_not_before() -> None:
    assert [
        e
        for e in said(ACCOUNT, (*HELD, GONE[0]), BuildClaim(), UNENROLLED)
        if isinstance(e, ClaimVoided)
    ] == []
    scenario(ACCOUNT, given=(*HELD, *GONE), when=BuildClaim(), then=[BY_ITSELF], book=UNENROLLED)


def test_a_claim_that_the_writer_refused_ends_when_no_charge_is_left() -> None:
    command = SetAside("CLEARING", BATCH.isa13, CLAIM, 1, "no", "2010BA", "NM103")
    (aside,) = said(OUTBOUND, (WAITING, BATCH), command, books())
    assert tell((*BUILT, *GONE, RECALLED, aside), AnswerSetAside(aside)) == ([BY_ITSELF], None)


def test_a_claim_that_is_in_a_file_or_was_is_never_ended_by_itself() -> None:
    assert said(OUTBOUND, (WAITING, BATCH, RECALLED), GiveBack(CLAIM, 1), books()) == []
    assert tell((*SENT, *GONE), BuildClaim()) == ([], None)
    offender = transport_rejected(offender=True)
    given = after((*SENT, offender), AnswerTransport(offender))
    assert isinstance(given[-1], ClaimHeld)
    assert tell((*given, *GONE), BuildClaim()) == ([], None)


def test_a_correction_of_what_a_payer_decided_is_held_and_not_ended_when_no_charge_is_left() -> (
    None
):
    given = after((*SENT, adjudicated()), ReplaceClaim(CLAIM, "late charge", "biller"))
    own, nothing = tell((*given, *GONE), AnswerSetAside(replace(ASIDE, attempt=2)))
    assert isinstance(own[-1], ClaimHeld) and nothing is None


def test_what_a_payer_decided_though_it_never_left_ends_when_that_decision_is_taken_back() -> None:
    given = after((*BUILT, adjudicated(), *GONE, RECALLED), AnswerSetAside(ASIDE))
    assert isinstance(given[-1], ClaimHeld)
    assert tell(given, SettleVoid(CLAIM)) == ([], None)
    ended = replace(BY_ITSELF, attempt=2)
    assert tell((*given, taken_back()), SettleVoid(CLAIM)) == ([ended], None)


def test_every_claim_of_the_account_that_never_left_ends_with_its_charges() -> None:
    given = after(PAID_FIRST, BillNext(2))
    (ended,), nothing = tell((*given, *GONE), AnswerSetAside(replace(ASIDE, claim=SECOND)))
    assert (ended.claim, ended.payer_order, ended.taken_by, nothing) == (SECOND, 2, "nobody", None)


def test_what_ended_by_itself_goes_as_its_next_attempt_once_there_is_something_to_bill() -> None:
    given = (*BUILT, *GONE, RECALLED, BY_ITSELF)
    assert tell((*given, BACK[0]), BuildClaim())[1] is None, "a late charge is coded first"
    (resent,), queued = tell((*given, *BACK), BuildClaim())
    assert isinstance(resent, ClaimResubmitted) and resent.cause == "after_void"
    package = queued.package
    assert (package.attempt, package.frequency, package.total_cents) == (2, "1", 30_000)
    assert tell((*given, *BACK, resent), BuildClaim()) == ([], None)


def test_what_ended_by_itself_is_not_sent_where_an_earlier_payer_sends_it_on() -> None:
    given = after(PAID_FIRST, BillNext(2))
    (ended,), _ = tell((*given, *GONE), AnswerSetAside(replace(ASIDE, claim=SECOND)))
    told = said(ACCOUNT, (*given, *GONE, ended, FORWARDED, *BACK), BuildClaim(), books())
    assert [e for e in told if getattr(e, "claim", "") == SECOND] == []


def test_what_a_person_bills_in_the_place_of_a_payer_that_sends_it_on_goes_again_by_itself() -> (
    None
):
    given = after((*PAID_FIRST, FORWARDED), BillForwarded(SECOND, "nobody answered", "biller"))
    (ended,), _ = tell((*given, *GONE), AnswerSetAside(replace(ASIDE, claim=SECOND)))
    told = said(ACCOUNT, (*given, *GONE, ended, *BACK), BuildClaim(), books())
    assert ClaimResubmitted in [type(e) for e in told if getattr(e, "claim", "") == SECOND]


# -- by a person


@pytest.mark.parametrize(
    "given",
    [
        HELD,
        after((*BUILT, set_anew()), AnswerSetAside(ASIDE)),
        after((*BUILT, set_anew(coverage(payer="PAYER-UNKNOWN"))), AnswerSetAside(ASIDE)),
    ],
    ids=["not enrolled", "no coverage any more", "a payer that is not listed"],
)
def test_a_person_ends_what_is_held_and_never_left_and_says_why(given: tuple[Any, ...]) -> None:
    (ended,) = said(ACCOUNT, given, END, books())
    assert (ended.taken_by, ended.reason, ended.voided_by) == ("nobody", END.reason, "biller")
    scenario(ACCOUNT, given=(*given, ended), when=END, then=[], book=books())


def test_what_a_person_ended_goes_again_by_a_person_alone() -> None:
    given = (*HELD, BY_HAND)
    for change in (set_anew(coverage(payer="PAYER-B")), *BACK):
        assert tell((*given, change), BuildClaim()) == ([], None)
    (resent,), queued = tell(given, ResubmitClaim(CLAIM))
    assert (resent.cause, queued.package.attempt, queued.package.frequency) == (
        "after_void",
        2,
        "1",
    )


def test_a_person_ends_what_was_rejected_and_has_no_charge_any_more() -> None:
    given = (*SENT, rejected(), *GONE)
    assert tell(given, BuildClaim()) == ([], None)
    (ended,) = said(ACCOUNT, given, END, books())
    assert (ended.taken_by, ended.attempt, ended.voided_by) == ("nobody", 1, "biller")
    scenario(ACCOUNT, given=(*given, ended), when=END, then=[], book=books())


def test_a_person_ends_what_was_rejected_mended_and_is_held_again() -> None:
    given = after((*SENT, rejected(), set_anew()), ResubmitClaim(CLAIM))
    assert isinstance(given[-1], ClaimHeld)
    (ended,) = said(ACCOUNT, given, END, books())
    assert (ended.taken_by, ended.attempt) == ("nobody", 2)


def test_a_replacement_of_a_decision_that_was_taken_back_is_ended_too() -> None:
    given = after((*SENT, adjudicated()), ReplaceClaim(CLAIM, "late charge", "biller"))
    given = after((*given, *GONE, taken_back()), AnswerSetAside(replace(ASIDE, attempt=2)))
    assert isinstance(given[-1], ClaimHeld) and given[-2].frequency == "7"
    (ended,) = said(ACCOUNT, given, END, books())
    assert ended.taken_by == "nobody"


def test_what_waits_in_a_queue_or_was_refused_by_a_gate_is_not_ended_on_the_spot() -> None:
    assert "this one is queued" in refused(ACCOUNT, BUILT, END, books())
    offender = transport_rejected(offender=True)
    held = after((*SENT, offender), AnswerTransport(offender))
    assert "this one is held" in refused(ACCOUNT, held, END, books())


@pytest.mark.parametrize("ended", [BY_ITSELF, BY_HAND], ids=["by itself", "by a person"])
def test_what_ended_does_not_go_again_without_anything_to_bill(ended: ClaimVoided) -> None:
    why = refused(ACCOUNT, (*HELD, *GONE, ended), ResubmitClaim(CLAIM), books())
    assert why == "no charge of the claim is left: there is nothing to bill"
    uncovered = (*HELD, ended, set_anew())
    assert "set its coverages" in refused(ACCOUNT, uncovered, ResubmitClaim(CLAIM), books())


# -- lists


def test_what_ended_by_itself_waits_for_nobody_and_what_a_person_ended_is_listed() -> None:
    for ended, waits in ((BY_ITSELF, None), (BY_HAND, ON_ACCOUNT.occurred_on)):
        ((_, row),) = rows(CLAIM_ROWS, (*HELD, ended), ON_ACCOUNT).items()
        assert (row["state"], row["reasons"], row["waiting_since"]) == ("voided", [], waits)
        assert row["total_cents"] == (30_000 if waits else 0)
