"""One stack with all services for all journeys; stopped at the end, whatever happened."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.settings import Settings
from simulator.doors import Doors
from simulator.quiet import quiet
from simulator.world import Plan, World, standing
from tests.journeys.office import LIMIT_SECONDS, Office

ROOT = Path(__file__).parents[2]
PLAN = Plan(encounters=40, feed_days=6, all_days=30, start=date(2026, 1, 5), seed=5)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Everything up, in a home of its own; Kafka's jars are shared with the installation's cache."""
    home = ROOT / ".claimlog-test" / "journeys"
    chosen = Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn="")
    before = Stack(chosen)
    before.stop()
    shutil.rmtree(home, ignore_errors=True)
    made = Stack(chosen)
    try:
        made.start(SERVICES, told=lambda sentence: print(sentence, flush=True))
        yield made
    finally:
        made.stop()


@pytest_asyncio.fixture
async def office(stack: Stack) -> AsyncIterator[Office]:
    """A biller at the doors, on a business day that nobody used before."""
    entered = await Office.enter(stack)
    try:
        yield entered
    finally:
        await entered.leave()


@pytest.fixture(scope="session")
def lived(stack: Stack) -> Stack:
    """A stack in which something happened: other journeys, or a small world; all of it is heard."""
    asyncio.run(_world(stack))
    return stack


async def _world(stack: Stack) -> None:
    doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "simulator")
    try:
        if await standing(doors) is None:
            await World(
                PLAN, doors, stack.home.root / "files" / "outbound", lambda _score: None
            ).run()
        assert await quiet(doors, SERVICES, LIMIT_SECONDS)
    finally:
        await doors.close()
