"""Checks, what was posted of them, and what of their money waits: unmatched, reversals without their original."""

from typing import Any

from contracts.adjudication_tracking import (
    ClaimMatched,
    ClaimUnmatched,
    RemittanceClosed,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
    ReversalWaiting,
)
from contracts.posting import EftMatched, PaymentPosted, PostingReversed
from shared.service import At, Projection, Row


def _check_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(event.remittance,)] if at.stream.startswith("remittance/") else []


def _check(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case RemittanceReceived() if row is None or row["state"] in ("refused", "closed"):
            return {
                "remittance": event.remittance,
                "payer": event.payer,
                "legal_entity": event.legal_entity,
                "check_number": event.check_number,
                "paid_on": event.paid_on,
                "amount_cents": event.amount_cents,
                "plb_cents": sum(p.cents for p in event.provider_adjustments),
                "claims": event.claims,
                "claims_cents": 0,
                "suspense_cents": 0,
                "state": "staged",
                "reason": "",
                "repeats": row["repeats"] if row else 0,
                "deposited_cents": row["deposited_cents"] if row else 0,
                "entered_by": event.source.entered_by or None,
            }
    if row is None:
        return None
    match event:
        case RemittanceReleased():
            return {
                **row,
                "state": "released",
                "amount_cents": event.amount_cents,
                "plb_cents": sum(p.cents for p in event.provider_adjustments),
                "claims_cents": event.claims_cents,
                "suspense_cents": event.suspense_cents,
            }
        case RemittanceRefused():
            reason = event.faults[0].sentence if event.faults else ""
            return {**row, "state": "refused", "reason": reason}
        case RemittanceClosed():
            return {**row, "state": "closed", "reason": event.reason}
        case RemittanceRepeated():
            return {**row, "repeats": row["repeats"] + 1}
        case EftMatched():
            return {**row, "deposited_cents": row["deposited_cents"] + event.amount_cents}
    return row


CHECKS = Projection(
    table="check_view",
    columns={
        "remittance": "text",
        "payer": "text",
        "legal_entity": "text",
        "check_number": "text",
        "paid_on": "date",
        "amount_cents": "bigint",
        "plb_cents": "bigint",
        "claims": "int",
        "claims_cents": "bigint",
        "suspense_cents": "bigint",
        "state": "text",
        "reason": "text",
        "repeats": "int",
        "deposited_cents": "bigint",
        "entered_by": "text",
    },
    key=("remittance",),
    hears=frozenset(
        {
            "adjudication_tracking.remittance_received.v1",
            "adjudication_tracking.remittance_released.v1",
            "adjudication_tracking.remittance_refused.v1",
            "adjudication_tracking.remittance_closed.v1",
            "adjudication_tracking.remittance_repeated.v1",
            "posting.eft_matched.v1",
        }
    ),
    keys=_check_keys,
    project=_check,
)


def _count(event: PaymentPosted | PostingReversed, name: str) -> int | None:
    """Lines of a payment that a contract was held against; what takes one back has none."""
    return getattr(event, name) if isinstance(event, PaymentPosted) else None


def _in_time(event: PaymentPosted | PostingReversed) -> bool | None:
    """Whether a claim was paid in time; nothing where no prompt-pay rule was held against it."""
    if not isinstance(event, PaymentPosted) or event.pay_by is None or event.paid_on is None:
        return None
    return event.paid_on <= event.pay_by


def _denied(event: PaymentPosted | PostingReversed) -> int | None:
    """What a payment of a claim denies; what takes one back is none."""
    return sum(d.cents for d in event.denied) if isinstance(event, PaymentPosted) else None


POSTED = Projection(
    table="check_posted",
    columns={
        "event_id": "text",
        "remittance": "text",
        "account": "text",
        "facility": "text",
        "payer": "text",
        "cents": "bigint",
        "posted_on": "date",
        "denied_cents": "bigint",
        "compared": "int",
        "as_contracted": "int",
        "in_time": "boolean",
    },
    key=("event_id",),
    hears=frozenset({"posting.payment_posted.v1", "posting.posting_reversed.v1"}),
    keys=lambda event, at: [(at.event_id,)],
    project=lambda row, event, at: {
        "event_id": at.event_id,
        "remittance": event.remittance,
        "account": event.account,
        "facility": at.scope.facility,
        "payer": event.payer,
        "cents": sum(e.cents for e in event.entries if e.ledger == "remittance_clearing"),
        "posted_on": event.posted_on,
        "denied_cents": _denied(event),
        "compared": _count(event, "compared"),
        "as_contracted": _count(event, "as_contracted"),
        "in_time": _in_time(event),
    },
    append=True,
    indexes=("(remittance)",),
)


def _unmatched(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case ClaimUnmatched():
            return {
                "remittance": event.remittance,
                "position": event.position,
                "claim": event.claim,
                "cents": event.cents,
                "reason": event.reason,
                "since": at.occurred_on,
                "open": True,
            }
        case ClaimMatched() if row is not None:
            return {**row, "open": False}
    return row


UNMATCHED = Projection(
    table="unmatched_view",
    columns={
        "remittance": "text",
        "position": "int",
        "claim": "text",
        "cents": "bigint",
        "reason": "text",
        "since": "date",
        "open": "boolean",
    },
    key=("remittance", "position"),
    hears=frozenset(
        {"adjudication_tracking.claim_unmatched.v1", "adjudication_tracking.claim_matched.v1"}
    ),
    keys=lambda event, at: [(event.remittance, event.position)],
    project=_unmatched,
)


def _waiting(row: Row | None, event: Any, at: At) -> Row | None:
    if not isinstance(event, ReversalWaiting):
        return None  # It met its original: its money leaves clearing with the posting that is reversed.
    return {
        "claim": event.claim,
        "adjudication": event.adjudication,
        "account": at.stream[8:],
        "facility": at.scope.facility,
        "remittance": event.remittance,
        "payer_control": event.payer_control,
        "cents": event.paid_cents,
        "since": at.occurred_on,
    }


WAITING = Projection(
    table="waiting_view",
    columns={
        "claim": "text",
        "adjudication": "text",
        "account": "text",
        "facility": "text",
        "remittance": "text",
        "payer_control": "text",
        "cents": "bigint",
        "since": "date",
    },
    key=("account", "adjudication"),
    hears=frozenset(
        {
            "adjudication_tracking.reversal_waiting.v1",
            "adjudication_tracking.adjudication_reversed.v1",
        }
    ),
    keys=lambda event, at: [(at.stream[8:], event.adjudication)],
    project=_waiting,
)
