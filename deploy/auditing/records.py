"""The log against each reader: every record is one thing to it, and all of them add up."""

from collections.abc import Mapping
from typing import Any

from contracts.catalogue import EVENTS
from deploy.auditing.result import Result
from shared.envelope import Route, read_route
from shared.errors import Malformed
from shared.log_reader import LogReader
from shared.progress import decode

Hears = Mapping[str, frozenset[str]]
"""What each service hears, by its name."""
Place = tuple[str, int, int]
"""(service, partition, offset)."""


async def check_records(
    connection: Any, reader: LogReader, partitions: int, hears: Hears
) -> Result:
    """Reads the whole log once. A repeat or an early record may not be parked; what nobody can read must be."""
    ends = await reader.ends(list(range(partitions)))
    kept = await _kept(connection, hears)
    wrong: list[str] = []
    looked = 0
    for p in range(partitions):
        last: dict[str, int] = {}
        async for batch in reader.read(p, 0, ends[p]):
            for record in batch:
                looked += 1
                places = [(service, p, record.offset) for service in hears]
                wrong += _unlike(_standing(record, last), places, kept, hears)
        for service in hears:
            wrong += await _passed(connection, service, p, last)
    wrong += [f"{_told(place)} is kept, and is no record of the log" for place in kept]
    return Result(
        "every record is one thing",
        "to every reader a record is applied, not heard, a repeat, early, or kept as parked: one of them, once",
        len(wrong),
        (wrong or [""])[0],
        looked,
    )


async def _kept(connection: Any, services: Hears) -> dict[Place, tuple[str, int]]:
    """Records in `parked`, whatever became of them; those below zero stood in a log that is gone."""
    found: dict[Place, tuple[str, int]] = {}
    for service in services:
        rows = await connection.fetch(
            f'select partition, "offset", producer, position from "{service}".parked where "offset" >= 0'
        )
        found.update({(service, row[0], row[1]): (row[2], row[3]) for row in rows})
    return found


Standing = tuple[str, Route | None]
"""What a record is by its position alone (`next`, `repeat`, `early`, `unreadable`), and its routing header."""


def _standing(record: Any, last: dict[str, int]) -> Standing:
    try:
        route = read_route(record.headers)
    except Malformed:
        return "unreadable", None
    before = last.get(route.producer, 0)
    if route.position != before + 1:
        return ("repeat" if route.position <= before else "early"), route
    last[route.producer] = route.position
    return "next", route


def _unlike(
    standing: Standing, places: list[Place], kept: dict[Place, tuple[str, int]], hears: Hears
) -> list[str]:
    """What is not as its standing says; takes what it finds out of `kept`."""
    what, route = standing
    must = what == "unreadable" or (
        what == "next" and route is not None and route.wire not in EVENTS
    )
    wrong = []
    for place in places:
        row = kept.pop(place, None)
        if row is None:
            if must:
                wrong.append(f"{_told(place)} cannot be read, and is not parked")
            continue
        if what in ("repeat", "early"):
            wrong.append(f"{_told(place)} is kept as parked, and is a record that is {what}")
        elif not must and route is not None and route.wire not in hears[place[0]]:
            wrong.append(f"{_told(place)} is kept as parked, and is not heard there")
        elif route is not None and row[1] != route.position:
            wrong.append(f"{_told(place)} is another record than the one that is kept")
    return wrong


async def _passed(connection: Any, service: str, partition: int, last: dict[str, int]) -> list[str]:
    """Whether the service has passed of every producer what the log has of it."""
    body = await connection.fetchval(
        f'select body from "{service}".progress where partition = $1', partition
    )
    heard = {producer: n for producer, n in decode(body).heard.items() if n}
    unlike = sorted(k for k in heard.keys() | last.keys() if heard.get(k) != last.get(k))
    return [
        f"{service} passed {heard.get(k, 0)} of {last.get(k, 0)} records of {k[:60]} in {partition}"
        for k in unlike
    ]


def _told(place: Place) -> str:
    return "{} {}@{}".format(*place)
