"""A claim that its payer decided goes again when a person wants it: with a late charge, or otherwise than it was billed."""

from typing import Any

import pytest

from contracts.submission import ClaimResubmitted, ReopeningOpened
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import ReplaceClaim
from tests.unit.scenario import refused
from tests.unit.submission.facts import (
    CLAIM,
    adjudicated,
    after,
    books,
    captured,
    charge,
    coded,
    payer,
    taken_back,
)
from tests.unit.submission.lives import SENT, tell

DECIDED = (*SENT, adjudicated())
AGAIN = ReplaceClaim(CLAIM, "a charge came late", "biller", "LATE CHARGE")
LATE = (captured(charge(3)), coded((1,), (1, 2), (2,)))


def test_a_paid_claim_is_replaced_with_the_charge_that_came_late() -> None:
    own, queued = tell((*DECIDED, *LATE), AGAIN)
    assert [type(event) for event in own] == [ClaimResubmitted]
    assert (own[0].cause, own[0].adjudication, own[0].total_cents) == (
        "correction",
        "adj-1",
        60_000,
    )
    assert (own[0].reason, own[0].asked_by) == ("a charge came late", "biller")
    package = queued.package
    assert (package.frequency, package.payer_control, package.note) == ("7", "ICN-1", "LATE CHARGE")
    assert [one.charge for one in package.charges] == [charge(n).charge for n in (1, 2, 3)]


@pytest.mark.parametrize(("policy", "frequency"), [("new_claim", "1"), ("reopening", "")])
def test_a_payer_that_takes_no_replacement_gets_it_as_it_takes_it(
    policy: str, frequency: str
) -> None:
    own, queued = tell(DECIDED, AGAIN, books(payer(replacement=policy)))
    if frequency:
        assert (queued.package.frequency, queued.package.payer_control) == (frequency, "")
    else:
        assert [type(event) for event in own] == [ReopeningOpened] and queued is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ((), "no such claim"),
        (SENT, "this one is submitted"),
        ((*DECIDED, taken_back()), "took its decision back"),
        (after(DECIDED, AGAIN), "this one is queued"),
    ],
)
def test_only_a_decision_that_stands_is_answered_and_once(given: tuple[Any, ...], why: str) -> None:
    assert why in refused(ACCOUNT, given, AGAIN, books())


def test_while_the_payer_is_asked_to_reopen_nothing_else_is_sent() -> None:
    reopens = books(payer(replacement="reopening"))
    assert "asked to reopen" in refused(ACCOUNT, after(DECIDED, AGAIN, reopens), AGAIN, reopens)
