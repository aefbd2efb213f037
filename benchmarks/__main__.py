"""Runs the benchmarks on stacks of their own and prints every figure beside the last accepted run's."""

import argparse
import json
import platform
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks import against
from benchmarks.batches import batch_speed
from benchmarks.beside import beside_an_import
from benchmarks.claims import claims_end_to_end
from benchmarks.course import Course
from benchmarks.history import cost_over_history
from benchmarks.latency import latency_figures, latency_table, run_paced
from benchmarks.measures import Told
from benchmarks.others.compare import others
from benchmarks.paced import Pace
from benchmarks.rebuilds import rebuild_speed
from benchmarks.sustained import sustained
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.collecting import collect_rarely
from shared.settings import Settings

ROOT = Path(__file__).parents[1]
US_AVERAGE = 285
US_BUSINESS_HOURS = 1_000
PARTS = ("claims", "batches", "rebuilds", "others", "latency", "history", "import", "sustained")
USUAL = PARTS[:-2]


def words() -> argparse.ArgumentParser:
    """What may be asked for."""
    asked = argparse.ArgumentParser(
        prog="make bench ARGS=…",
        description=__doc__,
        epilog="Sizes are for comparing one run with another of the same sizes on the same machine.",
    )
    add = asked.add_argument
    add(
        "--only",
        metavar="PARTS",
        default="",
        help=f"some of {','.join(PARTS)}; usually all but the last two",
    )
    add(
        "--claims",
        type=int,
        default=20_000,
        help="encounters to carry to posted payments as fast as they are taken (%(default)s)",
    )
    add(
        "--rate",
        type=float,
        default=0.0,
        help="encounters a second of paced load, instead of parts of the saturation rate",
    )
    add(
        "--parts-of-saturation",
        metavar="PERCENT",
        default="50,80",
        help="latency is measured at these (%(default)s)",
    )
    add(
        "--paced-seconds",
        type=float,
        default=180.0,
        help="how long each latency run feeds (%(default)s)",
    )
    add(
        "--day-seconds",
        type=float,
        default=4.0,
        help="how long a business day of paced load is (%(default)s)",
    )
    add(
        "--minutes",
        type=float,
        default=0.0,
        help="a sustained run of so many minutes, at --rate or half the saturation rate; audited at its end",
    )
    add(
        "--history-claims",
        type=int,
        default=500,
        help="claims whose cost is measured with short and with long tables (%(default)s)",
    )
    add(
        "--history-times",
        type=int,
        default=10,
        help="how many times as many are in the tables the second time (%(default)s)",
    )
    add(
        "--others-events",
        type=int,
        default=20_000,
        help="events that we and others project into the same table (%(default)s)",
    )
    add(
        "--import-encounters",
        type=int,
        default=20_000,
        help="encounters of one facility that are imported beside the others' load (%(default)s)",
    )
    add(
        "--fetch-max-wait-ms",
        type=int,
        default=250,
        help="how long a service waits for more records before it takes a few (%(default)s)",
    )
    add("--json", type=Path, help="keep the figures here too")
    add("--against", type=Path, default=against.LAST, help="the run to compare with (%(default)s)")
    add("--accept", action="store_true", help="keep this run as the last accepted one")
    return asked


def parts_of(chosen: argparse.Namespace) -> tuple[str, ...]:
    """The parts to run, in their order; SystemExit for one that does not exist."""
    named = tuple(filter(None, chosen.only.split(",")))
    unknown = set(named) - set(PARTS)
    if unknown:
        raise SystemExit(f"there is no part {sorted(unknown)[0]}; the parts are {', '.join(PARTS)}")
    if named:
        return tuple(p for p in PARTS if p in named)
    return (
        ("claims", "sustained")
        if chosen.minutes and not chosen.rate
        else (("sustained",) if chosen.minutes else USUAL)
    )


