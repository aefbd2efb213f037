"""What submission does when it hears the log."""

from collections.abc import Iterable
from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAcknowledged,
    ClaimAdjudicated,
)
from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    CodingHeld,
    CorrectionJudged,
    EncounterCoded,
)
from contracts.denial import CorrectionRequested
from contracts.eligibility import BenefitsConfirmed
from contracts.posting import ResponsibilityMoved
from contracts.registration import AccountOpened, CoveragesSet, PatientDemographicsCorrected
from contracts.submission import (
    ClaimQueued,
    ClaimRecalled,
    ClaimSetAside,
    InterchangeDispatched,
    InterchangeSent,
    TransportAnswered,
    TransportRejected,
)
from services.submission.domain.commands import (
    AnswerSetAside,
    AnswerTransport,
    BillNext,
    BuildClaim,
    RestateNext,
    SendCorrection,
    SettleVoid,
)
from services.submission.domain.queue import (
    CloseIfFull,
    GiveBack,
    JudgeAnswer,
    TellRejected,
    TellSetAside,
    TellSubmitted,
)
from shared.service import At, Command
from shared.streams import kind_of

_MAY_COMPLETE_OR_MEND = (
    AccountOpened,
    CoveragesSet,
    PatientDemographicsCorrected,
    ChargesCaptured,
    ChargeCorrected,
    EncounterCoded,
    CodingHeld,
    BenefitsConfirmed,
)


def react(event: Any, at: At) -> Iterable[tuple[str, Command]]:
    """The command that follows from an event, on the stream where it stands."""
    kind = kind_of(at.stream)
    if kind == "account":
        command = _on_account(event)
    elif kind == "outbound":
        command = _on_outbound(event, at)
    else:
        command = None
    return [] if command is None else [(at.stream, command)]


def _on_account(event: Any) -> Command | None:
    if isinstance(event, _MAY_COMPLETE_OR_MEND):
        return BuildClaim()
    match event:
        case ResponsibilityMoved(to_party="payer") if event.to_payer_order:
            return BillNext(event.to_payer_order)
        case ClaimAdjudicated() if event.payer_order > 1:
            return RestateNext(event.payer_order)
        case ClaimAcknowledged(by="payer") | AdjudicationReversed():
            return SettleVoid(event.claim)
        case TransportRejected():
            return AnswerTransport(event)
        case ClaimSetAside():
            return AnswerSetAside(event)
        case CorrectionRequested() if not event.correction.charges:
            return SendCorrection(event)
        case CorrectionJudged():
            return SendCorrection(event.asked, event.failures)
    return None


def _on_outbound(event: Any, at: At) -> Command | None:
    match event:
        case ClaimQueued():
            return CloseIfFull(at.scope.tenant)
        case ClaimRecalled():
            return GiveBack(event.claim, event.attempt)
        case InterchangeSent() | InterchangeDispatched():
            return TellSubmitted(event.receiver, event.isa13, at.scope.tenant, at.occurred_on)
        case TransportAnswered():
            return JudgeAnswer(at.stream.split("/")[1], event)
        case TransportRejected():
            return TellRejected(event, at.scope.tenant)
        case ClaimSetAside():
            return TellSetAside(event, at.scope.tenant)
    return None
