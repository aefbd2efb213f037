"""What the doors of registration take: encounters with their people, coverages, and what their claims state."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.values import ClaimFacts, Code, Consent, Reference
from shared.http import Day
from shared.x12.npi import is_npi
from shared.x12.writing import plain

MAX_ITEMS = 2_000
MOST_LINES = 200
"""Lines of an encounter that have a note, a ride or a stop of their own."""
_NUMBER = r"^([0-9]{1,6}(\.[0-9]{1,3})?)?$"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_max_length=120)


def _sendable(value: str) -> str:
    if not plain(value, 60):
        raise ValueError("nothing of it can stand in a claim: write it in Latin letters")
    return value


Sendable = AfterValidator(_sendable)


class Person(_Body):
    """A person as the source system knows them."""

    mrn: str = Field(min_length=1, max_length=40)
    last: Annotated[str, Field(min_length=1, max_length=60), Sendable]
    first: Annotated[str, Field(min_length=1, max_length=35), Sendable]
    middle: str = Field(default="", max_length=25)
    suffix: str = Field(default="", max_length=10)
    born_on: Day
    sex: Literal["F", "M", "U"]
    street: Annotated[str, Field(min_length=1, max_length=55), Sendable]
    street2: str = Field(default="", max_length=55)
    city: Annotated[str, Field(min_length=2, max_length=30), Sendable]
    state: str = Field(pattern="^[A-Z]{2}$")
    zip: str = Field(pattern="^[0-9]{5}([0-9]{4})?$")
    phone: str = Field(default="", max_length=20)


class Holder(_Body):
    """Who holds a coverage when that is not the patient: birth date and address where they are known (loop 2010BA)."""

    mrn: str = Field(default="", max_length=40)
    last: Annotated[str, Field(min_length=1, max_length=60), Sendable]
    first: str = Field(default="", max_length=35)
    middle: str = Field(default="", max_length=25)
    suffix: str = Field(default="", max_length=10)
    born_on: Day | None = None
    sex: Literal["F", "M", "U"] = "U"
    street: str = Field(default="", max_length=55)
    street2: str = Field(default="", max_length=55)
    city: str = Field(default="", max_length=30)
    state: str = Field(default="", pattern="^([A-Z]{2})?$")
    zip: str = Field(default="", pattern="^([0-9]{5}([0-9]{4})?)?$")
    phone: str = Field(default="", max_length=20)

    @model_validator(mode="after")
    def _whole_address(self) -> Self:
        written = [plain(self.street, 55), plain(self.city, 30), self.state, self.zip]
        if any((self.street, self.city, self.state, self.zip)) and not all(written):
            raise ValueError("an address is street, city, state and ZIP, or nothing")
        return self


class ProviderBody(_Body):
    """Somebody who took part in the whole encounter, or its place: as NM101 calls the role."""

    role: Literal["DN", "P3", "82", "77", "DQ"]
    last: str = Field(default="", max_length=60)
    first: str = Field(default="", max_length=35)
    middle: str = Field(default="", max_length=25)
    organisation: bool = False
    npi: str = Field(default="", pattern="^([0-9]{10})?$")
    taxonomy: str = Field(default="", max_length=50)
    street: str = Field(default="", max_length=55)
    street2: str = Field(default="", max_length=55)
    city: str = Field(default="", max_length=30)
    state: str = Field(default="", max_length=2)
    zip: str = Field(default="", max_length=15)
    references: list[Reference] = Field(default=[], max_length=9)
    suffix: str = Field(default="", max_length=10)

    @field_validator("npi")
    @classmethod
    def _npi(cls, value: str) -> str:
        if value and not is_npi(value):
            raise ValueError("the check digit is wrong")
        return value


class CoverageBody(_Body):
    """One coverage in its place of the order."""

    order: int = Field(ge=1, le=9)
    payer: Code
    relation: Code = "18"
    filing_indicator: Code
    insurance_type: Code | None = None
    member_id: str = Field(min_length=1, max_length=80)
    group_number: str = Field(default="", max_length=50)
    subscriber: Holder | None = None
    references: list[Reference] = Field(default=[], max_length=9)
    effective_from: date
    effective_to: date | None = None

    @field_validator("member_id")
    @classmethod
    def _sendable_number(cls, value: str) -> str:
        if not plain(value, 80):
            raise ValueError("nothing of it can stand in a claim")
        return value


_Line = Annotated[int, Field(ge=0, le=999)]
"""The number of a charge; 0 for the whole encounter."""


class LineNoteBody(_Body):
    """What is said of one charge in free words."""

    line: Annotated[int, Field(ge=1, le=999)]
    text: Annotated[str, Field(min_length=1, max_length=80), Sendable]
    kind: Literal["ADD", "TPO"] = "ADD"


class TripBody(_Body):
    """Why and how far an ambulance carried the patient (CR1), and how many shared the ride (QTY*PT)."""

    reason: str = Field(default="", pattern="^[A-E]?$")
    miles: str = Field(default="", pattern=_NUMBER)
    pounds: str = Field(default="", pattern=_NUMBER)
    round_trip: str = Field(default="", max_length=80)
    stretcher: str = Field(default="", max_length=80)
    patients: int | None = Field(default=None, ge=1, le=99)
    line: _Line = 0

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if bool(self.reason) != bool(self.miles):
            raise ValueError("a ride has a reason and miles, or neither")
        if not self.reason and (
            self.patients is None or self.round_trip or self.stretcher or self.pounds
        ):
            raise ValueError("a ride says why and how far, or how many shared it")
        return self


class StopBody(_Body):
    """Where an ambulance took up the patient (PW) or let them off (45)."""

    role: Literal["PW", "45"]
    name: str = Field(default="", max_length=60)
    street: Annotated[str, Field(min_length=1, max_length=55), Sendable]
    street2: str = Field(default="", max_length=55)
    city: Annotated[str, Field(min_length=2, max_length=30), Sendable]
    state: str = Field(pattern="^[A-Z]{2}$")
    zip: str = Field(pattern="^[0-9]{5}([0-9]{4})?$")
    line: _Line = 0


class Note(_Body):
    """What the claims of an encounter say that may speak of the patient: free words (NTE), of lines too, and rides."""

    text: str = Field(default="", max_length=80)
    kind: Literal["ADD", "CER", "DCP", "DGN", "TPO"] = "ADD"
    lines: list[LineNoteBody] = Field(default=[], max_length=MOST_LINES)
    trips: list[TripBody] = Field(default=[], max_length=MOST_LINES)
    stops: list[StopBody] = Field(default=[], max_length=MOST_LINES)

    @field_validator("text")
    @classmethod
    def _fit(cls, value: str) -> str:
        return _sendable(value) if value else value

    @model_validator(mode="after")
    def _says_something_once(self) -> Self:
        if not (self.text or self.lines or self.trips or self.stops):
            raise ValueError("a note says nothing")
        for listed in (
            [one.line for one in self.lines],
            [one.line for one in self.trips],
            [(one.role, one.line) for one in self.stops],
        ):
            if len(set(listed)) < len(listed):
                raise ValueError("two notes, rides or stops of one kind speak of the same line")
        return self


class Encounter(_Body):
    """One encounter; `rendering_npi`, where given, is checked."""

    source_system: Code
    encounter: Code
    encounter_class: Code
    facility: Code
    legal_entity: Code
    service_from: Day
    service_to: Day
    billing: Literal["bill", "history"] = "bill"
    patient: Person
    rendering_npi: str | None = None
    coverages: list[CoverageBody] = Field(max_length=9)
    providers: list[ProviderBody] = Field(default=[], max_length=20)
    consent: Consent = Consent()
    facts: ClaimFacts = ClaimFacts()
    note: Note | None = None

    @field_validator("rendering_npi")
    @classmethod
    def _npi(cls, value: str | None) -> str | None:
        if value is not None and not is_npi(value):
            raise ValueError("the check digit is wrong")
        return value

    @model_validator(mode="after")
    def _born_before(self) -> Self:
        if self.patient.born_on > self.service_from:
            raise ValueError("the patient was born after the service began")
        return self


class Encounters(_Body):
    """Up to 2,000 encounters of one feed."""

    encounters: list[Encounter] = Field(min_length=1, max_length=MAX_ITEMS)


class Coverages(_Body):
    """The whole ordered list of coverages of a patient."""

    coverages: list[CoverageBody] = Field(max_length=9)
    set_on: Day
    reason: str = Field(min_length=1, max_length=200)


class Demographics(_Body):
    """A person's corrected details."""

    person: Person
    changed: list[Code] = Field(min_length=1, max_length=20)
    reason: str = Field(min_length=1, max_length=200)
    proposed_by: Code = "staff"


class Erasure(_Body):
    """Why a person is to be erased."""

    reason: str = Field(max_length=500, pattern=r"\S")
