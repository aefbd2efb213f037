"""A receiver's queue of inquiries: closed into files at the cut-off, or as soon as one is full."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec

from contracts.eligibility import (
    BatchedInquiry,
    InquiriesBatched,
    InquiryFileSent,
    InquiryQueued,
    InquirySent,
)
from services.eligibility.domain.books import Book
from shared.service import Decider, Say, Scope, Wake, to
from shared.streams import account_stream

INQUIRIES_IN_FILE = 500
"""Also how many accounts one decision tells that their inquiry left, and how long a queue becomes."""
FIRST_ISA13 = 500_000_000
"""Control numbers of 270 files stand above those of claim files, so that no answer can be mistaken."""
DAY_ZERO = date(2000, 1, 1)
_TRACE = attrgetter("trace")


@dataclass(frozen=True)
class CloseBatch:
    """The cut-off is here: what waits goes into files."""

    day: date


@dataclass(frozen=True)
class CloseIfFull:
    """An inquiry came into the queue: a file that is full need not wait, nor the queue grow for a day."""

    tenant: str


@dataclass(frozen=True)
class RecordSent:
    """A file was handed over."""

    isa13: int
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class TellSent:
    """Tell the accounts of a file that their inquiry left."""

    isa13: int
    left: tuple[BatchedInquiry, ...]


Command = CloseBatch | CloseIfFull | RecordSent | TellSent


class Queue(msgspec.Struct, frozen=True, array_like=True):
    """What waits, the files that were not handed over, and the last batch number."""

    receiver: str = ""
    lane: int = 0
    waiting: tuple[BatchedInquiry, ...] = ()
    files: dict[int, InquiriesBatched] = {}
    batch: int = 0


def decide(command: Command, state: Queue | None, book: Book) -> list[Any]:
    """What follows from a command on a queue."""
    queue = state or Queue()
    match command:
        case CloseBatch():
            return list(_files(queue, queue.waiting, command.day))
        case CloseIfFull():
            return _close_full(queue, command.tenant, book.today)
        case RecordSent():
            return _sent(command, queue)
        case TellSent():
            return _tell(command)


def _close_full(queue: Queue, tenant: str, today: date | None) -> list[Any]:
    full = len(queue.waiting) // INQUIRIES_IN_FILE * INQUIRIES_IN_FILE
    if not full or today is None:
        return []
    # A file belongs to the company, not to the facility whose inquiry filled the queue.
    return [Say(f, scope=Scope(tenant)) for f in _files(queue, queue.waiting[:full], today)]


def _files(
    queue: Queue, leaving: tuple[BatchedInquiry, ...], day: date
) -> Iterator[InquiriesBatched]:
    for n, start in enumerate(range(0, len(leaving), INQUIRIES_IN_FILE), 1):
        isa13 = FIRST_ISA13 + (queue.batch + n) * 100 + queue.lane
        yield InquiriesBatched(
            receiver=queue.receiver,
            lane=queue.lane,
            isa13=isa13,
            gs06=isa13,
            file_name=f"{queue.receiver}/270-{isa13}.edi",
            inquiries=leaving[start : start + INQUIRIES_IN_FILE],
            batched_on=day,
        )


def _sent(command: RecordSent, queue: Queue) -> list[Any]:
    file = queue.files.get(command.isa13)
    if file is None:
        return []
    return [
        InquiryFileSent(
            receiver=file.receiver,
            isa13=file.isa13,
            file_name=file.file_name,
            sha256=command.sha256,
            size_bytes=command.size_bytes,
            inquiries=len(file.inquiries),
            left=file.inquiries,
        )
    ]


def _tell(command: TellSent) -> list[Any]:
    return [
        to(
            account_stream(i.account),
            InquirySent(
                account=i.account,
                trace=i.trace,
                payer=i.payer,
                coverage_order=int(i.trace[-1]),
                isa13=command.isa13,
            ),
        )
        for i in command.left
    ]


def evolve(state: Queue | None, event: Any) -> Queue:
    """The queue after an event."""
    queue = state or Queue()
    replace = msgspec.structs.replace
    match event:
        case InquiryQueued():
            waits = BatchedInquiry(
                account=event.account,
                trace=event.trace,
                payer=event.payer,
                relation=event.relation,
            )
            others = queue.waiting
            if event.trace in map(_TRACE, others):  # Asked again before it left.
                others = tuple(w for w in others if w.trace != event.trace)
            return replace(
                queue, receiver=event.receiver, lane=event.lane, waiting=(*others, waits)
            )
        case InquiriesBatched():
            gone = {i.trace for i in event.inquiries}
            return replace(
                queue,
                waiting=tuple(w for w in queue.waiting if w.trace not in gone),
                files={**queue.files, event.isa13: event},
                batch=(event.isa13 - FIRST_ISA13) // 100,
            )
        case InquiryFileSent(isa13=isa13):
            return replace(queue, files={n: f for n, f in queue.files.items() if n != isa13})
    return queue


def timers(queue: Queue) -> Mapping[str, Wake]:
    """While anything waits, every cut-off closes a batch."""
    return {"batch": Wake(DAY_ZERO, "cutoff")} if queue.waiting else {}


def wake(what: str, day: date, queue: Queue, book: Book) -> Command:
    """The command of the cut-off."""
    return CloseBatch(day)


OUTBOUND = Decider("outbound", Queue, decide, evolve, timers, wake)
