"""A seeded world with every fault runs through the doors while services die; then every promise is audited."""

import asyncio
import signal
from datetime import date
from typing import NamedTuple

import pytest

from deploy.auditing.result import Result
from deploy.auditing.run import audit
from deploy.provision import SERVICES
from deploy.stack import Stack
from simulator.doors import Doors
from simulator.people import CANARY
from simulator.quiet import quiet
from simulator.world import Plan, Score, World

PLAN = Plan(encounters=120, feed_days=20, all_days=55, start=date(2026, 1, 5), seed=11)
LIMIT_SECONDS = 240.0
VICTIMS = ("submission", "adjudication_tracking", "posting", "coding", "denial", "registration")


class Reaper:
    """Kills a service every few days, in the middle of its work, and starts it again."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.killed: list[str] = []

    def told(self, score: Score) -> None:
        """Called when a day is over."""
        if score.days % 4 == 0 and len(self.killed) < len(VICTIMS):
            victim = VICTIMS[len(self.killed)]
            services = self.stack.services
            services.kill(f"{victim}-0", signal.SIGKILL)
            self.killed.append(victim)
            services.start(victim, topic=self.stack.settings.topic)


class Figures(NamedTuple):
    """What the system says of everything that came in, in accounts and cents."""

    accounts: int
    paid: int
    cash: int
    awaited: int


async def _figures(doors: Doors) -> Figures:
    summary = await doors.get("reporting", "/summary")
    trial = await doors.get("posting", "/trial-balance")
    ledgers = {row["ledger"]: row["cents"] for row in trial["ledgers"]}
    assert trial["sum_cents"] == 0
    return Figures(
        summary["total"]["accounts"],
        summary["checks"]["amount_cents"],
        ledgers.get("cash", 0),
        ledgers.get("eft_receivable", 0),
    )


async def _booked(doors: Doors) -> None:
    """What posting says of the last day is what reporting says now, to the cent, for every facility and payer."""
    summary = await doors.get("reporting", "/summary")
    booked = await doors.get("posting", "/money", until=summary["as_of"])
    assert booked["total"] == {name: summary["total"][name] for name in booked["total"]}
    said = {(row["facility"], row["payer"]): row for row in summary["money"]}
    assert booked["money"]
    for row in booked["money"]:
        assert row == {name: said[row["facility"], row["payer"]][name] for name in row}


async def _run(stack: Stack, reaper: Reaper) -> tuple[Score, Figures]:
    """The world's score, and by how much the system's figures grew meanwhile."""
    doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "simulator")
    try:
        assert await quiet(doors, SERVICES, LIMIT_SECONDS)
        before = await _figures(doors)
        world = World(PLAN, doors, stack.home.root / "files" / "outbound", reaper.told)
        score = await world.run()
        assert await quiet(doors, SERVICES, LIMIT_SECONDS)
        after = await _figures(doors)
        await _booked(doors)
        return score, Figures(*(now - then for now, then in zip(after, before, strict=True)))
    finally:
        await doors.close()


async def _audit(stack: Stack) -> list[Result]:
    return [result async for result in audit(stack, canary=CANARY)]


@pytest.mark.timeout(1_200)
def test_a_world_with_faults_and_kills_ends_with_every_promise_kept(stack: Stack) -> None:
    reaper = Reaper(stack)
    score, figures = asyncio.run(_run(stack, reaper))
    assert score.encounters == PLAN.encounters
    assert score.paid_cents > 0
    assert reaper.killed == list(VICTIMS)
    assert figures == Figures(
        accounts=score.encounters,
        paid=score.paid_cents,
        cash=score.banked_cents + score.patient_paid_cents,
        awaited=score.paid_cents - score.banked_cents,
    )
    broken = [
        f"{r.name}: {r.first or r.unchecked}" for r in asyncio.run(_audit(stack)) if not r.holds
    ]
    assert broken == []
