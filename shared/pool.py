"""Connections to PostgreSQL that cannot hold a partition for ever."""

from typing import Any

import asyncpg
import msgspec

LOCK_TIMEOUT_MS = 8_000
IDLE_IN_TRANSACTION_MS = 3_000
STATEMENT_TIMEOUT_MS = 60_000
CONNECT_SECONDS = 10.0
"""A halted server takes a connection and says nothing; the driver would wait for a minute."""
ANSWER_SECONDS = 5
"""So long beyond the limit of a statement its answer is waited for: a connection may have lost its server untold."""


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        schema="pg_catalog",
        format="binary",
    )


async def _nothing_to_undo(_connection: Any) -> None:
    """We leave nothing behind in a session; the driver's own clearing costs a round trip a transaction."""


async def open_pool(
    dsn: str, *, size: int = 8, statement_ms: int = STATEMENT_TIMEOUT_MS, **session: str
) -> Any:
    """A pool whose connections cannot hold a partition for ever, whatever happens to this process or to them.

    `session` are settings of PostgreSQL beside ours.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=CONNECT_SECONDS,
        init=_prepare,
        reset=_nothing_to_undo,
        command_timeout=statement_ms / 1000 + ANSWER_SECONDS,
        server_settings={
            "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS),
            "statement_timeout": str(statement_ms),
            "lock_timeout": str(LOCK_TIMEOUT_MS),
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
            "jit": "off",
            "random_page_cost": "1.1",  # What a transaction touches is in memory.
            **session,
        },
    )
