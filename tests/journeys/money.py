"""Where an account's charges went, as two services tell it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Money:
    """Where an account's charges went, in cents; their sum is the charges."""

    charges: int
    paid: int = 0
    contractual: int = 0
    patient: int = 0
    patient_paid: int = 0
    denied: int = 0
    next_payer: int = 0
    open: int = 0
    credit: int = 0


def posted_money(row: dict[str, Any]) -> Money:
    """Posting's row of an account."""
    return Money(
        row["charged_cents"],
        row["insurance_paid_cents"],
        row["contractual_cents"],
        row["patient_cents"],
        row["patient_paid_cents"],
        row["denied_cents"],
        row["next_payer_cents"],
        row["open_cents"],
        row["credit_cents"],
    )


def reported_money(row: dict[str, Any]) -> Money:
    """Reporting's row of an account."""
    return Money(
        row["charges_cents"],
        row["insurance_paid_cents"],
        row["contractual_cents"],
        row["patient_owes_cents"],
        row["patient_paid_cents"],
        row["denied_cents"],
        row["next_payer_cents"],
        row["open_cents"],
        row["credit_cents"],
    )
