"""A facility that floods its doors waits for its turn; others are served, and answers keep the order of the orders."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared.doors import MANY, OpenDoors
from shared.service import Answer, Order, Scope
from shared.turns import BURST, LONGEST_TURN_SECONDS


class Engine:
    """Answers every order with its own stream."""

    def __init__(self) -> None:
        self.service = SimpleNamespace(name="toy")
        self.pool = self
        self.seen: list[str] = []

    async def fetch(self, sql: str, streams: list[str]) -> list[tuple[str, str]]:
        """Whose streams these are, as their names tell; of the lost nobody knows."""
        return [(s, s.removeprefix("account/").rstrip("0123456789")) for s in streams if "lost" not in s]

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        self.seen += [order.stream for order in orders]
        return [Answer(200, order.stream) for order in orders]


def _orders(count: int, facility: str, named: bool = True) -> list[Order]:
    scope = Scope("t", "e", facility if named else "")
    return [
        Order(f"account/{facility}{n}", None, f"{facility}/{n}", b"", scope, "me")
        for n in range(count)
    ]


def _doors() -> tuple[OpenDoors, Engine]:
    nothing: Any = None
    engine: Any = Engine()
    return OpenDoors(engine, nothing, nothing, "t"), engine


async def test_a_facility_with_more_than_its_turn_is_told_to_come_again_and_no_other_is() -> None:
    doors, engine = _doors()
    doors.turns.rate = BURST / (LONGEST_TURN_SECONDS + 1)
    await doors.handle(_orders(BURST, "flood"))
    await doors.handle(_orders(BURST, "flood"))  # Its turn begins at once, and whoever comes next waits for it.
    engine.seen.clear()
    mixed = [o for pair in zip(_orders(3, "flood"), _orders(3, "calm"), strict=True) for o in pair]
    answers = await doors.handle(mixed)
    assert [a.stream for a in answers] == [o.stream for o in mixed]
    assert [(a.status, a.code) for a in answers] == [(429, "busy"), (200, "")] * 3
    assert engine.seen == [f"account/calm{n}" for n in range(3)]


async def test_who_is_let_in_later_is_answered_later_and_in_the_order_of_the_orders() -> None:
    doors, engine = _doors()
    doors.turns.rate = BURST * 20.0
    await doors.handle(_orders(BURST, "import"))
    await doors.handle(_orders(BURST, "import"))
    engine.seen.clear()
    answers = await doors.handle([*_orders(2, "import"), *_orders(2, "calm")])
    assert [a.stream for a in answers] == [
        "account/import0", "account/import1", "account/calm0", "account/calm1",
    ]  # fmt: skip
    assert {a.status for a in answers} == {200}
    assert engine.seen == ["account/calm0", "account/calm1", "account/import0", "account/import1"]


async def test_many_charges_are_their_accounts_facilitys_though_they_do_not_name_it() -> None:
    doors, _ = _doors()
    doors.turns.rate = 1_000_000.0
    await doors.handle(_orders(BURST + MANY, "import", named=False))
    assert doors.turns.waited
    doors.turns.waited = False
    await doors.handle(_orders(MANY - 1, "import", named=False))
    assert not doors.turns.waited, "so few are not looked up"


@pytest.mark.parametrize("count", [1, 30_000])
async def test_what_belongs_to_no_facility_has_no_turn(count: int) -> None:
    doors, engine = _doors()
    async with asyncio.timeout(LONGEST_TURN_SECONDS / 2):
        answers = await doors.handle(_orders(count, "lost", named=False))
    assert {a.status for a in answers} == {200} and len(engine.seen) == count
