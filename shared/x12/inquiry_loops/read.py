"""Reading what any level may say. A reader answers whether the whole segment has a place in the model."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from shared.x12.dates import day_or_none
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el, padded
from shared.x12.inquiry_loops.model import (
    Contact,
    Dated,
    Diagnosis,
    Insured,
    Level,
    Name,
    Opening,
    Procedure,
    Reference,
    Refusal,
    Specialty,
    Trace,
)

T = TypeVar("T")
_QUANTITY = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})", re.ASCII)
_NO_PLACE = "a segment has no place here, or more than is known of it; it is kept as it stands"


def last(levels: list[T], make: Callable[[], T]) -> T:
    """The last of some levels; a new one where a file leaves it out."""
    if not levels:
        levels.append(make())
    return levels[-1]


class InquiryReading:
    """The state of reading a set: its opening, the level that is open and who was named last in it."""

    structure = ""
    """What BHT01 says of the set."""
    tags: tuple[str, ...] = ("BHT", "HL", "NM1", "N3", "N4", "PER", "REF", "DTP", "DMG", "TRN")

    def __init__(self, one: TransactionSet, opening: Opening) -> None:
        self.set = one
        self.opening = opening
        self.taker = Taker(one)
        self.level: Level | None = None
        self.name: Name | None = None
        self.opened = False
        opening.control = one.control

    def run(self) -> None:
        """Read all segments; what has no place is kept in the level where it stood."""
        readers = {tag: getattr(self, tag.lower()) for tag in self.tags}
        for place, segment in self.set.walk():
            reader = readers.get(segment[0])
            if reader is None or not any(segment[1:]) or not reader(place, segment):
                (self.level or self.opening).unknown.append(segment)
                self.taker.note(place, _NO_PLACE, severity="note")

    def bht(self, place: int, s: list[str]) -> bool:
        if self.opened:
            return False
        o, s = self.opening, padded(s, 7)
        self.opened = True
        if s[1] != self.structure:
            self.taker.note(place, "the set has not the structure that it must have", 1, "7")
        o.purpose, o.reference, o.on, o.hhmm, o.kind = s[2], s[3], day_or_none(s[4]), s[5], s[6]
        if o.on is None:
            self.taker.note(place, "the set has no date", 4, "8")
        return len(s) <= 7

    def hl(self, place: int, s: list[str]) -> bool:
        """Open a level; `opened_level` says where it hangs."""
        self.name = None
        self.level = self.opened_level(el(s, 3), place)
        return self.level is not None and len(s) <= 5

    def opened_level(self, code: str, place: int) -> Level | None:
        """The level of this code, hung under those that are open; None when the set has no such."""
        raise NotImplementedError

    # -- who ---------------------------------------------------------------------------------------

    def nm1(self, place: int, s: list[str]) -> bool:
        if self.level is None:
            return False
        # A birth date that came before its name waits in a name without a role.
        waiting = self.level.names[-1] if self.level.names else None
        self.name = waiting if waiting is not None and not waiting.role else Name()
        if self.name is not waiting:
            self.level.names.append(self.name)
        self.name.place = place
        return fill(self.name, s)

    def n3(self, place: int, s: list[str]) -> bool:
        n, s = self.name, padded(s, 3)
        if n is None or n.street or n.street2:
            return False
        n.street, n.street2 = s[1], s[2]
        return len(s) <= 3

    def n4(self, place: int, s: list[str]) -> bool:
        n, s = self.name, padded(s, 8)
        if n is None or n.city or n.state or n.zip or n.country:
            return False
        n.city, n.state, n.zip, n.country, n.subdivision = s[1], s[2], s[3], s[4], s[7]
        return len(s) <= 8 and not (s[5] or s[6])

    def per(self, place: int, s: list[str]) -> bool:
        if self.name is None:
            return False
        s = padded(s, 9)
        numbers = [(s[n], s[n + 1]) for n in (3, 5, 7)]
        while numbers and numbers[-1] == ("", ""):
            numbers.pop()
        self.name.contacts.append(Contact(s[2], numbers, s[1]))
        return len(s) <= 9

    def prv(self, place: int, s: list[str]) -> bool:
        if self.name is None:
            return False
        s = padded(s, 4)
        self.name.specialties.append(Specialty(s[1], s[3], s[2]))
        return len(s) <= 4

    def dmg(self, place: int, s: list[str]) -> bool:
        if self.level is None:
            return False
        name = self.name or last(self.level.names, Name)
        s = padded(s, 4)
        if name.born_on or name.sex:
            return False
        name.born_on, name.sex = day_or_none(s[2]), s[3]
        if (s[1], name.born_on is not None) not in (("D8", True), ("", False)):
            self.taker.note(place, "not a date of birth", 2, "8", self.taker.undated)
            return False
        return len(s) <= 4 and (name.born_on is not None or not s[2])

    def ins(self, place: int, s: list[str]) -> bool:
        if self.name is None or self.name.insured is not None:
            return False
        s = padded(s, 18)
        self.name.insured = Insured(s[1], s[2], s[3], s[4], s[8], s[9], s[10], s[17])
        return len(s) <= 18 and not any((*s[5:8], *s[11:17]))

    def mpi(self, place: int, s: list[str]) -> bool:
        if self.name is None or self.name.military:
            return False
        self.name.military = s[1:]
        return True

    def hi(self, place: int, s: list[str]) -> bool:
        found = self.diagnoses(place, s)
        if self.name is None or self.name.diagnoses or found is None:
            return False
        self.name.diagnoses = found
        return True

    # -- what ----------------------------------------------------------------------------------------

    def ref(self, place: int, s: list[str]) -> bool:
        if self.name is None:
            return False
        self.name.references.append(reference(s))
        return len(s) <= 4

    def dtp(self, place: int, s: list[str]) -> bool:
        dated = self.dated(place, s)
        if self.name is None or dated is None:
            return False
        self.name.dates.append(dated)
        return True

    def aaa(self, place: int, s: list[str]) -> bool:
        if self.level is None:
            return False
        (self.name or self.level).refusals.append(refusal(s))
        return len(s) <= 5 and not el(s, 2)

    def dated(self, place: int, s: list[str]) -> Dated | None:
        """A DTP; None and a finding when it is no date, range or instant."""
        s = padded(s, 4)
        what, form, text = s[1], s[2], s[3]
        if form == "RD8":
            first, _, second = text.partition("-")
            on, to = day_or_none(first), day_or_none(second)
            if on is not None and to is not None:
                return Dated(what, on, to)
        elif (on := day_or_none(text[:8])) is not None and len(s) <= 4:
            if form == "D8" and len(text) == 8:
                return Dated(what, on)
            if form == "DT" and len(text) == 12 and text[8:].isascii() and text[8:].isdigit():
                return Dated(what, on, None, text[8:])
        self.taker.note(place, "not a date", 3, "8", self.taker.undated)
        return None

    def diagnoses(self, place: int, s: list[str]) -> list[Diagnosis] | None:
        """The codes of an HI; None when one of them has more than kind, code and day."""
        found = []
        for text in s[1:]:
            parts = self.taker.parts(text, 4)
            on = day_or_none(parts[3])
            if len(parts) > 4 or (parts[2], on is not None) not in (("D8", True), ("", False)):
                return None
            if on is None and parts[3]:
                return None
            found.append(Diagnosis(parts[0], parts[1], on))
        return found

    def quantity(self, text: str, place: int, position: int) -> Decimal | None:
        """A count that may have a fraction; None when left out, or, with a finding, when it is none."""
        if not text:
            return None
        if _QUANTITY.fullmatch(text) is None:
            self.taker.note(place, "not a quantity", position, "6")
            return None
        return Decimal(text) + 0

    def money_or_none(self, text: str, place: int, position: int) -> int | None:
        """An amount that may be left out, which is not the same as none."""
        return self.taker.money(text, place, position) if text else None

    def procedure(self, text: str) -> Procedure | None:
        """A composite of qualifier, code and modifiers; None when it has more."""
        parts = self.taker.parts(text, 8)
        modifiers = parts[2:6]
        while modifiers and not modifiers[-1]:
            modifiers.pop()
        if len(parts) > 8:
            return None
        return Procedure(parts[0], parts[1], modifiers, parts[6], parts[7])

    def verbatim(self, s: list[str]) -> list[str] | None:
        """A segment as we would write it, with our separators; None when data holds one of them."""
        marks = self.set.delimiters
        if (marks.component, marks.repetition) in ((":", "^"), (":", "")):
            return s
        if any(":" in e or "^" in e for e in s):
            return None
        ours = (e.replace(marks.component, ":") for e in s)
        return [e.replace(marks.repetition, "^") for e in ours] if marks.repetition else [*ours]


def fill(name: Name, s: list[str]) -> bool:
    """Take an NM1 into a name."""
    s = padded(s, 11)
    name.role, name.entity, name.last, name.first, name.middle = s[1:6]
    name.prefix, name.suffix, name.id_kind, name.id, name.relation = s[6:11]
    return len(s) <= 11 and bool(name.role)


def reference(s: list[str]) -> Reference:
    """A REF."""
    s = padded(s, 4)
    return Reference(s[1], s[2], s[3])


def refusal(s: list[str]) -> Refusal:
    """An AAA."""
    s = padded(s, 5)
    return Refusal(s[3], s[4], s[1])


def trace(s: list[str]) -> Trace:
    """A TRN."""
    s = padded(s, 5)
    return Trace(s[2], s[3], s[1], s[4])
