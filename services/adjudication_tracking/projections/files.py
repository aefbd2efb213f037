"""Received files and what became of them, and the tallies of 277CAs."""

import msgspec

from contracts.adjudication_tracking import AcknowledgementTallied, FileReceived, FileRefused
from shared.service import At, Projection, Row


def _file(row: Row | None, event: FileReceived | FileRefused, at: At) -> Row:
    refused = event.reason if isinstance(event, FileRefused) else ""
    return {
        "sha256": event.sha256,
        "size_bytes": event.size_bytes,
        "state": "refused" if isinstance(event, FileRefused) else "received",
        "reason": refused,
        "sets": [msgspec.to_builtins(s) for s in getattr(event, "sets", ())],
        "received_on": at.occurred_on,
        "received_by": at.actor,
    }


FILES = Projection(
    table="received_file",
    columns={
        "sha256": "text",
        "size_bytes": "bigint",
        "state": "text",
        "reason": "text",
        "sets": "jsonb",
        "received_on": "date",
        "received_by": "text",
    },
    key=("sha256",),
    hears=frozenset(
        {"adjudication_tracking.file_received.v1", "adjudication_tracking.file_refused.v1"}
    ),
    keys=lambda event, at: [(event.sha256,)],
    project=_file,
)


def _tally(row: Row | None, event: AcknowledgementTallied, at: At) -> Row:
    facts = msgspec.to_builtins(event)
    return {**{name: facts.get(name) for name in TALLY.columns}, "received_on": at.occurred_on}


TALLY = Projection(
    table="ack_tally",
    columns={
        "sha256": "text",
        "st02": "text",
        "by": "text",
        "batch": "text",
        "accepted": "int",
        "accepted_cents": "bigint",
        "rejected": "int",
        "rejected_cents": "bigint",
        "stated_accepted": "int",
        "stated_rejected": "int",
        "agrees": "boolean",
        "stated_accepted_cents": "bigint",
        "stated_rejected_cents": "bigint",
        "isa13": "bigint",
        "received_on": "date",
    },
    key=("sha256", "st02"),
    hears=frozenset({"adjudication_tracking.acknowledgement_tallied.v1"}),
    keys=lambda event, at: [(event.sha256, event.st02)],
    project=_tally,
)
