"""Whoever pays for a patient: payments, what of them met a balance, and what was sent back."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.posting import (
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
)
from contracts.values import JournalLine
from services.posting.domain.book import Book
from services.posting.domain.commands import AssignPayment, ReceivePayment, RefundPayment
from shared.errors import Refused
from shared.service import Event, Say, to
from shared.streams import account_stream

Says = list[Event | Say]


class Guarantor(Struct, frozen=True):
    """What met no balance yet; `loose` is what was paid for no account, by payment."""

    unapplied: int = 0
    payments: dict[str, int] = {}
    loose: dict[str, int] = {}
    refunds: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()


def decide_guarantor(
    command: ReceivePayment | AssignPayment | RefundPayment,
    state: Guarantor | None,
    book: Book | None,
) -> Says:
    """Payments, assignments and refunds count once."""
    guarantor = state or Guarantor()
    if isinstance(command, AssignPayment):
        return _assign(command, guarantor, book or Book())
    if isinstance(command, RefundPayment):
        return _refund(command, guarantor, book or Book())
    return _receive(command, guarantor)


def _receive(command: ReceivePayment, guarantor: Guarantor) -> Says:
    """Credit until its account hears of it and applies it."""
    known = guarantor.payments.get(command.payment)
    if known == command.amount_cents:
        return []
    if known is not None:
        raise Refused("this payment is known with another amount")
    if command.amount_cents <= 0:
        raise Refused("a payment is more than nothing")
    said = PatientPaymentReceived(
        guarantor=command.guarantor,
        payment=command.payment,
        tender=command.tender,
        amount_cents=command.amount_cents,
        received_on=command.received_on,
        account=command.account,
    )
    return [said, to(account_stream(command.account), said)] if command.account else [said]


def _assign(command: AssignPayment, guarantor: Guarantor, book: Book) -> Says:
    """Only what is meant for no account yet; the account applies it when it hears of it."""
    if command.assignment in guarantor.assignments:
        return []
    if not 0 < command.cents <= guarantor.loose.get(command.payment, 0):
        raise Refused("there is less of that payment without an account than should be assigned")
    said = PatientPaymentAssigned(
        guarantor=command.guarantor,
        payment=command.payment,
        assignment=command.assignment,
        account=command.account,
        cents=command.cents,
        reason=command.reason,
        approver=command.approver,
        posted_on=book.posting_day(command.assigned_on),
    )
    return [said, to(account_stream(command.account), said)]


def _refund(command: RefundPayment, guarantor: Guarantor, book: Book) -> Says:
    """Only what was paid for no account: what an account knows of could be applied there meanwhile."""
    if command.refund in guarantor.refunds:
        return []
    if not 0 < command.cents <= guarantor.loose.get(command.payment, 0):
        raise Refused("there is less of that payment without an account than should be refunded")
    return [
        PatientPaymentRefunded(
            guarantor=command.guarantor,
            payment=command.payment,
            refund=command.refund,
            cents=command.cents,
            reason=command.reason,
            approver=command.approver,
            posted_on=book.posting_day(command.refunded_on),
            entry=f"R-{command.refund}"[:48],
            entries=(
                JournalLine(ledger="patient_unapplied", cents=command.cents, kind="refund"),
                JournalLine(ledger="cash", cents=-command.cents, kind="refund"),
            ),
        )
    ]


def evolve_guarantor(state: Guarantor | None, event: Any) -> Guarantor:
    """The guarantor after an event."""
    guarantor = state or Guarantor()
    match event:
        case PatientPaymentReceived():
            known = {**guarantor.payments, event.payment: event.amount_cents}
            loose = guarantor.loose
            if not event.account:
                loose = {**loose, event.payment: event.amount_cents}
            unapplied = guarantor.unapplied + event.amount_cents
            return replace(guarantor, unapplied=unapplied, payments=known, loose=loose)
        case PatientPaymentAssigned():
            left = guarantor.loose.get(event.payment, 0) - event.cents
            return replace(
                guarantor,
                loose={**guarantor.loose, event.payment: left},
                assignments=(*guarantor.assignments, event.assignment),
            )
        case PatientPaymentApplied():
            return replace(guarantor, unapplied=guarantor.unapplied - event.cents)
        case PatientPaymentRefunded():
            loose = guarantor.loose
            if event.payment in loose and not event.account:  # Else it was an account's by then.
                loose = {**loose, event.payment: loose[event.payment] - event.cents}
            return replace(
                guarantor,
                unapplied=guarantor.unapplied - event.cents,
                loose=loose,
                refunds=(*guarantor.refunds, event.refund),
            )
    return guarantor
