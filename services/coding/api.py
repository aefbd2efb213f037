"""Doors of coding: charges with their codes in bulk, corrections, coding again, and the work list."""

from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import (
    Attachment,
    Charge,
    ChargeNumber,
    CodedLine,
    Condition,
    Diagnosis,
    DrugQuantity,
    Npi,
    Provider,
    StatedDate,
)
from contracts.values import Code as CodeText
from services.coding.domain import Capture, Code, CorrectCharge, SupportCharge
from services.coding.domain.rules import next_step
from shared.errors import Malformed, NotFound
from shared.http import Actor, Day, IdempotencyKey
from shared.json_bodies import Door
from shared.service import Answer, Doors, Order, Scope
from shared.streams import account_number, account_stream, charge_number

MAX_ITEMS = 2_000
PAGE = 500
Price = Annotated[int, Field(ge=0, le=10**10)]
Pointers = Annotated[list[int], Field(max_length=4)]
"""The diagnoses of a charge, as SV107 holds them."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_max_length=200)


class ChargeBody(_Body):
    """One charge; it is numbered in the order of the list unless it names its number.

    `support` says why it may go as it stands, where code edits ask for a reason.
    """

    charge: CodeText | None = None
    service_on: Day
    procedure: CodeText
    modifiers: list[CodeText] = Field(default=[], max_length=4)
    units: int = Field(ge=0, le=9_999)
    charge_cents: Price
    place_of_service: CodeText
    rendering_npi: Npi
    ndc: CodeText | None = None
    authorization: CodeText | None = None
    service_to: Day | None = None
    unit: Literal["UN", "MJ"] = "UN"
    quantity: str | None = Field(default=None, pattern=r"^[0-9]{1,7}\.[0-9]{1,3}$")
    drug: DrugQuantity | None = None
    providers: list[Provider] = Field(default=[], max_length=9)
    dates: list[StatedDate] = Field(default=[], max_length=11)
    attachments: list[Attachment] = Field(default=[], max_length=10)
    conditions: list[Condition] = Field(default=[], max_length=3)
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    copay_exempt: bool = False
    support: str = ""


class DiagnosisBody(_Body):
    """A diagnosis in its sequence."""

    sequence: int = Field(ge=1, le=12)
    code: CodeText
    poa: CodeText | None = None


class AccountBody(_Body):
    """The charges of one encounter with its codes; `pointers` are one list per charge."""

    account: str | None = Field(default=None, min_length=14, max_length=14)
    source_system: str = ""
    encounter: str = ""
    charges: list[ChargeBody] = Field(min_length=1, max_length=999)
    diagnoses: list[DiagnosisBody] = Field(default=[], max_length=12)
    pointers: list[Pointers] = Field(default=[], max_length=999)
    coder: CodeText = "coder"


class Accounts(_Body):
    """Up to 2,000 encounters."""

    accounts: list[AccountBody] = Field(min_length=1, max_length=MAX_ITEMS)


class Correction(_Body):
    """Fields that change; absent ones stay."""

    service_on: Day | None = None
    procedure: CodeText | None = None
    modifiers: list[CodeText] | None = None
    units: int | None = Field(default=None, ge=0, le=9_999)
    charge_cents: Price | None = None
    place_of_service: CodeText | None = None
    rendering_npi: Npi | None = None
    ndc: CodeText | None = None
    authorization: CodeText | None = None
    service_to: Day | None = None
    unit: Literal["UN", "MJ"] | None = None
    quantity: str | None = Field(default=None, pattern=r"^[0-9]{1,7}\.[0-9]{1,3}$")
    drug: DrugQuantity | None = None
    providers: list[Provider] | None = Field(default=None, max_length=9)
    dates: list[StatedDate] | None = Field(default=None, max_length=11)
    attachments: list[Attachment] | None = Field(default=None, max_length=10)
    conditions: list[Condition] | None = Field(default=None, max_length=3)
    emergency: bool | None = None
    epsdt: bool | None = None
    family_planning: bool | None = None
    copay_exempt: bool | None = None
    reason: str = Field(min_length=1, max_length=200)


class SupportBody(_Body):
    """Why a charge may go as it stands."""

    reason: str = Field(min_length=1, max_length=200)


class CodeBody(_Body):
    """The whole coding of an encounter, again."""

    diagnoses: list[DiagnosisBody] = Field(min_length=1, max_length=12)
    lines: dict[ChargeNumber, Annotated[Pointers, Field(min_length=1)]]
    coder: CodeText = "coder"


_LISTS = ("modifiers", "providers", "dates", "attachments", "conditions")


def _said(body: ChargeBody | Correction, exclude: set[str]) -> dict[str, Any]:
    """What a body says of a charge, as the event holds it."""
    said = {
        name: value
        for name, value in vars(body).items()
        if value is not None and name not in exclude
    }
    return said | {name: tuple(said[name]) for name in _LISTS if name in said}


def _capture(tenant: str, body: AccountBody) -> Capture:
    account = body.account or account_number(tenant, body.source_system, body.encounter)
    charges = tuple(
        Charge(
            charge=c.charge or charge_number(account, n),
            **_said(c, exclude={"charge", "support"}),
        )
        for n, c in enumerate(body.charges, 1)
    )
    if body.pointers and len(body.pointers) != len(charges):
        raise Malformed("pointers are one list per charge")
    lines = tuple(
        CodedLine(charge=charge.charge, pointers=tuple(pointers))
        for charge, pointers in zip(charges, body.pointers, strict=False)
        if pointers
    )
    diagnoses = tuple(Diagnosis(**d.model_dump()) for d in body.diagnoses)
    support = tuple(
        (charge.charge, c.support)
        for charge, c in zip(charges, body.charges, strict=True)
        if c.support
    )
    return Capture(account, charges, diagnoses, lines, body.coder, support)


def routes(doors: Doors) -> APIRouter:
    """`/charges`, `/accounts/{account}/…`, `/work-list`."""
    router = APIRouter(route_class=Door)

    @router.post("/charges")
    async def charges(body: Accounts, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Capture and code encounters; each item has its own answer and stops no other."""
        scope = Scope(tenant=doors.tenant)
        commands = [_capture(doors.tenant, a) for a in body.accounts]
        orders = [
            Order(account_stream(c.account), c, f"{key}/{n}", msgspec.json.encode(c), scope, who)
            for n, c in enumerate(commands)
        ]
        answers = await doors.handle(orders)
        return {
            "accounts": [
                {
                    "account": c.account,
                    "status": a.status,
                    "code": a.code,
                    "sentence": a.sentence,
                    "held": _is_held(a),
                }
                for c, a in zip(commands, answers, strict=True)
            ]
        }

    @router.post("/accounts/{account}/charges/{charge}/correct")
    async def correct(
        account: str, charge: str, body: Correction, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Change or void (units 0) a charge; A/R moves by the difference."""
        rows = await doors.rows("select charges from account_charges where account = $1", account)
        known = rows[0]["charges"].get(charge) if rows else None
        if known is None:
            raise NotFound("no such charge")
        before = msgspec.convert(known, Charge)
        changed = _said(body, exclude={"reason"})
        command = CorrectCharge(account, replace(before, **changed), body.reason)
        return await _tell(doors, account, command, key, who)

    @router.post("/accounts/{account}/charges/{charge}/support")
    async def support(
        account: str, charge: str, body: SupportBody, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Say why a charge may go as it stands: over a unit limit, or parted from another by a modifier."""
        return await _tell(doors, account, SupportCharge(account, charge, body.reason), key, who)

    @router.post("/accounts/{account}/codes")
    async def code(account: str, body: CodeBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Code the encounter again, whole."""
        diagnoses = tuple(Diagnosis(**d.model_dump()) for d in body.diagnoses)
        lines = tuple(
            CodedLine(charge=charge, pointers=tuple(p)) for charge, p in body.lines.items()
        )
        return await _tell(doors, account, Code(account, diagnoses, lines, body.coder), key, who)

    @router.get("/work-list")
    async def work_list(limit: int = Query(default=PAGE, ge=1, le=5_000)) -> list[dict[str, Any]]:
        """What failed a coding rule and what a coder does next, longest waiting first; `listed` is how many wait."""
        rows = await doors.rows(
            "select account, facility, failures, coder, since, count(*) over () as listed "
            "from coding_work_list order by since, account limit $1",
            limit,
        )
        return [
            row | {"next_step": next_step([f["rule"] for f in row["failures"]])} for row in rows
        ]

    @router.get("/accounts/{account}")
    async def account(account: str) -> dict[str, Any]:
        """The charges of an account as they stand."""
        rows = await doors.rows("select * from account_charges where account = $1", account.upper())
        if not rows:
            raise NotFound("no charge of this account was captured")
        return rows[0]

    return router


async def _tell(doors: Doors, account: str, command: Any, key: str, who: str) -> dict[str, Any]:
    order = Order(
        account_stream(account),
        command,
        key,
        msgspec.json.encode(command),
        Scope(tenant=doors.tenant),
        who,
    )
    (answer,) = await doors.handle([order])
    return answer.told() | {"held": _is_held(answer)}


def _is_held(answer: Answer) -> bool:
    return any(wire == "coding.coding_held.v1" for wire, _ in answer.said)
