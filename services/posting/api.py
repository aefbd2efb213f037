"""Doors of posting: the bank's deposits, patients' payments, write-offs, and what the journal says."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Code
from services.posting.domain.commands import (
    Bucket,
    ReceivePayment,
    RecordDeposit,
    RefundOverpayment,
    RefundPatient,
    RefundPayment,
    TransferDenied,
    WriteOff,
)
from shared.errors import NotFound
from shared.http import Actor, IdempotencyKey
from shared.service import Answer, Command, Doors, Order, Row, Scope
from shared.streams import account_stream, deposit_stream, guarantor_stream

MAX_ITEMS = 2_000
MOST_ROWS = 1_000
Positive = Annotated[int, Field(gt=0, le=10**12)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Deposit(_Body):
    """A line of the bank's statement; the trace is the addenda's TRN02, the payer's id its TRN03."""

    deposit: Code
    amount_cents: Positive
    deposited_on: date
    trace: str = Field(default="", max_length=50)
    payer_trace_id: str = Field(default="", max_length=30)


class Deposits(_Body):
    """Up to 2,000 deposits."""

    deposits: list[Deposit] = Field(min_length=1, max_length=MAX_ITEMS)


class Payment(_Body):
    """A payment of a guarantor, found by the account it is meant for when it is not named."""

    payment: Code
    guarantor: Code | None = None
    account: str = Field(default="", pattern=r"^([0-9A-Z]{14})?$")
    tender: Code
    amount_cents: Positive
    received_on: date


class Payments(_Body):
    """Up to 2,000 payments."""

    payments: list[Payment] = Field(min_length=1, max_length=MAX_ITEMS)


class TransferAsked(_Body):
    """A denied amount goes to the next payer or the patient; without `cents` all that is denied."""

    to_party: Literal["payer", "patient"]
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None
    charge: Code | None = None


class RefundAsked(_Body):
    """Money that we send back, under our own id of the refund."""

    refund: Annotated[str, Field(pattern=r"^[ -~]{1,40}$")]
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None


class PatientRefundAsked(RefundAsked):
    """Of a patient's payment, what waits on the account."""

    payment: Code
    cents: Positive


class LooseRefundAsked(PatientRefundAsked):
    """Of a payment that was made for no account."""

    cents: Positive
    refunded_on: date


class WriteOffAsked(_Body):
    """A write-off with its reason and approver; without `cents` all of the balance goes."""

    kind: Code
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None
    charge: Code | None = None
    bucket: Bucket = "patient"


def routes(doors: Doors) -> APIRouter:
    """The service's own routes."""
    router = APIRouter(tags=["posting"])
    _commands(router, doors)
    _by_a_person(router, doors)
    _queries(router, doors)
    _work(router, doors)
    return router


def _commands(router: APIRouter, doors: Doors) -> None:
    @router.post("/deposits")
    async def deposits(body: Deposits, key: IdempotencyKey, actor: Actor) -> dict[str, Any]:
        """Take in what the bank shows; each finds its remittance by its trace."""
        orders = []
        for n, one in enumerate(body.deposits):
            command = RecordDeposit(**one.model_dump())
            stream = deposit_stream(one.deposit)
            orders.append(_order(doors, stream, command, one, key=f"{key}/{n}", actor=actor))
        return {"items": [_item(answer) for answer in await doors.handle(orders)]}

    @router.post("/patient-payments")
    async def payments(body: Payments, key: IdempotencyKey, actor: Actor) -> dict[str, Any]:
        """Take in what guarantors paid; what names an account meets its patient balance."""
        unnamed = [p.account for p in body.payments if p.guarantor is None]
        found = await _guarantors(doors, unnamed)
        orders, items = [], []
        for n, one in enumerate(body.payments):
            guarantor = one.guarantor or found.get(one.account, "")
            items.append(_nobody() if not guarantor else {})
            if guarantor:
                command = ReceivePayment(**{**one.model_dump(), "guarantor": guarantor})
                stream = guarantor_stream(guarantor)
                orders.append(_order(doors, stream, command, one, key=f"{key}/{n}", actor=actor))
        answers = iter(await doors.handle(orders))
        return {"items": [item or _item(next(answers)) for item in items]}


