"""One Kafka and one PostgreSQL for a session, in a home of its own: nothing outlives it, nothing of others is touched."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from hypothesis import settings

from deploy.stack import Stack
from shared.settings import Settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile("steady")
"""The same examples in every run; `pytest --hypothesis-profile=explore` looks for new ones."""

ROOT = Path(__file__).parents[1]
HOMES = ROOT / ".claimlog-test"


def _stack(home: Path) -> Stack:
    return Stack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn=""))


def _remove(stack: Stack) -> None:
    stack.stop()
    shutil.rmtree(stack.postgres.folder, ignore_errors=True)
    shutil.rmtree(stack.home.root, ignore_errors=True)


async def _data_directory(dsn: str) -> Path:
    connection = await asyncpg.connect(dsn)
    try:
        return Path(await connection.fetchval("show data_directory"))
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A database, and a broker once it is asked for; stopped and removed at the end, whatever happened."""
    for old in HOMES.glob("session-*"):
        if not psutil.pid_exists(int(old.name.partition("-")[2])):
            _remove(_stack(old))
    made = _stack(HOMES / f"session-{os.getpid()}")
    try:
        found = asyncio.run(_data_directory(made.postgres.start()))
        assert found == made.postgres.data, "this is not the database that the tests started"
        yield made
    finally:
        _remove(made)
