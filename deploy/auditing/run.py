"""All checks over one installation, in order, with the first that breaks each promise."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg

from deploy.auditing.canary import check_canary
from deploy.auditing.erased import check_erased
from deploy.auditing.files import check_files, files_leave
from deploy.auditing.log import behind, check_log
from deploy.auditing.records import check_records
from deploy.auditing.result import Result, without
from deploy.auditing.rows import check_parked, check_rows
from deploy.health import silent
from deploy.maintenance import rebuild
from deploy.provision import SERVICES
from deploy.rebuilders import Rebuilders
from deploy.shares import service_named
from deploy.stack import Stack
from shared.errors import Stopped
from shared.log_reader import LogReader
from shared.pool import CONNECT_SECONDS

QUIET_SECONDS = 60.0
SILENT_SECONDS = 15.0
"""A service that starts answers by then; one that does not will not hear more."""


async def audit(
    stack: Stack,
    *,
    replay: bool = True,
    canary: str = "",
    wait_seconds: float = QUIET_SECONDS,
    others: Rebuilders | None = None,
) -> AsyncIterator[Result]:
    """Each promise's result as soon as it is known; waits for the services to be quiet first. `others` replay.

    What needs a service that is still behind then is not looked at: its lag is no breach.
    """
    connection: Any = await asyncpg.connect(stack.dsn_of("auditor"), timeout=CONNECT_SECONDS)
    partitions = stack.settings.partitions
    try:
        async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
            late = await _wait_for_quiet(stack, connection, reader, wait_seconds)
            yield _heard(late)
            for result in await check_rows(connection, late):
                yield result
            for result in await check_parked(connection, SERVICES, late):
                yield result
            heard = tuple(service for service in SERVICES if service not in late)
            for result in await check_log(connection, reader, partitions, heard):
                yield without(result, late)
            hears = {service: service_named(service).hears for service in heard}
            yield without(await check_records(connection, reader, partitions, hears), late)
            for result in await check_files(
                connection, stack.home.root / "files" / "outbound", late
            ):
                yield result
            yield await check_erased(connection, stack, SERVICES, late)
            if canary:
                yield await check_canary(connection, stack, SERVICES, canary)
    finally:
        await connection.close()
    if replay:
        for service in SERVICES:
            yield await replayed(stack, service, others)


async def _wait_for_quiet(
    stack: Stack, connection: Any, reader: LogReader, seconds: float
) -> dict[str, str]:
    """Who is behind when the time is over, and where; sooner when nobody of them answers. Empty when all is heard."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    why: dict[str, str] = {}
    while True:
        ends = await reader.ends(list(range(stack.settings.partitions)))
        late = await behind(connection, ends, SERVICES)
        waited = loop.time() - began
        # A file that was asked for is on no log until it was handed over.
        leaves = not late and await files_leave(connection)
        if late and waited > min(SILENT_SECONDS, seconds):
            why = await silent(stack)
        if waited > seconds or (late.keys() <= why.keys() and not leaves):
            return {s: f"{where} ({why[s]})" if s in why else where for s, where in late.items()}
        await asyncio.sleep(0.3)


def _heard(late: Mapping[str, str]) -> Result:
    return Result(
        "everything is heard",
        "every service has heard the whole log, and its own words back",
        unchecked="; ".join(late.values()),
    )


async def replayed(stack: Stack, service: str, others: Rebuilders | None = None) -> Result:
    """Whether a service's tables are those of a replay from zero."""
    name, promise = f"replay of {service}", "states and rows are those of a replay from zero"
    try:
        report = await rebuild(stack, service, swap=False, others=others)
    except Stopped as no:
        return Result(name, promise, unchecked=f"not made: {no}")
    except asyncpg.UndefinedTableError:
        return Result(name, promise, unchecked=f"not made: {service} never ran here")
    first = ""
    if report.differences:
        d = report.differences[0]
        first = f"{d.table} in partition {d.partition}: {d.first}"
    return Result(
        name,
        promise,
        len(report.differences),
        first,
        report.events,
    )
