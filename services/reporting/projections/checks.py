"""Checks and what was posted of them, unmatched payments, files in transport, payees, parked records, the day."""

from typing import Any

from contracts.adjudication_tracking import (
    ClaimMatched,
    ClaimUnmatched,
    RemittanceClosed,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.platform import RecordParked
from contracts.posting import EftMatched
from contracts.submission import InterchangeSent, TransportAcknowledged, TransportRejected
from shared.service import At, Projection, Row
from shared.streams import BROADCAST


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


def _transport_keys(event: Any, at: At) -> list[tuple[str, int]]:
    return [(event.receiver, event.isa13)] if at.stream.startswith("outbound/") else []


def _transport(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case InterchangeSent():
            return {
                "receiver": event.receiver,
                "isa13": event.isa13,
                "file_name": event.file_name,
                "sent_on": at.occurred_on,
                "sets": len(event.sets),
                "claims": sum(len(s.claims) for s in event.sets),
                "cents": sum(c.cents for s in event.sets for c in s.claims),
                "sets_accepted": 0,
                "sets_rejected": 0,
                "ta1": "",
                "answered_on": None,
            }
    if row is None:
        return None
    match event:
        case TransportAcknowledged(level="999"):
            return {
                **row,
                "sets_accepted": row["sets_accepted"] + len(event.st02s),
                "answered_on": at.occurred_on,
            }
        case TransportAcknowledged():
            return {**row, "ta1": event.code}
        case TransportRejected(level="999"):
            return {**row, "sets_rejected": row["sets_rejected"] + 1, "answered_on": at.occurred_on}
        case TransportRejected():
            return {**row, "ta1": event.code, "answered_on": at.occurred_on}
    return row


TRANSPORT = Projection(
    table="transport_view",
    columns={
        "receiver": "text",
        "isa13": "bigint",
        "file_name": "text",
        "sent_on": "date",
        "sets": "int",
        "claims": "int",
        "cents": "bigint",
        "sets_accepted": "int",
        "sets_rejected": "int",
        "ta1": "text",
        "answered_on": "date",
    },
    key=("receiver", "isa13"),
    hears=frozenset(
        {
            "submission.interchange_sent.v1",
            "submission.transport_acknowledged.v1",
            "submission.transport_rejected.v1",
        }
    ),
    keys=_transport_keys,
    project=_transport,
)

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

PARKED = Projection(
    table="parked_view",
    columns={
        "service": "text",
        "in_partition": "int",
        "at_offset": "bigint",
        "stream": "text",
        "record_type": "text",
        "reason": "text",
        "sentence": "text",
        "parked_on": "date",
    },
    key=("service", "in_partition", "at_offset"),
    hears=frozenset(
        {
            "platform.record_parked.v1",
            "platform.record_redriven.v1",
            "platform.record_discarded.v1",
        }
    ),
    keys=lambda event, at: [(event.service, event.partition, event.offset)],
    project=lambda row, event, at: (
        {
            "service": event.service,
            "in_partition": event.partition,
            "at_offset": event.offset,
            "stream": at.stream,
            "record_type": event.record_type,
            "reason": event.reason,
            "sentence": event.sentence,
            "parked_on": at.occurred_on,
        }
        if isinstance(event, RecordParked)
        else None
    ),
)

CALENDAR = Projection(
    table="calendar",
    columns={"heard_in": "int", "today": "date"},
    key=("heard_in",),
    hears=frozenset({"reference.business_day_opened.v1"}),
    keys=lambda event, at: [(at.partition,)] if at.stream == BROADCAST else [],
    project=lambda row, event, at: {"heard_in": at.partition, "today": event.day},
)
