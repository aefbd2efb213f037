"""Fee schedules: which one is in force for a service, and what it allows for a line."""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from contracts.reference import FeeRate, FeeSchedulePublished

CHANGES_PRICE = frozenset(
    {
        "22", "26", "50", "51", "52", "53", "54", "55", "56", "62", "63", "66", "73", "74", "78", "80", "81", "82",
        "AA", "AD", "AS", "CO", "CQ", "CT", "FX", "FY", "NU", "QK", "QX", "QY", "QZ", "RR", "SL", "TC", "UE",
    }
)  # fmt: skip
"""Modifiers under which a payer allows another price: a line with one of them is priced by a rate that names it, or by none."""


class Schedule(Struct, frozen=True, array_like=True):
    """A published version: whose services it is for, when, and where its rates are."""

    name: str
    version: str
    sha256: str
    effective_from: date
    effective_to: date | None = None
    legal_entity: str = ""
    facility: str = ""
    tolerance_cents: int = 0

    def fits(self, day: date, legal_entity: str, facility: str) -> bool:
        """Whether it is in force for a service of that day, there."""
        return (
            self.effective_from <= day
            and (self.effective_to is None or day <= self.effective_to)
            and self.legal_entity in ("", legal_entity)
            and self.facility in ("", facility)
        )


class Rate(Struct, frozen=True, array_like=True, gc=False):
    """What is allowed for one unit of a procedure with these modifiers: cents, or basis points of the charge."""

    modifiers: tuple[str, ...] = ()
    cents: int | None = None
    basis_points: int = 0

    def allows(self, charge_cents: int, units: int) -> int:
        """What of a charge the contract allows: never more than was charged."""
        if self.cents is not None:
            return min(charge_cents, self.cents * units)
        return (charge_cents * self.basis_points + 5_000) // 10_000


Rates = Mapping[str, tuple[Rate, ...]]
"""By procedure."""
Schedules = Mapping[str, tuple[Schedule, ...]]
"""By payer, in the order in which they were published."""


def publish(schedules: Schedules, event: FeeSchedulePublished) -> dict[str, tuple[Schedule, ...]]:
    """The schedules with this version; one of the same payer, name and version is replaced."""
    fresh = Schedule(
        event.name,
        event.version,
        event.sha256,
        event.effective_from,
        event.effective_to,
        event.legal_entity,
        event.facility,
        event.tolerance_cents,
    )
    others = schedules.get(event.payer, ())
    kept = tuple(s for s in others if (s.name, s.version) != (fresh.name, fresh.version))
    return {**schedules, event.payer: (*kept, fresh)}


def in_force(
    schedules: Iterable[Schedule], day: date, legal_entity: str, facility: str
) -> Schedule | None:
    """The schedule for a service: a facility's own before its legal entity's before ours; of those the newest, then the last published."""
    found, best = None, (False, False, date.min)
    for one in schedules:
        rank = (bool(one.facility), bool(one.legal_entity), one.effective_from)
        if one.fits(day, legal_entity, facility) and rank >= best:
            found, best = one, rank
    return found


def tabled(rates: Iterable[FeeRate]) -> dict[str, tuple[Rate, ...]]:
    """Rates as they are looked up."""
    table: dict[str, tuple[Rate, ...]] = {}
    for row in rates:
        rate = Rate(row.modifiers, row.allowed_cents, row.basis_points or 0)
        table[row.procedure] = (*table.get(row.procedure, ()), rate)
    return table


def rate_of(rates: Rates, procedure: str, modifiers: Iterable[str]) -> Rate | None:
    """The rate for a line; None where the schedule does not know its price."""
    said = set(modifiers)
    fitting = [rate for rate in rates.get(procedure, ()) if said.issuperset(rate.modifiers)]
    best = max(fitting, key=lambda rate: len(rate.modifiers), default=None)
    if best is None or said.intersection(CHANGES_PRICE).difference(best.modifiers):
        return None
    return best
