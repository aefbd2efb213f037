"""The work list says what is wrong with a coverage, in words."""

import pytest

from services.eligibility.api import NEXT, what


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("inactive", "", "not covered on the day of service"),
        ("unclear", "U", "neither active nor inactive (EB01 U)"),
        ("rejected", "75", "inquiry rejected: the payer does not find the member (AAA 75)"),
        ("rejected", "99", "inquiry rejected: for another reason (AAA 99)"),
    ],
)
def test_a_coverage_that_nobody_called_active_says_why_and_what_next(
    state: str, reason: str, said: str
) -> None:
    assert what({"state": state, "reason": reason}) == said
    assert NEXT[state]
