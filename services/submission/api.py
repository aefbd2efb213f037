"""Doors of submission: transport's answers, what a person decides, history, and work lists."""

import hashlib
from typing import Annotated, Any, Literal, Self

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.submission import OpeningBalance
from contracts.values import Cents, ClaimLine, Code
from services.submission.domain.commands import (
    BillForwarded,
    Command,
    ImportClaim,
    RecordReopening,
    ReleaseClaim,
    ReplaceClaim,
    ResubmitClaim,
    VoidClaim,
    WithdrawVoid,
)
from services.submission.domain.inbound import ReceiveAnswers, RefuseFile
from services.submission.gateway import read_answers
from shared.errors import Malformed, NotFound
from shared.http import Actor, Day, IdempotencyKey
from shared.json_bodies import Door
from shared.received_files import file_doors, tell_file, tell_of_refusal
from shared.service import Doors, Order, Scope
from shared.streams import (
    account_number,
    account_stream,
    charge_number,
    read_claim_number,
)

MAX_ITEMS = 2_000
Limit = Annotated[int, Query(ge=1)]
MOST_CENTS = 10**13
Cent = Annotated[int, Field(ge=0, le=MOST_CENTS)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Release(_Body):
    """Which rules a person overrides, and why."""

    overridden: list[Code] = []
    reason: str = Field(min_length=1, max_length=400)


class Resubmit(_Body):
    """A word to go with the next attempt."""

    note: str = Field(default="", max_length=80)


class Replace(_Body):
    """Why a decided claim goes again, and what to say with it."""

    reason: str = Field(min_length=1, max_length=400)
    note: str = Field(default="", max_length=80)
    authorization: str = Field(default="", max_length=48)


class Withdraw(_Body):
    """Why the claim shall stand as it did."""

    reason: str = Field(min_length=1, max_length=400)


class Void(_Body):
    """Why the payer shall cancel the claim; of one that takes no voids, how it was told, and its reference of that."""

    reason: str = Field(min_length=1, max_length=400)
    told: Literal["", "phone", "portal", "letter", "fax"] = ""
    reference: str = Field(default="", max_length=80)


class BillIt(_Body):
    """Why the payer is billed from here."""

    reason: str = Field(min_length=1, max_length=400)


class Asked(_Body):
    """How and when the payer was asked to reopen its decision."""

    channel: Literal["phone", "portal", "letter", "fax"]
    reference: str = Field(default="", max_length=80)
    asked_on: Day


class HistoryLine(_Body):
    """A line of another system's claim with what is left of it; without `charge` it is numbered in order."""

    charge: Code | None = None
    charge_cents: Cent
    insurance_paid_cents: Cents = 0
    patient_paid_cents: Cents = 0
    contractual_cents: Cents = 0
    patient_owes_cents: Cents = 0
    insurance_open_cents: Cents = 0


class AtClaim(_Body):
    """What another system was paid or adjusted on the claim alone: never spread over its lines."""

    insurance_paid_cents: Cents = 0
    patient_paid_cents: Cents = 0
    contractual_cents: Cents = 0

    @model_validator(mode="after")
    def _no_more_than_any_amount(self) -> Self:
        if (
            abs(self.insurance_paid_cents + self.patient_paid_cents + self.contractual_cents)
            > MOST_CENTS
        ):
            raise ValueError("together they are more than any amount")
        return self


class HistoryClaim(_Body):
    """Another system's claim; the account is named, or found from source system and encounter."""

    account: str | None = Field(default=None, min_length=14, max_length=14)
    source_system: str = Field(default="", max_length=48)
    encounter: str = Field(default="", max_length=48)
    facility: Code
    legal_entity: Code
    foreign_number: str = Field(min_length=1, max_length=38)
    payer: Code
    payer_order: int = Field(default=1, ge=1, le=9)
    total_cents: Cent
    first_billed_on: Day | None = None
    lines: list[HistoryLine] = Field(min_length=1, max_length=999)
    at_claim: AtClaim = AtClaim()


class History(_Body):
    """Up to 2,000 claims."""

    claims: list[HistoryClaim] = Field(min_length=1, max_length=MAX_ITEMS)


def routes(doors: Doors) -> APIRouter:
    """The service's own routes."""
    router = APIRouter(tags=["submission"], route_class=Door)
    _commands(router, doors)
    _queries(router, doors)
    return router


def _commands(router: APIRouter, doors: Doors) -> None:
    async def one(
        claim: str, command: Command, body: BaseModel, key: str, actor: str
    ) -> dict[str, Any]:
        (answer,) = await doors.handle([_order(doors, claim, command, key, body, actor)])
        return answer.told()

    async def take(data: bytes, name: str, who: str) -> dict[str, Any]:
        return await _receive(doors, data, who)

    file_doors(router, doors, take)

    @router.post("/claims/{claim}/release")
    async def release(
        claim: str, body: Release, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Let a held claim go; rules that are overridden are named."""
        command = ReleaseClaim(claim, tuple(sorted(set(body.overridden))), body.reason)
        return await one(claim, command, body, key, actor)

    @router.post("/claims/{claim}/resubmit")
    async def resubmit(
        claim: str, body: Resubmit, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send a rejected claim again after it was mended, a voided one as a new claim, or one that waits at a wrong payer to the right one."""
        return await one(claim, ResubmitClaim(claim, body.note), body, key, actor)

    @router.post("/claims/{claim}/replace")
    async def replace(
        claim: str, body: Replace, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send a decided claim again, as charges and codes say it by now, the way its payer takes it."""
        command = ReplaceClaim(claim, body.reason, actor, body.note, body.authorization)
        return await one(claim, command, body, key, actor)

    @router.post("/claims/{claim}/void")
    async def void(claim: str, body: Void, key: IdempotencyKey, actor: Actor) -> dict[str, Any]:
        """Ask the payer to cancel a claim that it has (frequency 8), or end one that nobody has, or whose payer takes no voids and was told otherwise; resubmit it when it shall go anew."""
        command = VoidClaim(claim, body.reason, actor, body.told, body.reference)
        return await one(claim, command, body, key, actor)

    @router.post("/claims/{claim}/void/withdraw")
    async def withdraw(
        claim: str, body: Withdraw, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Drop a void that is held or that the payer rejected: the claim stands as it did."""
        command = WithdrawVoid(claim, body.reason, actor)
        return await one(claim, command, body, key, actor)

    @router.post("/claims/{claim}/bill")
    async def bill(claim: str, body: BillIt, key: IdempotencyKey, actor: Actor) -> dict[str, Any]:
        """Bill a claim that an earlier payer was to have sent on and that nobody answered; once."""
        command = BillForwarded(claim, body.reason, actor)
        return await one(claim, command, body, key, actor)

    @router.post("/claims/{claim}/reopening")
    async def reopening(
        claim: str, body: Asked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Record that the payer was asked to reopen its decision on a claim."""
        command = RecordReopening(claim, body.channel, body.reference, body.asked_on, actor)
        return await one(claim, command, body, key, actor)

    @router.post("/history")
    async def history(body: History, key: IdempotencyKey, actor: Actor) -> dict[str, Any]:
        """Take over another system's claims; they are tracked and never sent."""
        orders = [_import(doors, claim, f"{key}/{n}", actor) for n, claim in enumerate(body.claims)]
        answers = await doors.handle(orders)
        items = [
            {"account": order.stream.partition("/")[2], **answer.item()}
            for order, answer in zip(orders, answers, strict=True)
        ]
        return {"items": items}


async def _receive(doors: Doors, data: bytes, who: str) -> dict[str, Any]:
    """What the file says to our queues; one that cannot be taken is told of, and kept."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        answers = await read_answers(data, doors)
    except Malformed as no:
        await tell_of_refusal(doors, data, "", no, RefuseFile, who)
        raise
    command = ReceiveAnswers(sha256, answers.known, answers.unknown)
    # What is understood of it may be more another time: that is another command.
    answer = await tell_file(doors, sha256, command, f"{sha256}/{len(answers.unknown)}", who)
    told = answer.told()
    return {
        **told,
        "again": answer.again or not answer.said,
        "sha256": sha256,
        "answers": len(answers.known),
        "unknown": [msgspec.to_builtins(one) for one in answers.unknown],
    }


def _order(
    doors: Doors, claim: str, command: Command, key: str, body: BaseModel, actor: str
) -> Order:
    read = read_claim_number(claim)
    if read is None:
        raise NotFound("this is no claim number of ours")
    stream, scope = account_stream(read[0]), Scope(doors.tenant)
    return Order(stream, command, key, body.model_dump_json().encode(), scope, actor)


def _import(doors: Doors, claim: HistoryClaim, key: str, actor: str) -> Order:
    account = claim.account or account_number(doors.tenant, claim.source_system, claim.encounter)
    charges = [
        line.charge or charge_number(account, n) for n, line in enumerate(claim.lines, start=1)
    ]
    command = ImportClaim(
        account=account,
        foreign_number=claim.foreign_number,
        payer=claim.payer,
        payer_order=claim.payer_order,
        lines=tuple(
            ClaimLine(line=n, charge=charge, charge_cents=line.charge_cents)
            for n, (charge, line) in enumerate(zip(charges, claim.lines, strict=True), start=1)
        ),
        total_cents=claim.total_cents,
        first_billed_on=claim.first_billed_on,
        opening=(
            *(
                OpeningBalance(charge=charge, **line.model_dump(exclude={"charge", "charge_cents"}))
                for charge, line in zip(charges, claim.lines, strict=True)
            ),
            *_at_claim(claim.at_claim),
        ),
    )
    scope = Scope(doors.tenant, claim.legal_entity, claim.facility)
    body = claim.model_dump_json().encode()
    return Order(account_stream(account), command, key, body, scope, actor)


def _at_claim(said: AtClaim) -> list[OpeningBalance]:
    """It lowers what payers owe of the whole claim, and nothing of a charge."""
    amounts = said.model_dump()
    whole = sum(amounts.values())
    if not any(amounts.values()):
        return []
    return [OpeningBalance(charge="", **amounts, insurance_open_cents=-whole)]


_WORK_LIST = """
select claim, account, facility, legal_entity, payer, payer_order, state, attempt, frequency, total_cents,
       filing_limit_on, reasons, waiting_since, isa13, st02
from claim
where waiting_since is not null and state in ('held', 'rejected', 'transport_rejected')
  and ($1 = '' or state = $1) and ($2 = '' or facility = $2) and ($3 = '' or payer = $3)
order by filing_limit_on nulls last, claim limit $4
"""


def _queries(router: APIRouter, doors: Doors) -> None:
    @router.get("/work-list")
    async def work_list(
        state: Literal["", "held", "rejected", "transport_rejected"] = "",
        facility: str = "",
        payer: str = "",
        limit: Limit = 500,
    ) -> list[dict[str, Any]]:
        """Held and rejected claims with rule, loop, element and fix; the nearest filing limit first."""
        rows = await doors.rows(_WORK_LIST, state, facility, payer, min(limit, MAX_ITEMS))
        return [_plain(row) for row in rows]

    @router.get("/reopenings")
    async def reopenings(
        state: Literal["", "open", "asked", "answered"] = "open", limit: Limit = 500
    ) -> list[dict[str, Any]]:
        """Decisions that payers are to reopen, with the control number and what is to be changed."""
        sql = (
            "select * from reopening where $1 = '' or state = $1 order by opened_on, claim limit $2"
        )
        return [_plain(row) for row in await doors.rows(sql, state, min(limit, MAX_ITEMS))]

    @router.get("/voided")
    async def voided(limit: Limit = 500) -> list[dict[str, Any]]:
        """Voided claims; those whose payments the payer has not taken back yet come first."""
        sql = (
            "select claim, account, facility, payer, payer_order, payer_control, standing, waiting_since as voided_on"
            " from claim where waiting_since is not null and state = 'voided' order by cardinality(standing) = 0, waiting_since, claim limit $1"
        )
        return [_plain(row) for row in await doors.rows(sql, min(limit, MAX_ITEMS))]

    @router.get("/queues")
    async def queues() -> list[dict[str, Any]]:
        """What waits for the next cut-off, by receiver and lane."""
        sql = "select stream, receiver, lane, claims, cents, since from queue order by stream"
        return [_plain(row) for row in await doors.rows(sql)]

    @router.get("/interchanges")
    async def interchanges(limit: Limit = 200) -> list[dict[str, Any]]:
        """Files that left, the newest first, with what was answered."""
        sql = (
            "select receiver, isa13, gs06, file_name, sha256, size_bytes, claims, cents, ta1, ack_999,"
            " batched_on, sent_on from interchange order by batched_at desc, isa13 desc limit $1"
        )
        return [_plain(row) for row in await doors.rows(sql, min(limit, MAX_ITEMS))]

    @router.get("/claims/{claim}")
    async def claim_row(claim: str) -> dict[str, Any]:
        """One claim's newest attempt."""
        rows = await doors.rows("select * from claim where claim = $1", claim.upper())
        if not rows:
            raise NotFound("there is no such claim")
        return _plain(rows[0])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(row)
    return made
