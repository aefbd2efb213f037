"""One stack with all services for all journeys; stopped at the end, whatever happened."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.settings import Settings
from tests.journeys.office import Office

ROOT = Path(__file__).parents[2]


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
