"""Looking for a person's canary where no person's data may be: logs, keys, headers, plain columns, metrics."""

from pathlib import Path
from typing import Any

import httpx

from deploy.auditing.result import Result
from shared.log_reader import LogReader


async def check_canary(
    connection: Any,
    reader: LogReader,
    partitions: int,
    services: tuple[str, ...],
    logs: Path,
    urls: list[str],
    canary: str,
) -> Result:
    """`canary` is the beginning that all canaries share."""
    found: list[str] = []
    mark = canary.encode()
    looked = 0
    for path in sorted(logs.glob("*.log")):
        looked += 1
        if mark in path.read_bytes():
            found.append(f"log {path.name}")
    ends = await reader.ends(list(range(partitions)))
    for p in range(partitions):
        async for batch in reader.read(p, 0, ends[p]):
            for record in batch:
                looked += 1
                headers = b"".join(v for _, v in record.headers if v)
                if mark in (record.key or b"") or mark in headers or mark in (record.value or b""):
                    found.append(f"record {p}@{record.offset}")
    for service in services:
        rows = await connection.fetch(
            "select table_name from information_schema.tables where table_schema = $1 "
            "and table_type = 'BASE TABLE'",
            service,
        )
        for (table,) in rows:
            looked += 1
            hit = await connection.fetchval(
                f'select 1 from "{service}"."{table}" t where position($1 in t::text) > 0 limit 1',
                canary,
            )
            if hit:
                found.append(f"table {service}.{table}")
    for url in urls:
        looked += 1
        if canary in httpx.get(f"{url}/metrics", timeout=10).text:
            found.append(f"metrics of {url}")
    return Result(
        "no person's data in the clear",
        "no canary of a synthetic person in any log, metric, key, header, record or column",
        len(found),
        found[0] if found else "",
        looked,
    )
