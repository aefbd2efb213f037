"""What a batch is given and what it leaves: records heard, what was loaded for them, rows to be written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from shared import envelope as wire
from shared.errors import ServiceError
from shared.progress import Progress
from shared.service import Scope


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A record that stands at the next position of its producer, decoded (or the reason why it cannot be)."""

    partition: int
    offset: int
    stream: str
    route: wire.Route | None
    envelope: wire.Envelope | None
    event: Any
    record: Any
    """As it was consumed: `key`, `value` and `headers`; None for one that is only passed."""
    fault: ServiceError | None = None


class OutboxRow(NamedTuple):
    """A record to publish, as kept for ever."""

    partition: int
    seq: int
    target: int
    position: int
    stream: str
    wire: str
    own: bool
    cause: str
    event_id: str
    header: bytes
    value: bytes
    recorded_at: datetime


class ParkedRow(NamedTuple):
    """A record that waits: itself unappliable (`parked`) or behind one that is (`waiting`)."""

    partition: int
    offset: int
    stream: str
    producer: str
    position: int
    wire: str
    status: str
    reason: str
    sentence: str
    key: bytes
    header: bytes
    value: bytes
    parked_at: datetime


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A stream's state with the scope of its first event that had one."""

    state: Any
    scope: Scope


class Traced(NamedTuple):
    """A decision of a chain that is traced; `cause` is the traceparent of the one before, empty for a door or a day."""

    traceparent: str
    cause: str
    stream: str
    command: str
    said: tuple[str, ...]


class CannotApply(Exception):
    """A record failed in a pure room; the batch runs again with it parked."""

    def __init__(self, partition: int, offset: int, reason: str, sentence: str) -> None:
        super().__init__(f"{partition}@{offset}: {reason}")
        self.place = (partition, offset)
        self.reason = reason
        self.sentence = sentence


@dataclass(slots=True)
class Loaded:
    """What the shell read for a batch; never changed by it, so that the batch can run again."""

    progress: Mapping[int, Progress]
    states: Mapping[str, Kept]
    books: Mapping[int, Any]
    parked: frozenset[str]
    now: datetime
    partitions: int
    trace: Callable[[str], str] = lambda cause: cause
    """A traceparent for what is decided on a cause (empty for a door)."""


def parked_row(
    heard: Heard, status: str, reason: str, sentence: str, parked_at: datetime
) -> ParkedRow:
    """A record as it is kept while it waits."""
    route = heard.route
    return ParkedRow(
        heard.partition,
        heard.offset,
        heard.stream,
        printable(route.producer) if route else "",
        route.position if route else 0,
        printable(route.wire[:120]) if route else "",
        status,
        reason,
        sentence[:500],
        heard.record.key or b"",
        route_bytes(heard.record.headers),
        heard.record.value or b"",
        parked_at,
    )


def route_bytes(headers: Any) -> bytes:
    """The raw routing header of a record; empty when there is none."""
    return next((bytes(v) for k, v in headers if k == wire.ROUTING and v is not None), b"")


def printable(text: str) -> str:
    """Text that PostgreSQL keeps: it refuses the null character."""
    return text.replace("\x00", "\ufffd")
