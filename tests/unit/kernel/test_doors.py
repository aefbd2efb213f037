"""A facility that floods its doors waits; others are served, and what was let in is answered in order."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared import doors as doors_room
from shared.doors import Bucket, OpenDoors
from shared.service import Answer, Order, Scope


class Engine:
    """Answers every order with its own stream."""

    def __init__(self) -> None:
        self.service = SimpleNamespace(name="toy")
        self.seen: list[str] = []

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        self.seen += [order.stream for order in orders]
        return [Answer(200, order.stream) for order in orders]


def _order(n: int, facility: str) -> Order:
    return Order(f"account/{facility}{n}", None, f"{facility}/{n}", b"", Scope("t", "e", facility), "me")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors_room, "BURST", 5)
    monkeypatch.setattr(doors_room, "PER_SECOND", 10.0)


@pytest.mark.usefixtures("small")
async def test_a_facility_over_its_rate_is_told_to_come_again_and_no_other_is() -> None:
    engine = Engine()
    nothing: Any = None
    any_engine: Any = engine
    doors = OpenDoors(any_engine, nothing, nothing, "t")
    orders = [_order(n, name) for n in range(8) for name in ("flood", "calm")][:14]
    orders = [o for o in orders if o.scope.facility == "flood" or int(o.stream[-1]) < 3]
    answers = await doors.handle(orders)
    assert [a.stream for a in answers] == [o.stream for o in orders]
    flood = [a for a in answers if "flood" in a.stream]
    assert [a.status for a in flood] == [200] * 5 + [429] * (len(flood) - 5)
    assert {a.code for a in flood[5:]} == {"busy"}
    assert [a.status for a in answers if "calm" in a.stream] == [200] * 3
    assert engine.seen == [a.stream for a in answers if a.status == 200]


@pytest.mark.usefixtures("small")
def test_a_bucket_fills_up_again_and_never_above_its_burst() -> None:
    bucket = Bucket(0.0)
    assert [bucket.take(0.0) for _ in range(6)] == [True] * 5 + [False]
    assert not bucket.take(0.05) and bucket.take(0.1)
    assert [bucket.take(1_000.0) for _ in range(6)] == [True] * 5 + [False]
