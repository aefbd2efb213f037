"""What an import of one facility costs the others: the same paced load without it and beside it."""

import asyncio
import time
from datetime import date
from typing import Any

from benchmarks.course import Course
from benchmarks.hops import ALL_OF_IT, CODED, CREATED, OPENED, spread_of
from benchmarks.latency import Ran, latency_table, run_paced
from benchmarks.measures import Told
from benchmarks.paced import Pace
from deploy.stack import Stack
from simulator.doors import CHUNK

SENDERS = 4
"""An import sends from so many sides, each the next request when its last was answered."""
COMPARED = (OPENED, CODED, CREATED, ALL_OF_IT)


async def beside_an_import(
    stack: Stack, course: Course, pace: Pace, encounters: int, told: Told
) -> dict[str, Any]:
    """The other facilities' latencies alone and beside an import of so many encounters of one facility."""
    busy, *course.feed.facilities = course.feed.facilities
    alone = await run_paced(stack, course, pace, told)
    importing = asyncio.create_task(_import(course, busy, encounters, told))
    beside = await run_paced(stack, course, pace, told)
    seconds = await importing
    for named, ran in (("alone", alone), ("beside an import", beside)):
        for line in latency_table(ran, named):
            told(line)
    figures: dict[str, Any] = {
        "import: encounters": encounters,
        "import: encounters_per_second": round(encounters / seconds, 1),
        "import: others' encounters_per_second": round(pace.rate, 1),
    }
    for step in COMPARED:
        figures |= _compared(step, alone, beside)
    return figures


def _compared(step: str, alone: Ran, beside: Ran) -> dict[str, Any]:
    before, with_it = spread_of(alone.steps[step]), spread_of(beside.steps[step])
    return {
        f"import: others' {step}, p99_ms alone": round(before.p99 * 1000),
        f"import: others' {step}, p99_ms beside": round(with_it.p99 * 1000),
        f"import: others' {step}, p99 ratio": round(with_it.p99 / before.p99, 2)
        if before.p99
        else 0.0,
    }


async def _import(course: Course, busy: dict[str, Any], encounters: int, told: Told) -> float:
    """Hand in all of it as fast as the doors take it; the seconds that took."""
    numbers, today = course.next_numbers(encounters), course.today
    started = time.monotonic()
    parts = [numbers[n : n + CHUNK] for n in range(0, encounters, CHUNK)]
    await asyncio.gather(*(_send(course, busy, today, parts[n::SENDERS]) for n in range(SENDERS)))
    seconds = time.monotonic() - started
    told(f"the import of {encounters:,} encounters was taken in {seconds:.0f} s")
    return seconds


async def _send(course: Course, busy: dict[str, Any], today: date, parts: list[range]) -> None:
    for numbers in parts:
        day = course.feed.day(today, numbers)
        for one in day.encounters:
            one |= {name: busy[name] for name in ("facility", "legal_entity")}
        key = f"import/{numbers.start}"
        await course.doors.post_all(
            "registration", "/encounters", f"{key}/e", "encounters", day.encounters
        )
        await course.doors.post_all("coding", "/charges", f"{key}/c", "accounts", day.charges)
