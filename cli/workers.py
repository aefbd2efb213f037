"""How many processes make a service's tables again at once."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer

from deploy.rebuilders import Rebuilders
from deploy.stack import Stack
from shared.collecting import collect_rarely

MOST = 64
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        min=1,
        max=MOST,
        help="Processes that share a service's partitions; a core each, and what the services need beside them.",
    ),
]


def by_workers(chosen: Stack, workers: int) -> AbstractContextManager[Rebuilders | None]:
    """So many other processes; None for one, which is this one."""
    collect_rarely()
    if workers == 1:
        return nullcontext()
    return Rebuilders(chosen.settings, min(workers, chosen.settings.partitions))
