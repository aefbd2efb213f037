"""Days of money are days on which something can have happened; an id that stands in an address leads to its own door."""

import pytest
from pydantic import ValidationError

from services.posting.api.bodies import Deposit, DisputeAsked, Payment, PlanAsked


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2062-13-01"])
def test_the_ends_of_the_calendar_are_no_day_of_money(day: str) -> None:
    with pytest.raises(ValidationError):
        Deposit.model_validate({"deposit": "D1", "amount_cents": 1, "deposited_on": day})
    with pytest.raises(ValidationError):
        Payment.model_validate(
            {"payment": "P1", "tender": "card", "amount_cents": 1, "received_on": day}
        )


@pytest.mark.parametrize("name", ["D/1", "..", " ", "", "/", "D\n", "\u00e9", "D" * 41])
def test_a_dispute_or_plan_that_no_address_could_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        DisputeAsked.model_validate({"dispute": name, "reason": "r", "approver": "a"})
    with pytest.raises(ValidationError):
        PlanAsked.model_validate(
            {
                "plan": name,
                "legal_entity": "L1",
                "instalment_cents": 1,
                "first_due_on": "2026-04-01",
                "reason": "r",
                "approver": "a",
            }
        )


@pytest.mark.parametrize("name", ["D-1", "2026 03?#x", "a" * 40])
def test_other_signs_may_stand_in_it(name: str) -> None:
    asked = {"dispute": name, "reason": "r", "approver": "a"}
    assert DisputeAsked.model_validate(asked).dispute == name
