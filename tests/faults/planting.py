"""The entry point of a service with a defect of ours in it: `python -m tests.faults.planting services.NAME`.

`FAULTS_PLANT` names the defect. Rows have to find each of them.
"""

import os
import runpy
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

import asyncpg.transaction

from shared import relay
from shared.commands import LOST
from shared.relay import Channel, Relay


def guess_committed() -> None:
    """Whoever loses the connection at COMMIT takes it for done."""
    plain = asyncpg.transaction.Transaction.__aexit__

    async def guess(
        self: Any, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType
    ) -> Any:
        try:
            return await plain(self, kind, error, at)
        except LOST:
            if kind is not None:
                raise
            return None

    asyncpg.transaction.Transaction.__aexit__ = guess


def refill_bare() -> None:
    """A topic that is made anew gets the records without the header that says what they are."""
    plain = Relay._refill

    async def bare(self: Relay, connection: Any, source: int) -> None:
        kept, relay.CONTENT_TYPE = relay.CONTENT_TYPE, ("content-type", b"")
        try:
            await plain(self, connection, source)
        finally:
            relay.CONTENT_TYPE = kept

    Relay._refill = bare  # type: ignore[method-assign]


def trust_the_leader() -> None:
    """One broker is enough for a yes, and what was sent is taken for published."""
    plain = relay.producer_for

    def producer_for(bootstrap: str, client_id: str) -> Any:
        class Hasty(relay.Producer):  # type: ignore[misc]
            def __init__(self, chosen: dict[str, Any], **more: Any) -> None:
                super().__init__({**chosen, "enable.idempotence": False, "acks": 1}, **more)

        careful, relay.Producer = relay.Producer, Hasty
        try:
            return plain(bootstrap, client_id)
        finally:
            relay.Producer = careful

    def start(
        self: Relay, progress: Any, channel: Channel, heard: int, last: int, now: float
    ) -> int:
        return max(self._cursor.setdefault(channel, heard), heard)

    from shared import run

    run.producer_for = producer_for
    Relay._start = start  # type: ignore[method-assign]
    Relay._start_again = _goes_on  # type: ignore[method-assign]


def _goes_on(self: Relay) -> None:
    self._failed = False


PLANTS: dict[str, Callable[[], None]] = {
    "guess-committed": guess_committed,
    "refill-bare": refill_bare,
    "trust-the-leader": trust_the_leader,
}
FOUND_BY = {"guess-committed": "commit", "refill-bare": "lost-topic", "trust-the-leader": "leader"}
"""The row that has to find it."""


if __name__ == "__main__":
    PLANTS[os.environ["FAULTS_PLANT"]]()
    name = sys.argv.pop(1)
    runpy.run_module(name, run_name="__main__", alter_sys=True)
