"""What an event cannot hold is refused at the door, by the field's name."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.coding.api import AccountBody, CodeBody, Correction

CHARGE = {
    "service_on": "2026-01-06",
    "procedure": "99213",
    "units": 1,
    "charge_cents": 10_000,
    "place_of_service": "11",
    "rendering_npi": "1234567893",
}


@pytest.mark.parametrize("cents", [-1, 10**10 + 1])
def test_a_charge_is_no_less_than_nothing_and_no_more_than_an_event_holds(cents: int) -> None:
    with pytest.raises(ValidationError):
        AccountBody.model_validate({"charges": [{**CHARGE, "charge_cents": cents}]})
    with pytest.raises(ValidationError):
        Correction.model_validate({"charge_cents": cents, "reason": "typed wrong"})


def test_a_charge_points_to_four_diagnoses_at_most() -> None:
    AccountBody.model_validate({"charges": [CHARGE], "pointers": [[1, 2, 3, 4]]})
    with pytest.raises(ValidationError):
        AccountBody.model_validate({"charges": [CHARGE], "pointers": [[1, 2, 3, 4, 5]]})


@pytest.mark.parametrize("lines", [{"C1": []}, {"C1": [1, 2, 3, 4, 5]}, {"": [1]}, {"C" * 49: [1]}])
def test_a_line_that_is_coded_again_names_its_charge_and_one_to_four_diagnoses(
    lines: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError):
        CodeBody.model_validate({"diagnoses": [{"sequence": 1, "code": "E119"}], "lines": lines})


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01"])
def test_the_ends_of_the_calendar_are_no_day_of_service(day: str) -> None:
    with pytest.raises(ValidationError):
        AccountBody.model_validate({"charges": [{**CHARGE, "service_on": day}]})
