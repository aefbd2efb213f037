"""Doors of the books: one route per command, and the listings."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from contracts.reference import (
    CodeSetPublished,
    EnrolmentRecorded,
    FacilityListed,
    FeeSchedulePublished,
    PayerListed,
    PromptPayRuleListed,
    ReceiverListed,
    RetentionSet,
    RuleSetPublished,
)
from contracts.values import Code, Sentence
from services.reference.api.fees import rates_of
from services.reference.domain import (
    STREAM,
    ClosePeriod,
    LiftHold,
    List,
    MayPublish,
    OpenBusinessDay,
    PlaceHold,
    ReachCutoff,
)
from shared.aside import aside
from shared.errors import Malformed
from shared.http import FIELDS_SHOWN, Actor, Day, IdempotencyKey
from shared.json_bodies import Door
from shared.service import Doors, Order, Scope
from shared.x12.npi import is_npi
from shared.x12.writing import NotWritable, clean

CODES_AT_MOST = 200_000
IN_FILES = ("payer_id", "receiver_id", "submitter_id", "taxonomy")
"""What stands in our files as it is listed; a name is made to fit."""


class DayBody(BaseModel):
    """A business day."""

    day: Day


class PeriodBody(BaseModel):
    """A period to close."""

    last_day: Day
    next_open: Day


class HoldBody(BaseModel):
    """A legal hold: the number of its matter, whom it keeps (everybody where no patient is named), and why."""

    model_config = ConfigDict(extra="forbid")
    hold: Code
    patient: Annotated[str, Field(max_length=48, pattern=r"^[ -~]*$")] = ""
    reason: Annotated[Sentence, Field(min_length=1)]


class ReasonBody(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[Sentence, Field(min_length=1)]


def _field(place: Sequence[str | int], kind: str) -> str:
    """Where it is wrong; a name that the caller made up may hold anything."""
    known = [*place[:-1], "(unknown field)"] if kind == "unexpected_keyword_argument" else place
    return ".".join(map(str, known))


def written(body: dict[str, Any]) -> bytes:
    """A body as a file keeps it; Malformed where no file can."""
    try:
        return msgspec.json.encode(body)
    except (ValueError, OverflowError, RecursionError):
        raise Malformed("it holds a sign or a number that cannot be kept") from None


def made(cls: type, body: dict[str, Any]) -> Any:
    """An event from a request body; Malformed names the fields, never their values."""
    try:
        return TypeAdapter(cls).validate_python(body)
    except ValidationError as wrong:
        fields = sorted({_field(e["loc"], e["type"]) for e in wrong.errors()})[:FIELDS_SHOWN]
        raise Malformed(f"these fields are missing or wrong: {', '.join(fields)}") from None


def _has_its_place(value: str) -> bool:
    """Whether an element can hold it, and holds something then."""
    try:
        return bool(clean(value))
    except NotWritable:
        return False


def judge_ids(event: Any) -> None:
    """Malformed where an id is listed that no file of ours could hold."""
    wrong = [name for name in IN_FILES if not _has_its_place(getattr(event, name, "-"))]
    if wrong:
        raise Malformed(f"these fields are missing or wrong: {', '.join(wrong)}")


def read_codes(data: bytes) -> list[str]:
    """One code a line; Malformed names the first line that is not one."""
    try:
        lines = [line.strip() for line in data.decode("ascii").splitlines()]
    except UnicodeDecodeError:
        raise Malformed("a code set is ASCII text, one code a line") from None
    codes = [line for line in lines if line]
    if not codes or len(codes) > CODES_AT_MOST:
        raise Malformed(f"a code set holds 1 to {CODES_AT_MOST} codes")
    for n, code in enumerate(codes, 1):
        if not code.isalnum() or len(code) > 10:
            raise Malformed(f"line {n} is not a code")
    return codes


Kind = Literal[
    "calendar",
    "facility",
    "payer",
    "receiver",
    "enrolment",
    "code-set",
    "rule-set",
    "fee-schedule",
    "legal-hold",
    "retention",
    "prompt-pay-rule",
]
"""What is listed, by the first part of its name."""


def routes(doors: Doors) -> APIRouter:
    """`/business-days`, `/cutoffs`, `/periods/close`, listings, code sets, rule sets, fee schedules and legal holds."""
    router = APIRouter(route_class=Door)
    _days(router, doors)
    for path, cls in (
        ("/facilities", FacilityListed),
        ("/payers", PayerListed),
        ("/receivers", ReceiverListed),
        ("/enrolments", EnrolmentRecorded),
        ("/retention", RetentionSet),
        ("/prompt-pay-rules", PromptPayRuleListed),
    ):
        _listing(router, doors, path, cls)
    _files(router, doors)
    _holds(router, doors)

    @router.get("/books")
    async def books(kind: Kind | None = None) -> list[dict[str, Any]]:
        """What is listed: facilities, payers, receivers, enrolments, what was published, legal holds, the calendar."""
        return await doors.rows(
            "select kind, name, facts, listed_on from book_entry where heard_in = 0 "
            "and ($1::text is null or kind = $1) order by name",
            kind,
        )

    return router


def _days(router: APIRouter, doors: Doors) -> None:
    @router.post("/business-days")
    async def open_day(body: DayBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Open a business day; days only go forward and may skip."""
        return await _tell(doors, OpenBusinessDay(body.day), key, who)

    @router.post("/cutoffs")
    async def cutoff(body: DayBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """The day's sending cut-off."""
        return await _tell(doors, ReachCutoff(body.day), key, who)

    @router.post("/periods/close")
    async def close(body: PeriodBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Close the books up to a day."""
        return await _tell(doors, ClosePeriod(body.last_day, body.next_open), key, who)


def _listing(router: APIRouter, doors: Doors, path: str, cls: type) -> None:
    @router.post(path, summary=(cls.__doc__ or "").splitlines()[0])
    async def listed(body: dict[str, Any], key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        return await _list(doors, cls, body, key, who)


def _files(router: APIRouter, doors: Doors) -> None:
    @router.post("/rule-sets")
    async def rule_set(body: dict[str, Any], key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Publish a version of the adjustment rules; its hash is kept with the file."""
        return await _publish(doors, RuleSetPublished, body, written(body), key, who)

    @router.post("/code-sets")
    async def code_set(
        key: IdempotencyKey,
        who: Actor,
        data: Annotated[bytes, Body(media_type="text/plain")],
        name: Annotated[str, Query(max_length=48)],
        version: Annotated[str, Query(max_length=48)],
        effective_from: date,
        effective_to: date | None = None,
    ) -> dict[str, Any]:
        """Publish a version of a code set: one code a line."""
        codes = read_codes(data)
        facts = {
            "name": name,
            "version": version,
            "effective_from": effective_from,
            "effective_to": effective_to,
            "codes": len(codes),
        }
        return await _publish(doors, CodeSetPublished, facts, data, key, who)

    @router.post("/fee-schedules")
    async def fee_schedule(
        key: IdempotencyKey,
        who: Actor,
        data: Annotated[bytes, Body(media_type="text/csv")],
        payer: Annotated[str, Query(max_length=48)],
        name: Annotated[str, Query(max_length=48)],
        version: Annotated[str, Query(max_length=48)],
        effective_from: Day,
        effective_to: Day | None = None,
        legal_entity: Annotated[str, Query(max_length=48)] = "",
        facility: Annotated[str, Query(max_length=48)] = "",
        tolerance_cents: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> dict[str, Any]:
        """Publish what a payer's contract allows; CSV: procedure, modifiers, allowed_cents or basis_points of the charge."""
        kept, rates = await aside(rates_of, data)
        facts = {
            "payer": payer,
            "name": name,
            "version": version,
            "rates": rates,
            "effective_from": effective_from,
            "effective_to": effective_to,
            "legal_entity": legal_entity,
            "facility": facility,
            "tolerance_cents": tolerance_cents,
        }
        return await _publish(doors, FeeSchedulePublished, facts, kept, key, who)

    @router.post("/fee-schedules/check")
    async def check(data: Annotated[bytes, Body(media_type="text/csv")]) -> dict[str, Any]:
        """A fee schedule read and judged; nothing is kept."""
        kept, _ = await aside(rates_of, data)
        return {"sha256": hashlib.sha256(kept).hexdigest(), "rates": msgspec.json.decode(kept)}


def _holds(router: APIRouter, doors: Doors) -> None:
    @router.post("/legal-holds")
    async def place(body: HoldBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Place a legal hold: nothing of the patient, or of anybody, is erased until it is lifted."""
        return await _tell(doors, PlaceHold(body.hold, body.patient, body.reason), key, who)

    @router.post("/legal-holds/{hold}/lift")
    async def lift(hold: str, body: ReasonBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Lift a legal hold."""
        return await _tell(doors, LiftHold(hold, body.reason), key, who)


async def _publish(
    doors: Doors, cls: type, facts: dict[str, Any], data: bytes, key: str, who: str
) -> dict[str, Any]:
    """What is said of a file that is kept; nothing is kept of what is refused."""
    facts = {**facts, "sha256": hashlib.sha256(data).hexdigest()}
    entry = made(cls, facts)
    if isinstance(entry, FeeSchedulePublished):
        await _tell(doors, MayPublish(entry), f"{key}/may", who)
    await doors.store_object(data)
    return await _list(doors, cls, facts, key, who)


async def _list(
    doors: Doors, cls: type, body: dict[str, Any], key: str, who: str
) -> dict[str, Any]:
    event = made(cls, body)
    judge_ids(event)
    right = is_npi(event.npi) if isinstance(event, FacilityListed) else True
    digest = hashlib.sha256(msgspec.json.encode(event)).hexdigest()
    return await _tell(doors, List(event, digest, right), key, who)


async def _tell(doors: Doors, command: Any, key: str, who: str) -> dict[str, Any]:
    body = msgspec.json.encode(repr(command))
    order = Order(STREAM, command, key, body, Scope(tenant=doors.tenant), who)
    (answer,) = await doors.handle([order])
    return answer.told()
