"""The sets of a large file judged by several processes at once: the same findings in the same order.

One process reads the envelope and holds whole sets; others judge them. A set too large to be held is judged where it is
read, as it streams by.
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from shared.x12.ack_ta1 import Ta1Check
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Unreadable
from shared.x12.sets import room_of
from shared.x12.showing_findings import Said, Verdict, judged_in_stream, of_envelope, verdict_of
from shared.x12.stream import Stream

AT_ONCE = 5_000
"""Segments that are handed over together: far more work than handing them over."""


class ProcessEnded(Exception):
    """A process that judged sets ended by itself: it was killed, or there was not enough memory."""


@dataclass(slots=True)
class _Work:
    """Sets that go to another process together, and what was found wrong with their envelopes here."""

    sets: list[TransactionSet] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    envelopes: list[list[Finding]] = field(default_factory=list)
    segments: int = 0

    def add(self, one: TransactionSet) -> None:
        """A set that is held whole and has ended."""
        self.sets.append(one.apart())
        self.verdicts.append(verdict_of(one))
        self.envelopes.append(one.findings)
        self.segments += one.count


@dataclass(slots=True)
class _Judge:
    """Another process, and the one work that it has in hand."""

    process: Any
    line: Connection
    work: _Work | None = None

    def send(self, work: _Work) -> None:
        """Hand over; it has nothing in hand."""
        try:
            self.line.send(work.sets)
        except OSError:
            raise ProcessEnded from None
        self.work = work

    def arrived(self) -> Iterator[Said]:
        """What it found in the work it had, when it is done."""
        work, self.work = self.work, None
        if work is None:
            return
        try:
            found: list[list[Finding]] | Exception = self.line.recv()
        except (EOFError, OSError):
            raise ProcessEnded from None
        if isinstance(found, Exception):
            raise found
        for verdict, of_set, around in zip(work.verdicts, found, work.envelopes, strict=True):
            yield verdict, None
            for finding in (*of_set, *around):
                verdict.counted[finding.severity] += 1
                yield verdict, finding


def judge_apart(stream: Stream, processes: int) -> Iterator[Said]:
    """As `judge_stream`, by this process and so many others; Unreadable as there, ProcessEnded when one of them ends.

    Each of them has one work at a time and they take turns, so what is found comes in the order of the file.
    """
    ta1s = Ta1Check()
    stream.leaves = ta1s.add
    with _judges(processes) as judges:
        work, broken, turn = _Work(), None, 0
        try:
            for one in stream:
                room = room_of(one)
                large = room is not None and not room.holds(one)
                if not large:
                    while one.pull():
                        pass
                    work.add(one)
                if large or work.segments >= AT_ONCE:
                    yield from judges[turn].arrived()
                    if work.sets:
                        judges[turn].send(work)
                    work, turn = _Work(), (turn + 1) % processes
                if large:
                    yield from _all(judges, turn)
                    yield from judged_in_stream(one)
        except Unreadable as no:
            broken = no
        yield from judges[turn].arrived()
        if work.sets:
            judges[turn].send(work)
        yield from _all(judges, (turn + 1) % processes)
        yield from of_envelope(stream, ta1s)
        if broken is not None:
            raise broken


def _all(judges: Sequence[_Judge], turn: int) -> Iterator[Said]:
    """What all of them still have in hand, the oldest first."""
    for n in range(len(judges)):
        yield from judges[(turn + n) % len(judges)].arrived()


@contextmanager
def _judges(processes: int) -> Iterator[list[_Judge]]:
    context = get_context("spawn")
    judges: list[_Judge] = []
    try:
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()  # Or nobody would notice that it ended.
            judges.append(_Judge(process, ours))
        yield judges
    finally:
        for judge in judges:
            judge.line.close()
            judge.process.terminate()
            judge.process.join()


def _serve(line: Connection) -> None:
    """In another process: judge what comes, until nobody sends any more. Ctrl-C is for who sends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            sets: list[TransactionSet] = line.recv()
        except EOFError:
            return
        try:
            found: Any = [[f for _, f in judged_in_stream(one) if f is not None] for one in sets]
        except Exception as failure:  # For who waits for it to say: a defect, or not enough memory.
            found = failure
        line.send(found)
