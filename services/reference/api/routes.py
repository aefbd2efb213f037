"""Doors of the books: one route per command, and the listings."""

import hashlib
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Query
from pydantic import BaseModel

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
    StatementTermsListed,
)
from services.reference.api.edit_doors import edit_doors
from services.reference.api.fees import rates_of
from services.reference.api.holds import hold_doors
from services.reference.api.listing import list_entry, publish, tell
from services.reference.domain import ClosePeriod, OpenBusinessDay, ReachCutoff
from shared.aside import aside
from shared.errors import Malformed
from shared.http import Actor, Day, IdempotencyKey
from shared.json_bodies import Door
from shared.service import Doors

CODES_AT_MOST = 200_000


class DayBody(BaseModel):
    """A business day."""

    day: Day


class PeriodBody(BaseModel):
    """A period to close."""

    last_day: Day
    next_open: Day


def written(body: dict[str, Any]) -> bytes:
    """A body as a file keeps it; Malformed where no file can."""
    try:
        return msgspec.json.encode(body)
    except (ValueError, OverflowError, RecursionError):
        raise Malformed("it holds a sign or a number that cannot be kept") from None


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
    "code-edits",
    "legal-hold",
    "retention",
    "prompt-pay-rule",
    "statement-terms",
]
"""What is listed, by the first part of its name."""


def routes(doors: Doors) -> APIRouter:
    """`/business-days`, `/cutoffs`, `/periods/close`, listings, code sets, and all that is published; legal holds."""
    router = APIRouter(route_class=Door)
    _days(router, doors)
    for path, cls in (
        ("/facilities", FacilityListed),
        ("/payers", PayerListed),
        ("/receivers", ReceiverListed),
        ("/enrolments", EnrolmentRecorded),
        ("/retention", RetentionSet),
        ("/prompt-pay-rules", PromptPayRuleListed),
        ("/statement-terms", StatementTermsListed),
    ):
        _listing(router, doors, path, cls)
    _files(router, doors)
    edit_doors(router, doors)
    hold_doors(router, doors)

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
        return await tell(doors, OpenBusinessDay(body.day), key, who)

    @router.post("/cutoffs")
    async def cutoff(body: DayBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """The day's sending cut-off."""
        return await tell(doors, ReachCutoff(body.day), key, who)

    @router.post("/periods/close")
    async def close(body: PeriodBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Close the books up to a day."""
        return await tell(doors, ClosePeriod(body.last_day, body.next_open), key, who)


def _listing(router: APIRouter, doors: Doors, path: str, cls: type) -> None:
    @router.post(path, summary=(cls.__doc__ or "").splitlines()[0])
    async def listed(body: dict[str, Any], key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        return await list_entry(doors, cls, body, key, who)


def _files(router: APIRouter, doors: Doors) -> None:
    @router.post("/rule-sets")
    async def rule_set(body: dict[str, Any], key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Publish a version of the adjustment rules; its hash is kept with the file."""
        return await publish(doors, RuleSetPublished, body, written(body), key, who)

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
        return await publish(doors, CodeSetPublished, facts, data, key, who)

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
        return await publish(doors, FeeSchedulePublished, facts, kept, key, who)

    @router.post("/fee-schedules/check")
    async def check(data: Annotated[bytes, Body(media_type="text/csv")]) -> dict[str, Any]:
        """A fee schedule read and judged; nothing is kept."""
        kept, _ = await aside(rates_of, data)
        return {"sha256": hashlib.sha256(kept).hexdigest(), "rates": msgspec.json.decode(kept)}
