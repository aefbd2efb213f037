"""Our batch path on these events: read from the topic, applied poll by poll, one transaction each."""

import time
from dataclasses import replace
from importlib import import_module

from services.reporting.projections.claims import CLAIMS
from shared.engine import Engine
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.store import Store
from shared.topic import wait_for_topic


async def ours(bootstrap: str, topic_name: str, dsn: str) -> tuple[int, float]:
    """Events applied, and seconds from the first read to the last commit. `dsn` names an empty schema."""
    full = import_module("services.reporting.app").SERVICE
    service = replace(
        full, hears=CLAIMS.hears, projections=(CLAIMS,), react=lambda event, at: (), book=None,
        evolve_book=None, routes=None,
    )  # fmt: skip
    topic = await wait_for_topic(bootstrap, topic_name, 20)
    pool, store = await open_pool(dsn), Store(service)
    try:
        async with pool.acquire() as connection:
            await store.create(connection, topic.partitions, topic.id)
        engine = Engine(service, pool, store, topic.partitions, lambda rows: None)
        applied = 0
        async with LogReader(bootstrap, topic_name) as reader:
            ends = await reader.ends(list(range(topic.partitions)))
            started = time.monotonic()
            for p, end in ends.items():
                async for records in reader.read(p, 0, end):
                    applied += (await engine.poll(records)).applied
            return applied, time.monotonic() - started
    finally:
        await pool.close()
