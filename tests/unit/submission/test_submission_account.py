"""The rules of an account's claims."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.coding import ChargeCorrected
from contracts.registration import CoveragesSet
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimImported,
    ClaimQueued,
    ClaimReleased,
    ClaimResubmitted,
    CorrectionDeclined,
    OpeningBalance,
)
from contracts.values import ClaimLine
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import (
    AnswerTransport,
    BillNext,
    BuildClaim,
    ImportClaim,
    ReleaseClaim,
    ResubmitClaim,
    SendCorrection,
)
from services.submission.domain.lanes import lane_of
from tests.unit.scenario import fold, refused, said, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    FORWARDED,
    NPI,
    READY,
    SECOND,
    adjudicated,
    after,
    asked,
    benefits,
    books,
    captured,
    charge,
    coded,
    coverage,
    enrolled,
    facility,
    opened,
    rejected,
    submitted,
    taken_back,
    transport_rejected,
)

QUEUE = f"outbound/CLEARING/{lane_of(ACCOUNT_NO, 1)}"
BUILT = after(READY, BuildClaim())
SENT = (*BUILT, submitted())
UNENROLLED = books(enrolled(yes=False))
HELD = after(READY, BuildClaim(), UNENROLLED)


def tell(given: tuple[Any, ...], command: Any, book: Any = None) -> tuple[Any, Any]:
    """What is said on the account, and what is put into a queue (or None)."""
    told = said(ACCOUNT, given, command, book or books())
    queued = [event[1] for event in told if isinstance(event, tuple)]
    own = [event for event in told if not isinstance(event, tuple)]
    return own, queued[0] if queued else None


# -- the first claim


def test_an_open_charged_and_coded_account_is_billed_to_its_first_payer() -> None:
    told = said(ACCOUNT, READY, BuildClaim(), books())
    created, (stream, queued) = told
    assert created == ClaimCreated(
        account=ACCOUNT_NO,
        claim=CLAIM,
        claim_no=1,
        payer="PAYER-A",
        payer_order=1,
        form="837P",
        service_from=DAY,
        service_to=DAY,
        total_cents=30_000,
        lines=(
            ClaimLine(line=1, charge=charge(1).charge, charge_cents=10_000),
            ClaimLine(line=2, charge=charge(2).charge, charge_cents=20_000),
        ),
        filing_limit_on=DAY + timedelta(days=90),
    )
    assert stream == QUEUE
    assert isinstance(queued, ClaimQueued)
    assert (queued.package.claim, queued.package.attempt, queued.package.frequency) == (
        CLAIM,
        1,
        "1",
    )


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
)
def test_the_order_in_which_the_facts_come_does_not_matter(order: tuple[int, ...]) -> None:
    given = tuple(READY[n] for n in order)
    assert said(ACCOUNT, given, BuildClaim(), books()) == said(
        ACCOUNT, READY, BuildClaim(), books()
    )
    for missing in range(3):
        scenario(ACCOUNT, given=given[:missing], when=BuildClaim(), then=[], book=books())


def test_a_claim_is_built_once() -> None:
    scenario(ACCOUNT, given=BUILT, when=BuildClaim(), then=[], book=books())


def test_self_pay_has_no_claim() -> None:
    given = (opened(coverages=()), captured(), coded())
    scenario(ACCOUNT, given=given, when=BuildClaim(), then=[], book=books())


def test_history_is_never_billed() -> None:
    given = (opened(billing="history"), captured(), coded())
    scenario(ACCOUNT, given=given, when=BuildClaim(), then=[], book=books())


def test_a_voided_charge_is_not_billed() -> None:
    void = ChargeCorrected(
        account=ACCOUNT_NO, before=charge(2), after=charge(2, units=0), reason="entered twice"
    )
    own, queued = tell((*READY, void), BuildClaim())
    assert own[0].total_cents == 10_000
    assert [c.charge for c in queued.package.charges] == [charge(1).charge]


def test_a_coverage_that_had_ended_is_passed_over() -> None:
    ended = coverage(1, effective_to=date(2024, 12, 31))
    given = (opened(coverages=(ended, coverage(2, "PAYER-B"))), captured(), coded())
    own, _ = tell(given, BuildClaim())
    assert (own[0].payer, own[0].claim) == ("PAYER-B", SECOND)


# -- held


def test_not_enrolled_means_held() -> None:
    own, queued = tell(READY, BuildClaim(), UNENROLLED)
    assert [type(event) for event in own] == [ClaimCreated, ClaimHeld]
    assert [reason.rule for reason in own[1].reasons] == ["ENROLMENT"]
    assert queued is None


def test_a_claim_held_for_enrolment_is_looked_at_every_morning_and_goes_once_enrolled() -> None:
    assert ACCOUNT.timers is not None and ACCOUNT.wake is not None
    held = fold(ACCOUNT, HELD)
    assert set(ACCOUNT.timers(held)) == {"look again"}
    command = ACCOUNT.wake("look again", DAY, held)
    scenario(ACCOUNT, given=HELD, when=command, then=[], book=UNENROLLED)
    own, queued = tell(HELD, command)
    assert own == [ClaimReleased(account=ACCOUNT_NO, claim=CLAIM, attempt=1)]
    assert queued.package.attempt == 1
    assert not ACCOUNT.timers(fold(ACCOUNT, (*HELD, *own)))


def test_a_claim_that_is_queued_waits_for_no_morning() -> None:
    assert ACCOUNT.timers is not None
    assert not ACCOUNT.timers(fold(ACCOUNT, BUILT))


def test_a_coverage_that_eligibility_denied_holds_the_claim_until_it_says_otherwise() -> None:
    held = after((*READY, benefits(False)), BuildClaim())
    assert [reason.rule for reason in held[-1].reasons] == ["ELIGIBILITY"]
    own, queued = tell((*held, benefits(True)), BuildClaim())
    assert isinstance(own[0], ClaimReleased) and queued is not None


def test_new_coverages_mend_a_held_claim_and_change_its_payer() -> None:
    held = after((*READY, benefits(False)), BuildClaim())
    set_again = CoveragesSet(
        patient="patient-1", coverages=(coverage(1, "PAYER-B"),), set_on=DAY, reason="new card"
    )
    _, queued = tell((*held, set_again), BuildClaim())
    assert queued.package.payer == "PAYER-B"


def test_the_same_reason_is_not_said_twice_but_a_new_one_is() -> None:
    scenario(ACCOUNT, given=HELD, when=BuildClaim(), then=[], book=UNENROLLED)
    worse = books(enrolled(yes=False), facility(npi="1234567890"))
    own, _ = tell(HELD, BuildClaim(), worse)
    assert {reason.rule for reason in own[0].reasons} == {"ENROLMENT", "BILLING-NPI"}


# -- released by a person


def test_a_person_releases_a_claim_by_overriding_the_rule_that_holds_it() -> None:
    held = after((*READY, benefits(False)), BuildClaim())
    own, queued = tell(held, ReleaseClaim(CLAIM, ("ELIGIBILITY",), "card seen"))
    assert own[0].overridden == ("ELIGIBILITY",)
    assert queued is not None


def test_a_rule_of_the_file_format_cannot_be_overridden() -> None:
    held = after(READY, BuildClaim(), books(facility(npi="1234567890")))
    assert "BILLING-NPI" in refused(
        ACCOUNT, held, ReleaseClaim(CLAIM, ("BILLING-NPI",), "x"), books()
    )


def test_a_claim_that_something_else_still_holds_is_not_released() -> None:
    held = after((*READY, benefits(False)), BuildClaim())
    release = ReleaseClaim(CLAIM, ("ELIGIBILITY",), "card seen")
    assert "ENROLMENT" in refused(ACCOUNT, held, release, UNENROLLED)


def test_releasing_what_is_not_held_says_nothing() -> None:
    scenario(ACCOUNT, given=BUILT, when=ReleaseClaim(CLAIM, (), "x"), then=[], book=books())


# -- transport


def test_the_claims_of_a_rejected_set_go_again_as_another_attempt() -> None:
    no = transport_rejected()
    own, queued = tell((*SENT, no), AnswerTransport(no))
    assert [type(event) for event in own] == [ClaimResubmitted]
    assert (own[0].attempt, own[0].frequency, own[0].cause) == (2, "1", "transport")
    assert (queued.package.attempt, queued.package.frequency) == (2, "1")


def test_the_offender_of_a_rejected_set_is_held_with_what_was_named() -> None:
    no = transport_rejected(offender=True)
    own, queued = tell((*SENT, no), AnswerTransport(no))
    assert [type(event) for event in own] == [ClaimHeld]
    assert own[0].reasons[0].element == "SV101"
    assert queued is None


def test_an_offender_is_resubmitted_by_a_person_and_never_released() -> None:
    no = transport_rejected(offender=True)
    held = after((*SENT, no), AnswerTransport(no))
    scenario(ACCOUNT, given=held, when=BuildClaim(), then=[], book=books())
    assert "resubmit" in refused(ACCOUNT, held, ReleaseClaim(CLAIM, (), "x"), books())
    _, queued = tell(held, ResubmitClaim(CLAIM))
    assert queued.package.attempt == 2


def test_the_same_rejection_twice_sends_the_claim_once() -> None:
    no = transport_rejected()
    again = after((*SENT, no), AnswerTransport(no))
    scenario(ACCOUNT, given=(*again, no), when=AnswerTransport(no), then=[], book=books())


def test_a_rejection_of_an_earlier_attempt_changes_nothing() -> None:
    no = transport_rejected()
    given = (*after((*SENT, no), AnswerTransport(no)), submitted(2), no)
    scenario(ACCOUNT, given=given, when=AnswerTransport(no), then=[], book=books())


def test_a_set_that_is_rejected_again_and_again_without_an_offender_waits_for_a_person() -> None:
    given: tuple[Any, ...] = SENT
    for attempt in (1, 2, 3):
        no = transport_rejected(attempt)
        given = (*after((*given, no), AnswerTransport(no)), submitted(attempt + 1))
    no = transport_rejected(4)
    own, queued = tell((*given, no), AnswerTransport(no))
    assert isinstance(own[0], ClaimHeld) and queued is None


# -- rejected by 277CA


def test_a_rejected_claim_that_was_mended_goes_again_as_frequency_1() -> None:
    own, queued = tell((*SENT, rejected()), ResubmitClaim(CLAIM, "MENDED"))
    assert (own[0].attempt, own[0].frequency, own[0].payer_control) == (2, "1", "")
    assert queued.package.note == "MENDED"


def test_only_a_rejected_claim_is_resubmitted() -> None:
    assert "adjudicated" in refused(ACCOUNT, (*SENT, adjudicated()), ResubmitClaim(CLAIM), books())


def test_resubmitting_a_claim_that_is_on_its_way_says_nothing() -> None:
    scenario(ACCOUNT, given=SENT, when=ResubmitClaim(CLAIM), then=[], book=books())


def test_a_mended_claim_that_still_fails_is_held_as_its_next_attempt() -> None:
    own, queued = tell((*SENT, rejected()), ResubmitClaim(CLAIM), UNENROLLED)
    assert [type(event) for event in own] == [ClaimResubmitted, ClaimHeld]
    assert own[1].attempt == 2 and queued is None


def test_the_filing_limit_still_runs_for_a_rejected_claim() -> None:
    late = books(day=DAY + timedelta(days=91))
    own, _ = tell((*SENT, rejected()), ResubmitClaim(CLAIM), late)
    assert [reason.rule for reason in own[1].reasons] == ["FILING-LIMIT"]


# -- corrections


@pytest.mark.parametrize(
    ("route", "frequency", "control"),
    [("replacement", "7", "ICN-1"), ("new_claim", "1", "")],
)
def test_a_correction_goes_as_the_payer_takes_it(route: str, frequency: str, control: str) -> None:
    own, queued = tell((*SENT, adjudicated()), SendCorrection(asked(route)))
    assert isinstance(own[0], ClaimResubmitted)
    package = queued.package
    assert (package.attempt, package.frequency, package.payer_control) == (2, frequency, control)
    assert package.note == "MODIFIER ADDED"


def test_a_correction_changes_modifiers_and_never_amounts() -> None:
    changed = charge(1, modifiers=("25",), charge_cents=1)
    ask = asked(correction=replace(asked().correction, charges=(changed,), authorization="AUTH1"))
    own, queued = tell((*SENT, adjudicated()), SendCorrection(ask))
    line = queued.package.charges[0]
    assert (line.modifiers, line.charge_cents) == (("25",), 10_000)
    assert queued.package.total_cents == own[0].total_cents == 30_000
    assert queued.package.authorization == "AUTH1"


def test_a_correction_that_answers_an_older_decision_is_declined() -> None:
    own, queued = tell((*SENT, adjudicated(), adjudicated("adj-2")), SendCorrection(asked()))
    assert isinstance(own[0], CorrectionDeclined) and own[0].newest == "adj-2"
    assert queued is None


def test_a_correction_of_a_decision_that_was_taken_back_is_declined() -> None:
    own, _ = tell((*SENT, adjudicated(), taken_back()), SendCorrection(asked()))
    assert isinstance(own[0], CorrectionDeclined)


def test_the_same_correction_twice_is_sent_once() -> None:
    given = after((*SENT, adjudicated()), SendCorrection(asked()))
    scenario(ACCOUNT, given=given, when=SendCorrection(asked()), then=[], book=books())


def test_a_rejected_set_sends_a_replacement_as_a_replacement() -> None:
    given = after((*SENT, adjudicated()), SendCorrection(asked()))
    no = transport_rejected(2)
    _, queued = tell((*given, submitted(2), no), AnswerTransport(no))
    package = queued.package
    assert (package.attempt, package.frequency, package.payer_control) == (3, "7", "ICN-1")


# -- the next payer

TWO = (opened(coverages=(coverage(), coverage(2, "PAYER-B"))), captured(), coded())
PAID_FIRST = (*after(TWO, BuildClaim()), submitted(), adjudicated())


def test_what_is_left_is_billed_to_the_next_payer_with_what_the_first_one_did() -> None:
    own, queued = tell(PAID_FIRST, BillNext(2))
    assert (own[0].claim, own[0].claim_no, own[0].payer) == (SECOND, 2, "PAYER-B")
    (prior,) = queued.package.prior
    assert (prior.payer, prior.paid_cents, prior.payer_control) == ("PAYER-A", 20_000, "ICN-1")


def test_what_the_first_payer_forwarded_is_never_sent() -> None:
    scenario(ACCOUNT, given=(*PAID_FIRST, FORWARDED), when=BillNext(2), then=[], book=books())


def test_the_next_payer_is_billed_once() -> None:
    given = after(PAID_FIRST, BillNext(2))
    scenario(ACCOUNT, given=given, when=BillNext(2), then=[], book=books())


def test_nobody_is_billed_who_is_not_a_coverage() -> None:
    scenario(ACCOUNT, given=PAID_FIRST, when=BillNext(3), then=[], book=books())


def test_a_decision_that_was_taken_back_is_not_told_to_the_next_payer() -> None:
    given = (*PAID_FIRST, taken_back(), adjudicated("adj-2", paid_cents=15_000))
    own, _ = tell(given, BillNext(2))
    assert [reason.rule for reason in own[1].reasons] == ["PRIOR-BALANCE"]


# -- history

IMPORT = ImportClaim(
    account=ACCOUNT_NO,
    foreign_number="OLD-17",
    payer="PAYER-A",
    payer_order=1,
    lines=(ClaimLine(line=1, charge=charge(1).charge, charge_cents=10_000),),
    total_cents=10_000,
    first_billed_on=date(2024, 12, 1),
    opening=(
        OpeningBalance(
            charge=charge(1).charge, insurance_paid_cents=4_000, insurance_open_cents=6_000
        ),
    ),
)


def test_another_systems_claim_is_taken_over_and_not_sent() -> None:
    own, queued = tell((), IMPORT)
    assert isinstance(own[0], ClaimImported) and own[0].foreign_number == "OLD-17"
    assert own[0].claim == CLAIM and queued is None
    given = (*own, *READY)
    scenario(ACCOUNT, given=given, when=BuildClaim(), then=[], book=books())


def test_an_opening_balance_that_does_not_add_up_is_refused() -> None:
    wrong = replace(
        IMPORT, opening=(OpeningBalance(charge=charge(1).charge, insurance_open_cents=1),)
    )
    assert "add up" in refused(ACCOUNT, (), wrong, books())


def test_the_same_import_twice_is_one_claim_and_another_one_is_refused() -> None:
    given = tuple(tell((), IMPORT)[0])
    scenario(ACCOUNT, given=given, when=IMPORT, then=[], book=books())
    assert "already" in refused(ACCOUNT, given, replace(IMPORT, foreign_number="OLD-18"), books())


def test_a_rendering_provider_is_checked_by_check_digit() -> None:
    assert NPI.endswith("3")
    own, _ = tell(
        (opened(), captured(charge(1, rendering_npi="1234567890")), coded((1,))), BuildClaim()
    )
    assert [reason.rule for reason in own[1].reasons] == ["RENDERING-NPI"]
