"""A received 271 file, known by its hash: each answer goes to the account that its trace leads to."""

from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.eligibility import (
    BenefitsConfirmed,
    BenefitsUnclear,
    InquiryRejected,
    ResponseFileReceived,
)
from shared.service import Decider, to
from shared.streams import account_stream

Answered = BenefitsConfirmed | BenefitsUnclear | InquiryRejected


@dataclass(frozen=True)
class TakeAnswers:
    """What a file answers; `unmatched` answers belong to no inquiry of ours."""

    sha256: str
    answers: tuple[Answered, ...]
    unmatched: int


class File(msgspec.Struct, frozen=True):
    """Whether the file was taken."""

    received: bool = False


def decide(command: TakeAnswers, state: File | None, book: Any) -> list[Any]:
    """Each answer to its account; nothing when the file was taken before."""
    if state is not None and state.received:
        return []
    received = ResponseFileReceived(
        sha256=command.sha256, answers=len(command.answers), unmatched=command.unmatched
    )
    return [*(to(account_stream(a.account), a) for a in command.answers), received]


def evolve(state: File | None, event: Any) -> File:
    """The file after an event."""
    return File(True) if isinstance(event, ResponseFileReceived) else state or File()


INBOUND = Decider("inbound", File, decide, evolve)
