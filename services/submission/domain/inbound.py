"""A received file of TA1s and 999s: taken in once, each answer passed on to its queue; or refused, and kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.submission import (
    AcknowledgementFileReceived,
    FileRefused,
    TransportAnswered,
    UnknownAnswer,
)
from services.submission.domain.books import Books
from shared.keeping import EndKeeping, StateGone, decide_kept, erased_by
from shared.service import Decider, Event, Say


class File(msgspec.Struct, frozen=True):
    """A file that came: whether it was taken in, how much of it answers nothing of ours, why it was refused, and its end."""

    received: bool = False
    unknown: int = 0
    refused: str = ""
    erased: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveAnswers:
    """A file as read at the door: (stream, answer) pairs, and those that answer nothing of ours."""

    sha256: str
    answers: tuple[tuple[str, TransportAnswered], ...]
    unknown: tuple[UnknownAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class RefuseFile:
    """The door could not take the file; it is kept."""

    sha256: str
    size_bytes: int
    reason: str


Command = ReceiveAnswers | RefuseFile | EndKeeping | StateGone


def decide(command: Command, state: File | None, book: Books | None) -> Iterable[Event | Say]:
    """The same file again says nothing, unless more of it is understood by now; a refusal is told once a reason."""
    file, books = state or File(), book or Books()
    if isinstance(command, EndKeeping | StateGone):
        return decide_kept(command, file.erased, books.keeping, books.today)
    if isinstance(command, RefuseFile):
        told = file.refused == command.reason and not file.erased
        return [] if file.received or told else [_refused(command)]
    # A queue that has heard an answer already says nothing to it, so that all of them can be told again.
    if file.received and len(command.unknown) >= file.unknown:
        return []
    return _received(command)


def _refused(command: RefuseFile) -> FileRefused:
    return FileRefused(sha256=command.sha256, size_bytes=command.size_bytes, reason=command.reason)


def _received(command: ReceiveAnswers) -> Iterable[Event | Say]:
    yield AcknowledgementFileReceived(
        sha256=command.sha256,
        answers=len(command.answers) + len(command.unknown),
        unknown=len(command.unknown),
        unknown_answers=command.unknown,
    )
    for stream, answer in command.answers:
        yield Say(answer, stream=stream, source_sha256=command.sha256)


def evolve(state: File | None, event: Any) -> File:
    """The file after an event."""
    match event:
        case AcknowledgementFileReceived():
            return File(received=True, unknown=event.unknown)
        case FileRefused():
            return File(refused=event.reason)
    file = state or File()
    return msgspec.structs.replace(file, erased=erased_by("submission", file.erased, event))


INBOUND = Decider(kind="inbound", state=File, decide=decide, evolve=evolve)
