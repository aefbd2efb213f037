"""All checks over one installation, in order, with the first that breaks each promise."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from deploy.auditing.canary import check_canary
from deploy.auditing.files import check_files
from deploy.auditing.log import check_log, quiet
from deploy.auditing.records import check_records
from deploy.auditing.result import Result
from deploy.auditing.rows import check_parked, check_rows
from deploy.maintenance import rebuild
from deploy.provision import SERVICES
from deploy.rebuilders import Rebuilders
from deploy.shares import service_named
from deploy.stack import Stack
from shared.log_reader import LogReader

QUIET_SECONDS = 60.0


async def audit(
    stack: Stack,
    *,
    replay: bool = True,
    canary: str = "",
    wait_seconds: float = QUIET_SECONDS,
    others: Rebuilders | None = None,
) -> AsyncIterator[Result]:
    """Each promise's result as soon as it is known; waits for the services to be quiet first. `others` replay."""
    connection: Any = await asyncpg.connect(stack.dsn_of("auditor"))
    partitions = stack.settings.partitions
    try:
        async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
            yield await _wait_for_quiet(connection, reader, partitions, wait_seconds)
            for result in await check_rows(connection):
                yield result
            for result in await check_parked(connection, SERVICES):
                yield result
            for result in await check_log(connection, reader, partitions, SERVICES):
                yield result
            hears = {service: service_named(service).hears for service in SERVICES}
            yield await check_records(connection, reader, partitions, hears)
            for result in await check_files(connection, stack.home.root / "files" / "outbound"):
                yield result
            if canary:
                yield await check_canary(connection, stack, SERVICES, canary)
    finally:
        await connection.close()
    if replay:
        for service in SERVICES:
            yield await replayed(stack, service, others)


async def _wait_for_quiet(
    connection: Any, reader: LogReader, partitions: int, seconds: float
) -> Result:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        ends = await reader.ends(list(range(partitions)))
        behind = await quiet(connection, ends, SERVICES)
        if not behind or loop.time() > deadline:
            break
        await asyncio.sleep(0.3)
    return Result(
        "everything is heard",
        "every service has heard the whole log, and its own words back",
        1 if behind else 0,
        behind,
    )


async def replayed(stack: Stack, service: str, others: Rebuilders | None = None) -> Result:
    """Whether a service's tables are those of a replay from zero."""
    report = await rebuild(stack, service, swap=False, others=others)
    first = ""
    if report.differences:
        d = report.differences[0]
        first = f"{d.table} in partition {d.partition}: {d.first}"
    return Result(
        f"replay of {service}",
        "states and rows are those of a replay from zero",
        len(report.differences),
        first,
        report.events,
    )
