"""Latency at a part of the saturation rate: a paced run, its steps read from the log, and what the processes held."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from benchmarks.course import TAIL_DAYS, Course
from benchmarks.hops import STEPS, Hops, spread_of
from benchmarks.measures import Told, resident_mb
from benchmarks.paced import Marks, Pace, Paced
from deploy.stack import Stack
from shared.envelope import decode, decode_event, read_route
from shared.errors import ServiceError
from shared.log_reader import LogReader

SAMPLE_SECONDS = 5.0


@dataclass(slots=True)
class Ran:
    """A paced run: the pace, what was due when, seconds of each step, and memory over time."""

    pace: Pace
    marks: Marks
    encounters: int = 0
    steps: dict[str, list[float]] = field(default_factory=dict)
    memory_mb: list[dict[str, float]] = field(default_factory=list)


async def run_paced(stack: Stack, course: Course, pace: Pace, told: Told) -> Ran:
    """One paced run, then days without encounters until its claims are paid."""
    partitions = stack.settings.partitions
    async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
        starts = await reader.ends(list(range(partitions)))
    paced = Paced(course, pace, told)
    memory: list[dict[str, float]] = []
    watch = asyncio.create_task(_watch(stack, memory))
    try:
        marks = await paced.run()
    finally:
        watch.cancel()
    told("days without encounters, until what was sent is paid")
    await course.as_fast_as_taken(0, told, feed_days=0, tail_days=TAIL_DAYS)
    hops = Hops(marks)
    async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
        for p, end in (await reader.ends(list(range(partitions)))).items():
            async for records in reader.read(p, starts[p], end):
                for record in records:
                    _take(hops, record)
    return Ran(pace, marks, paced.handed, hops.durations(), memory)


def _take(hops: Hops, record: Any) -> None:
    try:
        if read_route(record.headers).wire.startswith(("platform.", "reference.")):
            return
        envelope = decode(record.value)
        event = decode_event(envelope.type, envelope.data)
    except ServiceError:
        return  # Not ours to judge here.
    hops.take(record.timestamp / 1000, event)


async def _watch(stack: Stack, memory: list[dict[str, float]]) -> None:
    while True:
        memory.append(resident_mb(stack))
        await asyncio.sleep(SAMPLE_SECONDS)


def latency_figures(ran: Ran, named: str) -> dict[str, Any]:
    """Milliseconds by step, and how late the generator itself was (which is counted in them)."""
    late = spread_of(ran.marks.late)
    figures: dict[str, Any] = {
        f"{named}: encounters_per_second": round(ran.pace.rate, 1),
        f"{named}: encounters": ran.encounters,
        f"{named}: generator_late_p99_ms": round(late.p99 * 1000),
    }
    for step in STEPS:
        spread = spread_of(ran.steps[step])
        figures[f"{named}: {step}, count"] = spread.count
        figures[f"{named}: {step}, p50_ms"] = round(spread.p50 * 1000)
        figures[f"{named}: {step}, p99_ms"] = round(spread.p99 * 1000)
    return figures


def latency_table(ran: Ran, named: str) -> list[str]:
    """The same as lines for a person."""
    lines = [
        f"{named} ({ran.pace.rate:.1f} encounters a second): milliseconds",
        f"{'step':<52}{'count':>9}{'p50':>9}{'p99':>9}{'most':>9}",
    ]
    for step in STEPS:
        s = spread_of(ran.steps[step])
        lines.append(
            f"{step:<52}{s.count:>9,}{s.p50 * 1000:>9,.0f}{s.p99 * 1000:>9,.0f}{s.most * 1000:>9,.0f}"
        )
    return lines
