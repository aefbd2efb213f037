"""A received file of TA1s and 999s: taken in once, each answer passed on to its queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.submission import AcknowledgementFileReceived, TransportAnswered, UnknownAnswer
from services.submission.domain.books import Books
from shared.service import Decider, Event, Say


class File(msgspec.Struct, frozen=True):
    """A file that was taken in."""

    answers: int = 0


@dataclass(frozen=True, slots=True)
class ReceiveAnswers:
    """A file as read at the door: (stream, answer) pairs, and those that answer nothing of ours."""

    sha256: str
    answers: tuple[tuple[str, TransportAnswered], ...]
    unknown: tuple[UnknownAnswer, ...] = ()


def decide(
    command: ReceiveAnswers, state: File | None, book: Books | None
) -> Iterable[Event | Say]:
    """The same file again says nothing."""
    if state is not None:
        return
    yield AcknowledgementFileReceived(
        sha256=command.sha256,
        answers=len(command.answers) + len(command.unknown),
        unknown=len(command.unknown),
        unknown_answers=command.unknown,
    )
    for stream, answer in command.answers:
        yield Say(answer, stream=stream, source_sha256=command.sha256)


def evolve(state: File | None, event: Any) -> File:
    """A file is known from its first event on."""
    if isinstance(event, AcknowledgementFileReceived):
        return File(answers=event.answers)
    return state or File()


INBOUND = Decider(kind="inbound", state=File, decide=decide, evolve=evolve)
