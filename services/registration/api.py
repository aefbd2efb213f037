"""Doors of registration: a feed of encounters, coverages and demographics of a patient, and accounts."""

from datetime import date
from typing import Annotated, Any, Literal, Self

import msgspec
from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.phi import (
    AmbulanceStop,
    AmbulanceTrip,
    ClaimNote,
    LineNote,
    MemberDetails,
    PersonDetails,
)
from contracts.values import ClaimFacts, Code, Consent, Coverage, Provider, Reference, Sealed
from services.registration.domain import CorrectDemographics, OpenAccount, SetCoverages
from shared.errors import NotFound
from shared.http import Actor, IdempotencyKey
from shared.phi import ERASED
from shared.service import Answer, Doors, Order, Scope
from shared.streams import account_number, patient_stream
from shared.x12.npi import is_npi
from shared.x12.writing import plain

MAX_ITEMS = 2_000
MOST_LINES = 200
"""Lines of an encounter that have a note, a ride or a stop of their own."""
_NUMBER = r"^([0-9]{1,7}(\.[0-9]{1,3})?)?$"


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
    born_on: date
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
    born_on: date | None = None
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
        if not self.reason and (self.patients is None or self.round_trip or self.stretcher or self.pounds):
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
    service_from: date
    service_to: date
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
    set_on: date
    reason: str = Field(min_length=1, max_length=200)


class Demographics(_Body):
    """A person's corrected details."""

    person: Person
    changed: list[Code] = Field(min_length=1, max_length=20)
    reason: str = Field(min_length=1, max_length=200)
    proposed_by: Code = "staff"


def _details(person: Person | Holder) -> PersonDetails:
    return PersonDetails(**person.model_dump())


def _member(cover: CoverageBody) -> MemberDetails:
    subscriber = _details(cover.subscriber) if cover.subscriber else None
    return MemberDetails(
        member_id=cover.member_id, group_number=cover.group_number, subscriber=subscriber
    )


def _note(note: Note) -> ClaimNote:
    return ClaimNote(
        text=note.text,
        kind=note.kind,
        lines=tuple(LineNote(**one.model_dump()) for one in note.lines),
        trips=tuple(AmbulanceTrip(**one.model_dump()) for one in note.trips),
        stops=tuple(AmbulanceStop(**one.model_dump()) for one in note.stops),
    )


def _provider(body: ProviderBody) -> Provider:
    return Provider(**{**body.model_dump(), "references": tuple(body.references)})


def _coverage(cover: CoverageBody, sealed: Sealed) -> Coverage:
    facts = cover.model_dump(exclude={"member_id", "group_number", "subscriber", "references"})
    return Coverage(**facts, member=sealed, references=tuple(cover.references))


def _content(e: Encounter) -> str:
    """What tells other content: without what is not said and was no field once, so that what was told then stays the same."""
    later: dict[str, Any] = {name: True for name in ("facts", "note") if name not in e.model_fields_set}
    if e.note is not None:
        unsaid = {"lines", "trips", "stops"} - e.note.model_fields_set
        later |= {"note": unsaid} if unsaid else {}
    return e.model_dump_json(exclude=later | _later(e.coverages))


def _later(coverages: list[CoverageBody]) -> dict[str, Any]:
    said = any(cover.references for cover in coverages)
    return {} if said else {"coverages": {"__all__": {"references"}}}


