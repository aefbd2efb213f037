"""`/readyz` answers in time whatever does not answer it."""

import asyncio

import pytest

from shared import run
from shared.given_up import GIVEN_UP

LIMIT_SECONDS = 60.0


async def test_what_does_not_end_when_it_is_cancelled_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "ANSWER_SECONDS", 0.05)
    server_is_back, ended = asyncio.Event(), asyncio.Event()

    async def halted() -> int:
        """As a driver that asks a server which does not answer to cancel the statement."""
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await server_is_back.wait()
            ended.set()
            raise ConnectionResetError from None
        return 1

    async with asyncio.timeout(LIMIT_SECONDS):
        assert await run._answer(halted()) is None
        assert GIVEN_UP and not ended.is_set()
        server_is_back.set()
        while GIVEN_UP:
            await asyncio.sleep(0.01)
    assert ended.is_set()


async def test_an_answer_in_time_is_told_and_a_lost_one_is_none() -> None:
    async def there() -> int:
        return 7

    async def lost() -> int:
        raise ConnectionRefusedError

    assert (await run._answer(there()), await run._answer(lost())) == (7, None)
