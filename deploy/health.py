"""How an installation stands: which process does its work, how far it is, and what to do about one that does not."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import psutil
from aiokafka.errors import KafkaError

from deploy.home import port_is_free
from deploy.pids import halted
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.log_reader import LogReader
from shared.progress import decode
from shared.unheard import missed, said_of

ANSWER_SECONDS = 4.0
"""Whoever has not answered by then does not answer."""
MEASURED_SECONDS = 0.5
"""Between the two looks that tell records a second."""
ENGINES = ("kafka", "postgres")
Door = tuple[bool, str]
"""Whether a process answers, and why it does not do its work."""


@dataclass(slots=True)
class Standing:
    """One process; what is not known is None. `why` says what is wrong and what to do: it is not ready, or lacks events."""

    process: str
    pid: int | None = None
    address: str = ""
    answers: bool = False
    ready: bool = False
    heard: int | None = None
    said: int | None = None
    behind: int | None = None
    records_per_second: int | None = None
    parked: int | None = None
    said_per_second: int | None = None
    why: str = ""
    log: str = ""


@dataclass(slots=True)
class _Look:
    """What the database says of one service."""

    passed: dict[int, int]
    heard: int
    said: int
    parked: int
    missed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Far:
    """Which engines answer, and how far the services are."""

    answers: set[str] = field(default_factory=set)
    ends: dict[int, int] = field(default_factory=dict)
    before: dict[str, _Look] = field(default_factory=dict)
    now: dict[str, _Look] = field(default_factory=dict)
    seconds: float = 0.0


async def standing(stack: Stack) -> list[Standing]:
    """Every process that runs here, ended here, or is missing here; empty when nothing runs."""
    running = stack.home.running()
    if not running:
        return []
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
        services = [facts for facts in running if "url" in facts]
        far, doors = await asyncio.gather(
            _look(stack), asyncio.gather(*(_door(client, facts) for facts in services))
        )
    said = {str(facts["name"]): door for facts, door in zip(services, doors, strict=True)}
    said |= {
        name: _engine(facts, far) for facts in running if (name := str(facts["name"])) in ENGINES
    }
    rows = [_of(facts, *said.get(str(facts["name"]), (True, ""))) for facts in running]
    rows += [
        Standing(name, why="ended; `claimlog up` brings it back") for name in stack.home.gone()
    ]
    known = [row.process for row in rows]
    rows += [
        Standing(name, why="was not started; `claimlog up` starts it")
        for name in missing(stack, known)
    ]
    for row in rows:
        log = stack.home.log(row.process)
        row.log = str(log) if log.exists() else ""
        _add_progress(row, far)
    return rows


def sentence(row: Standing) -> str:
    """One sentence for a process that does not do its work, or not all of it."""
    return f"{row.process} {row.why}" + (f"; its log is {row.log}" if row.log else "")


def missing(stack: Stack, known: Iterable[str]) -> list[str]:
    """What makes the whole and is not `known` here; services may run elsewhere where the broker is a given one."""
    there = {service_of(name) for name in known}
    given = {"kafka": stack.settings.kafka, "postgres": stack.settings.pg_dsn}
    engines = [name for name in ENGINES if not given[name] and name not in there]
    services = [] if stack.settings.kafka else [f"{s}-0" for s in SERVICES if s not in there]
    return engines + services


def service_of(process: str) -> str:
    """The service whose instance this is; an engine is itself."""
    return process if process in ENGINES else process.rpartition("-")[0]


async def silent(stack: Stack) -> dict[str, str]:
    """Services of which no process answers here, each with why; what may run elsewhere is not looked for."""
    rows = [row for row in await standing(stack) if row.process not in ENGINES]
    answer = {service_of(row.process) for row in rows if row.answers}
    return {
        service_of(row.process): sentence(row)
        for row in rows
        if service_of(row.process) not in answer
    }


def _of(facts: Mapping[str, Any], answers: bool, why: str) -> Standing:
    address = facts.get("url") or f"127.0.0.1:{facts.get('port')}"
    return Standing(str(facts["name"]), int(facts["pid"]), str(address), answers, not why, why=why)


def _engine(facts: Mapping[str, Any], far: _Far) -> Door:
    if facts["name"] in far.answers:
        return True, ""
    return False, _why_silent(int(facts["pid"]), "`claimlog down`, then `claimlog up`")


async def _door(client: httpx.AsyncClient, facts: Mapping[str, Any]) -> Door:
    """Why it is not ready, and what to do: empty when it is."""
    pid = int(facts["pid"])
    try:
        answer = await client.get(f"{facts['url']}/readyz")
        checks: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        return False, _why_silent(pid, f"`kill -9 {pid}`, then `claimlog up`; nothing is lost")
    if answer.status_code == 200:
        return True, ""
    no = [_check(name, check) for name, check in checks.items() if isinstance(check, dict)]
    return True, f"answers and is not ready: {', '.join(filter(None, no)) or answer.status_code}"


def _check(name: str, check: Mapping[str, Any]) -> str:
    """What a check of `/readyz` that says no means; empty for one that says yes, or follows from another."""
    if check.get("ok") or (name == "lag" and check.get("value") is None):
        return ""
    if failed := check.get("failed_with"):
        return f"it cannot say how it stands ({failed})"
    if lacks := check.get("lacks"):
        return str(lacks)
    return {
        "broker": "it has no partition of the log, or Kafka does not answer it",
        "database": "PostgreSQL does not answer it",
        "lag": f"it is {check.get('value')} records behind, more than {check.get('bound')}",
    }.get(name, f"its check {name} says no")


def _why_silent(pid: int, anew: str) -> str:
    if said := halted(pid):
        return said
    if not psutil.pid_exists(pid):
        return "ended just now; `claimlog up` brings it back"
    return f"runs and does not answer within {ANSWER_SECONDS:.0f} s; if that stays so: {anew}"


def _add_progress(row: Standing, far: _Far) -> None:
    now = far.now.get(service_of(row.process))
    if now is None:
        return
    row.heard, row.said, row.parked = now.heard, now.said, now.parked
    if now.missed and not row.why:
        row.why = said_of(service_of(row.process), now.missed)
    if far.ends:
        row.behind = sum(max(end - now.passed.get(p, 0), 0) for p, end in far.ends.items())
    before = far.before.get(service_of(row.process))
    if before is not None and far.seconds:
        passed = sum(now.passed.values()) - sum(before.passed.values())
        row.records_per_second = round(passed / far.seconds)
        row.said_per_second = round((now.said - before.said) / far.seconds)


async def _look(stack: Stack) -> _Far:
    """Kafka and PostgreSQL asked side by side; twice, a moment apart, how far everybody is."""
    far = _Far()
    await asyncio.gather(_ask_kafka(stack, far), _ask_postgres(stack, far))
    return far


async def _ask_kafka(stack: Stack, far: _Far) -> None:
    at = stack.bootstrap
    if not at or (not stack.settings.kafka and port_is_free(int(at.rpartition(":")[2]))):
        return
    reader = LogReader(at, stack.settings.topic)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await reader.__aenter__()
            far.ends = await reader.ends(list(range(stack.settings.partitions)))
            far.answers.add("kafka")
    except (KafkaError, OSError, TimeoutError):
        return
    finally:
        await reader.__aexit__()  # One that did not come to be is closed too.


async def _ask_postgres(stack: Stack, far: _Far) -> None:
    if not stack.pg_dsn:
        return
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            connection: Any = await asyncpg.connect(stack.dsn_of("auditor"))
            try:
                far.answers.add("postgres")
                far.before, started = await _progress(connection), loop.time()
                await asyncio.sleep(MEASURED_SECONDS)
                far.now, far.seconds = await _progress(connection), loop.time() - started
            finally:
                connection.terminate()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return


async def _progress(connection: Any) -> dict[str, _Look]:
    """How far every service is that has tables."""
    found = {}
    for service in SERVICES:
        try:
            rows = [
                decode(r[0])
                for r in await connection.fetch(f'select body from "{service}".progress')
            ]
            parked = await connection.fetchval(
                f"select count(*) from \"{service}\".parked where status = 'parked'"
            )
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            continue
        found[service] = _Look(
            {row.partition: row.next_offset for row in rows},
            sum(sum(row.heard.values()) for row in rows),
            sum(sum(row.sent.values()) for row in rows),
            parked,
            await missed(connection, f'"{service}".unheard'),
        )
    return found
