"""A decision says since when its payer had the claim, by the payer's own 277CA, and what interest the payer states."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.adjudication_tracking import ClaimAdjudicated
from tests.unit.adjudication_tracking.test_acknowledgements import AGAIN
from tests.unit.adjudication_tracking.test_claims import (
    CLAIM,
    SENT,
    SUBMITTED,
    _ack,
    _answer,
    _delivered,
    _rejected,
)
from tests.unit.adjudication_tracking.typed import file_says, of_a_file

EARLY, LATER = date(2026, 1, 7), date(2026, 1, 9)


def took(by: str, category: str, day: date | None) -> Any:
    return replace(_ack(by, category), effective_on=day)


def received(*given: Any, **more: Any) -> date | None:
    (decided,) = _answer([*SENT, *given], _delivered(8_000, **more))
    assert isinstance(decided, ClaimAdjudicated)
    return decided.received_on


@pytest.mark.parametrize("category", ["A1", "A2", "A5"])
def test_a_payer_has_a_claim_from_the_day_on_which_it_first_says_so(category: str) -> None:
    assert received(took("payer", category, EARLY), took("payer", "A2", LATER)) == EARLY


def test_a_clearinghouse_a_payer_that_sends_it_on_and_silence_say_nothing_of_it() -> None:
    assert received() is None
    assert received(took("clearinghouse", "A1", EARLY)) is None
    assert received(took("payer", "A0", EARLY)) is None
    assert received(took("payer", "A2", None)) is None


def test_the_next_attempt_is_received_on_a_day_of_its_own() -> None:
    sent_again = (took("payer", "A1", EARLY), _rejected("payer"), AGAIN)
    left = replace(SUBMITTED, attempt=2, isa13=200)
    assert received(*sent_again, left) is None
    assert received(*sent_again, left, took("payer", "A2", LATER)) == LATER


async def test_interest_that_a_payer_states_is_told_and_is_none_of_the_claims_money() -> None:
    _, plain = await file_says(of_a_file())
    _, stated = await file_says(of_a_file({"I": 123}))
    assert stated.claims[0] == replace(
        plain.claims[0], interest_cents=123, segment=stated.claims[0].segment
    )
    delivered = _delivered(8_000)
    payment = replace(delivered.payment, interest_cents=123)
    (decided,) = _answer(SENT, replace(delivered, payment=payment))
    assert (decided.claim, decided.interest_cents, decided.paid_cents) == (CLAIM, 123, 8_000)
