"""Where an 835 does not balance is told by level and by how much: line, claim, its lines together, the check."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.values import AdjudicatedLine, Adjustment, ClaimPayment
from services.adjudication_tracking.domain.balancing import claim_faults


def cut(cents: int) -> tuple[Adjustment, ...]:
    """A contractual adjustment."""
    return (Adjustment(group="CO", reason="45", cents=cents),)


LINES = (
    AdjudicatedLine(charge_cents=6_000, paid_cents=5_000, adjustments=cut(1_000)),
    AdjudicatedLine(charge_cents=4_000, paid_cents=3_000, adjustments=cut(1_000)),
)
SOUND = ClaimPayment(claim="C", status="1", charge_cents=10_000, paid_cents=8_000, lines=LINES)


def found(payment: ClaimPayment) -> list[tuple[str, int]]:
    """Level and difference of each fault."""
    return [(fault.level, fault.difference_cents) for fault in claim_faults(payment)]


def _line(**changes: Any) -> dict[str, Any]:
    return {"lines": (replace(LINES[0], **changes), LINES[1])}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"lines": (), "adjustments": cut(2_000)}, []),
        (
            {"lines": (replace(LINES[0], adjustments=cut(400)), LINES[1]), "adjustments": cut(600)},
            [("line", 600), ("roll_up", -600)],
        ),
        (_line(adjustments=cut(900)), [("line", 100), ("claim", 100)]),
        (_line(paid_cents=5_100), [("line", -100), ("roll_up", 100)]),
        ({"lines": (), "adjustments": cut(1_900)}, [("claim", 100)]),
        ({"charge_cents": 10_100}, [("claim", 100), ("roll_up", -100)]),
        ({"paid_cents": 7_900}, [("claim", 100), ("roll_up", 100)]),
    ],
    ids=[
        "sound", "without lines", "at two levels", "a line's adjustments", "a line's payment",
        "the claim's adjustments", "the claim's charge", "the claim's payment",
    ],
)  # fmt: skip
def test_each_level_is_judged_by_itself(
    changes: dict[str, Any], faults: list[tuple[str, int]]
) -> None:
    assert found(replace(SOUND, **changes)) == faults


def test_what_is_adjusted_of_the_whole_claim_is_paid_less_than_its_lines_say() -> None:
    lines = tuple(replace(one, paid_cents=one.charge_cents, adjustments=()) for one in LINES)
    assert found(replace(SOUND, lines=lines, adjustments=cut(2_000))) == []
