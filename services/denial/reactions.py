"""What denial does when it hears the log."""

from collections.abc import Iterable
from typing import Any

from contracts.posting import (
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.submission import CorrectionDeclined
from services.denial.domain.commands import (
    HearDeclined,
    HearDeniedAgain,
    HearMoved,
    HearPosting,
    HearReversal,
)
from services.denial.domain.state import drawn
from shared.service import At, Command
from shared.streams import kind_of

_MOVED_TO = {"patient": "patient", "restated": "reversed"}
"""How a denial ended whose money moved; a later payer's denial is restated by an earlier payer's correction."""


def react(event: Any, at: At) -> Iterable[tuple[str, Command]]:
    """Commands that an event asks for, on its own stream."""
    if kind_of(at.stream) != "account":
        return []
    match event:
        case CorrectionDeclined():
            return [(at.stream, HearDeclined(event.denials))]
        case PaymentPosted():
            return [(at.stream, HearPosting(event))]
        case PostingReversed():
            return [(at.stream, HearReversal(event))]
        case WriteOffPosted() if event.cents < 0:
            return [(at.stream, HearDeniedAgain(event.entries, "written_off", event.posted_on))]
        case WriteOffPosted() if drawn(event.entries):
            return [(at.stream, HearMoved(event.entries, "written_off", event.posted_on))]
        case ResponsibilityMoved(to_party="denied"):
            again = HearDeniedAgain(
                event.entries, "next_payer", event.posted_on, event.adjudication
            )
            return [(at.stream, again)]
        case ResponsibilityMoved() if drawn(event.entries) or event.adjudication:
            outcome = _MOVED_TO.get(event.to_party, "next_payer")
            moved = HearMoved(event.entries, outcome, event.posted_on, event.adjudication)
            return [(at.stream, moved)]
    return []
