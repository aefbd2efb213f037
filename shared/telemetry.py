"""What a process tells about itself: one closed list of metrics.

Metrics are counted once a batch, never once an event; no label ever holds anything about a person.
"""

from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple, Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from shared.logs import start_logs

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metric(NamedTuple):
    """One line of the closed list."""

    kind: Literal["counter", "gauge", "seconds"]
    sentence: str


METRICS: dict[str, Metric] = {
    "heard": Metric("counter", "Records read from the log."),
    "skipped": Metric(
        "counter", "Records passed by their header: this service does not hear them."
    ),
    "applied": Metric("counter", "Records folded into states and rows."),
    "repeats": Metric("counter", "Records dropped because their position was passed before."),
    "early": Metric("counter", "Records dropped because a position before them is missing."),
    "waiting": Metric("counter", "Records put behind a parked record of their stream."),
    "parked": Metric("counter", "Records that could not be applied."),
    "said": Metric("counter", "Records written to the outbox."),
    "published": Metric(
        "counter", "Records sent to the broker, those that are sent again among them."
    ),
    "republished": Metric("counter", "Records sent again because they were not heard back."),
    "batches": Metric("counter", "Transactions of polls."),
    "batch_seconds": Metric("seconds", "How long a poll's transaction took."),
    "batch_failures": Metric("counter", "Transactions that failed and are done again."),
    "rebalances": Metric("counter", "Times that partitions were given or taken."),
    "ready": Metric("gauge", "1 when broker, database and lag said yes just now, else 0."),
    "partitions": Metric("gauge", "Partitions this process owns."),
    "lag_records": Metric("gauge", "Records of owned partitions that are not yet read."),
    "oldest_unpublished_seconds": Metric("gauge", "Age of the oldest row not heard back."),
    "parked_now": Metric("gauge", "Parked records that wait for a person."),
    "commands": Metric("counter", "Commands answered at the doors."),
    "refused": Metric("counter", "Commands refused by a rule."),
    "commands_again": Metric(
        "counter", "Commands whose key was known: the first answer once more."
    ),
    "commands_waited": Metric(
        "counter",
        "Commands of a facility that sends more than services take: they waited for their turn or were told to come again.",
    ),
    "behind_seconds": Metric(
        "gauge",
        "What the slowest service needs for what it has not read, as long as a facility waits for its turn.",
    ),
    "let_in": Metric(
        "gauge",
        "Commands that are let in each second of facilities that import, unless services are behind.",
    ),
    "requests": Metric("counter", "HTTP requests answered."),
    "requests_failed": Metric("counter", "HTTP requests answered with 500 or above."),
    "request_seconds": Metric("seconds", "How long an HTTP request took."),
    "files_handed": Metric("counter", "Files handed over in the outbound folder."),
    "files_waiting": Metric("gauge", "Files that were asked for and are not handed over yet."),
    "files_held": Metric(
        "gauge", "Files that wait for a person: after a restore, or refused by our own checks."
    ),
    "keys_made": Metric("counter", "Data keys made on the key ring."),
    "keys_read": Metric("counter", "Data keys read from the key ring's tables."),
}
"""Every metric there is; each is called `claimlog_<name>`, a counter `claimlog_<name>_total`."""

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_LABELS = ("service", "instance")
Collector = Counter | Gauge | Histogram


class Board:
    """The metrics of one process, labelled with its service and instance; beside them memory, CPU and descriptors."""

    def __init__(self, service: str = "", instance: str = "") -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._made: dict[str, Collector] = {
            name: self._make(name, metric).labels(service, instance)
            for name, metric in METRICS.items()
        }

    def _make(self, name: str, metric: Metric) -> Collector:
        full = f"claimlog_{name}"
        if metric.kind == "counter":
            return Counter(full, metric.sentence, _LABELS, registry=self._registry)
        if metric.kind == "gauge":
            return Gauge(full, metric.sentence, _LABELS, registry=self._registry)
        return Histogram(full, metric.sentence, _LABELS, registry=self._registry, buckets=_SECONDS)

    def change(self, name: str, value: float) -> None:
        """Count, set or observe, as the metric is; raises KeyError for a name not in the list."""
        made = self._made[name]
        if isinstance(made, Counter):
            made.inc(value)
        elif isinstance(made, Gauge):
            made.set(value)
        else:
            made.observe(value)

    def text(self) -> bytes:
        """Everything as Prometheus text."""
        return generate_latest(self._registry)


class _Process:
    """What this process measures on."""

    board = Board()
    watched: ClassVar[dict[str, Callable[[], float]]] = {}


def measure(**values: float) -> None:
    """Add to counters, set gauges, observe seconds: `measure(applied=400, batch_seconds=0.02)`."""
    for name, value in values.items():
        _Process.board.change(name, value)


def metrics_text() -> bytes:
    """The body of `/metrics`."""
    for name, read in _Process.watched.items():
        _Process.board.change(name, read())
    return _Process.board.text()


class Counts(Protocol):
    """What one poll did."""

    applied: int
    early: int
    parked: int
    repeats: int
    skipped: int
    waiting: int


class Meter:
    """How the kernel tells its numbers, once a poll and once a transaction; it labels them all."""

    def __init__(self, service: str, instance: str) -> None:
        _Process.board = Board(service, instance)
        _Process.watched.clear()

    def poll(self, counts: Counts, heard: int) -> None:
        """A poll of `heard` records was dealt with."""
        measure(
            heard=heard,
            applied=counts.applied,
            early=counts.early,
            parked=counts.parked,
            repeats=counts.repeats,
            skipped=counts.skipped,
            waiting=counts.waiting,
        )

    def batch(self, seconds: float, records: int) -> None:
        """A transaction of a poll took so long."""
        measure(batches=1, batch_seconds=seconds)

    def watch(self, lag: Callable[[], float], oldest_unpublished: Callable[[], float]) -> None:
        """Read these gauges whenever the metrics are asked for."""
        _Process.watched.update(lag_records=lag, oldest_unpublished_seconds=oldest_unpublished)


def set_up(service: str, instance: str, log_level: str) -> Meter:
    """Start logs and metrics of this process."""
    start_logs(log_level, service, instance)
    return Meter(service, instance)
