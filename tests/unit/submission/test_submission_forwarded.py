"""Claims that a payer sent on are billed from here only when a person gives up waiting, and once."""

from typing import Any

import pytest

from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimQueued,
    ClaimReleased,
    ForwardingGivenUp,
)
from services.submission.domain.account import ACCOUNT
from services.submission.domain.commands import BillForwarded, BillNext, BuildClaim
from services.submission.projections.claims import CLAIM as CLAIM_ROWS
from tests.unit.scenario import fold, refused, said, scenario
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
from tests.unit.submission.outside import Memory, second_payer
from tests.unit.submission.test_submission_gateway import built, judged_by_pyx12
from tests.unit.submission.test_submission_rooms import ON_ACCOUNT, rows

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


# -- nobody answered

BILL = BillForwarded(SECOND, "nobody answered for 45 days", "biller")
CROSSED = (*SENT, adjudicated(lines=()), FORWARDED)


def _told(given: tuple[Any, ...], command: Any = BILL, book: Any = BOTH) -> list[Any]:
    answers = said(ACCOUNT, given, command, book)
    return [one[1] if isinstance(one, tuple) else one for one in answers]


def test_a_person_bills_what_was_to_have_been_sent_on_with_what_the_first_payer_decided() -> None:
    given_up, created, queued = _told(CROSSED)
    assert isinstance(given_up, ForwardingGivenUp) and isinstance(created, ClaimCreated)
    assert (given_up.payer, given_up.payer_order, given_up.decided_by) == ("PAYER-B", 2, "biller")
    assert (created.claim, created.payer) == (SECOND, "PAYER-B")
    assert isinstance(queued, ClaimQueued)
    (prior,) = queued.package.prior
    assert (prior.payer, prior.paid_cents, prior.payer_control) == ("PAYER-A", 20_000, "ICN-1")


def test_it_is_billed_once_however_often_it_is_asked_and_whatever_is_heard_later() -> None:
    given = (*CROSSED, *_told(CROSSED)[:2])
    assert _told(given) == []
    assert _told((*given, FORWARDED)) == []
    assert _told((*given, FORWARDED), BillNext(2)) == []


def test_what_was_held_when_it_was_sent_on_goes_or_says_why_not() -> None:
    unlisted = books(payer("PAYER-B"), enrolled("PAYER-B", yes=False))
    given = (*after((*SENT, adjudicated(lines=())), BillNext(2), unlisted), FORWARDED)
    given_up, released, queued = _told(given)
    assert isinstance(released, ClaimReleased) and queued.package.attempt == 1
    _, still = _told(given, book=unlisted)
    assert isinstance(still, ClaimHeld)
    assert fold(ACCOUNT, (*given, given_up, still)).claims[SECOND].status == "held"
    assert len(_told((*given, given_up, still), BuildClaim())) == 2


ANSWERED = adjudicated("adj-2", claim=SECOND, payer="PAYER-B", payer_order=2)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ((*SENT, adjudicated(lines=())), "no earlier payer"),
        ((*CROSSED, ANSWERED), "has answered"),
        ((*SENT[1:], adjudicated(lines=()), FORWARDED), "not billed"),
    ],
    ids=["not sent on", "answered", "account not open"],
)
def test_only_what_was_sent_on_and_not_answered_is_billed_so(
    given: tuple[Any, ...], why: str
) -> None:
    assert why in refused(ACCOUNT, given, BILL, BOTH)


def test_the_row_of_what_was_sent_on_becomes_a_claim_of_ours() -> None:
    events = [FORWARDED, *_told(CROSSED)[:2]]
    table = rows(CLAIM_ROWS, tuple(events), ON_ACCOUNT)
    row = table[SECOND,] if (SECOND,) in table else next(iter(table.values()))
    assert (row["claim"], row["state"], row["total_cents"]) == (SECOND, "queued", 30_000)


def test_what_is_billed_after_a_crossover_is_written_with_the_first_payers_decision() -> None:
    data = built(Memory(second_payer()))
    fine, report = judged_by_pyx12(data)
    assert fine, report
    assert b"SBR*P*18*" in data and b"AMT*D*200~" in data and b"CAS*PR*2*100~" in data
