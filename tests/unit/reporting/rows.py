"""The rows of reporting in memory, told events as they stand in the log."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from contracts.reference import BusinessDayOpened
from contracts.registry import wire_name
from services.reporting.app import SERVICE
from shared.changes import tell
from shared.service import At, Row, Scope, Service
from shared.streams import BROADCAST, account_stream
from tests.unit.posting.facts import ACCOUNT

FIRST = date(2026, 1, 5)


class Rows:
    """Every projection of reporting, or another service; `tell` gives events of one stream, each a minute after the last."""

    def __init__(self, service: Service = SERVICE) -> None:
        self.service = service
        self.tables: dict[str, dict[tuple[Any, ...], Row]] = {
            p.table: {} for p in service.projections
        }
        self.events = 0

    def tell(
        self,
        *events: Any,
        stream: str = account_stream(ACCOUNT),
        on: date = FIRST,
        by: str = "somebody",
        partition: int = 0,
    ) -> "Rows":
        for event in events:
            self.events += 1
            at = At(
                stream,
                partition,
                f"e{self.events}",
                wire_name(type(event)),
                Scope("t", "L1", "F1"),
                on,
                datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=self.events),
                by,
                "c",
                "posting/0",
                self.events,
            )
            self._tell(event, at)
        return self

    def _tell(self, event: Any, at: At) -> None:
        for p in self.service.projections:
            if at.wire not in p.hears:
                continue
            table = self.tables[p.table]
            before = set(table)
            keys = tell(p, table, event, at)
            if p.append:
                assert len(set(keys)) == len(keys) and before.isdisjoint(keys)
            for key in keys:
                row = table[key]
                if row is None:
                    table.pop(key)
                else:
                    assert set(row) == set(p.columns)
                    assert tuple(row[k] for k in p.key) == key

    def days(self, first: date, last: date) -> "Rows":
        """Every weekday from one date to another was opened."""
        day = first
        while day <= last:
            if day.weekday() < 5:
                self.tell(BusinessDayOpened(day=day), stream=BROADCAST, on=day)
            day += timedelta(days=1)
        return self

    def claim(self, claim: str) -> Row:
        return self.tables["claim_view"][(claim,)]

    def account(self, account: str = ACCOUNT) -> Row:
        return self.tables["account_money"][(account,)]
