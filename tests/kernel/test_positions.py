"""Positions make every record count exactly once, whatever the log shows, and how often, and in which order."""

import random
from dataclasses import replace
from typing import Any

import pytest

from contracts.coding import ChargesCaptured
from contracts.registry import wire_name
from shared import envelope as wire
from shared.service import Order
from shared.streams import account_stream
from tests.kernel.cluster import ACCOUNTS, SCOPE
from tests.kernel.house import House
from tests.kernel.toys import Capture


def _shown(house: House, order: list[int]) -> None:
    """The log shows the records it has in this order; gamma's offsets start anew."""
    records = list(house.gamma.log.records[0])
    house.gamma.log.records[0].clear()
    for n in order:
        record = records[n]
        house.gamma.log.put(record.key, record.value, record.headers)


def _what_alpha_said(house: House) -> list[int]:
    return [
        wire.decode_event(e.type, e.data).charges[0].charge_cents
        for e in (wire.decode(r.value) for r in house.alpha.log.records[0])
        if e.type == wire_name(ChargesCaptured)
    ]


@pytest.mark.parametrize("seed", range(6))
async def test_each_record_delivered_one_to_five_times_early_or_late_counts_once_in_order(
    house: House, seed: int
) -> None:
    cents = range(1, 13)
    for n in cents:
        await house.charge(n)
    chance = random.Random(seed)
    order = [n for n in range(len(cents)) for _ in range(chance.randrange(1, 5))]
    for n in range(len(cents)):  # One copy of each stands anywhere: too early, mostly.
        order.insert(chance.randrange(len(order)), n)
    order += range(len(cents))  # The producer sends again from the hole until it is heard back.
    _shown(house, order)
    await house.settle()
    assert await house.told() == " ".join(f"c{n} r{n}" for n in cents)
    assert (await house.gamma.progress()).heard["alpha/0"] == len(cents)
    assert (await house.gamma.compare()).differences == []


async def test_a_hole_is_not_passed_and_what_follows_waits_for_it(house: House) -> None:
    for n in (1, 2, 3, 4):
        await house.charge(n)
    _shown(house, [0, 2, 3, 1])
    await house.gamma.hear()
    assert await house.told() == "c1 r1 c2 r2"
    assert (await house.gamma.progress()).heard["alpha/0"] == 2
    records = house.gamma.log.records[0]
    for early in records[1:3]:
        house.gamma.log.put(early.key, early.value, early.headers)
    await house.settle()
    assert await house.told() == "c1 r1 c2 r2 c3 r3 c4 r4"


async def _said(house: House) -> list[tuple[Any, ...]]:
    rows = await house.gamma.engine.pool.fetch(
        "select seq, position, event_id, cause, wire from outbox order by seq"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    "breaks_at", ["write_states", "_write_rows", "write_outbox", "write_progress"]
)
async def test_a_batch_that_was_rolled_back_and_is_read_again_says_the_same_once(
    house: House, breaks_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.charge(1)
    await house.settle()
    await house.charge(2)
    await house.charge(3)
    before, progress = await _said(house), await house.gamma.progress()

    async def broken(*args: Any) -> Any:
        raise ConnectionResetError

    monkeypatch.setattr(house.gamma.engine.store, breaks_at, broken)
    for _ in range(3):
        with pytest.raises(ConnectionResetError):
            await house.gamma.hear()
    assert await _said(house) == before
    assert await house.gamma.progress() == progress
    assert await house.told() == "c1 r1"
    monkeypatch.undo()
    await house.settle()
    assert await house.told() == "c1 r1 c2 r2 c3 r3"
    said = await _said(house)
    assert [row[0] for row in said] == [row[1] for row in said] == [1, 2, 3]
    assert len({row[2] for row in said}) == 3


async def test_an_event_larger_than_a_record_may_be_is_refused_and_leaves_no_position_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_RECORD_BYTES", 1_100)
    account = ACCOUNTS[0]
    fits = Order(account_stream(account), Capture(account, 1), "fits", b"", SCOPE, "tester")
    large = Order(
        account_stream(account), Capture(account, 2), "large", b"", SCOPE, "tester" + "x" * 900
    )
    last = Order(account_stream(account), Capture(account, 3), "last", b"", SCOPE, "tester")
    answers = await house.alpha.engine.handle([fits, large, last])
    assert [a.status for a in answers] == [200, 409, 200]
    assert "larger than a record may be" in answers[1].sentence
    assert _what_alpha_said(house) == [1, 3]
    routes = [wire.read_route(r.headers) for r in house.alpha.log.records[0]]
    assert [route.position for route in routes] == [1, 2]
    monkeypatch.undo()
    (again,) = await house.alpha.engine.handle([large])
    assert (again.status, again.again) == (200, False), "a refusal is not kept as an answer"


async def test_a_record_that_leads_to_too_large_an_event_is_parked_and_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_RECORD_BYTES", 950)
    healthy = house.gamma.engine.service
    account = healthy.deciders["account"]

    def wordy(command: Any, state: Any, book: Any) -> list[Any]:
        return [replace(said, reason="x" * 400) for said in account.decide(command, state, book)]

    house.gamma.engine.service = replace(
        healthy, deciders={"account": replace(account, decide=wordy)}
    )
    await house.charge(1)
    await house.settle()
    house.gamma.engine.service = healthy
    (row,) = await house.gamma.parking.listed()
    assert "larger than a record may be" in row["sentence"]
    await house.alpha.capture(1, "another account")
    await house.settle()
    assert await house.gamma.value("select count(*) from story") == 1
    assert await house.gamma.parking.redrive(0, row["offset"], "tester") == 1
    await house.settle()
    assert await house.told() == "c1 r1"
