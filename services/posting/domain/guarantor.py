"""Whoever pays for a patient: payments, what of them met a balance, and what was sent back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.posting import (
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
)
from contracts.values import JournalLine
from services.posting.domain import plans, stating
from services.posting.domain.book import Book
from services.posting.domain.commands import (
    AgreePlan,
    AnswerDispute,
    AssignPayment,
    Dispute,
    EndPlan,
    IssueStatement,
    JudgePlan,
    PlaceBalance,
    RecallBalance,
    ReceivePayment,
    RefundPayment,
)
from services.posting.domain.disputes import answer, dispute, place, recall
from services.posting.domain.guarantor_state import Guarantor
from services.posting.domain.terms import in_force
from shared.errors import Refused
from shared.service import Event, Say, Wake, to
from shared.streams import account_stream

STATEMENT, PLAN = "statement/", "plan/"
"""Kinds of timers; a legal entity follows."""
Says = list[Event | Say]


def decide_guarantor(command: Any, state: Guarantor | None, kept: Book | None) -> Says:
    """Payments, assignments, refunds, disputes and plans count once."""
    guarantor, book = state or Guarantor(), kept or Book()
    match command:
        case ReceivePayment():
            return _receive(command, guarantor)
        case AssignPayment():
            return _assign(command, guarantor, book)
        case RefundPayment():
            return _refund(command, guarantor, book)
        case IssueStatement():
            return _issue(command, guarantor, book)
        case JudgePlan():
            return [*plans.judge(guarantor, command.legal_entity, command.day, book)]
        case Dispute():
            return [*dispute(guarantor, command, book)]
        case AnswerDispute():
            return [*answer(guarantor, command, book)]
        case AgreePlan():
            return [*plans.agree(guarantor, command, book)]
        case EndPlan():
            return [*plans.end(guarantor, command, book)]
        case PlaceBalance():
            return [*place(guarantor, command, book)]
        case RecallBalance():
            return [*recall(guarantor, command, book)]
    raise TypeError(f"{type(command).__name__} is nothing that a guarantor does")


def timers(guarantor: Guarantor) -> Mapping[str, Wake]:
    """A statement of each legal entity to which something is owed, and each plan's next instalment."""
    found: dict[str, Wake] = {}
    for legal_entity, entity in guarantor.entities.items():
        if any(True for _ in guarantor.of(legal_entity)):
            found[f"{STATEMENT}{legal_entity}"] = Wake(entity.look_on)
        if entity.plan is not None:
            found[f"{PLAN}{legal_entity}"] = Wake(plans.next_look(guarantor, entity.plan))
    return found


def wake(
    what: str, day: date, guarantor: Guarantor, kept: Book | None
) -> IssueStatement | JudgePlan | Wake | None:
    """The command of a morning, or a later day."""
    book = kept or Book()
    if what.startswith(STATEMENT):
        legal_entity = what.removeprefix(STATEMENT)
        later = stating.look_again(guarantor, legal_entity, day, book)
        return Wake(later) if later else IssueStatement(legal_entity, day)
    legal_entity = what.removeprefix(PLAN)
    plan = guarantor.plan(legal_entity)
    if plan is None:
        return None
    if plans.judge(guarantor, legal_entity, day, book):
        return JudgePlan(legal_entity, day)
    terms = in_force(book.statement_terms, legal_entity, day)
    return Wake(plans.look_again(guarantor, plan, day, terms))


def _issue(command: IssueStatement, guarantor: Guarantor, book: Book) -> Says:
    day = command.day or book.business_day()
    said = stating.issue(guarantor, command.legal_entity, day, book, command.on_demand)
    return [said] if said else []


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
