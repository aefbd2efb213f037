"""A whole 270 or 271 in trade names: one shape, since the answer repeats the question. Names and ids of people are PHI.

A request has inquiries and no benefits, an answer benefits and no inquiries. Amounts are integer cents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from shared.x12.inquiry_loops.model import (
    Dated,
    Level,
    Name,
    Opening,
    Procedure,
    Reference,
    Refusal,
    Trace,
)

ACTIVE = frozenset("12345")
INACTIVE = frozenset("678")


@dataclass(slots=True)
class Benefit:
    """One EB with all that follows it. `share` is the patient's part of one, as it stood (`0.2`).

    `deliveries` (HSD) and `natures` (III) hold their elements as they stood; `others` are those named in 2120.
    """

    code: str
    level: str = ""
    service_types: list[str] = field(default_factory=list)
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    cents: int | None = None
    share: Decimal | None = None
    quantity_kind: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    in_network: str = ""
    procedure: Procedure | None = None
    pointers: list[str] = field(default_factory=list)
    deliveries: list[list[str]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    natures: list[list[str]] = field(default_factory=list)
    others: list[Name] = field(default_factory=list)
    place: int = field(default=-1, compare=False)


@dataclass(slots=True)
class Inquiry:
    """One EQ with all that follows it. `amounts` are (qualifier, cents): R spend-down, PB what was billed for it."""

    service_types: list[str] = field(default_factory=list)
    procedure: Procedure | None = None
    level: str = ""
    insurance_type: str = ""
    pointers: list[str] = field(default_factory=list)
    amounts: list[tuple[str, int]] = field(default_factory=list)
    natures: list[list[str]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    place: int = field(default=-1, compare=False)


@dataclass(slots=True)
class Person(Level):
    """Loop 2000C or 2000D: somebody who is asked about. `traces` of both sides; ours are of kind 2 in an answer."""

    traces: list[Trace] = field(default_factory=list)
    inquiries: list[Inquiry] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether any benefit says that the coverage is active (EB01 1 to 5)."""
        return any(b.code in ACTIVE for b in self.benefits)


@dataclass(slots=True)
class Insurant(Person):
    """Loop 2000C: the subscriber, with those who are covered through it."""

    dependents: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Asker(Level):
    """Loop 2000B: the provider who asks."""

    subscribers: list[Insurant] = field(default_factory=list)


@dataclass(slots=True)
class Answerer(Level):
    """Loop 2000A: the payer who is asked."""

    receivers: list[Asker] = field(default_factory=list)


@dataclass(slots=True)
class EligibilitySet(Opening):
    """One ST of a 270 or 271."""

    sources: list[Answerer] = field(default_factory=list)

    def people(self) -> Iterator[tuple[Answerer, Asker, Person, str]]:
        """Everybody with payer and provider; the letter of their loops is C or D."""
        for source in self.sources:
            for receiver in source.receivers:
                for subscriber in receiver.subscribers:
                    yield source, receiver, subscriber, "C"
                    for dependent in subscriber.dependents:
                        yield source, receiver, dependent, "D"
