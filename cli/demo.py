"""`demo`: everything started, a seeded world of encounters carried to posted payments, and the summary."""

import asyncio
import time
from datetime import date
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table

from cli.context import err, out, plainly, stack
from deploy.provision import SERVICES
from deploy.stack import Stack
from simulator.doors import Doors
from simulator.world import Plan, Score, World

FETCH_WAIT_MS = 200
"""The world waits for nobody: larger batches cost less on a small machine, and a hop may take longer."""


@plainly
def demo(
    encounters: Annotated[int, typer.Option(help="How many encounters.", min=1)] = 2_000,
    feed_days: Annotated[int, typer.Option(help="Business days with encounters.", min=1)] = 120,
    days: Annotated[int, typer.Option(help="Business days in all.", min=1)] = 150,
    seed: Annotated[int, typer.Option(help="The same seed, the same world.")] = 7,
    exit: Annotated[bool, typer.Option("--exit", help="Stop everything at the end.")] = False,
) -> None:
    """Carry a seeded world of encounters through to posted payments, then show what a biller asks."""
    started = time.monotonic()
    chosen = stack()
    with err.status("starting") as shown:
        chosen.start(SERVICES, told=shown.update)
    out.print(f"everything is up after {time.monotonic() - started:.0f} s")
    plan = Plan(
        encounters=encounters, feed_days=feed_days, all_days=max(days, feed_days), seed=seed
    )
    try:
        score = asyncio.run(_run(chosen, plan))
        _show(score, time.monotonic() - started)
        _summary(chosen)
        if not exit:
            _wait()
    except KeyboardInterrupt:
        out.print("interrupted")
    finally:
        if exit:
            chosen.stop()
            out.print("down: nothing of this folder is running")


async def _run(chosen: Stack, plan: Plan) -> Score:
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
            f"{s.encounters:,} of {self.plan.encounters:,} encounters · "
            f"{s.files_out} files out, {s.files_in} in"
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


def _show(score: Score, seconds: float) -> None:
    out.print(
        f"{score.encounters:,} encounters over {score.days} business days in {seconds:.0f} s: "
        f"{score.files_out} files out, {score.files_in} files in, "
        f"{score.corrected} denials corrected, {score.resent} rejections sent again"
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
    out.print("  claimlog down stops everything")


def _wait() -> None:
    out.print("\nEverything stays up until Ctrl-C (then: claimlog down).")
    while True:
        time.sleep(3600)
