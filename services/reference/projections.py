"""What is listed, as a person reads it. A broadcast is heard in every partition: the row carries its partition."""

from typing import Any

import msgspec

from contracts.reference import (
    BusinessDayOpened,
    CutoffReached,
    LegalHoldLifted,
    PeriodClosed,
)
from services.reference.domain import name_of
from shared.service import At, Projection, Row

HEARS = frozenset(
    {
        "reference.business_day_opened.v1",
        "reference.cutoff_reached.v1",
        "reference.period_closed.v1",
        "reference.facility_listed.v1",
        "reference.payer_listed.v1",
        "reference.receiver_listed.v1",
        "reference.enrolment_recorded.v1",
        "reference.code_set_published.v1",
        "reference.rule_set_published.v1",
        "reference.fee_schedule_published.v1",
        "reference.legal_hold_placed.v1",
        "reference.legal_hold_lifted.v1",
        "reference.retention_set.v1",
        "reference.prompt_pay_rule_listed.v1",
        "reference.statement_terms_listed.v1",
        "reference.code_edits_published.v1",
    }
)


def _name(event: Any) -> str:
    if isinstance(event, BusinessDayOpened):
        return "calendar/day"
    if isinstance(event, CutoffReached):
        return "calendar/cutoff"
    if isinstance(event, PeriodClosed):
        return "calendar/period"
    return name_of(event)


def keys(event: Any, at: At) -> list[tuple[int, str]]:
    """One row per entry and partition."""
    return [(at.partition, _name(event))]


def project(row: Row | None, event: Any, at: At) -> Row:
    """The newest listing stands; a hold that was lifted says so beside what it was."""
    name = _name(event)
    if isinstance(event, LegalHoldLifted) and row is not None:
        lifted = {"lifted_on": at.occurred_on.isoformat(), "lifted_for": event.reason}
        return {**row, "facts": {**row["facts"], **lifted}}
    return {
        "heard_in": at.partition,
        "name": name,
        "kind": name.partition("/")[0],
        "facts": msgspec.to_builtins(event),
        "listed_on": at.occurred_on,
    }


BOOK_ENTRY = Projection(
    table="book_entry",
    columns={
        "heard_in": "int",
        "name": "text",
        "kind": "text",
        "facts": "jsonb",
        "listed_on": "date",
    },
    key=("heard_in", "name"),
    hears=HEARS,
    keys=keys,
    project=project,
)
