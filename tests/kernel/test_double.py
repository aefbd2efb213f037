"""PostgreSQL keeps the promises that the simulation's double of it keeps: the same tests, asked of both."""

import asyncio
from typing import Any

import pytest

from shared.pool import IDLE_IN_TRANSACTION_MS
from tests.simulation.promises import Idle, KernelPromises, StorePromises


@pytest.fixture
def idle() -> Idle:
    """The limit passes."""

    async def pass_by(_connection: Any) -> None:
        await asyncio.sleep(IDLE_IN_TRANSACTION_MS / 1000 + 1)

    return pass_by


class TestStore(StorePromises):
    """On PostgreSQL."""


class TestKernel(KernelPromises):
    """On PostgreSQL."""