async def _orders(doors: Doors, body: Encounters, key: str, who: str) -> list[Order]:
    """All people of the request are sealed in one go; a digest under the ring's secret tells repeats."""
    patients = [doors.pseudonym("patient", e.source_system, e.patient.mrn) for e in body.encounters]
    values: list[tuple[str, Any]] = []
    for patient, e in zip(patients, body.encounters, strict=True):
        values.append((patient, _details(e.patient)))
        values += [(patient, _member(cover)) for cover in e.coverages]
        values += [(patient, _note(e.note))] if e.note else []
    sealed = iter(await doors.seal_all(values))
    orders = []
    for n, (patient, e) in enumerate(zip(patients, body.encounters, strict=True)):
        digest = doors.pseudonym("encounter", _content(e))
        scope = Scope(doors.tenant, e.legal_entity, e.facility)
        command = OpenAccount(
            account=account_number(doors.tenant, e.source_system, e.encounter),
            digest=digest,
            patient=patient,
            guarantor=doors.pseudonym("guarantor", e.source_system, e.patient.mrn),
            source_system=e.source_system,
            encounter=e.encounter,
            encounter_class=e.encounter_class,
            scope=scope,
            service_from=e.service_from,
            service_to=e.service_to,
            person=next(sealed),
            coverages=tuple(_coverage(cover, next(sealed)) for cover in e.coverages),
            billing=e.billing,
            providers=tuple(map(_provider, e.providers)),
            consent=e.consent,
            facts=e.facts,
            note=next(sealed) if e.note else None,
        )
        orders.append(
            Order(patient_stream(patient), command, f"{key}/{n}", digest.encode(), scope, who)
        )
    return orders


def routes(doors: Doors) -> APIRouter:
    """`/encounters`, `/patients/{patient}/…`, `/accounts/{account}`."""
    router = APIRouter()

    @router.post("/encounters")
    async def encounters(body: Encounters, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Register encounters; each item has its own answer and stops no other."""
        orders = await _orders(doors, body, key, who)
        answers = await doors.handle(orders)
        return {
            "encounters": [
                {
                    "encounter": o.command.encounter,
                    "account": o.command.account,
                    "patient": o.command.patient,
                    "status": a.status,
                    "code": a.code,
                    "sentence": a.sentence,
                }
                for o, a in zip(orders, answers, strict=True)
            ]
        }

    @router.post("/patients/{patient}/coverages")
    async def coverages(
        patient: str, body: Coverages, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Set the whole ordered list; it reaches every account of the patient."""
        sealed = await doors.seal_all([(patient, _member(c)) for c in body.coverages])
        made = tuple(_coverage(c, box) for c, box in zip(body.coverages, sealed, strict=True))
        digest = doors.pseudonym(
            "coverages", body.model_dump_json(exclude=_later(body.coverages))
        )
        command = SetCoverages(patient, made, body.set_on, body.reason, digest)
        return await _tell(doors, patient, command, key, digest, who)

    @router.post("/patients/{patient}/demographics")
    async def demographics(
        patient: str, body: Demographics, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Correct demographics; they reach every account of the patient."""
        (sealed,) = await doors.seal_all([(patient, _details(body.person))])
        digest = doors.pseudonym("demographics", body.model_dump_json())
        command = CorrectDemographics(
            patient, sealed, tuple(body.changed), body.reason, body.proposed_by
        )
        return await _tell(doors, patient, command, key, digest, who)

    @router.get("/accounts/{account}")
    async def account(account: str, people: bool = False) -> dict[str, Any]:
        """An account; with `people` its person, opened."""
        rows = await doors.rows("select * from account where account = $1", account.upper())
        if not rows:
            raise NotFound("no such account")
        row = rows[0]
        sealed = Sealed(key_id=row.pop("key_id"), box=row.pop("person"))
        if people:
            (person,) = await doors.open_all([(sealed, PersonDetails)])
            row["person"] = ERASED if person is None else msgspec.to_builtins(person)
        return row

    return router


async def _tell(
    doors: Doors, patient: str, command: Any, key: str, digest: str, who: str
) -> dict[str, Any]:
    scope = Scope(tenant=doors.tenant)
    order = Order(patient_stream(patient), command, key, digest.encode(), scope, who)
    answer: Answer = (await doors.handle([order]))[0]
    if answer.status >= 400:
        raise answer.refusal()
    return {"status": answer.status, "said": len(answer.said), "again": answer.again}
