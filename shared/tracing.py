"""The trace of a record: which decision followed from which, in which service, and when.

A record carries the W3C traceparent of the decision that said it. Of a share of all chains (`CLAIMLOG_TRACE_SHARE`) each
decision is a span, the child of the decision that caused it; the time between the two is what the log and its reader took.
Spans go to the collector that `CLAIMLOG_OTLP` names. A stream's name is on them as it is on every record: nothing of a person.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Thread
from typing import ClassVar

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

from shared.envelope import is_traced
from shared.records import Traced

TRACEPARENT_LENGTH = 55
EXPORT_SECONDS = 5
"""A collector that does not take spans by then loses them; they wait in a queue of 2,048, outside the work."""
SCOPE = InstrumentationScope("claimlog")


class _Process:
    share: ClassVar[float] = 0.0
    service: ClassVar[str] = ""
    resource: ClassVar[Resource] = Resource.get_empty()
    spans: ClassVar[BatchSpanProcessor | None] = None


def exporter_to(collector: str) -> SpanExporter | None:
    """What sends spans to `http://host:4318/v1/traces`; None for an empty address."""
    if not collector:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=collector, timeout=EXPORT_SECONDS)


def start_tracing(service: str, instance: str, share: float, exporter: SpanExporter | None) -> None:
    """Trace this share of the chains that begin here; without an exporter spans are not made."""
    stop_tracing()
    _Process.share, _Process.service = share, service
    _Process.resource = Resource.create({"service.name": service, "service.instance.id": instance})
    _Process.spans = BatchSpanProcessor(exporter) if exporter is not None else None


def stop_tracing() -> None:
    """Send what waits, and stop; a collector that does not answer is not waited for longer than that."""
    if _Process.spans is not None:
        ending = Thread(target=_Process.spans.shutdown, daemon=True)
        ending.start()
        ending.join(EXPORT_SECONDS)
        _Process.spans = None


def traceparent_for(cause: str | None = None) -> str:
    """A W3C traceparent for a new decision: in the trace of its cause, or in a new one."""
    span = f"{random.getrandbits(64) or 1:016x}"  # Not a secret: only told apart from its siblings.
    if cause and len(cause) == TRACEPARENT_LENGTH and cause.startswith("00-"):
        return f"{cause[:36]}{span}{cause[52:]}"
    kept = random.random() < _Process.share
    return f"00-{random.getrandbits(128) or 1:032x}-{span}-{kept:02x}"


def tell_traced(decisions: Sequence[Traced], began: datetime) -> None:
    """Decisions of a transaction that began then and is committed now."""
    if _Process.spans is None:
        return
    start, end = _nanoseconds(began), _nanoseconds(datetime.now(UTC))
    for one in decisions:
        span = ReadableSpan(
            f"{_Process.service} {one.command}",
            context=_context(one.traceparent),
            parent=_context(one.cause) if is_traced(one.cause) else None,
            resource=_Process.resource,
            attributes={"claimlog.stream": one.stream, "claimlog.said": one.said},
            kind=SpanKind.CONSUMER if one.cause else SpanKind.SERVER,
            instrumentation_scope=SCOPE,
            start_time=start,
            end_time=max(start, end),
        )
        _Process.spans.on_end(span)


def _context(traceparent: str) -> SpanContext:
    trace, span = int(traceparent[3:35], 16), int(traceparent[36:52], 16)
    return SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1_000
