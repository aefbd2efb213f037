"""Money of a payee or a guarantor that belongs to no account: provider adjustments less what accounts explain of them, unapplied payments."""

from typing import Any

from contracts.posting import (
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
)
from services.reporting.projections.takebacks import TAKEN_BACK
from shared.service import At, Projection, Row


def _payee(row: Row | None, event: Any, at: At) -> Row:
    """A PLB amount, positive where it lowered a check; or (negative) what of it is an account's, and what we sent back.

    Accounts count the two last in their own insurance payments: here they would stand a second time.
    """
    kind, reason, cents = "adjustment", getattr(event, "reason", ""), event.cents
    if isinstance(event, OverpaymentRecovered):
        kind, reason, cents = "recovered", TAKEN_BACK, -event.cents
    elif isinstance(event, OverpaymentRefunded):
        kind, reason, cents = "refund", "refund", -event.cents
    return {
        "event_id": at.event_id,
        "payer": event.payer,
        "tax_id": getattr(event, "tax_id", ""),
        "check_number": getattr(event, "check_number", ""),
        "kind": kind,
        "reason": reason,
        "reference": getattr(event, "reference", ""),
        "account": event.account,
        "cents": cents,
        "posted_on": event.posted_on,
    }


PAYEES = Projection(
    table="payee_view",
    columns={
        "event_id": "text",
        "payer": "text",
        "tax_id": "text",
        "check_number": "text",
        "kind": "text",
        "reason": "text",
        "reference": "text",
        "account": "text",
        "cents": "bigint",
        "posted_on": "date",
    },
    key=("event_id",),
    hears=frozenset(
        {
            "posting.provider_adjustment_posted.v1",
            "posting.overpayment_recovered.v1",
            "posting.overpayment_refunded.v1",
        }
    ),
    keys=lambda event, at: [(at.event_id,)] if at.stream.startswith("payee/") else [],
    project=_payee,
    append=True,
)


def _payment_keys(event: Any, at: At) -> list[tuple[str, str]]:
    return [(event.guarantor, event.payment)] if at.stream.startswith("guarantor/") else []


def _payment(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, PatientPaymentReceived):
        return {
            "guarantor": event.guarantor,
            "payment": event.payment,
            "account": event.account,
            "received_on": event.received_on,
            "received_cents": event.amount_cents,
            "applied_cents": row["applied_cents"] if row else 0,
            "refunded_cents": row["refunded_cents"] if row else 0,
        }
    if isinstance(event, PatientPaymentAssigned):
        return row and {**row, "account": event.account if event.cents > 0 else ""}
    if isinstance(event, PatientPaymentRefunded):
        return row and {**row, "refunded_cents": row["refunded_cents"] + event.cents}
    return row and {**row, "applied_cents": row["applied_cents"] + event.cents}


PATIENT_PAYMENTS = Projection(
    table="patient_payment",
    columns={
        "guarantor": "text",
        "payment": "text",
        "account": "text",
        "received_on": "date",
        "received_cents": "bigint",
        "applied_cents": "bigint",
        "refunded_cents": "bigint",
    },
    key=("guarantor", "payment"),
    hears=frozenset(
        {
            "posting.patient_payment_received.v1",
            "posting.patient_payment_assigned.v1",
            "posting.patient_payment_applied.v1",
            "posting.patient_payment_refunded.v1",
        }
    ),
    keys=_payment_keys,
    project=_payment,
)
