"""A received 271 file, known by its hash: each answer goes to the account that its trace leads to; or refused, and kept."""

from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.eligibility import (
    BenefitsConfirmed,
    BenefitsUnclear,
    FileRefused,
    InquiryRejected,
    ResponseFileReceived,
)
from services.eligibility.domain.books import Book
from shared.keeping import EndKeeping, StateGone, decide_kept, erased_by
from shared.service import Decider, to
from shared.streams import account_stream

Answered = BenefitsConfirmed | BenefitsUnclear | InquiryRejected


@dataclass(frozen=True)
class TakeAnswers:
    """What a file answers; `unmatched` answers belong to no inquiry of ours."""

    sha256: str
    answers: tuple[Answered, ...]
    unmatched: int


@dataclass(frozen=True)
class RefuseFile:
    """The door could not take the file; it is kept."""

    sha256: str
    size_bytes: int
    reason: str


Command = TakeAnswers | RefuseFile | EndKeeping | StateGone


class File(msgspec.Struct, frozen=True):
    """Whether the file was taken, or why it was refused last, and whether it is erased by now."""

    received: bool = False
    refused: str = ""
    erased: str = ""


def decide(command: Command, state: File | None, book: Book | None) -> list[Any]:
    """Each answer to its account; nothing when the file was taken before. A refusal is told once a reason."""
    file, book = state or File(), book or Book()
    if isinstance(command, EndKeeping | StateGone):
        return list(decide_kept(command, file.erased, book.keeping, book.today))
    if file.received:
        return []
    if isinstance(command, RefuseFile):
        refused = FileRefused(
            sha256=command.sha256, size_bytes=command.size_bytes, reason=command.reason
        )
        return [] if file.refused == command.reason and not file.erased else [refused]
    received = ResponseFileReceived(
        sha256=command.sha256, answers=len(command.answers), unmatched=command.unmatched
    )
    return [*(to(account_stream(a.account), a) for a in command.answers), received]


def evolve(state: File | None, event: Any) -> File:
    """The file after an event."""
    match event:
        case ResponseFileReceived():
            return File(received=True)
        case FileRefused():
            return File(refused=event.reason)
    file = state or File()
    return msgspec.structs.replace(file, erased=erased_by("eligibility", file.erased, event))


INBOUND = Decider("inbound", File, decide, evolve)
