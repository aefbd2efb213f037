"""The batch path of one service: what it takes from the log, folds, projects and commits, without waiting for anybody."""

import time
from importlib import import_module
from typing import Any

import asyncpg

from deploy.stack import Stack
from shared.engine import Engine
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.store import Store
from shared.topic import wait_for_topic

SERVICE = "reporting"
"""It hears nearly everything and says nothing: its records are all of others."""
SCHEMA = "bench_batches"
SIZES = (100, 1_000)


async def batch_speed(stack: Stack) -> dict[str, Any]:
    """Events applied a second with polls of some sizes, over the whole log, in a schema of its own."""
    records: list[Any] = []
    topic = await wait_for_topic(stack.bootstrap, stack.settings.topic, 20)
    async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
        for p, end in (await reader.ends(list(range(topic.partitions)))).items():
            async for some in reader.read(p, 0, end):
                records += some
    records.sort(key=lambda r: (r.timestamp, r.partition, r.offset))
    figures: dict[str, Any] = {"records_in_the_log": len(records)}
    for size in SIZES:
        applied, seconds = await _run(stack, records, size, topic)
        figures[f"batch_path_events_per_second {SERVICE}, polls of {size}"] = round(
            applied / seconds
        )
    return figures


async def _run(stack: Stack, records: list[Any], size: int, topic: Any) -> tuple[int, float]:
    administrator: Any = await asyncpg.connect(stack.pg_dsn)
    await administrator.execute(f"drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}")
    service = import_module(f"services.{SERVICE}.app").SERVICE
    mark = "&" if "?" in stack.pg_dsn else "?"
    pool = await open_pool(f"{stack.pg_dsn}{mark}options=-csearch_path%3D{SCHEMA}")
    store = Store(service)
    try:
        async with pool.acquire() as connection:
            await store.create(connection, topic.partitions, topic.id)
        engine = Engine(service, pool, store, topic.partitions, lambda rows: None)
        started, applied = time.monotonic(), 0
        for at in range(0, len(records), size):
            applied += (await engine.poll(records[at : at + size])).applied
        return applied, time.monotonic() - started
    finally:
        await pool.close()
        await administrator.execute(f"drop schema if exists {SCHEMA} cascade")
        await administrator.close()
