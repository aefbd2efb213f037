"""`audit`: the promises of the whole over everything; says no and names the first that breaks one."""

from dataclasses import asdict
from typing import Annotated

import typer
import uvloop

from cli.context import (
    FAILED,
    NOT_RUNNING,
    Json,
    counted,
    err,
    need_engines,
    out,
    plainly,
    print_json,
    stack,
)
from cli.workers import Workers, by_workers
from deploy.auditing.result import Result
from deploy.auditing.run import audit as run_audit
from deploy.stack import Stack
from simulator.people import CANARY


@plainly
def audit(
    replay: Annotated[
        bool, typer.Option(help="Also replay every service from zero and compare.")
    ] = True,
    canary: Annotated[
        str,
        typer.Option(
            help="A text that must appear nowhere in the clear; the demo's people have it."
        ),
    ] = CANARY,
    workers: Workers = 1,
    json: Json = False,
) -> None:
    """Check money, journal, clearing, log, files, states and rows; exits with 1 on any breach, 3 when something could not be checked."""
    chosen = stack()
    need_engines(chosen)
    results = uvloop.run(_all(chosen, replay, canary, workers, quiet=json))
    broken = [r for r in results if r.broken]
    unchecked = [r for r in results if not r.broken and r.unchecked]
    if json:
        print_json([{**asdict(r), "holds": r.holds} for r in results])
    else:
        out.print(
            f"{counted(len(results), 'check')}: {_verdict(len(broken), len(unchecked))}",
            highlight=False,
        )
    if broken:
        raise typer.Exit(FAILED)
    if unchecked:
        raise typer.Exit(NOT_RUNNING)


def _verdict(broken: int, unchecked: int) -> str:
    if not broken and not unchecked:
        return "every promise holds"
    said = (
        counted(broken, "promise is broken", "promises are broken")
        if broken
        else "no promise is broken"
    )
    left = f", {unchecked} could not be checked; see `claimlog status`" if unchecked else ""
    return said + left


def _told(result: Result) -> None:
    if result.holds:
        mark = "[green]holds [/green]"
    else:
        mark = "[red]BROKEN[/red]" if result.broken else "[yellow]not checked[/yellow]"
    out.print(f"{mark} {result.name}: {result.promise}", highlight=False)
    if result.broken:
        told = f"       {result.breaches} times, first: {result.first}"
        out.print(told, highlight=False, markup=False)
    if result.unchecked:
        out.print(f"       {result.unchecked}", highlight=False, markup=False, soft_wrap=True)


async def _all(
    chosen: Stack, replay: bool, canary: str, workers: int, *, quiet: bool
) -> list[Result]:
    results = []
    with err.status("auditing") as shown, by_workers(chosen, workers if replay else 1) as others:
        async for result in run_audit(chosen, replay=replay, canary=canary, others=others):
            results.append(result)
            shown.update(f"auditing: {result.name}")
            if not quiet:
                _told(result)
    return results
