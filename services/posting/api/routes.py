"""Doors of posting: the bank's deposits, patients' payments, write-offs, and what the journal says."""

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.posting.api.bodies import (
    AssignmentAsked,
    DepositMatch,
    Deposits,
    LateSettlementAsked,
    LooseRefundAsked,
    PatientRefundAsked,
    Payments,
    SettlementAsked,
    TransferAsked,
    UnassignmentAsked,
    WriteOffAsked,
    WriteOffTakenBack,
)
from services.posting.api.money import money
from services.posting.api.orders import MOST_ROWS, by_a_person, order
from services.posting.api.overpayments import overpayment_doors
from services.posting.api.statements import statement_doors
from services.posting.domain.commands import (
    AssignPayment,
    MatchDeposit,
    ReceivePayment,
    RecordDeposit,
    RefundPatient,
    RefundPayment,
    SettleLatePayment,
    SettleUnderpayment,
    TakeBackWriteOff,
    TransferDenied,
    UnassignPayment,
    WriteOff,
)
from shared.errors import NotFound
from shared.http import Actor, IdempotencyKey
from shared.json_bodies import Door
from shared.service import Doors, Row
from shared.streams import account_stream, deposit_stream, guarantor_stream


def routes(doors: Doors) -> APIRouter:
    """The service's own routes."""
    router = APIRouter(tags=["posting"], route_class=Door)
    _commands(router, doors)
    _by_a_person(router, doors)
    overpayment_doors(router, doors)
    statement_doors(router, doors)
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
            orders.append(order(doors, stream, command, one, key=f"{key}/{n}", actor=actor))
        return {"items": [answer.item() for answer in await doors.handle(orders)]}

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
                orders.append(order(doors, stream, command, one, key=f"{key}/{n}", actor=actor))
        answers = iter(await doors.handle(orders))
        return {"items": [item or next(answers).item() for item in items]}


def _by_a_person(router: APIRouter, doors: Doors) -> None:
    one = partial(by_a_person, doors)

    @router.post("/deposits/{deposit}/match")
    async def match(
        deposit: str, body: DepositMatch, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Say whose money a deposit is, or a part of it, where no trace says so: a check, one deposit for several, one in parts."""
        found = await doors.rows(_MATCHED, deposit, body.remittance)
        if not found:
            raise NotFound("there is no such deposit, or no such check was released")
        row = found[0]
        command = MatchDeposit(
            deposit,
            row["deposited_on"],
            expected_cents=row["expected_cents"],
            traces=((row["trace"], row["payer"]), (row["check_number"], row["check_payer"])),
            **body.model_dump(),
        )
        return await one(deposit_stream(deposit), command, body, key, actor)

    @router.post("/accounts/{account}/write-offs")
    async def write_off(
        account: str, body: WriteOffAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Write a balance off; refused when there is less of it."""
        command = WriteOff(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/write-offs/take-back")
    async def take_back(
        account: str, body: WriteOffTakenBack, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Take a write-off back: it is owed again, and meets what the patient paid meanwhile."""
        command = TakeBackWriteOff(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/transfers")
    async def transfer(
        account: str, body: TransferAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Move denied money on; refused to the patient where the payer's group is not PR."""
        command = TransferDenied(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/underpayments/{adjudication}/settle")
    async def settle_underpayment(
        account: str, adjudication: str, body: SettlementAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Say why nothing is asked of a payer that allowed a line under its contract, or over it; no money moves."""
        command = SettleUnderpayment(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/late-payments/{adjudication}/settle")
    async def settle_late_payment(
        account: str,
        adjudication: str,
        body: LateSettlementAsked,
        key: IdempotencyKey,
        actor: Actor,
    ) -> dict[str, Any]:
        """Say why nothing more is asked of a payer that paid late; no money moves."""
        command = SettleLatePayment(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/refunds")
    async def refund_patient(
        account: str, body: PatientRefundAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send back what of a payment waits on the account."""
        command = RefundPatient(account, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/guarantors/{guarantor}/assignments")
    async def assign(
        guarantor: str, body: AssignmentAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Say for which account money is meant that a guarantor paid for none; it meets what is owed there."""
        known = await doors.rows("select 1 from account_balance where account = $1", body.account)
        if not known:
            raise NotFound("there is no such account")
        command = AssignPayment(guarantor, **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/accounts/{account}/unassignments")
    async def unassign(
        account: str, body: UnassignmentAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Give money of a payment back to its guarantor, off the balance that it met: it was not meant for here."""
        command = UnassignPayment(account, **body.model_dump())
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
        account = account.upper()
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

    @router.get("/money")
    async def money_until(until: date | None = None) -> dict[str, Any]:
        """Billed, paid, adjusted and owed by facility and first payer, of what was posted up to a day."""
        return await money(doors, until)

    @router.get("/trial-balance")
    async def trial_balance(until: date | None = None) -> dict[str, Any]:
        """Every ledger's sum, of what was posted up to a day; together they are zero."""
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
        """Deposits that no remittance explains, or not all of them (or those that are explained)."""
        return await doors.rows(_DEPOSITS, matched, MOST_ROWS)

    @router.get("/unmatched-deposits")
    async def nobodys_deposits(
        limit: Annotated[int, Query(ge=1, le=5 * MOST_ROWS)] = 500,
    ) -> list[Row]:
        """The first of them that are not explained; `listed` is how many there are."""
        return await doors.rows(_DEPOSITS, False, limit)

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


_MATCHED = """
select d.deposited_on, d.trace, d.payer_trace_id as payer, m.check_number, m.payer_trace_id as check_payer,
       m.amount_cents - m.eft_cents as expected_cents
from deposit d, remittance_money m where d.deposit = $1 and m.remittance = $2
"""
_DEPOSITS = """
select d.*, amount_cents - l.matched as left_cents, case when l.matched < amount_cents
         then 'say whose money it is: posting, POST /deposits/' || deposit || '/match' else '' end as next_step,
       count(*) over () as listed
from deposit d cross join lateral (
    select coalesce(matched_cents, case when remittance <> '' then amount_cents else 0 end) as matched) l
where (l.matched >= amount_cents) = $1 order by deposited_on, deposit limit $2
"""
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
         when b.open_cents + b.next_payer_cents + b.denied_cents > 0
           then 'A deposit: payers still owe on the account, it waits for what the patient will.'
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


def _nobody() -> dict[str, Any]:
    return {
        "status": 404,
        "code": "not_found",
        "sentence": "name the guarantor, or an account that has one",
        "said": [],
        "again": False,
    }
