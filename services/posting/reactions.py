"""What posting does when it hears the log."""

from collections.abc import Iterable
from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    RemittanceReleased,
)
from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import (
    EftDeposited,
    EftExpected,
    OverpaymentOpened,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    ProviderAdjustmentsDelivered,
    ResponsibilityMoved,
    TakebackPosted,
)
from contracts.registration import AccountOpened, CoveragesSet, ErasureAsked
from contracts.submission import ClaimImported
from services.posting.domain.commands import (
    AnswerErasure,
    ApplyPayments,
    HandOutRemittance,
    MatchMoney,
    MeetTakebacks,
    MoveOn,
    PostAdjudication,
    PostOpening,
    PostProviderAdjustments,
    RecoverOverpayments,
    ReversePosting,
)
from shared.service import At, Command
from shared.streams import kind_of


def react(event: Any, at: At) -> Iterable[tuple[str, Command]]:
    """Commands that an event asks for, on its own stream."""
    here = _HERE.get(kind_of(at.stream))
    command = here(event, at) if here else None
    return [] if command is None else [(at.stream, command)]


def _account(event: Any, at: At) -> Command | None:
    match event:
        case ClaimAdjudicated():
            return PostAdjudication(event, at.scope.legal_entity, at.scope.facility)
        case AdjudicationReversed():
            return ReversePosting(event)
        case ClaimImported() if event.opening:
            return PostOpening(event)
        case AccountOpened():
            return MoveOn(opened=True)
        case CoveragesSet() | ChargesCaptured() | ChargeCorrected():
            return MoveOn()
        case ErasureAsked():
            return AnswerErasure(event)
        case TakebackPosted():
            return RecoverOverpayments()
        case PatientPaymentReceived():
            return ApplyPayments()
        case PatientPaymentAssigned(cents=cents) if cents > 0:
            return ApplyPayments()
        case ResponsibilityMoved(to_party="patient"):
            return ApplyPayments()
    return None


def _remittance(event: Any, at: At) -> Command | None:
    return HandOutRemittance(event) if isinstance(event, RemittanceReleased) else None


def _payee(event: Any, at: At) -> Command | None:
    heard = isinstance(event, ProviderAdjustmentsDelivered)
    return PostProviderAdjustments(event) if heard else None


def _meeting(event: Any, at: At) -> Command | None:
    return MeetTakebacks() if isinstance(event, OverpaymentOpened | TakebackPosted) else None


def _trace(event: Any, at: At) -> Command | None:
    return MatchMoney() if isinstance(event, EftExpected | EftDeposited) else None


_HERE = {
    "account": _account,
    "remittance": _remittance,
    "payee": _payee,
    "takeback": _meeting,
    "trace": _trace,
}
