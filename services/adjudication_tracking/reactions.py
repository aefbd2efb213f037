"""What tracking does when it hears the log."""

from typing import Any

from contracts.adjudication_tracking import (
    ClaimAdjudicated,
    ClaimPaymentDelivered,
    RemittanceClaimsStaged,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
)
from services.adjudication_tracking.domain.account import AnswerClaim, TakeUpReversals
from services.adjudication_tracking.domain.remittance import Balance, Dispatch, Stage
from shared.service import At


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """Commands that an event asks for, on its own stream."""
    match event:
        case RemittanceReceived():
            return [(at.stream, Stage(event))]
        case RemittanceClaimsStaged() | RemittanceRefused() | RemittanceClosed():
            return [(at.stream, Balance())]
        case RemittanceReleased():
            return [(at.stream, Dispatch())]
        case RemittanceDispatched() if event.sent < event.claims:
            return [(at.stream, Dispatch())]
        case ClaimPaymentDelivered():
            return [(at.stream, AnswerClaim(event))]
        case ClaimAdjudicated():
            return [(at.stream, TakeUpReversals())]
    return []
