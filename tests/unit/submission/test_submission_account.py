"""An account is billed to its first payer, or its claim is held until it is mended or released."""

from datetime import date, timedelta

import pytest

from contracts.coding import ChargeCorrected
from contracts.eligibility import InquiryRejected
from contracts.registration import CoveragesSet
from contracts.submission import ClaimCreated, ClaimHeld, ClaimQueued, ClaimReleased
from contracts.values import ClaimLine
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import BuildClaim, ReleaseClaim
from tests.unit.scenario import fold, refused, said, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    NPI,
    READY,
    SECOND,
    SOURCE,
    after,
    benefits,
    books,
    captured,
    charge,
    coded,
    coverage,
    enrolled,
    facility,
    opened,
)
from tests.unit.submission.lives import BUILT, HELD, QUEUE, UNENROLLED, tell

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


def test_a_coverage_counts_on_its_first_and_on_its_last_day() -> None:
    one_day = coverage(1, effective_from=DAY, effective_to=DAY)
    given = (opened(coverages=(one_day, coverage(2, "PAYER-B"))), captured(), coded())
    own, queued = tell(given, BuildClaim())
    assert (own[0].payer, queued.package.payer) == ("PAYER-A", "PAYER-A")


def test_a_rendering_provider_is_checked_by_check_digit() -> None:
    assert NPI.endswith("3")
    own, _ = tell(
        (opened(), captured(charge(1, rendering_npi="1234567890")), coded((1,))), BuildClaim()
    )
    assert [reason.rule for reason in own[1].reasons] == ["RENDERING-NPI"]


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
    command = ACCOUNT.wake("look again", DAY, held, None)
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


@pytest.mark.parametrize(("reason", "holds"), [("42", False), ("80", False), ("75", True)])
def test_a_payer_that_only_could_not_answer_holds_no_claim(reason: str, holds: bool) -> None:
    no = InquiryRejected(
        account=ACCOUNT_NO, trace="trace", payer="PAYER-A", reason=reason, follow_up="R",
        source=SOURCE,
    )  # fmt: skip
    said_on_it = after((*READY, no), BuildClaim())
    assert isinstance(said_on_it[-1], ClaimHeld) is holds
    unclear_since = after((*READY, benefits(False), no), BuildClaim())
    assert isinstance(unclear_since[-1], ClaimHeld)


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
