"""Rows of checks, deposits, payees and guarantors; each row belongs to its own stream."""

from collections.abc import Iterable
from typing import Any

from contracts.adjudication_tracking import RemittanceReleased
from contracts.posting import (
    EftDeposited,
    EftMatched,
    OverpaymentRecovered,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
    ProviderAdjustmentPosted,
)
from contracts.registry import wire_name
from shared.service import At, Projection, Row
from shared.streams import kind_of

Keys = Iterable[tuple[Any, ...]]


def remittance_keys(event: Any, at: At) -> Keys:
    """One row per check."""
    return [(event.remittance,)] if kind_of(at.stream) == "remittance" else []


def remittance_row(row: Row | None, event: Any, at: At) -> Row | None:
    """What the check promised and what the bank showed; what was posted is summed from the journal when read."""
    if isinstance(event, EftMatched):
        return row and {
            **row,
            "deposit": event.deposit,
            "eft_cents": row["eft_cents"] + event.amount_cents,
            "difference_cents": event.difference_cents,
            "matched_on": event.posted_on,
        }
    adjusted = sum(plb.cents for plb in event.provider_adjustments)
    return {
        "remittance": event.remittance,
        "payer": event.payer,
        "legal_entity": event.legal_entity or at.scope.legal_entity,
        "check_number": event.check_number,
        "payer_trace_id": event.payer_trace_id,
        "paid_on": event.paid_on,
        "released_on": at.occurred_on,
        "claims": event.claims,
        "amount_cents": event.amount_cents,
        "provider_adjustment_cents": adjusted,
        "claims_cents": event.claims_cents,
        "suspense_cents": event.claims_cents - event.amount_cents - adjusted,
        "deposit": "",
        "eft_cents": 0,
        "difference_cents": 0,
        "matched_on": None,
    }


def deposit_keys(event: Any, at: At) -> Keys:
    """One row per deposit."""
    return [(event.deposit,)] if kind_of(at.stream) == "deposit" else []


def deposit_row(row: Row | None, event: Any, at: At) -> Row | None:
    """What the bank shows, and whose money it turned out to be."""
    if isinstance(event, EftMatched):
        matched = (row["matched_cents"] or 0) + event.amount_cents if row else 0
        return row and {
            **row,
            "remittance": event.remittance,
            "matched_cents": matched,
            "difference_cents": event.difference_cents,
            "matched_on": event.posted_on,
        }
    return {
        "deposit": event.deposit,
        "amount_cents": event.amount_cents,
        "deposited_on": event.deposited_on,
        "trace": event.trace,
        "payer_trace_id": event.payer_trace_id,
        "remittance": "",
        "difference_cents": 0,
        "matched_on": None,
        "matched_cents": 0,
    }


def payee_keys(event: Any, at: At) -> Keys:
    """One row per payer and TIN."""
    return [(event.payer, event.tax_id)]


def payee_row(row: Row | None, event: Any, at: At) -> Row:
    """The forward balance, and the sums by reason."""
    before = row["by_reason"] if row else {}
    return {
        "payer": event.payer,
        "tax_id": event.tax_id,
        "forward_cents": event.balance_forward_cents,
        "by_reason": {**before, event.reason: before.get(event.reason, 0) + event.cents},
        "posted_on": event.posted_on,
    }


def adjustment_keys(event: Any, at: At) -> Keys:
    """One row per PLB pair."""
    return [(at.event_id,)]


def adjustment_row(row: Row | None, event: Any, at: At) -> Row:
    """A PLB amount, and the account that its reference led to."""
    return {
        "event_id": at.event_id,
        "payer": event.payer,
        "tax_id": event.tax_id,
        "remittance": event.remittance,
        "check_number": event.check_number,
        "reason": event.reason,
        "reference": event.reference,
        "cents": event.cents,
        "account": event.account,
        "posted_on": event.posted_on,
    }


def takeback_keys(event: Any, at: At) -> Keys:
    """One row per payee and reference under which something was taken back."""
    taken = isinstance(event, ProviderAdjustmentPosted) and event.reason in ("WO", "72")
    if kind_of(at.stream) != "payee" or not (taken or isinstance(event, OverpaymentRecovered)):
        return []
    return [(event.payer, event.tax_id, event.reference)]


def takeback_row(row: Row | None, event: Any, at: At) -> Row:
    """What the payer kept back, what overpayments explain of it, and what nothing explains yet."""
    before = row or {"taken_cents": 0, "recovered_cents": 0, "account": ""}
    recovery = isinstance(event, OverpaymentRecovered)
    return {
        "payer": event.payer,
        "tax_id": event.tax_id,
        "reference": event.reference,
        "account": event.account or before["account"],
        "taken_cents": before["taken_cents"] + (0 if recovery else event.cents),
        "recovered_cents": before["recovered_cents"] + (event.cents if recovery else 0),
        "check_number": event.check_number,
        "posted_on": event.posted_on,
    }


def guarantor_keys(event: Any, at: At) -> Keys:
    """One row per guarantor."""
    return [(event.guarantor,)] if kind_of(at.stream) == "guarantor" else []


