"""A 278 in trade names: services that a provider asks a payer to review, and what it decided. Names and ids are PHI.

Request and response have one shape, since the response repeats the request; a request decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from shared.x12.inquiry_loops.model import (
    Dated,
    Diagnosis,
    Level,
    Opening,
    Procedure,
    Reference,
    Trace,
)

CERTIFIED = frozenset({"A1", "A2", "A6"})
REFUSED = frozenset({"A3"})


@dataclass(slots=True)
class Asked:
    """A UM: the kind of review (HS, AR, SC, IN), first or later (I, R, …), service type and place.

    `more` are the elements from UM05 on as they stood: causes, urgency, outlook, release, delay.
    """

    category: str
    certification: str = ""
    service_type: str = ""
    facility: str = ""
    facility_kind: str = ""
    more: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Decision:
    """An HCR: A1 certified, A2 in part, A3 not, A4 pended, A6 modified, C cancelled; `number` authorizes."""

    action: str
    number: str = ""
    reason: str = ""
    second_opinion: str = ""


@dataclass(slots=True)
class Wanted:
    """An SV1 or SV2: what is wanted, for how much and how often. `more` are the elements behind, as they stood."""

    kind: str
    procedure: Procedure | None = None
    revenue_code: str = ""
    cents: int | None = None
    unit: str = ""
    quantity: Decimal | None = None
    more: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reviewed(Level):
    """What event and service have in common. `details` are segments without a name here, as they stood."""

    traces: list[Trace] = field(default_factory=list)
    asked: Asked | None = None
    decision: Decision | None = None
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    details: list[list[str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Service(Reviewed):
    """Loop 2000F: one service of an event."""

    wanted: Wanted | None = None


@dataclass(slots=True)
class Event(Reviewed):
    """Loop 2000E: what is asked for one patient together, with its services."""

    services: list[Service] = field(default_factory=list)


@dataclass(slots=True)
class Patient(Level):
    """Loop 2000C or 2000D: the person of the events below."""

    events: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class Insurant(Patient):
    """Loop 2000C: the subscriber, with those who are covered through it."""

    dependents: list[Patient] = field(default_factory=list)


@dataclass(slots=True)
class Requester(Level):
    """Loop 2000B: the provider who asks."""

    subscribers: list[Insurant] = field(default_factory=list)


@dataclass(slots=True)
class Reviewer(Level):
    """Loop 2000A: the payer or organisation that decides."""

    requesters: list[Requester] = field(default_factory=list)


@dataclass(slots=True)
class Review(Opening):
    """One ST of a 278. BHT02 13 asks, 11 answers, 01 takes back."""

    reviewers: list[Reviewer] = field(default_factory=list)

    @property
    def answers(self) -> bool:
        """Whether this is a response."""
        return self.purpose == "11"

    def patients(self) -> Iterator[tuple[Requester, Patient, str]]:
        """Every person with who asks for them; the letter of their loops is C or D."""
        for reviewer in self.reviewers:
            for requester in reviewer.requesters:
                for subscriber in requester.subscribers:
                    yield requester, subscriber, "C"
                    for dependent in subscriber.dependents:
                        yield requester, dependent, "D"

    def events(self) -> Iterator[Event]:
        """Everything that is asked or decided."""
        for _, patient, _ in self.patients():
            yield from patient.events
