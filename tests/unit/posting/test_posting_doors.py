"""Days of money are days on which something can have happened."""

import pytest
from pydantic import ValidationError

from services.posting.api.bodies import Deposit, Payment


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2062-13-01"])
def test_the_ends_of_the_calendar_are_no_day_of_money(day: str) -> None:
    with pytest.raises(ValidationError):
        Deposit.model_validate({"deposit": "D1", "amount_cents": 1, "deposited_on": day})
    with pytest.raises(ValidationError):
        Payment.model_validate(
            {"payment": "P1", "tender": "card", "amount_cents": 1, "received_on": day}
        )
