"""A 276 and its 277 in trade names: one shape, since the answer repeats the question. Names and ids of people are PHI.

A request has no statuses and no paid amounts; an answer has no birth dates and no `charge_cents` of its own.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.x12.inquiry_loops.model import (
    Dated,
    Level,
    Opening,
    Procedure,
    Reference,
    Trace,
    date_of,
    value_of,
)


@dataclass(slots=True)
class StatusCode:
    """Category (507), status (508) and whom it speaks of; `list_kind` RX for the pharmacies' own codes."""

    category: str
    code: str = ""
    entity: str = ""
    list_kind: str = ""


@dataclass(slots=True)
class Status:
    """One STC: up to three codes, since when, and the money of a finalized claim."""

    codes: list[StatusCode] = field(default_factory=list)
    on: date | None = None
    charge_cents: int | None = None
    paid_cents: int | None = None
    decided_on: date | None = None
    method: str = ""
    check_on: date | None = None
    check_number: str = ""
    message: str = ""
    action: str = ""
    place: int = field(default=-1, compare=False)

    @property
    def category(self) -> str:
        """Of the first code."""
        return self.codes[0].category if self.codes else ""

    @property
    def code(self) -> str:
        """Of the first code."""
        return self.codes[0].code if self.codes else ""


@dataclass(slots=True)
class StatusLine:
    """Loops 2210 and 2220: one service line; `line_control` is REF*FJ."""

    procedure: Procedure
    charge_cents: int
    paid_cents: int | None = None
    revenue_code: str = ""
    units: Decimal | None = None
    statuses: list[Status] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    place: int = field(default=-1, compare=False)

    @property
    def line_control(self) -> str:
        """The number that the claim gave the line."""
        return value_of(self.references, "FJ")

    @property
    def served(self) -> Dated | None:
        """When it was rendered."""
        return date_of(self.dates, "472")


@dataclass(slots=True)
class StatusClaim:
    """Loop 2200D or 2200E: one claim, known by the asker's trace. `charge_cents` is the AMT of a 276."""

    trace: Trace
    statuses: list[Status] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    charge_cents: int | None = None
    dates: list[Dated] = field(default_factory=list)
    lines: list[StatusLine] = field(default_factory=list)
    place: int = field(default=-1, compare=False)

    @property
    def payer_control(self) -> str:
        """The payer's number of the claim (REF*1K)."""
        return value_of(self.references, "1K")

    @property
    def account(self) -> str:
        """The provider's number of the patient or claim (REF*EJ)."""
        return value_of(self.references, "EJ")

    @property
    def bill_type(self) -> str:
        """Of an institutional claim (REF*BLT)."""
        return value_of(self.references, "BLT")

    @property
    def prescription(self) -> str:
        """Of a pharmacy's claim (REF*XZ)."""
        return value_of(self.references, "XZ")

    @property
    def served(self) -> Dated | None:
        """When the claim's services were rendered."""
        return date_of(self.dates, "472")


@dataclass(slots=True)
class Patient(Level):
    """Level 23, or 22 when the subscriber is the patient."""

    claims: list[StatusClaim] = field(default_factory=list)


@dataclass(slots=True)
class Subscriber(Patient):
    """Level 22."""

    dependents: list[Patient] = field(default_factory=list)


@dataclass(slots=True)
class Provider(Level):
    """Level 19. A `trace` and statuses here answer for the provider without naming any claim."""

    subscribers: list[Subscriber] = field(default_factory=list)
    trace: Trace | None = None
    statuses: list[Status] = field(default_factory=list)

    def patients(self) -> list[tuple[Patient, str]]:
        """Whom claims should be about, with their level: the dependents of those who have some."""
        return [
            (patient, "2000D" if patient is subscriber else "2000E")
            for subscriber in self.subscribers
            for patient in subscriber.dependents or [subscriber]
        ]


@dataclass(slots=True)
class Receiver(Level):
    """Level 21: who asks. A `trace` and statuses here answer the whole request at once."""

    providers: list[Provider] = field(default_factory=list)
    trace: Trace | None = None
    statuses: list[Status] = field(default_factory=list)


@dataclass(slots=True)
class Payer(Level):
    """Level 20: who is asked."""

    receivers: list[Receiver] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """One claim with everybody above it; `dependent` is the patient unless the subscriber is."""

    claim: StatusClaim
    payer: Payer
    receiver: Receiver
    provider: Provider
    subscriber: Subscriber
    dependent: Patient | None

    @property
    def patient(self) -> Patient:
        """Whose claim it is."""
        return self.dependent or self.subscriber


@dataclass(slots=True)
class StatusSet(Opening):
    """One ST of questions or answers."""

    payers: list[Payer] = field(default_factory=list)

    def providers(self) -> list[tuple[Payer, Receiver, Provider]]:
        """Every provider with those above it."""
        return [(a, b, c) for a in self.payers for b in a.receivers for c in b.providers]

    def claims(self) -> list[Asked]:
        """Every claim, in order."""
        return [
            Asked(claim, *above, subscriber, None if patient is subscriber else patient)
            for above in self.providers()
            for subscriber in above[2].subscribers
            for patient in (subscriber, *subscriber.dependents)
            for claim in patient.claims
        ]
