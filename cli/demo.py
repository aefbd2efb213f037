"""`demo`: everything started, a seeded world of encounters carried to posted payments, and the summary."""

import asyncio
import signal
import time
from dataclasses import asdict
from datetime import date
from types import FrameType
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table

from cli.context import Json, ask, counted, err, fail, out, plainly, print_json, stack
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.collecting import collect_rarely
from simulator.doors import DoorClosed, Doors
from simulator.world import ALL_DAYS, FEED_DAYS, Plan, Score, World, standing

GATHER_MS = "400"
"""The world's days are short: services gather what a moment brings before they work on it."""
QUICK = {
    service: {"fetch_max_wait_ms": "50"}
    for service in ("reference", "registration", "coding", "eligibility", "submission")
}
"""But not those that the world's days wait for."""
WATCH_SECONDS = 2.0


@plainly
def demo(
    encounters: Annotated[int, typer.Option(help="How many encounters.", min=1)] = 2_000,
    feed_days: Annotated[
        int, typer.Option(help="Business days with encounters.", min=1)
    ] = FEED_DAYS,
    days: Annotated[int, typer.Option(help="Business days in all.", min=1)] = ALL_DAYS,
    seed: Annotated[int, typer.Option(help="The same seed, the same world.")] = 7,
    exit: Annotated[
        bool, typer.Option("--exit", help="Stop everything at the end; --json does, too.")
    ] = False,
    json: Json = False,
) -> None:
    """Carry a seeded world of encounters through to posted payments, then show what a biller asks."""
    # A terminal that closes, or a supervisor, ends it as Ctrl-C does: nothing is left running. A shell that
    # starts it in the background has SIGINT ignored; here it counts.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _interrupt)
    plan = Plan(
        encounters=encounters, feed_days=feed_days, all_days=max(days, feed_days), seed=seed
    )
    chosen = stack()
    ours = True
    try:
        score = _carry(chosen, plan, quiet=json)
        if json:
            print_json({"score": asdict(score) if score else None, **ask("reporting", "/summary")})
        else:
            _summary(chosen)
        if not exit and not json:  # Whoever reads JSON waits for its end.
            ours = _wait(chosen)
    except DoorClosed as no:
        fail(str(no))
    finally:
        if ours:
            _stop(chosen)


def _carry(chosen: Stack, plan: Plan, quiet: bool) -> Score | None:
    """Start everything and run the world; None, and nothing is sent, where one ran here before."""
    started = time.monotonic()
    with err.status("starting") as shown:
        chosen.start(SERVICES, shown.update, QUICK, fetch_max_wait_ms=GATHER_MS)
    told = err if quiet else out
    told.print(f"everything is up after {time.monotonic() - started:.0f} s")
    last = asyncio.run(_standing(chosen))
    if last is not None:
        told.print(_here_already(plan, last), highlight=False)
        return None
    score = asyncio.run(_run(chosen, plan))
    told.print(_scored(score, time.monotonic() - started))
    return score


def _here_already(plan: Plan, last: date) -> str:
    """Why nothing is sent, and how to start afresh."""
    cut = f" (a whole demo goes on to {plan.last_day})" if last < plan.last_day else ""
    return (
        f"this installation is in use already, up to {last}{cut}: nothing is sent or paid again, "
        "here is what it holds. To start afresh: claimlog down --erase, then claimlog demo"
    )


async def _standing(chosen: Stack) -> date | None:
    doors = Doors({"reference": chosen.url_of("reference") or ""}, "simulator")
    try:
        return await standing(doors)
    finally:
        await doors.close()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop(chosen: Stack) -> None:
    """Nothing of this folder runs on; a second Ctrl-C does not leave it half stopped."""
    before = [signal.signal(s, signal.SIG_IGN) for s in (signal.SIGINT, signal.SIGTERM)]
    try:
        with err.status("stopping") as shown:
            chosen.stop(told=shown.update)
        err.print("down: everything of this folder is stopped")
    finally:
        for sign, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(sign, handler)


async def _run(chosen: Stack, plan: Plan) -> Score:
    collect_rarely()
    urls = {s: chosen.url_of(s) or "" for s in SERVICES}
    doors = Doors(urls, "simulator")
    pace = Pace(plan)
    with Live(pace.table({}), console=err, refresh_per_second=4, transient=True) as live:
        world = World(plan, doors, chosen.home.root / "files" / "outbound", pace.told)
        watching = asyncio.create_task(_watch(doors, pace, live))
        try:
            return await world.run()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await doors.close()


async def _watch(doors: Doors, pace: "Pace", live: Live) -> None:
    """Once a second: what each service heard and said, and how far it is behind the furthest."""
    while True:
        rows = {}
        for service in SERVICES:
            progress = await doors.get(service, "/progress")
            rows[service] = (
                sum(p["next_offset"] for p in progress),
                sum(p["said"] for p in progress),
            )
        live.update(pace.table(rows))
        await asyncio.sleep(1)


class Pace:
    """Live progress: the world's day, and per service records in and out a second, and lag."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.score = Score()
        self.before: dict[str, tuple[int, int]] = {}
        self.at = time.monotonic()

    def told(self, score: Score) -> None:
        """The world's own count."""
        self.score = score

    def table(self, rows: dict[str, tuple[int, int]]) -> Table:
        """One frame."""
        now = time.monotonic()
        seconds = max(now - self.at, 0.001)
        s = self.score
        title = (
            f"day {s.days} of {self.plan.all_days} ({s.day or date.min}) · "
            f"{s.encounters:,} of {counted(self.plan.encounters, 'encounter')} · "
            f"{counted(s.files_out, 'file')} out, {s.files_in} in"
        )
        made = Table("service", "in/s", "out/s", "lag", title=title)
        furthest = max((heard for heard, _ in rows.values()), default=0)
        for service, (heard, said) in rows.items():
            was = self.before.get(service, (heard, said))
            made.add_row(
                service,
                f"{(heard - was[0]) / seconds:,.0f}",
                f"{(said - was[1]) / seconds:,.0f}",
                f"{furthest - heard:,}",
            )
        self.before, self.at = rows, now
        return made


def _scored(score: Score, seconds: float) -> str:
    return (
        f"{counted(score.encounters, 'encounter')} over {counted(score.days, 'business day')} in {seconds:.0f} s: "
        f"{counted(score.files_out, 'file')} out, {counted(score.files_in, 'file')} in, "
        f"{counted(score.corrected, 'denial')} corrected, {counted(score.resent, 'rejection')} sent again"
    )


def _summary(chosen: Stack) -> None:
    from cli.story import show_examples
    from cli.summary import show_summary

    show_summary()
    show_examples()
    out.print("\n[bold]Where to look next[/bold]")
    for service in ("reporting", "posting", "denial", "submission"):
        out.print(f"  {chosen.url_of(service)}/docs  doors of {service}")
    out.print("  claimlog summary · claimlog story ACCOUNT · claimlog audit · claimlog status")
    out.print("  claimlog down stops everything, claimlog down --erase forgets it too")


def _wait(chosen: Stack) -> bool:
    """Until Ctrl-C, or until somebody else stopped it all: then what runs here later is not ours to stop."""
    try:
        started = _pids(chosen)
        err.print("\nEverything stays up until Ctrl-C, or `claimlog down`.")
        while started & _pids(chosen):
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        return True  # This is how a demo ends, not how it is broken off.
    err.print("it was stopped from elsewhere")
    return False


def _pids(chosen: Stack) -> set[int]:
    return {int(facts["pid"]) for facts in chosen.home.running()}
