"""Every decision of a traced chain is a span, the child of the decision that caused it; nobody else pays for it."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from shared import tracing
from shared.batch import Batch
from shared.errors import Refused
from shared.progress import Progress
from shared.records import Loaded, Traced
from shared.service import Order, Scope
from shared.streams import account_number, account_stream
from shared.tracing import exporter_to, start_tracing, stop_tracing, tell_traced, traceparent_for
from tests.kernel.toys import ALPHA, Capture

BEGAN = datetime(2026, 1, 5, 9, 0, 0, 123_456, UTC)
FIRST = f"00-{7:032x}-{1:016x}-01"
ACCOUNT = account_number("test", "ehr", "enc-1")
SECOND = f"00-{7:032x}-{2:016x}-01"


class Kept(SpanExporter):
    """Spans as they were sent."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Where spans go while a test runs."""
    exporter = Kept()
    start_tracing("posting", "2", 1.0, exporter)
    yield exporter
    start_tracing("", "", 0.0, None)


def test_a_record_stays_in_the_trace_of_its_cause() -> None:
    first = traceparent_for()
    second = traceparent_for(first)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", first)
    assert second[:35] == first[:35] and second[35:52] != first[35:52] and second[52:] == first[52:]


@pytest.mark.parametrize("cause", ["", "nonsense", None])
def test_a_record_without_a_trace_begins_one(cause: str | None) -> None:
    assert len(traceparent_for(cause)) == 55


@pytest.mark.parametrize(("share", "flag"), [(0.0, "-00"), (1.0, "-01")])
def test_a_share_of_the_chains_is_traced(share: float, flag: str) -> None:
    start_tracing("posting", "2", share, None)
    assert traceparent_for().endswith(flag)
    start_tracing("", "", 0.0, None)


def test_a_decision_is_the_child_of_the_one_that_caused_it(kept: Kept) -> None:
    tell_traced(
        [Traced(SECOND, FIRST, "account/A1", "Post", ("posting.payment_posted.v1",))], BEGAN
    )
    stop_tracing()
    (span,) = kept.spans
    assert span.context is not None and span.parent is not None
    assert (span.context.trace_id, span.context.span_id, span.parent.span_id) == (7, 2, 1)
    assert span.name == "posting Post" and span.resource.attributes["service.name"] == "posting"
    assert span.attributes is not None and span.attributes["claimlog.said"] == (
        "posting.payment_posted.v1",
    )
    assert span.start_time == int(BEGAN.timestamp()) * 10**9 + 123_456_000
    assert span.end_time is not None and span.end_time > span.start_time


def test_what_begins_at_a_door_has_no_parent(kept: Kept) -> None:
    tell_traced([Traced(FIRST, "", "account/A1", "Open", ())], BEGAN)
    stop_tracing()
    assert [span.parent for span in kept.spans] == [None]


def test_without_a_collector_no_span_is_made() -> None:
    assert exporter_to("") is None
    start_tracing("posting", "2", 1.0, None)
    tell_traced([Traced(FIRST, "", "account/A1", "Open", ())], BEGAN)
    assert tracing._Process.spans is None
    start_tracing("", "", 0.0, None)


def _batch(traceparent: str) -> Batch:
    loaded = Loaded({0: Progress(0)}, {}, {}, frozenset(), BEGAN, 1, lambda _cause: traceparent)
    return Batch(ALPHA, loaded, {})


def _order(limit: int = 9) -> Order:
    return Order(
        account_stream(ACCOUNT), Capture(ACCOUNT, 500, limit), "key", b"", Scope("demo"), "test"
    )


def test_a_decision_of_a_traced_chain_is_kept_until_it_is_committed() -> None:
    batch = _batch(FIRST)
    batch.obey(_order())
    said = ("coding.charges_captured.v1",)
    assert batch.traced == [Traced(FIRST, "", account_stream(ACCOUNT), "Capture", said)]


def test_of_other_chains_and_of_what_was_refused_nothing_is_kept() -> None:
    batch = _batch(f"{FIRST[:-1]}0")
    batch.obey(_order())
    assert batch.traced == []
    batch = _batch(FIRST)
    with pytest.raises(Refused):
        batch.obey(_order(limit=0))
    assert batch.traced == []
