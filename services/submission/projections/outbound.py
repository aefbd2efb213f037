"""Rows of what leaves and of what is answered: queues, packages for the writer, interchanges, files of answers."""

from collections.abc import Iterable
from typing import Any

import msgspec

from contracts.registry import wire_name
from contracts.submission import (
    AcknowledgementFileReceived,
    ClaimQueued,
    ClaimSetAside,
    FileRefused,
    InterchangeBatched,
    InterchangeSent,
    TransportAcknowledged,
    TransportRejected,
)
from services.submission.domain.lanes import NO_FILE
from shared.service import At, Projection, Row
from shared.streams import kind_of

Keys = Iterable[tuple[Any, ...]]


def _wires(*events: type) -> frozenset[str]:
    return frozenset(wire_name(event) for event in events)


def queue_keys(event: Any, at: At) -> Keys:
    """One row a lane; what is set aside of a file has left the queue before."""
    of_a_file = isinstance(event, ClaimSetAside) and event.isa13 != NO_FILE
    return [(at.stream,)] if kind_of(at.stream) == "outbound" and not of_a_file else []


def queue_row(row: Row | None, event: Any, at: At) -> Row:
    """How many claims wait, for how much, and since when."""
    _, receiver, lane = at.stream.split("/")
    row = row or {"stream": at.stream, "receiver": receiver, "lane": int(lane), "claims": 0}
    claims, cents, since = row["claims"], row.get("cents", 0), row.get("since")
    if isinstance(event, ClaimQueued):
        claims, cents = claims + 1, cents + event.package.total_cents
        since = since or at.occurred_on
    else:
        left = _left(event)
        claims, cents = claims - len(left), cents - sum(left)
        since = since if claims else None
    return {**row, "claims": claims, "cents": cents, "since": since}


def _left(event: InterchangeBatched | ClaimSetAside) -> list[int]:
    if isinstance(event, ClaimSetAside):
        return [event.cents]
    return [claim.cents for batched in event.sets for claim in batched.claims]


def package_keys(event: Any, at: At) -> Keys:
    """One row an attempt."""
    return [(event.package.claim, event.package.attempt)]


def package_row(row: Row | None, event: Any, at: At) -> Row:
    """What the writer reads; people stay ciphertext."""
    package = event.package
    return {
        "claim": package.claim,
        "attempt": package.attempt,
        "stream": at.stream,
        "package": msgspec.json.encode(package),
    }


INTERCHANGE_COLUMNS = {
    "receiver": "text",
    "isa13": "bigint",
    "gs06": "bigint",
    "file_name": "text",
    "sha256": "text",
    "size_bytes": "bigint",
    "claims": "bigint",
    "cents": "bigint",
    "ta1": "text",
    "ack_999": "jsonb",
    "batched_on": "date",
    "batched_at": "timestamptz",
    "sent_on": "date",
    "batched": "bytea",
    "aside": "jsonb",
}


def interchange_keys(event: Any, at: At) -> Keys:
    """Answers to accounts are not rows of this table."""
    of_a_file = kind_of(at.stream) == "outbound" and event.isa13 != NO_FILE
    return [(event.receiver, event.isa13)] if of_a_file else []


def interchange_row(row: Row | None, event: Any, at: At) -> Row | None:
    """A file and what was answered to it."""
    if isinstance(event, InterchangeBatched):
        return _new_interchange(event, at)
    if row is None:
        return None
    match event:
        case ClaimSetAside():
            left = {"claims": row["claims"] - 1, "cents": row["cents"] - event.cents}
            return row | left | {"aside": [*row["aside"], [event.claim, event.attempt]]}
        case InterchangeSent():
            handed = {"sha256": event.sha256, "size_bytes": event.size_bytes}
            return row | handed | {"sent_on": at.occurred_on}
        case TransportAcknowledged(level="TA1"):
            return row | {"ta1": event.code}
        case TransportAcknowledged():
            return row | {"ack_999": {**row["ack_999"], **dict.fromkeys(event.st02s, event.code)}}
        case TransportRejected(level="TA1"):
            return row | {"ta1": event.code}
        case TransportRejected():
            return row | {"ack_999": {**row["ack_999"], event.st02: event.code}}
    return row


def _new_interchange(event: InterchangeBatched, at: At) -> Row:
    cents = [claim.cents for batched in event.sets for claim in batched.claims]
    return {
        "receiver": event.receiver,
        "isa13": event.isa13,
        "gs06": event.gs06,
        "file_name": event.file_name,
        "sha256": None,
        "size_bytes": None,
        "claims": len(cents),
        "cents": sum(cents),
        "ta1": "",
        "ack_999": {},
        "batched_on": event.batched_on,
        "batched_at": at.recorded_at,
        "sent_on": None,
        "batched": msgspec.json.encode(event),
        "aside": [],
    }


def file_keys(event: Any, at: At) -> Keys:
    """One row a file."""
    return [(event.sha256,)]


def file_row(row: Row | None, event: AcknowledgementFileReceived | FileRefused, at: At) -> Row:
    """A file of answers; `unknown` ones wait for a person's eye, and a refused file for being mended and driven again."""
    came = {"sha256": event.sha256, "received_on": at.occurred_on, "received_by": at.actor}
    if isinstance(event, FileRefused):
        refused = {"state": "refused", "reason": event.reason, "size_bytes": event.size_bytes}
        return came | refused | {"answers": 0, "unknown": 0, "unknown_answers": []}
    return came | {
        "state": "received",
        "reason": "",
        "size_bytes": row["size_bytes"] if row else None,
        "answers": event.answers,
        "unknown": event.unknown,
        "unknown_answers": [msgspec.to_builtins(one) for one in event.unknown_answers],
    }


QUEUE = Projection(
    table="queue",
    columns={
        "stream": "text",
        "receiver": "text",
        "lane": "bigint",
        "claims": "bigint",
        "cents": "bigint",
        "since": "date",
    },
    key=("stream",),
    hears=_wires(ClaimQueued, InterchangeBatched, ClaimSetAside),
    keys=queue_keys,
    project=queue_row,
)


CLAIM_PACKAGE = Projection(
    table="claim_package",
    columns={"claim": "text", "attempt": "bigint", "stream": "text", "package": "bytea"},
    key=("claim", "attempt"),
    hears=_wires(ClaimQueued),
    keys=package_keys,
    project=package_row,
    lasting=True,
)


INTERCHANGE = Projection(
    table="interchange",
    columns=INTERCHANGE_COLUMNS,
    key=("receiver", "isa13"),
    hears=_wires(
        InterchangeBatched,
        ClaimSetAside,
        InterchangeSent,
        TransportAcknowledged,
        TransportRejected,
    ),
    keys=interchange_keys,
    project=interchange_row,
)


RECEIVED_FILE = Projection(
    table="received_file",
    columns={
        "sha256": "text",
        "size_bytes": "bigint",
        "state": "text",
        "reason": "text",
        "answers": "bigint",
        "unknown": "bigint",
        "unknown_answers": "jsonb",
        "received_on": "date",
        "received_by": "text",
    },
    key=("sha256",),
    hears=_wires(AcknowledgementFileReceived, FileRefused),
    keys=file_keys,
    project=file_row,
)
