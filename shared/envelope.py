"""A record on the wire: a CloudEvents 1.0 document in structured mode, and one short routing header.

The header `r` is `type|producer|position|own`: all that a reader needs to skip or to count a record without
decoding it. `own` is 1 when the event stands on the stream that decided it.
"""

import hashlib
from datetime import date, datetime
from typing import Any

import msgspec

from contracts.catalogue import EVENTS
from shared.errors import Malformed, Unknown

CONTENT_TYPE = ("content-type", b"application/cloudevents+json")
ROUTING = "r"
MAX_RECORD_BYTES = 4_000_000
"""Half of the topic's own limit: what passes here is never refused by the broker."""


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """CloudEvents attributes, with ours in lower case as the specification wants them."""

    specversion: str
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    datacontenttype: str
    tenant: str = ""
    legalentity: str = ""
    facility: str = ""
    actor: str = ""
    cause: str = ""
    correlation: str = ""
    producer: str
    position: int
    occurredon: date
    ruleset: str = ""
    sourcesha256: str = ""
    sourcesegment: int = 0
    traceparent: str = ""
    data: msgspec.Raw


class Route(msgspec.Struct, frozen=True, gc=False):
    """The routing header, read."""

    wire: str
    producer: str
    position: int
    own: bool


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Envelope).decode
_decoders: dict[str, Any] = {wire: msgspec.json.Decoder(cls).decode for wire, cls in EVENTS.items()}


def is_traced(traceparent: str) -> bool:
    """Whether the chain that a record belongs to is one of those that are traced."""
    return traceparent.endswith("-01")


def encode_event(event: Any) -> msgspec.Raw:
    """An event's data as JSON."""
    return msgspec.Raw(_encode(event))


def encode(envelope: Envelope) -> bytes:
    """The record's value."""
    return _encode(envelope)


def routing_header(wire: str, producer: str, position: int, own: bool) -> bytes:
    """The value of the header `r`."""
    return f"{wire}|{producer}|{position}|{1 if own else 0}".encode()


_names: dict[bytes, tuple[str, str]] = {}
NAMES_KEPT = 20_000
"""Types times producers are a few thousand; whoever sends other names cannot fill the memory."""


def read_route(headers: Any) -> Route:
    """The routing header of a consumed record; Malformed when it is missing or cannot be read."""
    for name, value in headers:
        if name == ROUTING:
            try:
                names, position, own = value.rsplit(b"|", 2)
                wire, producer = _names.get(names) or _read_names(names)
                return Route(wire, producer, int(position), own == b"1")
            except (ValueError, AttributeError):  # A header may be there and be null.
                raise Malformed("the routing header cannot be read") from None
    raise Malformed("the routing header is missing")


def _read_names(names: bytes) -> tuple[str, str]:
    wire, producer = names.split(b"|")
    if len(_names) > NAMES_KEPT:
        _names.clear()
    known = _names[names] = (wire.decode(), producer.decode())
    return known


def decode(value: bytes) -> Envelope:
    """A record's envelope; Malformed without quoting any of it."""
    try:
        return _decode(value)
    except msgspec.MsgspecError:
        raise Malformed("the record is not a CloudEvents document of ours") from None


def decode_event(wire: str, data: bytes | msgspec.Raw) -> Any:
    """The event inside; Unknown when no registry has the type, Malformed when its data does not fit."""
    decoder = _decoders.get(wire)
    if decoder is None:
        raise Unknown(f"no event of ours is called {wire[:80]}")
    try:
        return decoder(data)
    except msgspec.MsgspecError:
        raise Malformed(f"the data does not fit {wire}") from None


def event_id(*parts: str) -> str:
    """UUIDv5 of what caused the event: the same decision always gives the same id."""
    h = hashlib.sha1("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:32]}"


_VARIANT = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in "0123456789abcdef"}
