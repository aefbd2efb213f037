"""Money of a payee or a guarantor that belongs to no account: provider adjustments, unapplied payments."""

from typing import Any

from contracts.posting import (
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
)
from shared.service import At, Projection, Row

PAYEES = Projection(
    table="payee_view",
    columns={
        "event_id": "text",
        "payer": "text",
        "tax_id": "text",
        "check_number": "text",
        "reason": "text",
        "reference": "text",
        "cents": "bigint",
        "posted_on": "date",
    },
    key=("event_id",),
    hears=frozenset({"posting.provider_adjustment_posted.v1"}),
    keys=lambda event, at: [(at.event_id,)],
    project=lambda row, event, at: {
        "event_id": at.event_id,
        "payer": event.payer,
        "tax_id": event.tax_id,
        "check_number": event.check_number,
        "reason": event.reason,
        "reference": event.reference,
        "cents": event.cents,
        "posted_on": event.posted_on,
    },
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
