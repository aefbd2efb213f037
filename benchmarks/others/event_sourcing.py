"""pyeventsourcing: the events in its own PostgreSQL application recorder, projected by its projection runner.

Not a dependency of ours: `compare.py` installs it beside the environment. `python -m
benchmarks.others.event_sourcing SCHEMA COUNT < lines of hexadecimal records` prints seconds from the runner's
start to the last event tracked; the connection comes in its own POSTGRES_… variables.
"""

import sys
import time
import uuid
from dataclasses import dataclass
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent, create_utc_datetime_now
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.types.json import Jsonb

from benchmarks.others import material

AT_ONCE = 500
STOP_SECONDS = 3_600.0
SCHEMA = sys.argv[1] if len(sys.argv) > 1 else "bench_eventsourcing"


class Claims(Application[uuid.UUID]):
    """Its event store."""


@dataclass(frozen=True)
class ClaimEvent(DomainEvent):
    """One event of the claim log."""

    value: str
    partition: int


class ClaimRows(PostgresTrackingRecorder):
    """The table, written in the transaction that tracks the event."""

    _upsert = material.upsert(SCHEMA, [f"%({c})s" for c in material.COLUMNS])
    _row = f"select * from {SCHEMA}.{material.TABLE} where {material.KEY} = %s"

    def take(self, event: Any, at: Any, tracking: Tracking) -> None:
        """Project one event."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for key in material.keys(event, at):
                cursor.execute(self._row, (key,))
                row = material.project(cursor.fetchone(), event, at)
                if row is not None:
                    wrapped = {c: Jsonb(row[c]) for c in material.JSON_COLUMNS}
                    cursor.execute(self._upsert, {**row, **wrapped})


class ClaimProjection(Projection[ClaimRows]):
    """One event at a time, as the runner gives it."""

    name = "claim_rows"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Decode, project, track."""
        event, at = material.told(domain_event.value.encode(), domain_event.partition)
        self.view.take(event, at, tracking)


def fill(app: Claims, lines: list[str]) -> int:
    """Put the events into its store; the last notification's id."""
    versions: dict[uuid.UUID, int] = {}
    last = 0
    for start in range(0, len(lines), AT_ONCE):
        stored = []
        for line in lines[start : start + AT_ONCE]:
            partition, value = line.split()
            text = bytes.fromhex(value).decode()
            stream = uuid.uuid5(uuid.NAMESPACE_URL, material.told(text.encode(), 0)[1].stream)
            versions[stream] = versions.get(stream, 0) + 1
            event = ClaimEvent(
                stream, versions[stream], create_utc_datetime_now(), text, int(partition)
            )
            stored.append(app.mapper.to_stored_event(event))
        last = list(app.recorder.insert_events(stored) or [last])[-1]
    return last


def main() -> None:
    """Fill its store, then time the runner."""
    app = Claims()
    last = fill(app, sys.stdin.read().splitlines())
    app.close()
    started = time.monotonic()
    with ProjectionRunner(
        application_class=Claims, projection_class=ClaimProjection, view_class=ClaimRows
    ) as runner:
        runner.wait(last, timeout=STOP_SECONDS)
        print(time.monotonic() - started)


if __name__ == "__main__":
    main()
