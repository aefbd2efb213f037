"""Checks and EFTs as they were received, released or refused, and claim payments that found no claim."""

from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimMatched,
    ClaimUnmatched,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from shared.service import At, Projection, Row


def _remittance_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(event.remittance,)]


def _remittance(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, RemittanceReceived):
        if row is not None and row["state"] not in ("refused", "closed"):
            return row
        return {
            "remittance": event.remittance,
            "payer": event.payer,
            "legal_entity": event.legal_entity,
            "check_number": event.check_number,
            "payer_trace_id": event.payer_trace_id,
            "paid_on": event.paid_on,
            "amount_cents": event.amount_cents,
            "claims": event.claims,
            "plb": [msgspec.to_builtins(p) for p in event.provider_adjustments],
            "plb_cents": sum(p.cents for p in event.provider_adjustments),
            "state": "staged",
            "claims_cents": None,
            "suspense_cents": 0,
            "dispatched": 0,
            "faults": [],
            "repeats": row["repeats"] if row else 0,
            "conflicts": row["conflicts"] if row else 0,
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
                "claims_cents": event.claims_cents,
                "plb": [msgspec.to_builtins(p) for p in event.provider_adjustments],
                "plb_cents": sum(p.cents for p in event.provider_adjustments),
                "suspense_cents": event.suspense_cents,
            }
        case RemittanceRefused():
            return {
                **row,
                "state": "refused",
                "faults": [msgspec.to_builtins(f) for f in event.faults],
            }
        case RemittanceClosed():
            return {**row, "state": "closed"}
        case RemittanceDispatched():
            return {**row, "dispatched": event.sent, "claims": event.claims}
        case RemittanceRepeated():
            more = 1 if event.conflict else 0
            return {**row, "repeats": row["repeats"] + 1, "conflicts": row["conflicts"] + more}
    return row


REMITTANCE = Projection(
    table="remittance",
    columns={
        "remittance": "text",
        "payer": "text",
        "legal_entity": "text",
        "check_number": "text",
        "payer_trace_id": "text",
        "paid_on": "date",
        "amount_cents": "bigint",
        "claims": "int",
        "plb": "jsonb",
        "plb_cents": "bigint",
        "state": "text",
        "claims_cents": "bigint",
        "suspense_cents": "bigint",
        "dispatched": "int",
        "faults": "jsonb",
        "repeats": "int",
        "conflicts": "int",
        "entered_by": "text",
    },
    key=("remittance",),
    hears=frozenset(
        {
            "adjudication_tracking.remittance_received.v1",
            "adjudication_tracking.remittance_released.v1",
            "adjudication_tracking.remittance_refused.v1",
            "adjudication_tracking.remittance_closed.v1",
            "adjudication_tracking.remittance_dispatched.v1",
            "adjudication_tracking.remittance_repeated.v1",
        }
    ),
    keys=_remittance_keys,
    project=_remittance,
    indexes=("(check_number)",),
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
                "matched_to": "",
            }
        case ClaimMatched() if row is not None:
            return {**row, "matched_to": event.claim}
    return row


UNMATCHED = Projection(
    table="unmatched",
    columns={
        "remittance": "text",
        "position": "int",
        "claim": "text",
        "cents": "bigint",
        "reason": "text",
        "since": "date",
        "matched_to": "text",
    },
    key=("remittance", "position"),
    hears=frozenset(
        {
            "adjudication_tracking.claim_unmatched.v1",
            "adjudication_tracking.claim_matched.v1",
        }
    ),
    keys=lambda event, at: [(event.remittance, event.position)],
    project=_unmatched,
)


def _waiting(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, AdjudicationReversed):
        return row and {**row, "state": "taken_up", "taken_up_on": at.occurred_on}
    return {
        "reversal": event.adjudication,
        "account": event.account,
        "claim": event.claim,
        "payer": event.payer,
        "remittance": event.remittance,
        "payer_control": event.payer_control,
        "paid_cents": event.paid_cents,
        "reason": event.reason,
        "state": "waiting",
        "since": at.occurred_on,
        "taken_up_on": None,
    }


WAITING_REVERSAL = Projection(
    table="waiting_reversal",
    columns={
        "reversal": "text",
        "account": "text",
        "claim": "text",
        "payer": "text",
        "remittance": "text",
        "payer_control": "text",
        "paid_cents": "bigint",
        "reason": "text",
        "state": "text",
        "since": "date",
        "taken_up_on": "date",
    },
    key=("account", "reversal"),
    hears=frozenset(
        {
            "adjudication_tracking.reversal_waiting.v1",
            "adjudication_tracking.adjudication_reversed.v1",
        }
    ),
    keys=lambda event, at: [(event.account, event.adjudication)],
    project=_waiting,
)
