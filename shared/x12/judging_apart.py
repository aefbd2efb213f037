"""The sets of a large file judged by several processes at once: the same findings in the same order.

One process reads the envelope and holds whole sets; others judge them. A set too large to be held is judged where it is
read, as it streams by.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Unreadable
from shared.x12.sets import room_of
from shared.x12.showing_findings import Said, Verdict, judged_in_stream, verdict_of
from shared.x12.stream import Stream

AT_ONCE = 5_000
"""Segments that are handed over together: far more work than handing them over."""
WAITING = 3
"""Hand-overs for each process that may be on their way: enough that none is idle, few enough to be held."""


@dataclass(slots=True)
class _Work:
    """Sets that go to another process together, and what was found wrong with their envelopes here."""

    sets: list[TransactionSet] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    envelopes: list[list[Finding]] = field(default_factory=list)
    segments: int = 0


_Going = deque[tuple[_Work, Future[list[list[Finding]]]]]


def judge_apart(stream: Stream, processes: int) -> Iterator[Said]:
    """As `judge_stream`, by this process and so many others; Unreadable as there."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        going: _Going = deque()
        try:
            yield from _sets(stream, pool, going, processes * WAITING)
        finally:
            for _, future in going:
                future.cancel()


def _sets(stream: Stream, pool: Executor, going: _Going, most: int) -> Iterator[Said]:
    work, broken = _Work(), None
    try:
        for one in stream:
            room = room_of(one)
            if room is not None and not room.holds(one):
                _send(pool, going, work)
                work = _Work()
                yield from _arrived(going, 0)
                yield from judged_in_stream(one)
                continue
            while one.pull():
                pass
            work.sets.append(one.apart())
            work.verdicts.append(verdict_of(one))
            work.envelopes.append(one.findings)
            work.segments += one.count
            if work.segments >= AT_ONCE:
                _send(pool, going, work)
                work = _Work()
                yield from _arrived(going, most)
    except Unreadable as no:
        broken = no
    _send(pool, going, work)
    yield from _arrived(going, 0)
    yield from ((None, f) for f in stream.findings if f.level != "set")
    if broken is not None:
        raise broken


def _send(pool: Executor, going: _Going, work: _Work) -> None:
    if work.sets:
        going.append((work, pool.submit(_judge, work.sets)))


def _judge(sets: list[TransactionSet]) -> list[list[Finding]]:
    """In another process: what is wrong with each of these."""
    return [[f for _, f in judged_in_stream(one) if f is not None] for one in sets]


def _arrived(going: _Going, most: int) -> Iterator[Said]:
    """What was judged, in the order of the file, until no more than so many are on their way."""
    while len(going) > most:
        work, future = going.popleft()
        for verdict, found, of_envelope in zip(
            work.verdicts, future.result(), work.envelopes, strict=True
        ):
            yield verdict, None
            for finding in (*found, *of_envelope):
                verdict.counted[finding.severity] += 1
                yield verdict, finding
