"""What a story keeps of an event."""

import pytest

from contracts.eligibility import BenefitsConfirmed
from tests.unit.posting.facts import ACCOUNT, SOURCE
from tests.unit.reporting.rows import Rows


@pytest.mark.parametrize("active", [True, False])
def test_a_story_keeps_whether_a_coverage_is_active(active: bool) -> None:
    answer = BenefitsConfirmed(
        account=ACCOUNT, trace="T1", payer="BLUE", active=active, source=SOURCE
    )
    (step,) = Rows().tell(answer).tables["story"].values()
    assert step["facts"] == {"payer": "BLUE", "active": active}
