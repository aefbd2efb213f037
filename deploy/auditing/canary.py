"""Looking for a person's canary where no person's data may be: logs, topics, tables, objects, metrics."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from deploy.auditing.result import Result
from deploy.health import ANSWER_SECONDS
from deploy.stack import Stack
from shared.admin import ends
from shared.log_reader import LogReader

CHUNK_BYTES = 1 << 20


async def check_canary(
    connection: Any, stack: Stack, services: tuple[str, ...], canary: str
) -> Result:
    """`canary` is the beginning that all canaries share. Files in transit to a payer hold people by their nature."""
    found: list[str] = []
    looked = 0
    mark = canary.encode()
    topic = stack.settings.topic
    urls = {str(f["name"]): str(f["url"]) for f in stack.home.running() if "url" in f}
    silent: list[str] = []
    for places in (
        _files(stack.home.root / "log", mark),
        _files(stack.home.root / "objects", mark),
        _records(stack.bootstrap, topic, mark),
        _records(stack.bootstrap, f"{topic}.parked", mark),
        _tables(connection, services, canary),
        _metrics(urls, canary, silent),
    ):
        async for place, hit in places:
            looked += 1
            if hit:
                found.append(place)
    return Result(
        "no person's data in the clear",
        "no canary of a synthetic person in any log, object, record, dead letter, column, or metric",
        len(found),
        found[0] if found else "",
        looked,
        f"not in the metrics of {', '.join(silent)}, which did not answer" if silent else "",
    )


Looked = AsyncIterator[tuple[str, bool]]
"""(place, whether the canary is there)."""


async def _files(folder: Path, mark: bytes) -> Looked:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        hit = await asyncio.to_thread(in_file, path, mark)
        yield f"{folder.name} {path.relative_to(folder)}", hit


def in_file(path: Path, mark: bytes) -> bool:
    """Whether a file holds the mark, across the edges of what is read at once too."""
    kept = b""
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            if mark in kept + data:
                return True
            kept = data[-len(mark) :]
    return False


async def _records(bootstrap: str, topic: str, mark: bytes) -> Looked:
    until = await asyncio.to_thread(ends, bootstrap, topic)
    until = {p: end for p, end in until.items() if end}
    if not until:
        return
    async with LogReader(bootstrap, topic) as reader:
        for partition, end in until.items():
            async for batch in reader.read(partition, 0, end):
                for record in batch:
                    headers = b"".join(v for _, v in record.headers if v)
                    whole = (record.key or b"", headers, record.value or b"")
                    yield (
                        f"{topic} {partition}@{record.offset}",
                        any(mark in part for part in whole),
                    )


async def _tables(connection: Any, services: tuple[str, ...], canary: str) -> Looked:
    for service in services:
        rows = await connection.fetch(
            "select table_name from information_schema.tables where table_schema = $1 "
            "and table_type = 'BASE TABLE'",
            service,
        )
        for (table,) in rows:
            # A row as text shows bytea in hex: the canary's own hex is looked for too.
            hit = await connection.fetchval(
                f'select 1 from "{service}"."{table}" t '
                "where position($1 in t::text) > 0 or position($2 in t::text) > 0 limit 1",
                canary,
                canary.encode().hex(),
            )
            yield f"table {service}.{table}", bool(hit)


async def _metrics(urls: Mapping[str, str], canary: str, silent: list[str]) -> Looked:
    """Whoever does not answer is `silent`, and holds nobody up."""
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
        for name, url in urls.items():
            try:
                text = (await client.get(f"{url}/metrics")).text
            except httpx.HTTPError:
                silent.append(name)
                continue
            yield f"metrics of {name}", canary in text
