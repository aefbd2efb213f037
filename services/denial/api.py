"""Doors of denial: the work list, and what a person does about a denial."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from contracts.denial import ChargeReason, ClaimCorrection
from contracts.values import Charge, DrugQuantity, Npi, Provider
from services.denial.domain.commands import Accept, Appeal, Correct, DecideAppeal
from shared.errors import NotFound
from shared.http import Actor, Day, IdempotencyKey
from shared.json_bodies import Door
from shared.service import Doors, Order, Row, Scope
from shared.streams import account_stream

MOST_ROWS = 2_000

_Asked = Correct | Appeal | DecideAppeal | Accept


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CorrectedCharge(_Body):
    """A charge of the claim as the corrected claim shall say it; `support` is why, where code edits ask for a reason."""

    charge: str = Field(min_length=1, max_length=48)
    service_on: Day
    procedure: str = Field(min_length=1, max_length=48)
    modifiers: list[str] = Field(default=[], max_length=4)
    units: int = Field(ge=0, le=9_999)
    charge_cents: int = Field(ge=0, le=10**10)
    place_of_service: str = Field(min_length=1, max_length=48)
    rendering_npi: Npi
    ndc: str | None = Field(default=None, min_length=1, max_length=48)
    authorization: str | None = Field(default=None, min_length=1, max_length=48)
    service_to: Day | None = None
    unit: Literal["UN", "MJ"] = "UN"
    quantity: str | None = Field(default=None, pattern=r"^[0-9]{1,7}\.[0-9]{1,3}$")
    drug: DrugQuantity | None = None
    providers: list[Provider] = Field(default=[], max_length=9)
    support: str = Field(default="", max_length=200)


class Correction(_Body):
    """What is different in the corrected claim: whole charges, an authorization number, a note."""

    charges: list[CorrectedCharge] = Field(default=[], max_length=999)
    authorization: str = Field(default="", max_length=48)
    note: str = Field(default="", max_length=80)


class Acceptance(_Body):
    """Why nothing more is done about it."""

    reason: str = Field(min_length=1, max_length=400)


class AppealSent(_Body):
    """On what ground another decision is asked for, under which number of the letter, and when it was sent."""

    basis: str = Field(min_length=1, max_length=400)
    reference: str = Field(default="", max_length=48, pattern=r"^[ -~]*$")
    filed_on: Day


class AppealAnswered(_Body):
    """What became of the appeal, why, and on which day."""

    outcome: Literal["overturned", "upheld", "withdrawn"]
    reason: str = Field(min_length=1, max_length=400)
    decided_on: Day


def routes(doors: Doors) -> APIRouter:
    """The service's own routes."""
    router = APIRouter(tags=["denial"], route_class=Door)
    _commands(router, doors)
    _queries(router, doors)
    return router


def _commands(router: APIRouter, doors: Doors) -> None:
    async def one(command: _Asked, body: BaseModel, key: str, actor: str) -> dict[str, Any]:
        (answer,) = await doors.handle([_order(doors, command, body, key=key, actor=actor)])
        return answer.told()

    @router.post("/denials/{denial}/correct")
    async def correct(
        denial: str, body: Correction, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send the claim again, corrected, the way its payer takes it. Charges that break a rule of coding open the denial again."""
        charges = tuple(
            Charge(
                **{
                    **one.model_dump(exclude={"drug", "providers", "support"}),
                    "modifiers": tuple(one.modifiers),
                    "drug": one.drug,
                    "providers": tuple(one.providers),
                }
            )
            for one in body.charges
        )
        change = ClaimCorrection(
            charges=charges,
            authorization=body.authorization,
            note=body.note,
            support=tuple(
                ChargeReason(charge=one.charge, reason=one.support)
                for one in body.charges
                if one.support
            ),
        )
        return await one(Correct(denial, change, actor), body, key, actor)

    @router.post("/denials/{denial}/appeal")
    async def appeal(
        denial: str, body: AppealSent, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Record that the denial was appealed, at the level that is next."""
        command = Appeal(denial, body.basis, body.reference, body.filed_on, actor)
        return await one(command, body, key, actor)

    @router.post("/denials/{denial}/appeal/decision")
    async def decision(
        denial: str, body: AppealAnswered, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Record what became of its appeal: upheld, it is work again, with the next level's deadline."""
        command = DecideAppeal(denial, body.outcome, body.reason, body.decided_on, actor)
        return await one(command, body, key, actor)

    @router.post("/denials/{denial}/accept")
    async def accept(
        denial: str, body: Acceptance, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Close the denial as accepted; the money stays denied until somebody writes it off."""
        return await one(Accept(denial, body.reason), body, key, actor)


def _queries(router: APIRouter, doors: Doors) -> None:
    @router.get("/denials")
    async def denials(
        state: Literal["", "open", "requested", "resolved"] = "",
        facility: str = "",
        payer: str = "",
        carc: str = "",
        rarc: str = "",
        category: str = "",
        owner: str = "",
        account: str = "",
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 500,
    ) -> list[Row]:
        """Standing denials (or those of a state), the most worth per day left first."""
        book = await doors.book()
        wanted = (state, facility, payer, carc, rarc, category, owner, account)
        return await doors.rows(_WORK_LIST, *wanted, book.today, limit)

    @router.get("/denials/{denial}")
    async def one(denial: str) -> Row:
        """One denial."""
        rows = await doors.rows("select * from denial where denial = $1", denial)
        if not rows:
            raise NotFound("there is no such denial")
        return rows[0]

    @router.get("/summary")
    async def summary() -> list[Row]:
        """Denials by CARC, payer and state: how many and how much, and what of it was paid."""
        return await doors.rows(_SUMMARY)


# How likely work on a denial brings money is a guess until our own outcomes say it: unsourced.
_WORK_LIST = """
select *, (cents * case when correctable then 60 else 20 end / 100)::bigint as expected_cents,
       deadline_on - coalesce($9::date, current_date) as days_left
from denial
where case when $1 = '' then state in ('open', 'requested') else state = $1 end
  and ($2 = '' or facility = $2) and ($3 = '' or payer = $3) and ($4 = '' or carc = $4)
  and ($5 = '' or $5 = any(rarcs)) and ($6 = '' or category = $6) and ($7 = '' or owner = $7)
  and ($8 = '' or account = $8)
order by state,
         cents * case when correctable then 60 else 20 end
             / greatest(1, deadline_on - coalesce($9::date, current_date)) desc,
         deadline_on, denial
limit $10
"""
_SUMMARY = """
select carc_group, carc, payer, category, state, outcome, count(*) as denials,
       sum(cents)::bigint as cents, sum(outcome_cents)::bigint as outcome_cents,
       min(deadline_on) filter (where state <> 'resolved') as next_deadline_on
from denial group by carc_group, carc, payer, category, state, outcome
order by cents desc, carc, payer
"""


def _order(doors: Doors, command: _Asked, body: BaseModel, *, key: str, actor: str) -> Order:
    account, _, number = command.denial.partition("-D")
    if not number.isdigit():
        raise NotFound("there is no such denial")
    stream, scope = account_stream(account), Scope(doors.tenant)
    return Order(stream, command, key, body.model_dump_json().encode(), scope, actor)
