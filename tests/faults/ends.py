"""What must hold when a row is over: nothing acknowledged is missing, every promise of the audit, every file once."""

import hashlib
from pathlib import Path
from typing import Any

import asyncpg

from deploy.auditing.run import audit
from shared.x12 import read_file
from simulator.people import CANARY
from tests.faults.bounds import grown, held
from tests.faults.lab import Lab


async def broken(lab: Lab, *, replay: bool = True) -> list[str]:
    """Every promise that does not hold, in words; waits first until everything drained."""
    try:
        await lab.drained()
    except AssertionError as late:
        return [f"it does not drain: {late}"]
    found = []
    connection: Any = await asyncpg.connect(lab.stack.dsn_of("auditor"))
    try:
        found += await lab.doors.missing(connection)
        found += await lab.doors.asked_again(connection)
    finally:
        await connection.close()
    await lab.drained()
    async for result in audit(lab.stack, replay=replay, canary=CANARY):
        if not result.holds:
            found.append(
                f"{result.name}: {result.breaches} times, first {result.first or result.unchecked}"
            )
    found += handed_twice(lab.stack.home.root / "files" / "outbound")
    found += grown(lab.before, await held(lab.stack))
    return found


def handed_twice(outbound: Path) -> list[str]:
    """Files in the clearinghouse's folder that are there under two names, or under one control number twice."""
    numbers: dict[tuple[str, str, str], Path] = {}
    bodies: dict[str, Path] = {}
    found = []
    for path in sorted(p for p in outbound.rglob("*") if p.is_file()):
        if "ready" in path.relative_to(outbound).parts:
            continue
        data = path.read_bytes()
        body = hashlib.sha256(data).hexdigest()
        (one,) = read_file(data).interchanges
        number = (one.isa[6].strip(), one.isa[8].strip(), one.control)
        for known, what in (
            (numbers.setdefault(number, path), "number"),
            (bodies.setdefault(body, path), "bytes"),
        ):
            if known != path:
                found.append(f"{path.name} and {known.name} have the same {what}")
    return found
