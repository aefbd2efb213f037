"""A database put back from an older backup: a file that left before does not leave again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from contracts.eligibility import InquiryFileSent
from shared.doors import OpenDoors
from shared.hand_over import Handing, hand_over_schema, rows_for
from shared.http import app
from shared.kernel_api import kernel_routes
from shared.service import Decider, Order, Scope
from tests.kernel.fed import Fed, MemoryLog
from tests.kernel.handing_toy import TOY, WIRE, asked
from tests.kernel.test_hand_over import files, take_away


class Lane(msgspec.Struct, frozen=True):
    """How many files were asked for and left."""

    asked: int = 0
    left: int = 0


def decide(command: Any, state: Lane | None, book: Any) -> list[Any]:
    """Ask for a file by its number, or state that it left."""
    if isinstance(command, int):
        return [asked(command)[0]]
    number, sha256, size = command
    file_name = f"CH/{number:09d}.270"
    return [
        InquiryFileSent(
            receiver="CH", isa13=number, file_name=file_name, sha256=sha256, size_bytes=size
        )
    ]


def evolve(state: Lane | None, event: Any) -> Lane:
    state = state or Lane()
    if isinstance(event, InquiryFileSent):
        return msgspec.structs.replace(state, left=state.left + 1)
    return msgspec.structs.replace(state, asked=state.asked + 1)


SENDER = replace(
    TOY,
    says=frozenset({WIRE, "eligibility.inquiry_file_sent.v1"}),
    deciders={"outbound": Decider("outbound", Lane, decide, evolve)},
)


class Sender:
    """A service whose files leave, fed by hand."""

    def __init__(self, fed: Fed, outbound: Path) -> None:
        self.fed = fed
        self.outbound = outbound

    async def ask(self, number: int) -> None:
        order = Order("outbound/CH/1", number, f"ask {number}", b"", Scope("demo"), "tester")
        assert (await self.fed.engine.handle([order]))[0].status == 200
        await self.hear()

    async def hear(self) -> None:
        while await self.fed.hear():
            pass

    async def restore(self) -> None:
        await self.fed.restore()
        await self.fed.recover()
        await self.hear()

    def handing(self) -> Handing:
        ring: Any = None
        doors = OpenDoors(self.fed.engine, ring, ring, "demo")
        owner = SimpleNamespace(owned={0})
        return Handing(self.fed.engine, doors, owner, self.outbound)


def _door(sender: Sender) -> httpx.AsyncClient:
    handing = sender.handing()
    doors: Any = handing._doors
    made = app(SENDER, _ready)
    made.include_router(kernel_routes(sender.fed.engine, doors, handing))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://door")


async def _ready() -> dict[str, Any]:
    return {}


@pytest.fixture
async def sender(database: str, tmp_path: Path) -> AsyncIterator[Sender]:
    fed = await Fed.start(SENDER, MemoryLog(), database, on_handed=rows_for(SENDER))
    await fed.engine.pool.execute(hand_over_schema())
    yield Sender(fed, tmp_path / "outbound")
    await fed.close()


async def test_a_file_whose_fact_stands_in_the_log_needs_nobody_and_does_not_leave_again(
    sender: Sender,
) -> None:
    await sender.ask(1)
    await sender.fed.back_up()
    await sender.ask(2)
    assert await sender.handing().sweep() == 1  # The first of the lane; then the second.
    assert await sender.handing().sweep() == 1
    await sender.hear()
    assert len(take_away(sender.outbound)) == 2
    await sender.restore()
    assert await sender.handing().held() == []
    assert await sender.handing().sweep() == 0 and files(sender.outbound) == {}
    states = await sender.fed.engine.store.states(sender.fed.engine.pool, ["outbound/CH/1"])
    assert states["outbound/CH/1"].state == Lane(asked=2, left=2)
    await sender.ask(3)
    assert await sender.handing().sweep() == 1 and len(files(sender.outbound)) == 1


async def test_a_file_whose_fact_was_lost_with_the_database_waits_for_a_person(
    sender: Sender,
) -> None:
    await sender.fed.back_up()
    await sender.ask(1)
    sender.fed.log.lost = lambda row: row.wire == "eligibility.inquiry_file_sent.v1"
    assert await sender.handing().sweep() == 1
    sender.fed.log.lost = lambda row: False
    assert len(take_away(sender.outbound)) == 1
    await sender.restore()
    assert await sender.handing().sweep() == 0 and files(sender.outbound) == {}
    async with _door(sender) as door:
        (held,) = (await door.get("/held")).json()
        assert held["file_name"] == "CH/000000001.270"
        assert (await door.post(f"/held/{held['event_id']}/left")).json() == {"ok": True}
        assert (await door.get("/held")).json() == []
        again = await door.post(f"/held/{held['event_id']}/release")
        assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert await sender.handing().sweep() == 1 and files(sender.outbound) == {}
    await sender.hear()
    states = await sender.fed.engine.store.states(sender.fed.engine.pool, ["outbound/CH/1"])
    assert states["outbound/CH/1"].state == Lane(asked=1, left=1)
