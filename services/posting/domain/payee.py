"""Provider-level money: the payee's forward balance, and where a takeback finds the account it is for."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.posting import (
    OverpaymentOpened,
    ProviderAdjustmentPosted,
    TakebackMatched,
    TakebackPosted,
)
from contracts.values import ProviderAdjustment
from services.posting.domain.book import Book
from services.posting.domain.commands import MeetTakebacks, PostProviderAdjustments
from shared.service import Event, Say, to
from shared.streams import account_stream, read_claim_number, takeback_stream

Says = list[Event | Say]
TAKEN_BACK = frozenset({"WO", "72"})
"""PLB03-1 of an overpayment that the payer recovers, and (below zero) of our refund that it acknowledges."""


class Payee(Struct, frozen=True):
    """What a payer carries forward against us: FB out (negative) adds to it, FB in collects it."""

    forward: int = 0


def decide_payee(command: PostProviderAdjustments, state: Payee | None, book: Book | None) -> Says:
    """One event per PLB pair, with the forward balance after it; a takeback looks for its account."""
    said, forward = command.delivered, (state or Payee()).forward
    day = (book or Book()).posting_day(said.posted_on)
    says: Says = []
    for number, adjustment in enumerate(said.adjustments, 1):
        if adjustment.reason == "FB":
            forward -= adjustment.cents
        posted = ProviderAdjustmentPosted(
            payer=said.payer,
            tax_id=said.tax_id,
            remittance=said.remittance,
            check_number=said.check_number,
            reason=adjustment.reason,
            reference=adjustment.reference,
            cents=adjustment.cents,
            posted_on=day,
            account=_account(adjustment),
            balance_forward_cents=forward,
        )
        says.append(posted)
        if adjustment.reason in TAKEN_BACK and adjustment.reference.strip():
            says.append(_takeback(posted, number))
    return says


def evolve_payee(state: Payee | None, event: Any) -> Payee:
    """The payee after an event."""
    payee = state or Payee()
    if isinstance(event, ProviderAdjustmentPosted):
        return replace(payee, forward=event.balance_forward_cents)
    return payee


def _account(adjustment: ProviderAdjustment) -> str:
    """A takeback's reference may carry a claim number of ours; then it leads to the account."""
    for word in adjustment.reference.split():
        found = read_claim_number(word)
        if found is not None:
            return found[0]
    return ""


def _takeback(posted: ProviderAdjustmentPosted, number: int) -> Say:
    said = TakebackPosted(
        payer=posted.payer,
        tax_id=posted.tax_id,
        remittance=posted.remittance,
        check_number=posted.check_number,
        number=number,
        reference=posted.reference,
        cents=posted.cents,
        posted_on=posted.posted_on,
        account=posted.account,
    )
    if posted.account:
        return to(account_stream(posted.account), said)
    return to(takeback_stream(posted.payer, posted.reference), said)


class Meeting(Struct, frozen=True):
    """Overpaid accounts that know a control number, and takebacks under it that lead nowhere yet."""

    accounts: tuple[str, ...] = ()
    waiting: tuple[TakebackPosted, ...] = ()


def decide_meeting(command: MeetTakebacks, state: Meeting | None, book: Book | None) -> Says:
    """A control number that only one account knows leads there; two accounts need a person."""
    meeting = state or Meeting()
    if len(meeting.accounts) != 1:
        return []
    (account,) = meeting.accounts
    says: Says = []
    for takeback in meeting.waiting:
        says.append(
            TakebackMatched(
                payer=takeback.payer,
                remittance=takeback.remittance,
                number=takeback.number,
                reference=takeback.reference,
                cents=takeback.cents,
                account=account,
            )
        )
        says.append(to(account_stream(account), _for(takeback, account)))
    return says


def _for(takeback: TakebackPosted, account: str) -> TakebackPosted:
    return TakebackPosted(
        payer=takeback.payer,
        tax_id=takeback.tax_id,
        remittance=takeback.remittance,
        check_number=takeback.check_number,
        number=takeback.number,
        reference=takeback.reference,
        cents=takeback.cents,
        posted_on=takeback.posted_on,
        account=account,
    )


def evolve_meeting(state: Meeting | None, event: Any) -> Meeting:
    """The meeting place after an event."""
    meeting = state or Meeting()
    match event:
        case OverpaymentOpened() if event.account not in meeting.accounts:
            return replace(meeting, accounts=(*meeting.accounts, event.account))
        case TakebackPosted():
            return replace(meeting, waiting=(*meeting.waiting, event))
        case TakebackMatched():
            told = (event.remittance, event.number)
            left = tuple(t for t in meeting.waiting if (t.remittance, t.number) != told)
            return replace(meeting, waiting=left)
    return meeting