class Bench:
    """One run of `make bench`."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.parts = parts_of(chosen)
        self.figures: dict[str, Any] = {
            "machine": platform.machine(),
            "python": platform.python_version(),
            "fetch_max_wait_ms": chosen.fetch_max_wait_ms,
        }
        self._began = time.monotonic()

    def told(self, sentence: str) -> None:
        """One line of progress."""
        print(f"[{time.monotonic() - self._began:6.0f} s] {sentence}", flush=True)

    def run(self) -> dict[str, Any]:
        """Every part that was asked for, each on a fresh stack where its tables matter."""
        collect_rarely()
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # What was started is stopped.
        if {"claims", "batches", "rebuilds", "others"} & set(
            self.parts
        ) or self._needs_saturation():
            with self.standing(measured="claims" in self.parts) as stack:
                self.figures |= uvloop.run(self._at_saturation(stack))
        if "latency" in self.parts:
            for named, rate in self._rates():
                with self.standing() as stack:
                    self.figures |= uvloop.run(self._latency(stack, named, rate))
        if "history" in self.parts:
            with self.standing() as stack:
                self.figures |= uvloop.run(self._history(stack))
        if "import" in self.parts:
            with self.standing() as stack:
                self.figures |= uvloop.run(self._import(stack))
        if "sustained" in self.parts:
            with self.standing() as stack:
                self.figures |= uvloop.run(self._sustained(stack))
        return self.figures

    @contextmanager
    def standing(self, measured: bool = False) -> Iterator[Stack]:
        """A stack that is new, and stopped afterwards."""
        home = ROOT / ".claimlog-test" / "bench"
        shutil.rmtree(home, ignore_errors=True)
        stack = Stack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn=""))
        try:
            started = time.monotonic()
            stack.start(
                SERVICES, told=self.told, fetch_max_wait_ms=str(self.chosen.fetch_max_wait_ms)
            )
            if measured:
                self.figures["start_seconds"] = round(time.monotonic() - started, 1)
            yield stack
        finally:
            stack.stop()

    def _needs_saturation(self) -> bool:
        return not self.chosen.rate and bool({"latency", "import", "sustained"} & set(self.parts))

    def _rates(self) -> list[tuple[str, float]]:
        if self.chosen.rate:
            return [(f"latency at {self.chosen.rate:g}/s", self.chosen.rate)]
        full = self.figures["claims_per_second"]
        parts = [float(p) for p in self.chosen.parts_of_saturation.split(",")]
        return [(f"latency at {p:g} % of saturation", full * p / 100) for p in parts]

    async def _at_saturation(self, stack: Stack) -> dict[str, Any]:
        course = Course(stack)
        try:
            await course.begin()
            figures = await claims_end_to_end(
                stack, course, self.chosen.claims, lambda s: self.told(f"claims: {s}")
            )
        finally:
            await course.close()
        figures["of_us_average"] = round(figures["claims_per_second"] / US_AVERAGE, 2)
        figures["of_us_business_hours"] = round(figures["claims_per_second"] / US_BUSINESS_HOURS, 2)
        if "batches" in self.parts:
            self.told("batches: the batch path of one service over the whole log")
            figures |= await batch_speed(stack)
        if "rebuilds" in self.parts:
            figures |= await rebuild_speed(stack, self.told)
        if "others" in self.parts:
            figures |= await others(stack, self.chosen.others_events, self.told)
        return figures

    async def _paced(self, stack: Stack, part: Any) -> dict[str, Any]:
        course = Course(stack)
        try:
            await course.begin()
            figures: dict[str, Any] = await part(course)
            return figures
        finally:
            await course.close()

    async def _latency(self, stack: Stack, named: str, rate: float) -> dict[str, Any]:
        pace = Pace(rate, self.chosen.paced_seconds, self.chosen.day_seconds)

        async def part(course: Course) -> dict[str, Any]:
            ran = await run_paced(stack, course, pace, self._telling(named))
            for line in latency_table(ran, named):
                self.told(line)
            return latency_figures(ran, named)

        return await self._paced(stack, part)

    async def _history(self, stack: Stack) -> dict[str, Any]:
        async def part(course: Course) -> dict[str, Any]:
            claims, times = self.chosen.history_claims, self.chosen.history_times
            return await cost_over_history(stack, course, claims, times, self._telling("history"))

        return await self._paced(stack, part)

    async def _import(self, stack: Stack) -> dict[str, Any]:
        rate = self.chosen.rate or self.figures["claims_per_second"] / 8
        pace = Pace(rate, self.chosen.paced_seconds, self.chosen.day_seconds)

        async def part(course: Course) -> dict[str, Any]:
            count = self.chosen.import_encounters
            return await beside_an_import(stack, course, pace, count, self._telling("import"))

        return await self._paced(stack, part)

    async def _sustained(self, stack: Stack) -> dict[str, Any]:
        rate = self.chosen.rate or self.figures["claims_per_second"] / 2
        pace = Pace(rate, (self.chosen.minutes or 10) * 60, self.chosen.day_seconds)

        async def part(course: Course) -> dict[str, Any]:
            return await sustained(stack, course, pace, self._telling("sustained"))

        return await self._paced(stack, part)

    def _telling(self, named: str) -> Told:
        return lambda sentence: self.told(f"{named}: {sentence}")


def main(given: Sequence[str] | None = None) -> None:
    """Start, measure, compare, stop."""
    chosen = words().parse_args(given)
    figures = Bench(chosen).run()
    for line in against.lines(figures, against.read_last(chosen.against)):
        print(line)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    if chosen.accept:
        against.keep(figures)


if __name__ == "__main__":
    main()
