"""A claim whose void the payer took is awaited no longer, and nothing of older decisions rewinds it."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.submission import ClaimHeld, ClaimResubmitted, ClaimVoided, VoidWithdrawn
from services.adjudication_tracking.domain import ACCOUNT
from tests.unit.adjudication_tracking.test_claims import (
    CLAIM,
    DAY,
    NUMBER,
    SENT,
    SOURCE,
    SUBMITTED,
    _ack,
    _rejected,
)
from tests.unit.scenario import fold

AGAIN = ClaimResubmitted(
    account=NUMBER,
    claim=CLAIM,
    attempt=2,
    frequency="8",
    payer="P",
    payer_order=1,
    payer_control="ICN",
    cause="void",
    total_cents=10_000,
)
LEFT = replace(SUBMITTED, attempt=2, isa13=200, frequency="8")
VOIDED = ClaimVoided(
    account=NUMBER,
    claim=CLAIM,
    attempt=2,
    payer="P",
    payer_order=1,
    payer_control="ICN",
    taken_by="277CA",
)
DECIDED = ClaimAdjudicated(
    account=NUMBER,
    claim=CLAIM,
    adjudication="A1",
    payer="P",
    payer_order=1,
    remittance="r",
    check_number="c",
    paid_on=DAY,
    status="1",
    charge_cents=10_000,
    paid_cents=8_000,
    payer_control="ICN",
    source=SOURCE,
)
REVERSED = AdjudicationReversed(
    account=NUMBER,
    claim=CLAIM,
    adjudication="R1",
    reverses="A1",
    payer="P",
    remittance="r2",
    check_number="c2",
    paid_on=DAY,
    charge_cents=-10_000,
    paid_cents=-8_000,
    source=SOURCE,
)
HELD = ClaimHeld(account=NUMBER, claim=CLAIM, attempt=1, reasons=())
ACCEPTED = [*SENT, _ack("payer", "A2")]


@pytest.mark.parametrize(
    "before",
    [
        [*ACCEPTED, AGAIN, LEFT],
        [*ACCEPTED, AGAIN, LEFT, _ack("payer", "A2")],
        [*ACCEPTED, DECIDED, AGAIN, LEFT],
        [*ACCEPTED, DECIDED, AGAIN, LEFT, REVERSED],
    ],
    ids=["sent", "accepted", "decided", "taken back"],
)
def test_a_voided_claim_waits_for_nobody(before: list[Any]) -> None:
    state = fold(ACCOUNT, [*before, VOIDED])
    claim = state.claims[CLAIM]
    assert (claim.state, claim.forbidden) == ("voided", 0)
    assert ACCOUNT.timers is not None and ACCOUNT.timers(state) == {}


def test_the_takeback_of_what_was_voided_does_not_rewind_it() -> None:
    claim = fold(ACCOUNT, [*ACCEPTED, DECIDED, AGAIN, LEFT, VOIDED, REVERSED]).claims[CLAIM]
    assert (claim.state, claim.forbidden) == ("voided", 0)


def test_a_voided_claim_goes_anew() -> None:
    anew = replace(AGAIN, attempt=3, frequency="1", cause="after_void")
    left = replace(SUBMITTED, attempt=3, isa13=300)
    claim = fold(ACCOUNT, [*ACCEPTED, AGAIN, LEFT, VOIDED, anew, left]).claims[CLAIM]
    assert (claim.state, claim.submitted_on, claim.forbidden) == ("submitted", DAY, 0)


@pytest.mark.parametrize("before", [SENT[:-1], [*SENT[:-1], HELD]], ids=["waited", "held"])
def test_a_claim_that_ends_before_it_left_waits_for_nobody_and_goes_anew(before: list[Any]) -> None:
    ended = [*before, replace(VOIDED, attempt=1, taken_by="nobody")]
    state = fold(ACCOUNT, ended)
    assert (state.claims[CLAIM].state, state.claims[CLAIM].forbidden) == ("voided", 0)
    assert ACCOUNT.timers is not None and ACCOUNT.timers(state) == {}
    anew = replace(AGAIN, frequency="1", cause="after_void")
    claim = fold(ACCOUNT, [*ended, anew, replace(SUBMITTED, attempt=2)]).claims[CLAIM]
    assert (claim.state, claim.submitted_on, claim.forbidden) == ("submitted", DAY, 0)


def test_a_claim_that_ends_after_a_gate_rejected_it_waits_for_nobody() -> None:
    ended = replace(VOIDED, attempt=1, taken_by="nobody")
    state = fold(ACCOUNT, [*SENT, _rejected("payer"), ended])
    assert (state.claims[CLAIM].state, state.claims[CLAIM].forbidden) == ("voided", 0)
    assert ACCOUNT.timers is not None and ACCOUNT.timers(state) == {}


DROPPED = VoidWithdrawn(
    account=NUMBER,
    claim=CLAIM,
    attempt=2,
    payer="P",
    payer_order=1,
    stands="accepted",
    frequency="1",
    reason="the person was the right one",
    withdrawn_by="biller",
)


def test_a_withdrawn_void_leaves_the_claim_as_it_stood_and_its_835_awaited() -> None:
    claim = fold(ACCOUNT, [*ACCEPTED, AGAIN, LEFT, _rejected("payer"), DROPPED]).claims[CLAIM]
    assert (claim.state, claim.submitted_on, claim.forbidden) == ("accepted", DAY, 0)
    assert claim.acknowledged and claim.acknowledged_by_payer


def test_a_void_that_went_twice_and_is_withdrawn_leaves_the_claim_as_it_stood_before_the_first() -> (
    None
):
    once = [*ACCEPTED, AGAIN, LEFT, _rejected("payer")]
    twice = [*once, replace(AGAIN, attempt=3, cause="rejection"), replace(LEFT, attempt=3)]
    given = [*twice, _rejected("payer"), replace(DROPPED, attempt=3)]
    claim = fold(ACCOUNT, given).claims[CLAIM]
    assert (claim.state, claim.submitted_on, claim.forbidden) == ("accepted", DAY, 0)


def test_a_rejected_void_of_a_decided_claim_awaits_nobody_withdrawn_or_not() -> None:
    bounced = [*ACCEPTED, DECIDED, AGAIN, LEFT, _rejected("payer")]
    for given in (bounced, [*bounced, DROPPED]):
        state = fold(ACCOUNT, given)
        assert state.claims[CLAIM].state == "adjudicated"
        assert ACCOUNT.timers is not None and ACCOUNT.timers(state) == {}


def test_a_void_in_the_place_of_a_held_correction_leaves_the_decision_when_it_is_withdrawn() -> (
    None
):
    correction = replace(AGAIN, frequency="7", cause="correction")
    void = replace(AGAIN, attempt=3)
    given = [*ACCEPTED, DECIDED, correction, replace(HELD, attempt=2), void]
    dropped = replace(DROPPED, attempt=3, stands="adjudicated")
    claim = fold(ACCOUNT, [*given, replace(HELD, attempt=3), dropped]).claims[CLAIM]
    assert (claim.state, claim.submitted_on, claim.forbidden) == ("adjudicated", None, 0)
