"""What any level may say, in trade names. Amounts are integer cents; the `Name` of a person is PHI.

`unknown` are segments that have no place in the model, as they stood; they are never written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Trace:
    """A TRN. `kind` 1 is the sender's own number, 2 echoes the one that was sent to him."""

    number: str
    origin: str = ""
    kind: str = "1"
    division: str = ""


@dataclass(slots=True)
class Reference:
    """A REF: qualifier, value, and what it is in words."""

    kind: str
    value: str
    text: str = ""


@dataclass(slots=True)
class Dated:
    """A DTP. `to` makes it a range, even of one day; `hhmm` gives a single day its time."""

    kind: str
    on: date
    to: date | None = None
    hhmm: str = ""


@dataclass(slots=True)
class Refusal:
    """An AAA: why a request is not answered, and what the asker may do. `valid` is Y when the request was sound."""

    reason: str
    follow_up: str = ""
    valid: str = "N"


@dataclass(slots=True)
class Contact:
    """A PER. `numbers` are up to three (qualifier, number)."""

    name: str
    numbers: list[tuple[str, str]] = field(default_factory=list)
    function: str = "IC"


@dataclass(slots=True)
class Specialty:
    """A PRV: what a provider is here, and its taxonomy."""

    role: str
    code: str = ""
    code_kind: str = ""


@dataclass(slots=True)
class Diagnosis:
    """One component of an HI; `on` where the code has a day."""

    kind: str
    code: str
    on: date | None = None


@dataclass(slots=True)
class Insured:
    """An INS. `subscriber` is Y or N, `change` and `reason` say what the payer corrected."""

    subscriber: str
    relation: str = ""
    change: str = ""
    reason: str = ""
    employment: str = ""
    student: str = ""
    handicap: str = ""
    birth_order: str = ""


@dataclass(slots=True)
class Procedure:
    """A composite of qualifier, code, modifiers and words; `last_code` ends a range of codes."""

    kind: str
    code: str
    modifiers: list[str] = field(default_factory=list)
    text: str = ""
    last_code: str = ""


@dataclass(slots=True)
class Name:
    """An NM1 and what follows it. `role` is NM101, `entity` 1 a person and 2 an organisation.

    `insured`, `diagnoses` and `dates` stand here only in the sets that say them of a person.
    """

    role: str = ""
    last: str = ""
    first: str = ""
    id: str = ""
    id_kind: str = ""
    entity: str = "1"
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    relation: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    subdivision: str = ""
    born_on: date | None = None
    sex: str = ""
    references: list[Reference] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    specialties: list[Specialty] = field(default_factory=list)
    insured: Insured | None = None
    diagnoses: list[Diagnosis] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    military: list[str] = field(default_factory=list)
    place: int = field(default=-1, compare=False, kw_only=True)

    @property
    def npi(self) -> str:
        """The provider's NPI, where it is named by one."""
        return self.id if self.id_kind == "XX" else ""


@dataclass(slots=True)
class Level:
    """One HL: who it names, and why nothing is answered at it. `place` is that of the HL."""

    names: list[Name] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unknown: list[list[str]] = field(default_factory=list)
    place: int = field(default=-1, compare=False, kw_only=True)

    @property
    def name(self) -> Name:
        """Who the level is about; nobody when it does not say."""
        return self.names[0] if self.names else Name()


@dataclass(slots=True)
class Opening:
    """ST02 and BHT of a set. `reference` is known to the sender, `purpose` BHT02, `kind` BHT06."""

    control: str = "0001"
    reference: str = ""
    on: date | None = None
    hhmm: str = ""
    purpose: str = ""
    kind: str = ""
    unknown: list[list[str]] = field(default_factory=list)


def value_of(references: Iterable[Reference], kind: str) -> str:
    """The first reference of a kind; empty when there is none."""
    return next((r.value for r in references if r.kind == kind), "")


def date_of(dates: Iterable[Dated], *kinds: str) -> Dated | None:
    """The first date of these kinds."""
    return next((d for d in dates if d.kind in kinds), None)


def shown(quantity: Decimal) -> str:
    """A quantity without needless zeros, as X12 writes it."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
