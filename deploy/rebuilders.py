"""Other processes that each make a share of a service's partitions again, so that a rebuild uses several cores."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from deploy.shares import Share, Told, make_share
from deploy.stack import Stack
from shared.collecting import collect_rarely, keep_what_is_there
from shared.errors import Stopped
from shared.rebuild import Report
from shared.settings import Settings

ENDED = (
    "one of the processes that make the tables again ended by itself: was it killed, or was there too little memory? "
    "Fewer --workers need less; what was not put in place stays as it was"
)


class Rebuilders(AbstractContextManager["Rebuilders"]):
    """So many processes, from the first `with` to its end; each has one share at a time."""

    def __init__(self, chosen: Settings, processes: int) -> None:
        self._chosen = chosen
        self._count = processes
        self._processes: list[Any] = []
        self._lines: list[Connection] = []
        self._ears = ThreadPoolExecutor(processes, "rebuilder")

    def __enter__(self) -> "Rebuilders":
        context = get_context("spawn")
        for _ in range(self._count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, self._chosen), daemon=True)
            process.start()
            theirs.close()  # Or nobody would notice that it ended.
            self._processes.append(process)
            self._lines.append(ours)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
            process.join()
        self._ears.shutdown()  # Who still listens has heard the end of its line.

    async def make(self, whole: Share, told: Told) -> Report:
        """All partitions of `whole`, each by one of them. When some fail the others end first; then the first is raised."""
        so_far = [(0, 0)] * self._count
        loop = asyncio.get_running_loop()

        async def one(number: int) -> Report:
            line = self._lines[number]
            share = replace(whole, partitions=whole.partitions[number :: self._count])
            try:
                line.send(share)
                while isinstance(said := await loop.run_in_executor(self._ears, line.recv), tuple):
                    so_far[number] = said
                    told(sum(p for p, _ in so_far), sum(n for _, n in so_far))
            except (EOFError, OSError):
                raise Stopped(ENDED) from None
            if isinstance(said, Exception):
                raise said
            made: Report = said
            return made

        ended = await asyncio.gather(*map(one, range(self._count)), return_exceptions=True)
        report = Report(whole.service)
        for share in ended:
            if isinstance(share, BaseException):
                raise share
            report.events += share.events
            report.partitions += share.partitions
            report.differences += share.differences
        report.differences.sort(key=lambda d: d.partition)
        return report


def _serve(line: Connection, chosen: Settings) -> None:
    """In another process: make what is asked for, until nobody asks any more. Ctrl-C is for who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()
    keep_what_is_there()
    stack = Stack(chosen)
    with suppress(EOFError, OSError):  # Nobody asks any more, or waits for the answer.
        while True:
            share: Share = line.recv()
            try:
                answer: Any = uvloop.run(
                    make_share(stack, share, lambda *so_far: line.send(so_far))
                )
            except (
                Exception
            ) as failure:  # For who waits for it to say: a reason to stop, or a defect.
                answer = failure
            line.send(answer)
