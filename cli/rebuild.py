"""`rebuild SERVICE`: its states and rows again from the log and its outbox."""

from dataclasses import asdict
from typing import Annotated

import typer
import uvloop

from cli.context import (
    FAILED,
    Json,
    counted,
    err,
    need_engines,
    one_of,
    out,
    plainly,
    print_json,
    stack,
)
from cli.workers import Workers, by_workers
from deploy.maintenance import rebuild as run_rebuild
from deploy.provision import SERVICES
from shared.rebuild import SWAP_SECONDS


@plainly
def rebuild(
    service: Annotated[str, typer.Argument(help="Which service.")],
    compare: Annotated[
        bool, typer.Option("--compare", help="Only compare with the live tables.")
    ] = False,
    hold: Annotated[
        float,
        typer.Option("--hold", min=0.1, help="Seconds that a partition may be locked by the swap."),
    ] = SWAP_SECONDS,
    workers: Workers = 1,
    json: Json = False,
) -> None:
    """Make a service's tables again from the log, beside the live ones, then swap them in (or compare)."""
    one_of(SERVICES, service)
    chosen = stack()
    need_engines(chosen)
    of = chosen.settings.partitions
    with err.status(f"rebuilding {service}") as shown, by_workers(chosen, workers) as others:
        report = uvloop.run(
            run_rebuild(
                chosen,
                service,
                swap=not compare,
                swap_seconds=hold,
                told=lambda p, n: shown.update(f"{service}: {p} of {of} partitions, {n:,} events"),
                others=others,
            )
        )
    if json:
        print_json(asdict(report))
    else:
        verb = "compared" if compare else "rebuilt"
        out.print(
            f"{service}: {counted(report.partitions, 'partition')}, {counted(report.events, 'event')} {verb}"
        )
        for d in report.differences:
            out.print(
                f"  partition {d.partition}, {d.table}: {counted(d.only_live, 'row')} only live, "
                f"{d.only_rebuilt} only rebuilt, first {d.first}"
            )
    if report.differences:
        raise typer.Exit(FAILED)
