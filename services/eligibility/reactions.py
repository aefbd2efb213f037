"""What eligibility does when it hears the log."""

from typing import Any

from contracts.eligibility import InquiryFileSent, InquiryQueued, InquiryRejected
from contracts.registration import AccountOpened, CoveragesSet
from services.eligibility.domain.account import PAYER_DOWN, AskAgain, Inquire
from services.eligibility.domain.queue import CloseIfFull, TellSent
from shared.service import At


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """Commands that an event asks for, on its own stream."""
    if at.stream.startswith("account/"):
        match event:
            case AccountOpened() | CoveragesSet():
                return [(at.stream, Inquire(at.stream[8:]))]
            case InquiryRejected(reason=reason, trace=trace) if reason == PAYER_DOWN:
                return [(at.stream, AskAgain(trace))]
    match event:
        case InquiryQueued():
            return [(at.stream, CloseIfFull(at.scope.tenant))]
        case InquiryFileSent():
            return [(at.stream, TellSent(event.isa13, event.left))]
    return []
