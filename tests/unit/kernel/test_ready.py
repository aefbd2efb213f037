"""`/readyz` answers in time whatever does not answer it."""

import asyncio
import time

import pytest

from shared import run
from shared.given_up import GIVEN_UP


async def test_what_does_not_end_when_it_is_cancelled_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "ANSWER_SECONDS", 0.05)
    ended = asyncio.Event()

    async def halted() -> int:
        """As a driver that asks a server which does not answer to cancel the statement."""
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(0.5)
            ended.set()
            raise ConnectionResetError from None
        return 1

    started = time.monotonic()
    assert await run._answer(halted()) is None
    assert time.monotonic() - started < 0.4
    await asyncio.wait_for(ended.wait(), 5)
    await asyncio.sleep(0)
    assert not GIVEN_UP


async def test_an_answer_in_time_is_told_and_a_lost_one_is_none() -> None:
    async def there() -> int:
        return 7

    async def lost() -> int:
        raise ConnectionRefusedError

    assert (await run._answer(there()), await run._answer(lost())) == (7, None)
