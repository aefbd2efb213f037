"""Code edits (NCCI) before a claim leaves: pairs of procedures, more units than a day or a line has, add-on codes alone.

All are about one provider's services of one day. Rules: CMS, "How to use the Medicare NCCI tools"; modifiers 59 and
X{EPSU} count on either code of a pair (CMS change request 11168).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from contracts.coding import CodingFailure
from contracts.edit_tables import day_number
from contracts.values import Charge
from services.coding.domain.books import Book
from services.coding.domain.edit_tables import EditTable, any_in_force, in_force

DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
"""They say that a service is one of its own, and want a recorded reason."""
_ANATOMICAL = frozenset(
    {
        *("E1", "E2", "E3", "E4", "LT", "RT", "LC", "LD", "LM", "RC", "RI"),
        *("FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"),
        *("TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"),
    }
)
_OF_OTHER_CARE = frozenset({"24", "25", "27", "57", "58", "78", "79", "91"})
PARTING = DISTINCT | _ANATOMICAL | _OF_OTHER_CARE
"""CMS's list of modifiers that part a pair of indicator 1: anatomical, of visits and global surgery, and others."""
RULES = frozenset(
    {"PTP", "PTP-MODIFIER", "PTP-REASON", "MUE-LINE", "MUE-DAY", "MUE-REASON", "ADD-ON"}
)

Support = Literal["modifiers", "charge"]
"""What was given a reason: that a modifier was added, or that the charge goes as it stands."""


class Cover(msgspec.Struct, frozen=True, array_like=True):
    """A payer of an account, and when."""

    payer: str
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True)
class Standing:
    """What edits ask of an account beside its charges. Until it is opened, any table may be about it."""

    opened: bool
    facility: str
    covers: tuple[Cover, ...]
    supported: Mapping[str, Support]

    def tables(self, book: Book, kind: str, on: date) -> list[EditTable]:
        """The tables that a day's services are held against."""
        if not self.opened:
            return any_in_force(book.edits, kind, on)
        return in_force(book.edits, kind, on, self._payers(on), self.facility)

    def _payers(self, on: date) -> set[str]:
        """Those of the day; all of them where none was in force, as for its claims."""
        then = {
            c.payer
            for c in self.covers
            if c.effective_from <= on and (c.effective_to is None or on <= c.effective_to)
        }
        return then or {c.payer for c in self.covers}


def edit_failures(
    charges: Sequence[Charge], standing: Standing, book: Book
) -> Iterator[CodingFailure]:
    """What does not pass the tables in force, each charge and rule once."""
    seen: set[tuple[str, str]] = set()
    for (on, _), services in _services(charges).items():
        for one in (
            *_pairs(on, services, standing, book),
            *_units(on, services, standing, book),
            *_add_ons(on, services, standing, book),
        ):
            if (one.rule, one.field) not in seen:
                seen.add((one.rule, one.field))
                yield one


def edit_versions(charges: Sequence[Charge], standing: Standing, book: Book) -> tuple[str, ...]:
    """Name and version of the tables that an encounter was held against."""
    days = sorted({c.service_on for c in charges if c.units})
    found = (
        t.label
        for day in days
        for kind in ("ptp", "mue", "aoc")
        for t in standing.tables(book, kind, day)
    )
    return tuple(dict.fromkeys(found))


def _services(charges: Sequence[Charge]) -> dict[tuple[date, str], dict[str, list[Charge]]]:
    """Charges that were not voided by code, of each day and rendering provider."""
    found: dict[tuple[date, str], dict[str, list[Charge]]] = defaultdict(lambda: defaultdict(list))
    for charge in charges:
        if charge.units:
            found[charge.service_on, charge.rendering_npi][charge.procedure.upper()].append(charge)
    return found


def _pairs(
    on: date, services: Mapping[str, list[Charge]], standing: Standing, book: Book
) -> Iterator[CodingFailure]:
    if len(services) < 2:
        return
    day = day_number(on)
    codes = {code.encode() for code in services if len(code) == 5}
    for table in standing.tables(book, "ptp", on):
        for part in book.pairs(table):
            for first in sorted(codes):
                for second, indicator in sorted(part.against(first, codes - {first}, day)):
                    one, other = first.decode(), second.decode()
                    yield from _parted(services[one], services[other], indicator, standing, table)


