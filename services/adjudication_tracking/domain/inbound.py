"""A received file, known by its hash: every part is taken once, and the file is received when the last is."""

from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.adjudication_tracking import FilePartTaken, FileReceived, FileRefused
from services.adjudication_tracking.domain.books import Book
from shared.keeping import EndKeeping, StateGone, decide_kept, erased_by
from shared.service import Decider, to


@dataclass(frozen=True)
class TakePart:
    """A part of a file as the door read it: what it says to which stream; the last part closes the file."""

    sha256: str
    part: int
    parts: int
    said: tuple[tuple[str, Any], ...]
    received: FileReceived | None = None


@dataclass(frozen=True)
class RefuseFile:
    """The door could not take the file; it is kept."""

    sha256: str
    size_bytes: int
    reason: str


class File(msgspec.Struct, frozen=True):
    """Which parts were taken, whether all were, and whether the file is erased by now."""

    parts: tuple[int, ...] = ()
    received: bool = False
    refused: str = ""
    erased: str = ""


Command = TakePart | RefuseFile | EndKeeping | StateGone


def decide(command: Command, state: File | None, book: Book | None) -> list[Any]:
    """What the part says; nothing when it was taken before. A refusal is told once, until its reason changes."""
    file, book = state or File(), book or Book()
    if isinstance(command, EndKeeping | StateGone):
        return list(decide_kept(command, file.erased, book.keeping, book.today))
    if isinstance(command, RefuseFile):
        if file.received or (file.refused == command.reason and not file.erased):
            return []
        return [
            FileRefused(sha256=command.sha256, size_bytes=command.size_bytes, reason=command.reason)
        ]
    if file.received or command.part in file.parts:
        return []
    taken = FilePartTaken(sha256=command.sha256, part=command.part, parts=command.parts)
    said: list[Any] = [to(stream, event) for stream, event in command.said]
    said.append(taken)
    if command.received is not None:
        said.append(command.received)
    return said


def evolve(state: File | None, event: Any) -> File:
    """The file after an event."""
    file = state or File()
    match event:
        case FilePartTaken(part=part):
            return msgspec.structs.replace(file, parts=(*file.parts, part))
        case FileReceived():
            return File((), True)
        case FileRefused(reason=reason):
            return msgspec.structs.replace(file, refused=reason, erased="")
    erased = erased_by("adjudication_tracking", file.erased, event)
    return msgspec.structs.replace(file, erased=erased)


INBOUND = Decider("inbound", File, decide, evolve)