def guarantor_row(row: Row | None, event: Any, at: At) -> Row:
    """What a guarantor paid, what of it met a balance, and what was sent back."""
    received, applied = (row["received_cents"], row["applied_cents"]) if row else (0, 0)
    refunded = row["refunded_cents"] if row else 0
    if isinstance(event, PatientPaymentReceived):
        received += event.amount_cents
    elif isinstance(event, PatientPaymentRefunded):
        refunded += event.cents
    else:
        applied += event.cents
    return {
        "guarantor": event.guarantor,
        "received_cents": received,
        "applied_cents": applied,
        "refunded_cents": refunded,
        "unapplied_cents": received - applied - refunded,
    }


def payment_keys(event: Any, at: At) -> Keys:
    """One row per payment of a guarantor."""
    return [(event.guarantor, event.payment)] if kind_of(at.stream) == "guarantor" else []


def payment_row(row: Row | None, event: Any, at: At) -> Row:
    """What was paid, what of it met a balance or was sent back, and what is left unapplied."""
    now: Row = row or {
        "guarantor": event.guarantor,
        "payment": event.payment,
        "account": event.account,
        "tender": "",
        "received_cents": 0,
        "applied_cents": 0,
        "refunded_cents": 0,
        "received_on": None,
    }
    match event:
        case PatientPaymentReceived():
            facts = {"received_cents": event.amount_cents, "received_on": event.received_on}
            now = {**now, **facts, "tender": event.tender, "account": event.account}
        case PatientPaymentApplied():
            now = {**now, "applied_cents": now["applied_cents"] + event.cents}
        case PatientPaymentAssigned(cents=cents) if cents > 0:
            now = {**now, "account": event.account}
        case PatientPaymentRefunded():
            now = {**now, "refunded_cents": now["refunded_cents"] + event.cents}
    left = now["received_cents"] - now["applied_cents"] - now["refunded_cents"]
    return {**now, "left_cents": left}


def _wires(*events: type) -> frozenset[str]:
    return frozenset(wire_name(event) for event in events)


REMITTANCE_MONEY = Projection(
    table="remittance_money",
    columns={
        "remittance": "text",
        "payer": "text",
        "legal_entity": "text",
        "check_number": "text",
        "payer_trace_id": "text",
        "paid_on": "date",
        "released_on": "date",
        "claims": "int",
        "amount_cents": "bigint",
        "provider_adjustment_cents": "bigint",
        "claims_cents": "bigint",
        "suspense_cents": "bigint",
        "deposit": "text",
        "eft_cents": "bigint",
        "difference_cents": "bigint",
        "matched_on": "date",
    },
    key=("remittance",),
    hears=_wires(RemittanceReleased, EftMatched),
    keys=remittance_keys,
    project=remittance_row,
)
DEPOSIT = Projection(
    table="deposit",
    columns={
        "deposit": "text",
        "amount_cents": "bigint",
        "deposited_on": "date",
        "trace": "text",
        "payer_trace_id": "text",
        "remittance": "text",
        "difference_cents": "bigint",
        "matched_on": "date",
        "matched_cents": "bigint",
    },
    key=("deposit",),
    hears=_wires(EftDeposited, EftMatched),
    keys=deposit_keys,
    project=deposit_row,
)
PAYEE_BALANCE = Projection(
    table="payee_balance",
    columns={
        "payer": "text",
        "tax_id": "text",
        "forward_cents": "bigint",
        "by_reason": "jsonb",
        "posted_on": "date",
    },
    key=("payer", "tax_id"),
    hears=_wires(ProviderAdjustmentPosted),
    keys=payee_keys,
    project=payee_row,
)
PROVIDER_ADJUSTMENT = Projection(
    table="provider_adjustment",
    columns={
        "event_id": "text",
        "payer": "text",
        "tax_id": "text",
        "remittance": "text",
        "check_number": "text",
        "reason": "text",
        "reference": "text",
        "cents": "bigint",
        "account": "text",
        "posted_on": "date",
    },
    key=("event_id",),
    hears=_wires(ProviderAdjustmentPosted),
    keys=adjustment_keys,
    project=adjustment_row,
    append=True,
)
TAKEBACK = Projection(
    table="takeback",
    columns={
        "payer": "text",
        "tax_id": "text",
        "reference": "text",
        "account": "text",
        "taken_cents": "bigint",
        "recovered_cents": "bigint",
        "check_number": "text",
        "posted_on": "date",
    },
    key=("payer", "tax_id", "reference"),
    hears=_wires(ProviderAdjustmentPosted, OverpaymentRecovered),
    keys=takeback_keys,
    project=takeback_row,
)
GUARANTOR_BALANCE = Projection(
    table="guarantor_balance",
    columns={
        "guarantor": "text",
        "received_cents": "bigint",
        "applied_cents": "bigint",
        "refunded_cents": "bigint",
        "unapplied_cents": "bigint",
    },
    key=("guarantor",),
    hears=_wires(PatientPaymentReceived, PatientPaymentApplied, PatientPaymentRefunded),
    keys=guarantor_keys,
    project=guarantor_row,
)
PATIENT_PAYMENT = Projection(
    table="patient_payment",
    columns={
        "guarantor": "text",
        "payment": "text",
        "account": "text",
        "tender": "text",
        "received_cents": "bigint",
        "applied_cents": "bigint",
        "refunded_cents": "bigint",
        "left_cents": "bigint",
        "received_on": "date",
    },
    key=("guarantor", "payment"),
    hears=_wires(
        PatientPaymentReceived,
        PatientPaymentAssigned,
        PatientPaymentApplied,
        PatientPaymentRefunded,
    ),
    keys=payment_keys,
    project=payment_row,
    indexes=("(received_on) where left_cents <> 0",),
)
