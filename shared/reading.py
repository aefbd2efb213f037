"""Records as they stand in the log or in `parked`, read: decoded, or with the reason why they cannot be."""

from types import SimpleNamespace
from typing import Any

from contracts.catalogue import EVENTS
from shared import envelope as wire
from shared.errors import Malformed, ServiceError, Unknown
from shared.records import Heard, printable
from shared.streams import BROADCAST


def read_record(record: Any) -> Heard:
    """A kept record, read again."""
    try:
        route = wire.read_route(record.headers)
    except Malformed as fault:
        return read(record, None, fault)
    if route.wire not in EVENTS:
        return read(record, route, Unknown("no event of ours is called that"))
    return read(record, route, None)


def read_kept(row: Any) -> Heard:
    """A row of `parked`, read again."""
    headers = ((wire.ROUTING, row["header"]),)
    place = {"partition": row["partition"], "offset": row["offset"]}
    return read_record(
        SimpleNamespace(**place, key=row["key"], value=row["value"], headers=headers)
    )


def read(record: Any, route: wire.Route | None, fault: ServiceError | None) -> Heard:
    """A record whose routing header is read, or why it cannot be."""
    if fault is None:
        assert route is not None
        try:
            envelope = wire.decode(record.value or b"")
            if (
                envelope.subject.encode() != record.key
                or envelope.position != route.position
                or envelope.type != route.wire
                or envelope.producer != route.producer
                or "\x00" in envelope.subject
            ):
                raise Malformed("the routing header and the record disagree")
            event = wire.decode_event(route.wire, envelope.data)
            return Heard(
                record.partition, record.offset, envelope.subject, route, envelope, event, record
            )
        except ServiceError as no:
            fault = no
    p, key = record.partition, record.key or b""
    stream = printable(key.decode("utf-8", "replace")) or f"unkeyed/{p}"
    if route is None and stream == BROADCAST:
        stream = f"unkeyed/{p}"  # Nobody of ours said it: the real broadcasts need not wait for it.
    # A traceback's frames hold the record again, and the collector does not look into one: it would stay for ever.
    fault.__traceback__ = fault.__context__ = None
    return Heard(p, record.offset, stream, route, None, None, record, fault)


def passed(p: int, offset: int, route: wire.Route) -> Heard:
    """A record that is only passed: nobody here hears it."""
    return Heard(p, offset, "", route, None, None, None)
