"""Terms of patient statements that were published, by legal entity and day."""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from contracts.reference import StatementTermsListed


class Terms(Struct, frozen=True, array_like=True):
    """When a statement comes, when it is due, and what follows; days and cents as `StatementTermsListed` has them."""

    name: str
    legal_entity: str
    cycle: int
    due: int
    smallest: int
    notices: int
    notice_days: int
    agency_days: int
    grace: int
    missed: int
    since: date
    until: date | None = None

    def next_after(self, day: date) -> date:
        """The day of the statement after one of this day."""
        return day + timedelta(days=self.cycle)

    def due_after(self, day: date) -> date:
        """Until when a statement of this day is to be paid."""
        return day + timedelta(days=self.due)


def publish(all_of: tuple[Terms, ...], event: StatementTermsListed) -> tuple[Terms, ...]:
    """With these terms; those of the same name and legal entity give way."""
    terms = Terms(
        event.name,
        event.legal_entity,
        event.cycle_days,
        event.due_days,
        event.smallest_cents,
        event.notices,
        event.notice_days,
        event.agency_days,
        event.grace_days,
        event.missed_instalments,
        event.effective_from,
        event.effective_to,
    )
    same = (terms.name, terms.legal_entity)
    return (*(t for t in all_of if (t.name, t.legal_entity) != same), terms)


def in_force(all_of: Iterable[Terms], legal_entity: str, day: date) -> Terms | None:
    """A legal entity's own before everybody's; of several the newest."""
    found = [
        terms
        for terms in all_of
        if terms.legal_entity in ("", legal_entity)
        and terms.since <= day
        and (terms.until is None or day <= terms.until)
    ]
    return max(found, key=lambda terms: (bool(terms.legal_entity), terms.since), default=None)
