"""A plain FastStream service: one message, one transaction, with an inbox so that a repeat does not count twice.

`python -m benchmarks.others.plain_faststream BOOTSTRAP TOPIC DSN SCHEMA COUNT` prints seconds from the first
message to the last commit.
"""

import asyncio
import json
import logging
import sys
import time
from typing import Any

import asyncpg
from faststream import FastStream
from faststream.kafka import KafkaBroker, KafkaMessage

from benchmarks.others import material

STOP_SECONDS = 600.0


class Projector:
    """What its one subscriber does."""

    def __init__(self, pool: Any, schema: str, count: int) -> None:
        self.pool = pool
        self.left = count
        self.started = self.ended = 0.0
        self.done = asyncio.Event()
        places = [f"${n}" for n in range(1, len(material.COLUMNS) + 1)]
        self._upsert = material.upsert(schema, places)
        self._row = f"select * from {schema}.{material.TABLE} where {material.KEY} = $1 for update"
        self._inbox = f"insert into {schema}.inbox values ($1) on conflict do nothing returning 1"

    async def handle(self, value: bytes, partition: int) -> None:
        """Project one message in one transaction."""
        self.started = self.started or time.monotonic()
        event, at = material.told(value, partition)
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(self._inbox, at.event_id) is None:
                return
            for key in material.keys(event, at):
                found = await connection.fetchrow(self._row, key)
                row = material.project(dict(found) if found else None, event, at)
                if row is not None:
                    await connection.execute(self._upsert, *(row[c] for c in material.COLUMNS))
        self.left -= 1
        if not self.left:
            self.ended = time.monotonic()
            self.done.set()


async def _codecs(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=material.as_json, decoder=json.loads, schema="pg_catalog"
    )


async def run(bootstrap: str, topic: str, dsn: str, schema: str, count: int) -> float:
    """Consume `count` messages from the topic's start; seconds from the first to the last commit."""
    pool = await asyncpg.create_pool(dsn, min_size=2, max_size=4, init=_codecs)
    projector = Projector(pool, schema, count)
    broker = KafkaBroker(bootstrap, logger=logging.getLogger("bench"))

    @broker.subscriber(topic, group_id=f"plain-{schema}", auto_offset_reset="earliest")
    async def heard(body: bytes, message: KafkaMessage) -> None:
        await projector.handle(bytes(message.body), message.raw_message.partition)

    app = FastStream(broker)
    running = asyncio.create_task(app.run(log_level=logging.ERROR))
    try:
        await asyncio.wait_for(projector.done.wait(), STOP_SECONDS)
    finally:
        app.exit()
        await running
        await pool.close()
    return projector.ended - projector.started


if __name__ == "__main__":
    print(asyncio.run(run(*sys.argv[1:5], int(sys.argv[5]))))  # type: ignore[call-arg]
