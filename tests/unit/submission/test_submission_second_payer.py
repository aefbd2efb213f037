"""What the first payer leaves is billed to the next one, once."""

from services.submission.domain import ACCOUNT
from services.submission.domain.commands import BillNext, BuildClaim
from tests.unit.scenario import scenario
from tests.unit.submission.facts import (
    FORWARDED,
    SECOND,
    adjudicated,
    after,
    books,
    captured,
    coded,
    coverage,
    opened,
    submitted,
    taken_back,
)
from tests.unit.submission.lives import tell

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
