"""What reporting answered when a past business day had ended: from the log, since its tables know only now."""

from datetime import date, datetime
from typing import Annotated, Any

import typer
import uvloop

from cli.context import err, need_engines, stack
from deploy.what_if import as_of

Until = Annotated[
    datetime | None,
    typer.Option(
        help="As it was known when this business day had ended, YYYY-MM-DD; as it is now without.",
        formats=["%Y-%m-%d"],
        metavar="DAY",
    ),
]


def ask_past(until: date, path: str, **words: Any) -> Any:
    """The answer of a path of reporting as of the end of a day; the whole log up to it is read."""
    chosen = stack()
    need_engines(chosen)
    of = chosen.settings.partitions
    with err.status("reading the log") as shown:
        found = uvloop.run(
            as_of(
                chosen,
                until,
                {path: words},
                lambda p, n: shown.update(f"{p} of {of} partitions, {n:,} records"),
            )
        )
    return found[path]
