"""What happened to a claim first, from which rates are counted: it stays, whatever becomes of the claim later."""

from typing import Any

from contracts.adjudication_tracking import ClaimAcknowledged, ClaimAdjudicated, ClaimRejected
from contracts.posting import PaymentPosted
from contracts.submission import ClaimHeld, ClaimSubmitted
from shared.service import Row

FIRSTS: Row = {
    "first_held": False,
    "first_charge_cents": 0,
    "first_answer": "",
    "first_decided_on": None,
    "first_denied_cents": 0,
    "first_resolved": False,
}
"""Held before it was first sent; as first sent; the payer's first 277CA; its first decision, posted. None in an older version's row."""
COLUMNS = {
    "first_held": "boolean",
    "first_charge_cents": "bigint",
    "first_answer": "text",
    "first_decided_on": "date",
    "first_denied_cents": "bigint",
    "first_resolved": "boolean",
}


def firsts(row: Row, event: Any) -> Row:
    """What an event adds to a claim's firsts; the row is as it was before."""
    if row["first_held"] is None:
        return {}  # An older version's row does not know what was before.
    match event:
        case ClaimHeld() if row["first_sent_on"] is None:
            return {"first_held": True}
        case ClaimSubmitted() if row["first_sent_on"] is None:
            return {"first_charge_cents": event.total_cents or row["charge_cents"]}
        case ClaimAcknowledged(by="payer"):
            return _answered(row, "accepted")
        case ClaimRejected():
            return _answered(row, "rejected")
        case ClaimAdjudicated() if "no_money" not in event.flags:
            return _answered(
                row, "accepted"
            )  # A payer that decides has taken it on, with a 277CA or without.
        case PaymentPosted() if row["first_decided_on"] is None:
            return {
                "first_decided_on": event.posted_on,
                "first_denied_cents": sum(d.cents for d in event.denied),
                "first_resolved": not event.denied and row["unanswered_cents"] == 0,
            }
    return {}


def _answered(row: Row, answer: str) -> Row:
    return {"first_answer": row["first_answer"] or answer}
