"""A facility that floods its doors waits for its turn; others are served, and answers keep the order of the orders."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared import doors as doors_room
from shared.doors import LONGEST_TURN_SECONDS, MANY, SLICE, OpenDoors
from shared.service import Answer, Order, Scope
from shared.turns import BURST


class Engine:
    """Answers every order with its own stream."""

    def __init__(self) -> None:
        self.service = SimpleNamespace(name="toy")
        self.pool = self
        self.seen: list[str] = []

    async def fetch(self, sql: str, streams: list[str]) -> list[tuple[str, str]]:
        """Whose streams these are, as their names tell; of the lost nobody knows."""
        return [
            (s, s.removeprefix("account/").rstrip("0123456789")) for s in streams if "lost" not in s
        ]

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


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors_room, "LONGEST_TURN_SECONDS", 0.2)
    monkeypatch.setattr(doors_room, "STEP_SECONDS", 0.01)


async def _importing() -> tuple[OpenDoors, Engine]:
    """Doors at which an import has taken all that is let in for now."""
    doors, engine = _doors()
    assert {a.status for a in await doors.handle(_orders(BURST, "import"))} == {200}
    doors.turns.left, doors.turns.others = 0.0, True
    engine.seen.clear()
    return doors, engine


@pytest.mark.usefixtures("hasty")
async def test_a_facility_with_more_than_its_turn_is_told_to_come_again_and_no_other_is() -> None:
    doors, engine = await _importing()
    mixed = [
        o for pair in zip(_orders(30, "import"), _orders(30, "calm"), strict=True) for o in pair
    ]
    answers = await doors.handle(mixed)
    assert [a.stream for a in answers] == [o.stream for o in mixed]
    assert [(a.status, a.code) for a in answers] == [(429, "busy"), (200, "")] * 30
    assert engine.seen == [f"account/calm{n}" for n in range(30)]


async def test_who_is_let_in_later_is_answered_later_and_in_the_order_of_the_orders() -> None:
    doors, engine = await _importing()
    asyncio.get_running_loop().call_later(0.05, setattr, doors.turns, "left", 1.0)
    answers = await doors.handle([*_orders(30, "import"), *_orders(2, "calm")])
    imported, calm = (
        [o.stream for o in _orders(n, name)] for n, name in ((30, "import"), (2, "calm"))
    )
    assert [a.stream for a in answers] == [*imported, *calm]
    assert {a.status for a in answers} == {200}
    assert engine.seen == [*calm, *imported]


@pytest.mark.usefixtures("hasty")
async def test_an_import_is_let_in_by_slices_and_what_has_no_turn_comes_again() -> None:
    doors, engine = await _importing()
    doors.turns.left = 2.0 * SLICE
    answers = await doors.handle(_orders(5 * SLICE, "import"))
    assert [a.status for a in answers] == [200] * 2 * SLICE + [429] * 3 * SLICE
    assert len(engine.seen) == 2 * SLICE


async def test_where_too_many_wait_already_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doors_room, "WAITING_COMMANDS", 10)
    doors, _ = await _importing()
    async with asyncio.timeout(doors_room.LONGEST_TURN_SECONDS / 2):
        assert {a.status for a in await doors.handle(_orders(11, "import"))} == {429}


async def test_many_charges_are_their_accounts_facilitys_though_they_do_not_name_it() -> None:
    doors, _ = _doors()
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
