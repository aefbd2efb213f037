"""What is shown of a file: things with facts, in order, people masked unless their data is asked for.

A fact named `…_cents` is money. Nothing is dropped: a segment without a name of its own is shown as it stands, masked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from shared.x12.dates import first_day, last_day
from shared.x12.findings import masked

Fact = str | int | list[str] | None
Facts = Mapping[str, Fact]


@dataclass(slots=True)
class Shown:
    """One thing of a file: what it is, its facts, and the things inside. `depth` is how deep it stands in the file."""

    what: str
    facts: Facts = field(default_factory=dict)
    inside: list["Shown"] = field(default_factory=list)
    depth: int = 0


@dataclass(slots=True)
class Paging:
    """Which claims (or answers, or questions) are shown: `limit` of them from number `first` on; 0 is no limit."""

    first: int = 1
    limit: int = 20
    count: int = 0
    shown: int = 0

    def takes(self) -> bool:
        """Count one more; whether it is shown."""
        self.count += 1
        taken = self.count >= self.first and (not self.limit or self.shown < self.limit)
        self.shown += taken
        return taken

    @property
    def left_out(self) -> int:
        """How many were passed over."""
        return self.count - self.shown


class Veil:
    """How a person's data is shown: as it is when `phi`, else initials, shapes, years and lengths."""

    def __init__(self, phi: bool) -> None:
        self.phi = phi

    def name(self, last: str, first: str = "", middle: str = "") -> str:
        """A person's name, or its initials."""
        if self.phi:
            return " ".join(
                part for part in (last + "," * bool(last and first), first, middle) if part
            )
        return "".join(f"{part[:1]}." for part in (first, last) if part)

    def id(self, text: str) -> str:
        """A number by which a person, an account or a claim is known, or its shape."""
        return text if self.phi else masked(text)

    def day(self, day: date | None, until: date | None = None) -> str:
        """A day or range of days, or its year."""
        if day is None:
            return ""
        text = day.isoformat() if self.phi else f"{day.year:04d}-**-**"
        return f"{text} to {until.isoformat()}" if until and self.phi else text

    def days(self, text: str) -> str:
        """A day or range as X12 writes it; the shape of what is none."""
        found = first_day(text)
        return self.day(found, last_day(text)) if found else self.id(text)

    def text(self, text: str) -> str:
        """Free text, or its length."""
        return text if self.phi or not text else f"({len(text)} signs)"

    def segment(self, s: Sequence[str]) -> Shown:
        """A segment as it stands, each element masked."""
        if self.phi:
            return Shown("segment", {"text": "*".join(s)})
        tag = s[0]
        elements = (masked(text, f"{tag}{n:02d}") for n, text in enumerate(s[1:], 1))
        return Shown("segment", {"text": "*".join((masked(tag, "N101"), *elements))})

    def unknown(self, segments: Iterable[Sequence[str]]) -> list[Shown]:
        """Segments that have no place in what was read."""
        return [self.segment(s) for s in segments if any(s)]


class Adjustment(Protocol):
    """A CAS triplet, of a remittance or of a claim's earlier payer."""

    group: str
    reason: str
    cents: int
    quantity: int | None


def code_of(words: Mapping[str, str], code: str) -> str:
    """A code with what it means, where that is known."""
    return f"{code} {words[code]}" if code in words else code


def address(street: str, city: str, state: str, zip_code: str, street2: str = "") -> str:
    """An address on one line."""
    return ", ".join(filter(None, (street, street2, city, f"{state} {zip_code}".strip())))


def dollars(cents: int) -> str:
    """Cents with a point, as a code with its amount is written: 25.00."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def adjustments(cas: Iterable[Adjustment]) -> list[str]:
    """CAS triplets as they are spoken of: CO-45 25.00."""
    return [
        f"{c.group}-{c.reason} {dollars(c.cents)}{f' x{c.quantity}' if c.quantity else ''}"
        for c in cas
    ]


def amounts(by_code: Mapping[str, int]) -> list[str]:
    """AMTs: code and amount."""
    return [f"{code} {dollars(cents)}" for code, cents in by_code.items()]