def _parted(
    firsts: list[Charge],
    seconds: list[Charge],
    indicator: int,
    standing: Standing,
    table: EditTable,
) -> Iterator[CodingFailure]:
    """What stands between a code of column 1 and the charges of column 2."""
    first, second = firsts[0].procedure, seconds[0].procedure
    of_it = f"{second} is part of {first} of the same day and provider"
    for charge in seconds:
        broken = {_rule(one, charge, indicator, standing) for one in firsts}
        if "PTP" in broken:
            rule, told = "PTP", f"{of_it}, and no modifier parts them ({table.label})"
        elif "PTP-MODIFIER" in broken:
            rule = "PTP-MODIFIER"
            told = f"{of_it}, unless a modifier says that it is one of its own ({table.label})"
        elif "PTP-REASON" in broken:
            rule = "PTP-REASON"
            told = f"a modifier parts {second} from {first}, and nobody said why ({table.label})"
        else:
            continue
        yield CodingFailure(rule=rule, field=charge.charge, value=first, sentence=told)


def _rule(first: Charge, second: Charge, indicator: int, standing: Standing) -> str:
    if indicator == 0:
        return "PTP"
    both = {*first.modifiers, *second.modifiers}
    if both.isdisjoint(PARTING):
        return "PTP-MODIFIER"
    if both & PARTING - DISTINCT:
        return ""
    said = [c for c in (first, second) if not DISTINCT.isdisjoint(c.modifiers)]
    return "" if any(c.charge in standing.supported for c in said) else "PTP-REASON"


def _units(
    on: date, services: Mapping[str, list[Charge]], standing: Standing, book: Book
) -> Iterator[CodingFailure]:
    for table in standing.tables(book, "mue", on):
        limits = book.limits(table)
        for code, charges in services.items():
            if (limit := limits.of.get(code)) is not None:
                yield from _beyond(code, charges, limit, standing, table)


def _beyond(
    code: str,
    charges: list[Charge],
    limit: tuple[int, int],
    standing: Standing,
    table: EditTable,
) -> Iterator[CodingFailure]:
    """MUE adjudication indicator 1 is about a line; 2 and 3 are about a day, of which 3 may be gone beyond with a reason."""
    most, indicator = limit
    counted = [c for c in charges if c.unit == "UN"]
    if indicator == 1:
        for charge in counted:
            if (units := _a_day(charge)) > most:
                told = f"{_told(units)} units of {code} on one line, and at most {most:,} pass ({table.label})"
                yield CodingFailure(rule="MUE-LINE", field=charge.charge, value=code, sentence=told)
        return
    units = sum((_a_day(charge) for charge in counted), Fraction())
    if units <= most:
        return
    told = f"{_told(units)} units of {code} by one provider on one day, and at most {most:,} pass"
    if indicator == 2:
        rule, told = "MUE-DAY", f"{told} ({table.label})"
    elif any(standing.supported.get(c.charge) == "charge" for c in counted):
        return
    else:
        rule, told = "MUE-REASON", f"{told} unless somebody says why ({table.label})"
    yield CodingFailure(rule=rule, field=counted[-1].charge, value=code, sentence=told)


def _add_ons(
    on: date, services: Mapping[str, list[Charge]], standing: Standing, book: Book
) -> Iterator[CodingFailure]:
    """Add-on codes without a primary code; who knows that it is billed elsewhere, says so."""
    day = day_number(on)
    for table in standing.tables(book, "aoc", on):
        found = {
            code: {
                primary.decode(): kind
                for part in book.add_ons(table)
                for primary, kind in part.primaries(code.encode(), day)
            }
            for code in services
            if len(code) == 5
        }
        others = {code for code in services if not found.get(code)}
        for code, primaries in found.items():
            if not primaries or _has_primary(primaries, services.keys() - {code}, others):
                continue
            told = f"{code} is billed in addition to a primary code of the same day and provider, and none is there ({table.label})"
            for charge in services[code]:
                if standing.supported.get(charge.charge) != "charge":
                    yield CodingFailure(
                        rule="ADD-ON", field=charge.charge, value=code, sentence=told
                    )


def _has_primary(primaries: Mapping[str, int], billed: Set[str], others: Set[str]) -> bool:
    """Type 1 lists all of its primary codes; of types 2 and 3 a payer takes more, so whatever is no add-on code may be one."""
    return bool(primaries.keys() & billed or (others and set(primaries.values()) != {1}))


def _a_day(charge: Charge) -> Fraction:
    """Units of one day: those of a span of days are spread over them."""
    units = Fraction(charge.quantity) if charge.quantity else Fraction(charge.units)
    days = ((charge.service_to or charge.service_on) - charge.service_on).days + 1
    return units / max(days, 1)


def _told(units: Fraction) -> str:
    return f"{float(units):,.2f}".rstrip("0").rstrip(".")
