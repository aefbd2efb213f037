"""What patients owe and were asked for: balances, statements, disputes, payment plans; each row belongs to its guarantor."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from contracts.posting import (
    BalanceDisputed,
    BalancePlaced,
    BalanceRecalled,
    DisputeAnswered,
    InstalmentMissed,
    PatientBalanceTold,
    PaymentPlanAgreed,
    PaymentPlanEnded,
    StatementIssued,
)
from contracts.registry import wire_name
from shared.service import At, Projection, Row

Keys = Iterable[tuple[Any, ...]]
_NO_AGENCY = {"agency": "", "placed_on": None, "placed_cents": 0}
_NEVER = {"stated": 0, "first_stated_on": None, "last_notice_on": None, **_NO_AGENCY}


def balance_keys(event: Any, at: At) -> Keys:
    """One row per account of a guarantor that ever owed something."""
    if isinstance(event, StatementIssued):
        return [(event.guarantor, one.account) for one in event.accounts if one.notice]
    if isinstance(event, PaymentPlanEnded):
        return [(event.guarantor, account) for account in event.accounts]
    return [(event.guarantor, event.account)]


def balance_row(row: Row | None, event: Any, at: At, key: tuple[Any, ...]) -> Row | None:
    """What is owed on an account, how often it was asked for, and who has it; as `domain/guarantor_fold.py` counts."""
    if isinstance(event, PatientBalanceTold):
        return _told(row, event)
    if row is None:
        return None
    match event:
        case StatementIssued():
            (one,) = (one for one in event.accounts if one.account == key[1])
            if one.notice <= row["stated"]:
                return row
            first = row["first_stated_on"] or event.issued_on
            asked = {"stated": one.notice, "first_stated_on": first}
            return {**row, **asked, "last_notice_on": event.issued_on}
        case BalanceDisputed():
            return {**row, "dispute": event.dispute}
        case DisputeAnswered():
            return {**row, "dispute": "", "stated": max(0, row["stated"] - 1)}
        case PaymentPlanEnded():
            return {**row, "stated": 0, "last_notice_on": None}
        case BalancePlaced():
            return {
                **row,
                "agency": event.agency,
                "placed_on": event.placed_on,
                "placed_cents": event.cents,
            }
        case BalanceRecalled():
            fresh = {**_NO_AGENCY, "stated": 0, "last_notice_on": None}
            return {**row, **fresh}
    return row


def _told(row: Row | None, event: PatientBalanceTold) -> Row:
    before: Mapping[str, Any] = row or {
        **_NEVER,
        "owed_cents": 0,
        "dispute": "",
        "owed_since": None,
    }
    asked = {name: before[name] for name in _NEVER}
    since = before["owed_since"] or event.told_on
    if event.owed_cents <= 0:
        asked, since = dict(_NEVER), None
    elif event.owed_cents > before["owed_cents"]:
        asked |= {"stated": 0, "last_notice_on": None}
    return {
        "guarantor": event.guarantor,
        "account": event.account,
        "legal_entity": event.legal_entity,
        "service_on": event.service_on,
        "told_on": event.told_on,
        "owed_since": since,
        "charged_cents": event.charged_cents,
        "insurance_paid_cents": event.insurance_paid_cents,
        "adjusted_cents": event.adjusted_cents,
        "patient_paid_cents": event.patient_paid_cents,
        "with_payers_cents": event.with_payers_cents,
        "owed_cents": event.owed_cents,
        "dispute": before["dispute"],
        **asked,
    }


def statement_keys(event: StatementIssued, at: At) -> Keys:
    """One row per statement."""
    return [(event.statement,)]


def statement_row(row: Row | None, event: StatementIssued, at: At) -> Row:
    """The statement as it was issued: nothing changes it."""
    facts = {name: getattr(event, name) for name in STATEMENT.columns if hasattr(event, name)}
    accounts = msgspec.to_builtins(event.accounts)
    return {**facts, "accounts": accounts, "recorded_at": at.recorded_at}


def dispute_keys(event: Any, at: At) -> Keys:
    """One row per dispute."""
    return [(event.guarantor, event.dispute)]


def dispute_row(row: Row | None, event: Any, at: At) -> Row | None:
    """What is disputed, and what was answered."""
    if isinstance(event, DisputeAnswered):
        answered = {"outcome": event.outcome, "answered_on": event.answered_on}
        return row and {
            **row,
            **answered,
            "answer": event.reason,
            "answered_by": event.approver,
        }
    return {
        "guarantor": event.guarantor,
        "dispute": event.dispute,
        "account": event.account,
        "cents": event.cents,
        "opened_on": event.opened_on,
        "reason": event.reason,
        "opened_by": event.approver,
        "outcome": "",
        "answered_on": None,
        "answer": "",
        "answered_by": "",
    }


def plan_keys(event: Any, at: At) -> Keys:
    """One row per payment plan; an answered dispute may let one go on."""
    if not event.plan:
        return []
    return [(event.guarantor, event.plan)]


def plan_row(row: Row | None, event: Any, at: At) -> Row | None:
    """What was agreed, what was missed last, and how it ended."""
    match event:
        case InstalmentMissed():
            missed = {"missed": row["missed"] + 1} if row else {}
            last = {"missed_due_on": event.due_on, "short_cents": event.short_cents}
            return row and {**row, **missed, **last}
        case PaymentPlanEnded():
            over = {"state": event.how, "ended_on": event.ended_on, "ended_by": event.approver}
            return row and {**row, **over, "came_cents": event.received_cents}
        case DisputeAnswered():
            return row and {**row, "first_due_on": event.first_due_on}
    return {
        "guarantor": event.guarantor,
        "plan": event.plan,
        "legal_entity": event.legal_entity,
        "accounts": list(event.accounts),
        "cents": event.cents,
        "instalment_cents": event.instalment_cents,
        "instalments": event.instalments,
        "first_due_on": event.first_due_on,
        "agreed_on": event.agreed_on,
        "reason": event.reason,
        "agreed_by": event.approver,
        "state": "in force",
        "missed": 0,
        "missed_due_on": None,
        "short_cents": 0,
        "came_cents": None,
        "ended_on": None,
        "ended_by": "",
    }


def _wires(*events: type) -> frozenset[str]:
    return frozenset(wire_name(event) for event in events)


PATIENT_BALANCE = Projection(
    table="patient_balance",
    columns={
        "guarantor": "text",
        "account": "text",
        "legal_entity": "text",
        "service_on": "date",
        "told_on": "date",
        "owed_since": "date",
        "charged_cents": "bigint",
        "insurance_paid_cents": "bigint",
        "adjusted_cents": "bigint",
        "patient_paid_cents": "bigint",
        "with_payers_cents": "bigint",
        "owed_cents": "bigint",
        "stated": "int",
        "first_stated_on": "date",
        "last_notice_on": "date",
        "dispute": "text",
        "agency": "text",
        "placed_on": "date",
        "placed_cents": "bigint",
    },
    key=("guarantor", "account"),
    hears=_wires(
        PatientBalanceTold,
        StatementIssued,
        BalanceDisputed,
        DisputeAnswered,
        PaymentPlanEnded,
        BalancePlaced,
        BalanceRecalled,
    ),
    keys=balance_keys,
    project=balance_row,
    keyed=True,
    indexes=("(account)", "(owed_since) where owed_cents > 0"),
)
STATEMENT = Projection(
    table="statement",
    columns={
        "statement": "text",
        "guarantor": "text",
        "legal_entity": "text",
        "issued_on": "date",
        "due_on": "date",
        "next_on": "date",
        "terms": "text",
        "accounts": "jsonb",
        "owed_cents": "bigint",
        "disputed_cents": "bigint",
        "asked_cents": "bigint",
        "unapplied_cents": "bigint",
        "received_cents": "bigint",
        "notice": "int",
        "final": "boolean",
        "on_demand": "boolean",
        "plan": "text",
        "instalments_cents": "bigint",
        "recorded_at": "timestamptz",
    },
    key=("statement",),
    hears=_wires(StatementIssued),
    keys=statement_keys,
    project=statement_row,
    append=True,
    indexes=("(issued_on)", "(guarantor)"),
)
DISPUTE = Projection(
    table="dispute",
    columns={
        "guarantor": "text",
        "dispute": "text",
        "account": "text",
        "cents": "bigint",
        "opened_on": "date",
        "reason": "text",
        "opened_by": "text",
        "outcome": "text",
        "answered_on": "date",
        "answer": "text",
        "answered_by": "text",
    },
    key=("guarantor", "dispute"),
    hears=_wires(BalanceDisputed, DisputeAnswered),
    keys=dispute_keys,
    project=dispute_row,
    indexes=("(opened_on) where outcome = ''",),
)
PAYMENT_PLAN = Projection(
    table="payment_plan",
    columns={
        "guarantor": "text",
        "plan": "text",
        "legal_entity": "text",
        "accounts": "text[]",
        "cents": "bigint",
        "instalment_cents": "bigint",
        "instalments": "int",
        "first_due_on": "date",
        "agreed_on": "date",
        "reason": "text",
        "agreed_by": "text",
        "state": "text",
        "missed": "int",
        "missed_due_on": "date",
        "short_cents": "bigint",
        "came_cents": "bigint",
        "ended_on": "date",
        "ended_by": "text",
    },
    key=("guarantor", "plan"),
    hears=_wires(PaymentPlanAgreed, InstalmentMissed, PaymentPlanEnded, DisputeAnswered),
    keys=plan_keys,
    project=plan_row,
    indexes=("(agreed_on) where state = 'in force'",),
)
