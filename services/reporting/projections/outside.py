"""What left and what the day is: files in transport, parked records, business days."""

from typing import Any

from contracts.platform import RecordParked
from contracts.submission import InterchangeSent, TransportAcknowledged, TransportRejected
from shared.service import At, Projection, Row
from shared.streams import BROADCAST


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

RECEIVERS = Projection(
    table="receiver_view",
    columns={"receiver": "text", "ack_999_late_days": "int"},
    key=("receiver",),
    hears=frozenset({"reference.receiver_listed.v1"}),
    # One partition's word is enough: every partition hears the same listings.
    keys=lambda event, at: [(event.receiver,)] if at.partition == 0 else [],
    project=lambda row, event, at: {
        "receiver": event.receiver,
        "ack_999_late_days": event.ack_999_late_days,
    },
)

BUSINESS_DAYS = Projection(
    table="business_day",
    columns={"heard_in": "int", "day": "date"},
    key=("heard_in", "day"),
    hears=frozenset({"reference.business_day_opened.v1"}),
    # One partition's word is enough: every partition hears the same days.
    keys=lambda event, at: [(0, event.day)] if at.partition == 0 else [],
    project=lambda row, event, at: {"heard_in": 0, "day": event.day},
)
