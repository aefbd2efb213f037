"""What is listed is judged at the door: fields by their names, never by what a caller made up."""

from typing import Any

import pytest

from contracts.reference import EnrolmentRecorded, RuleSetPublished
from services.reference.api import made, written
from shared.errors import Malformed

CANARY = "CANARY-77"


def test_a_name_that_the_caller_made_up_is_not_told() -> None:
    with pytest.raises(Malformed) as told:
        made(EnrolmentRecorded, {CANARY: 1})
    assert "(unknown field)" in str(told.value) and CANARY not in str(told.value)
    rules = [{CANARY: 1}]
    with pytest.raises(Malformed) as told:
        made(RuleSetPublished, {"rules": rules})
    assert "rules.0.(unknown field)" in str(told.value) and CANARY not in str(told.value)


@pytest.mark.parametrize("value", ["\ud800"])
def test_what_no_file_can_hold_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        written({"name": value})
