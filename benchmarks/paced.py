"""Load at a given rate, open loop: every arrival has its time before the run begins, whatever the system does.

A latency is counted from that time. A system (or a generator) that is slow therefore shows: nothing is handed in
later because something before it was not answered.
"""

import asyncio
import hashlib
import random
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benchmarks.course import Course
from benchmarks.measures import Sparing, Told
from simulator.world import BILLER_EVERY_DAYS

GATHERED_SECONDS = 0.1
"""An interface engine hands in what arrived since it last did; the wait counts as the system's."""
CUT_OFF = 0.85
FILES = (0.15, 0.8)
"""When in a day the cut-off is, and between when files arrive, as parts of the day."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Encounters a second, for so many seconds, with business days of so many seconds."""

    rate: float
    seconds: float
    day_seconds: float

    @property
    def days(self) -> int:
        """Business days that this takes."""
        return max(1, round(self.seconds / self.day_seconds))


@dataclass(slots=True)
class Marks:
    """When (Unix seconds) what was due at a door: encounters by their number, files by SHA-256, cut-offs by day."""

    encounters: dict[str, float] = field(default_factory=dict)
    files: dict[str, float] = field(default_factory=dict)
    cut_offs: dict[date, float] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0
    late: list[float] = field(default_factory=list)
    """Seconds by which the generator itself was late with each thing."""


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """Seconds after the start at which encounters arrive, in order: a Poisson stream, the same for the same seed."""
    chance = random.Random(seed)
    found, at = [], chance.expovariate(rate)
    while at < seconds:
        found.append(at)
        at += chance.expovariate(rate)
    return found


def spread(count: int, start: float, end: float) -> list[float]:
    """`count` times evenly between `start` and `end`, none at either."""
    return [start + (end - start) * (n + 1) / (count + 1) for n in range(count)]


class Paced:
    """One paced run of the outside world."""

    def __init__(self, course: Course, pace: Pace, told: Told) -> None:
        self.course = course
        self.pace = pace
        self.marks = Marks()
        self.handed = self.answered = 0
        self._told = Sparing(told, 10.0)
        self._days = course.next_days(pace.days)
        self._work: asyncio.Task[None] | None = None

    async def run(self) -> Marks:
        """Everything of the run; returns when all that was handed in is answered at the doors."""
        self.marks.began = time.time() + 0.5
        async with asyncio.TaskGroup() as group:
            group.create_task(self._calendar())
            group.create_task(self._outside(group))
            await self._feed(group)
            self.marks.ended = time.time()
        return self.marks

    async def _until(self, when: float) -> None:
        wait = when - time.time()
        if wait > 0:
            await asyncio.sleep(wait)
        self.marks.late.append(max(0.0, time.time() - when))

    def _start(self, n: int) -> float:
        return self.marks.began + n * self.pace.day_seconds

    async def _calendar(self) -> None:
        post = self.course.doors.post
        for n, day in enumerate(self._days):
            await self._until(self._start(n))
            await post("reference", "/business-days", f"day/{day}", {"day": day.isoformat()})
            self.marks.cut_offs[day] = self._start(n) + CUT_OFF * self.pace.day_seconds
            await self._until(self.marks.cut_offs[day])
            await post("reference", "/cutoffs", f"cutoff/{day}", {"day": day.isoformat()})

    async def _feed(self, group: asyncio.TaskGroup) -> None:
        times = arrivals(
            self.pace.rate, len(self._days) * self.pace.day_seconds, self.course.numbered
        )
        numbers = self.course.next_numbers(len(times))
        at = 0
        for tick in range(1, round(len(self._days) * self.pace.day_seconds / GATHERED_SECONDS) + 1):
            until = tick * GATHERED_SECONDS
            first = at
            while at < len(times) and times[at] < until:
                self.marks.encounters[f"E{numbers[at]:08d}"] = self.marks.began + times[at]
                at += 1
            await self._until(self.marks.began + until)
            if first < at:
                day = self._days[
                    min(int(times[first] / self.pace.day_seconds), len(self._days) - 1)
                ]
                group.create_task(self._hand_in_encounters(day, numbers[first:at]))
            self._told(
                f"{self.handed:,} of {len(times):,} encounters handed in, {self.answered:,} answered"
            )

    async def _hand_in_encounters(self, day: date, numbers: range) -> None:
        self.handed += len(numbers)
        await self.course._encounters(day, numbers)
        self.answered += len(numbers)

    async def _outside(self, group: asyncio.TaskGroup) -> None:
        for n, day in enumerate(self._days):
            await self._until(self._start(n))
            files, deposits = await asyncio.to_thread(self._of_the_day, day)
            start, end = (self._start(n) + part * self.pace.day_seconds for part in FILES)
            start = max(start, time.time())
            for when, one in zip(spread(len(files), start, max(start, end)), files, strict=True):
                group.create_task(self._deliver(when, *one))
            if deposits:
                group.create_task(self._deposit(day, deposits))
            if n % BILLER_EVERY_DAYS == BILLER_EVERY_DAYS - 1 and (
                self._work is None or self._work.done()
            ):
                self._work = group.create_task(self._people(day))

    def _of_the_day(self, day: date) -> tuple[list[tuple[str, str, bytes]], list[dict[str, Any]]]:
        """What the clearinghouse and the payers do with what they have; in a thread, so that nothing waits for it."""
        course = self.course
        course.house.collect(course.outbound, day)
        files = [(a.service, a.name, a.data) for a in course.house.due(day)]
        files += [("adjudication_tracking", name, data) for name, data in course.treasury.run(day)]
        return files, course.deposits(day)

    async def _deliver(self, when: float, service: str, name: str, data: bytes) -> None:
        self.marks.files.setdefault(hashlib.sha256(data).hexdigest(), when)
        await self._until(when)
        await self.course._hand_in(service, name, data)

    async def _deposit(self, day: date, deposits: list[dict[str, Any]]) -> None:
        body = {"deposits": deposits}
        await self.course.doors.post("posting", "/deposits", f"deposits/{day}", body, actor="bank")

    async def _people(self, day: date) -> None:
        await asyncio.gather(self.course.biller.work(day), self.course.patients.pay(day))
