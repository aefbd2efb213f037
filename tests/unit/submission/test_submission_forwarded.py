"""Claims that a payer sent on are not billed again; what decided nothing is told to nobody."""

from services.submission.domain.account import ACCOUNT
from services.submission.domain.commands import BillNext, BuildClaim
from tests.unit.scenario import fold, scenario
from tests.unit.submission.facts import (
    CLAIM,
    FORWARDED,
    SECOND,
    adjudicated,
    after,
    books,
    captured,
    coded,
    coverage,
    enrolled,
    opened,
    payer,
    submitted,
)

TWO = (opened(coverages=(coverage(), coverage(2, "PAYER-B"))), captured(), coded())
SENT = (*after(TWO, BuildClaim()), submitted())
BOTH = books(payer("PAYER-B"), enrolled("PAYER-B"))


def test_a_predetermination_and_another_payers_claim_are_no_earlier_decisions() -> None:
    for status in ("23", "25"):
        state = fold(ACCOUNT, [*SENT, adjudicated(status=status)])
        assert (state.known, state.claims[CLAIM].status) == ((), "submitted")


def test_a_claim_that_was_held_when_the_earlier_payer_sent_it_on_is_not_sent() -> None:
    unlisted = books(payer("PAYER-B"), enrolled("PAYER-B", yes=False))
    held = after((*SENT, adjudicated()), BillNext(2), unlisted)
    assert fold(ACCOUNT, held).claims[SECOND].status == "held"
    given = (*held, FORWARDED)
    assert fold(ACCOUNT, given).claims[SECOND].status == "forwarded"
    scenario(ACCOUNT, given=given, when=BuildClaim(), then=[], book=BOTH)