def _by_a_person(router: APIRouter, doors: Doors) -> None:
    async def one(
        stream: str, command: Command, body: BaseModel, key: str, actor: str
    ) -> dict[str, Any]:
        (answer,) = await doors.handle([_order(doors, stream, command, body, key=key, actor=actor)])
        return _told(answer)

    @router.post("/accounts/{account}/write-offs")
    async def write_off(
        account: str, body: WriteOffAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Write a balance off; refused when there is less of it."""
        command = WriteOff(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/transfers")
    async def transfer(
        account: str, body: TransferAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Move denied money on; refused to the patient where the payer's group is not PR."""
        command = TransferDenied(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/overpayments/{adjudication}/refunds")
    async def refund_overpayment(
        account: str, adjudication: str, body: RefundAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send a payer back what it paid too much; without `cents` all that is open."""
        command = RefundOverpayment(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/refunds")
    async def refund_patient(
        account: str, body: PatientRefundAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send back what of a payment waits on the account."""
        command = RefundPatient(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/guarantors/{guarantor}/refunds")
    async def refund_payment(
        guarantor: str, body: LooseRefundAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send back what a guarantor paid for no account."""
        command = RefundPayment(guarantor, **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)


def _queries(router: APIRouter, doors: Doors) -> None:
    @router.get("/accounts/{account}")
    async def account(account: str) -> dict[str, Any]:
        """An account's balance, each charge, claim level as charge '', and its journal."""
        rows = await doors.rows("select * from account_balance where account = $1", account)
        if not rows:
            raise NotFound("no money is known on this account")
        charges = await doors.rows(
            "select * from charge_balance where account = $1 order by charge", account
        )
        journal = await doors.rows(
            "select * from journal where account = $1 and stream like 'account/%' "
            "order by posted_on, entry, line limit $2",
            account,
            MOST_ROWS,
        )
        return {"account": rows[0], "charges": charges, "journal": journal}

    @router.get("/trial-balance")
    async def trial_balance(until: date | None = None) -> dict[str, Any]:
        """Every ledger's sum; together they are zero."""
        ledgers = await doors.rows(
            "select ledger, sum(cents)::bigint as cents from journal "
            "where $1::date is null or posted_on <= $1 group by ledger order by ledger",
            until,
        )
        return {"ledgers": ledgers, "sum_cents": sum(row["cents"] for row in ledgers)}

    @router.get("/clearing")
    async def clearing(everything: bool = False) -> dict[str, Any]:
        """Remittance clearing explained: per check what was released, posted, and is left."""
        rows = await doors.rows(_CLEARING, everything, MOST_ROWS)
        (total,) = await doors.rows(
            "select coalesce(-sum(cents), 0)::bigint as cents from journal "
            "where ledger = 'remittance_clearing'"
        )
        return {"left_cents": total["cents"], "remittances": rows}


def _work(router: APIRouter, doors: Doors) -> None:
    @router.get("/remittances")
    async def remittances() -> list[Row]:
        """Checks, and whether the bank showed their money; those that wait first."""
        return await doors.rows(
            "select * from remittance_money order by (deposit <> ''), paid_on, remittance limit $1",
            MOST_ROWS,
        )

    @router.get("/deposits")
    async def unmatched_deposits(matched: bool = False) -> list[Row]:
        """Deposits that no remittance explains (or those that one does)."""
        return await doors.rows(
            "select * from deposit where (remittance <> '') = $1 "
            "order by deposited_on, deposit limit $2",
            matched,
            MOST_ROWS,
        )

    @router.get("/payees")
    async def payees() -> dict[str, Any]:
        """Provider-level money: forward balances, each PLB amount, and takebacks that nothing explains."""
        balances = await doors.rows("select * from payee_balance order by payer, tax_id")
        adjustments = await doors.rows(
            "select * from provider_adjustment order by posted_on desc, event_id limit $1",
            MOST_ROWS,
        )
        takebacks = await doors.rows(
            "select *, taken_cents - recovered_cents as left_cents from takeback "
            "where taken_cents <> recovered_cents order by posted_on, reference limit $1",
            MOST_ROWS,
        )
        return {"balances": balances, "adjustments": adjustments, "takebacks": takebacks}

    @router.get("/overpayments")
    async def overpayments() -> list[Row]:
        """What came too much and was not taken back yet, oldest first."""
        return await doors.rows(
            "select *, cents - recovered_cents as left_cents from overpayment "
            "where state = 'suspected' order by suspected_on, account limit $1",
            MOST_ROWS,
        )

    @router.get("/unapplied")
    async def unapplied() -> list[Row]:
        """Patients' money that met no balance, oldest first, and why it waits."""
        return await doors.rows(_UNAPPLIED, MOST_ROWS)

    @router.get("/credits")
    async def credits() -> list[Row]:
        """Charges on which somebody is owed money back, or an amount is below zero, and what it waits for."""
        return await doors.rows(_CREDITS, MOST_ROWS)

    @router.get("/guarantors/{guarantor}")
    async def guarantor(guarantor: str) -> Row:
        """What a guarantor paid and what of it is unapplied."""
        rows = await doors.rows("select * from guarantor_balance where guarantor = $1", guarantor)
        if not rows:
            raise NotFound("no payment of this guarantor is known")
        return rows[0]


_CLEARING = """
select j.remittance, m.payer, m.check_number, m.paid_on, j.released_cents, j.posted_cents,
       j.released_cents - j.posted_cents as left_cents
from (select remittance,
             coalesce(-sum(cents) filter (where stream like 'remittance/%'), 0)::bigint as released_cents,
             coalesce(sum(cents) filter (where stream like 'account/%'), 0)::bigint as posted_cents
      from journal where ledger = 'remittance_clearing' and remittance <> '' group by remittance) j
left join remittance_money m using (remittance)
where $1 or j.released_cents <> j.posted_cents
order by m.paid_on, j.remittance limit $2
"""


_UNAPPLIED = """
select p.*, case
         when p.account = '' then 'It was paid for no account.'
         when b.account is null then 'Nothing is known of its account yet.'
         when b.patient_cents > 0 then 'The account owes at claim level, or is being applied to.'
         else 'The patient owes nothing on its account: it waits for a balance, or a refund.'
       end as reason
from patient_payment p left join account_balance b using (account)
where p.left_cents <> 0 order by p.received_on, p.guarantor, p.payment limit $1
"""
_CREDITS = """
select account, charge, payer, credit_cents, open_cents, denied_cents, next_payer_cents, patient_cents,
       posted_on, case
         when credit_cents > 0 then 'The payer paid too much: a takeback or a refund closes it.'
         when credit_cents < 0 then 'It was taken back although it was refunded: the payer owes it.'
         when open_cents > 0 then 'A decision was taken back: the corrected one restates it.'
         when open_cents < 0 then 'A charge was lowered after it was paid: the payer has to correct.'
         else 'More was taken back than anybody can be named for: look at it.'
       end as reason
from charge_balance
where charge <> '' and (credit_cents <> 0 or least(open_cents, denied_cents, next_payer_cents, patient_cents) < 0)
order by posted_on, account, charge limit $1
"""


async def _guarantors(doors: Doors, accounts: list[str]) -> dict[str, str]:
    if not accounts:
        return {}
    rows = await doors.rows(
        "select account, guarantor from account_balance where account = any($1::text[])", accounts
    )
    return {row["account"]: row["guarantor"] for row in rows}


def _order(
    doors: Doors, stream: str, command: Command, body: BaseModel, *, key: str, actor: str
) -> Order:
    scope = Scope(doors.tenant)
    return Order(stream, command, key, body.model_dump_json().encode(), scope, actor)


def _nobody() -> dict[str, Any]:
    return {
        "status": 404,
        "code": "not_found",
        "sentence": "name the guarantor, or an account that has one",
        "said": [],
        "again": False,
    }


def _item(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "code": answer.code,
        "sentence": answer.sentence,
        "said": [wire for wire, _ in answer.said],
        "again": answer.again,
    }


def _told(answer: Answer) -> dict[str, Any]:
    """One command's answer, or its refusal as an error."""
    if answer.status != 200:
        raise answer.refusal()
    return _item(answer)
