"""Doors of registration: a feed of encounters, coverages and demographics of a patient, and accounts."""

from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Query

from contracts.phi import (
    AmbulanceStop,
    AmbulanceTrip,
    ClaimNote,
    LineNote,
    MemberDetails,
    PersonDetails,
)
from contracts.values import Coverage, Provider, Sealed
from services.registration.api.bodies import (
    CoverageBody,
    Coverages,
    Demographics,
    Encounter,
    Encounters,
    Erasure,
    Holder,
    Note,
    Person,
    ProviderBody,
)
from services.registration.api.people import people_doors
from services.registration.domain import (
    AskErasure,
    Book,
    CorrectDemographics,
    OpenAccount,
    SetCoverages,
)
from shared.errors import NotFound, Refused
from shared.http import Actor, IdempotencyKey
from shared.json_bodies import Door
from shared.phi import ERASED
from shared.service import Answer, Doors, Order, Row, Scope
from shared.streams import account_number, patient_stream

ALREADY = "this encounter is registered already"
TAKEN = f"{ALREADY}, for another patient"


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
    later: dict[str, Any] = {
        name: True for name in ("facts", "note") if name not in e.model_fields_set
    }
    if e.note is not None:
        unsaid = {"lines", "trips", "stops"} - e.note.model_fields_set
        later |= {"note": unsaid} if unsaid else {}
    if not e.consent.signature_source:
        later |= {"consent": {"signature_source"}}
    if not any(one.suffix for one in e.providers):
        later |= {"providers": {"__all__": {"suffix"}}}
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


async def _answers(doors: Doors, orders: list[Order]) -> list[Answer]:
    """Patients decide on their encounters; that a number is another patient's already is known here alone."""
    of_others = await _of_other_patients(doors, [o.command for o in orders])
    handled = iter(await doors.handle([o for n, o in enumerate(orders) if n not in of_others]))
    return [
        Answer(Refused.status, o.stream, code=Refused.code, sentence=TAKEN)
        if n in of_others
        else next(handled)
        for n, o in enumerate(orders)
    ]


async def _of_other_patients(doors: Doors, asked: list[OpenAccount]) -> set[int]:
    """Which of these would open an account that is open for somebody else, here or earlier in the request."""
    rows = await doors.rows(
        "select account, patient from account where account = any($1::text[])",
        [command.account for command in asked],
    )
    owners = {row["account"]: row["patient"] for row in rows}
    return {
        n
        for n, command in enumerate(asked)
        if owners.setdefault(command.account, command.patient) != command.patient
    }


async def _checked(doors: Doors, asked: list[Encounter]) -> list[dict[str, Any]]:
    accounts = [account_number(doors.tenant, e.source_system, e.encounter) for e in asked]
    rows = await doors.rows(
        "select account, patient, facility, service_from, service_to, billing from account "
        "where account = any($1::text[])",
        accounts,
    )
    known = {row["account"]: row for row in rows}
    checked = []
    for account, e in zip(accounts, asked, strict=True):
        patient = doors.pseudonym("patient", e.source_system, e.patient.mrn)
        facts = {"facility": e.facility, "service_from": e.service_from, "service_to": e.service_to}
        facts |= {"account": account, "patient": patient, "billing": e.billing}
        row = known.setdefault(account, facts)
        said = [name for name, value in facts.items() if row[name] != value]
        checked.append({"encounter": e.encounter, "account": account, **_told(said)})
    return checked


def _told(other: list[str]) -> dict[str, Any]:
    """What a door says of an encounter of which these facts are known otherwise."""
    if not other:
        return {"status": 200, "code": "", "sentence": ""}
    sentence = TAKEN if "patient" in other else f"{ALREADY}, with another {', '.join(other)}"
    return {"status": Refused.status, "code": Refused.code, "sentence": sentence}


def routes(doors: Doors) -> APIRouter:
    """`/encounters`, `/patients/{patient}/…`, `/erasures`, `/accounts/{account}`, `/people`."""
    router = APIRouter(route_class=Door)
    people_doors(router, doors)

    @router.post("/encounters")
    async def encounters(body: Encounters, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Register encounters; each item has its own answer and stops no other."""
        orders = await _orders(doors, body, key, who)
        answers = await _answers(doors, orders)
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

    @router.post("/encounters/check")
    async def check(body: Encounters) -> dict[str, Any]:
        """Whether encounters are free to be registered or are registered as they are told here; nothing changes."""
        return {"encounters": await _checked(doors, body.encounters)}

    @router.post("/patients/{patient}/coverages")
    async def coverages(
        patient: str, body: Coverages, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Set the whole ordered list; it reaches every account of the patient."""
        sealed = await doors.seal_all([(patient, _member(c)) for c in body.coverages])
        made = tuple(_coverage(c, box) for c, box in zip(body.coverages, sealed, strict=True))
        digest = doors.pseudonym("coverages", body.model_dump_json(exclude=_later(body.coverages)))
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

    @router.post("/patients/{patient}/erasure")
    async def erase(patient: str, body: Erasure, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Ask to erase a person: their accounts answer first. Refused under a legal hold."""
        command = AskErasure(patient, body.reason)
        return await _tell(doors, patient, command, key, body.reason, who)

    @router.get("/erasures")
    async def erasures(
        state: Literal["asked", "refused", "erased", "destroyed"] | None = None,
        patient: str | None = None,
        limit: int = Query(default=500, ge=1, le=5_000),
    ) -> list[dict[str, Any]]:
        """Requests to erase a person and what became of them, newest first; `answered` of `accounts` said how they stand."""
        rows = await doors.rows(
            "select patient, request, state, reason, asked_on, asked_by, accounts, answered, unsettled, "
            "sentence, decided_on, destroyed_on from erasure "
            "where ($1::text is null or state = $1) and ($2::text is null or patient = $2) "
            "order by asked_on desc, patient, request desc limit $3",
            state,
            patient,
            limit,
        )
        return told(rows, await doors.book())

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


def told(rows: list[Row], book: Book) -> list[Row]:
    """Requests with why a key stays that was to go: a hold that came between."""
    for row in rows:
        hold = book.keeping.hold_on(row["patient"])
        if row["state"] == "erased" and hold is not None:
            row["sentence"] = f"the legal hold {hold} keeps the key for now"
    return rows


async def _tell(
    doors: Doors, patient: str, command: Any, key: str, digest: str, who: str
) -> dict[str, Any]:
    scope = Scope(tenant=doors.tenant)
    order = Order(patient_stream(patient), command, key, digest.encode(), scope, who)
    (answer,) = await doors.handle([order])
    return answer.told()
