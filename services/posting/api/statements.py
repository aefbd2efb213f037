"""Doors of what patients owe: balances, statements, disputes, payment plans, collection agencies."""

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.posting.api.bodies import (
    AccountsNamed,
    DisputeAnswerAsked,
    DisputeAsked,
    PlacementAsked,
    PlanAsked,
    PlanEndAsked,
    RecallAsked,
    StatementAsked,
)
from services.posting.api.orders import MOST_ROWS, by_a_person, order
from services.posting.domain.book import Book
from services.posting.domain.commands import (
    AgreePlan,
    AnswerDispute,
    Dispute,
    EndPlan,
    IssueStatement,
    PlaceBalance,
    RecallBalance,
    TellBalance,
)
from services.posting.domain.guarantor_state import Plan
from services.posting.domain.terms import in_force
from shared.errors import NotFound
from shared.http import Actor, IdempotencyKey
from shared.service import Doors, Row
from shared.streams import account_stream, guarantor_stream

Limit = Annotated[int, Query(ge=1, le=5 * MOST_ROWS)]


def statement_doors(router: APIRouter, doors: Doors) -> None:
    """What a person says of a balance or a plan, and the lists of all of it."""
    _balances(router, doors)
    _plans(router, doors)
    _shown(router, doors)
    _work(router, doors)


def _balances(router: APIRouter, doors: Doors) -> None:
    one = partial(by_a_person, doors)

    @router.post("/accounts/{account}/disputes")
    async def dispute(
        account: str, body: DisputeAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Say that the patient disputes what is asked on an account: nothing is asked for it until that is answered."""
        guarantor = await _guarantor_of(doors, account)
        command = Dispute(guarantor, account.upper(), **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/accounts/{account}/disputes/{dispute}/answer")
    async def answer(
        account: str, dispute: str, body: DisputeAnswerAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Answer a dispute: the balance stands, or was changed on the account; what is left is asked for again."""
        guarantor = await _guarantor_of(doors, account)
        command = AnswerDispute(guarantor, account.upper(), dispute, **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/accounts/{account}/agency")
    async def place(
        account: str, body: PlacementAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Give a balance to a collection agency; refused before the last notice is old enough, while disputed, or in a plan."""
        guarantor = await _guarantor_of(doors, account)
        command = PlaceBalance(guarantor, account.upper(), **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/accounts/{account}/agency/recall")
    async def recall(
        account: str, body: RecallAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Take a balance back from its agency: statements ask for it again."""
        guarantor = await _guarantor_of(doors, account)
        command = RecallBalance(guarantor, account.upper(), **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/patient-balances/tell-again")
    async def tell_again(body: AccountsNamed, key: IdempotencyKey, actor: Actor) -> dict[str, Any]:
        """Tell guarantors again what is owed on these accounts: an older version did not."""
        orders = [
            order(doors, account_stream(a), TellBalance(), body, key=f"{key}/{n}", actor=actor)
            for n, a in enumerate(body.accounts)
        ]
        return {"items": [one.item() for one in await doors.handle(orders)]}


def _plans(router: APIRouter, doors: Doors) -> None:
    one = partial(by_a_person, doors)

    @router.post("/guarantors/{guarantor}/plans")
    async def agree(
        guarantor: str, body: PlanAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Agree on monthly instalments for all that a guarantor owes to a legal entity today and does not dispute."""
        command = AgreePlan(guarantor, **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/guarantors/{guarantor}/plans/{plan}/end")
    async def end(
        guarantor: str, plan: str, body: PlanEndAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """End a plan: what is left is asked for by statements again."""
        command = EndPlan(guarantor, plan, **body.model_dump())
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.post("/guarantors/{guarantor}/statements")
    async def issue(
        guarantor: str, body: StatementAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Issue a statement now, whatever the cycle: it shows all that is owed, and is no notice."""
        command = IssueStatement(body.legal_entity, on_demand=True)
        return await one(guarantor_stream(guarantor), command, body, key, actor)

    @router.get("/payment-plans")
    async def plans(everything: bool = False, limit: Limit = 500) -> list[Row]:
        """Plans in force (or all), those that missed an instalment first, with what is left and what is due next."""
        rows = await doors.rows(_PLANS, everything, limit)
        today = (await _book(doors)).today
        return [{**row, **_next_due(row, today)} for row in rows]


def _shown(router: APIRouter, doors: Doors) -> None:
    @router.get("/statements")
    async def statements(
        day: date | None = None,
        legal_entity: str = "",
        guarantor: str = "",
        account: str = "",
        after: str = "",
        limit: Limit = 500,
    ) -> list[Row]:
        """Statements, the newest first, of one day by number; of a legal entity, guarantor or account; those of a day `after` a number."""
        whose = (legal_entity, guarantor, account.upper(), after.upper())
        return await doors.rows(_STATEMENTS, day, *whose, limit)

    @router.get("/statements/{statement}")
    async def statement(statement: str) -> Row:
        """One statement as it was issued."""
        rows = await doors.rows("select * from statement where statement = $1", statement.upper())
        if not rows:
            raise NotFound("there is no such statement")
        return rows[0]

    @router.get("/accounts/{account}/patient-balance")
    async def balance(account: str) -> Row:
        """What the patient owes on an account, how often it was asked for, and who has it."""
        rows = await doors.rows("select * from patient_balance where account = $1", account.upper())
        if not rows:
            raise NotFound("the patient never owed anything on this account")
        return rows[0]


def _work(router: APIRouter, doors: Doors) -> None:
    @router.get("/owed-by-patients")
    async def owed(limit: Limit = 500) -> list[Row]:
        """What patients owe, account by account, oldest first: asked for how often, disputed, in a plan, with an agency; and what is next."""
        rows = await doors.rows(_OWED, limit)
        book = await _book(doors)
        return [{**row, "next_step": _next_step(row, book)} for row in rows]

    @router.get("/disputes")
    async def disputes(limit: Limit = 500) -> list[Row]:
        """Disputes that nobody answered, oldest first."""
        return await doors.rows(_DISPUTES, limit)

    @router.get("/accounts/{account}/disputes")
    async def of_account(account: str) -> list[Row]:
        """Every dispute of an account with its answer, oldest first."""
        return await doors.rows(
            "select * from dispute where account = $1 order by opened_on, dispute limit $2",
            account.upper(),
            MOST_ROWS,
        )

    @router.get("/patient-balances/untold")
    async def untold(after: str = "", limit: Limit = 500) -> list[Row]:
        """Accounts whose guarantors have heard something else than what is owed there, by number; those `after` one."""
        return await doors.rows(_UNTOLD, limit, after.upper())


async def _guarantor_of(doors: Doors, account: str) -> str:
    rows = await doors.rows(
        "select guarantor from patient_balance where account = $1", account.upper()
    )
    if not rows:
        raise NotFound("the patient never owed anything on this account")
    return str(rows[0]["guarantor"])


async def _book(doors: Doors) -> Book:
    book = await doors.book()
    return book if isinstance(book, Book) else Book()


def _next_due(row: Row, today: date | None) -> Row:
    """The next instalment's day, and all that is due up to then; nothing where a plan is over."""
    if row["state"] != "in force" or today is None:
        return {"next_due_on": None, "due_until_then_cents": None}
    plan = Plan(
        row["plan"],
        (),
        row["cents"],
        row["instalment_cents"],
        row["instalments"],
        row["first_due_on"],
    )
    coming = [n for n in range(1, plan.instalments + 1) if plan.due_on(n) >= today]
    n = coming[0] if coming else plan.instalments
    return {"next_due_on": plan.due_on(n), "due_until_then_cents": plan.due_until(n)}


def _next_step(row: Row, book: Book) -> str:
    if row["dispute"]:
        return f"answer the dispute: claimlog statements answer {row['account']} {row['dispute']}"
    if row["agency"]:
        told = f"with agency {row['agency']} since {row['placed_on']}"
        more = row["owed_cents"] > row["placed_cents"]
        return f"{told}; more is owed than was placed: tell it, or recall it" if more else told
    if row["plan"]:
        return f"plan {row['plan']} pays it"
    terms = book.today and in_force(book.statement_terms, row["legal_entity"], book.today)
    if not terms:
        return "publish terms of statements: claimlog statements terms publish"
    if row["stated"] < terms.notices:
        return "statements ask for it"
    return "all notices were sent: an agency, a payment plan, or a write-off"


_STATEMENTS = """
select *, count(*) over () as listed from statement
where ($1::date is null or issued_on = $1) and ($2 = '' or legal_entity = $2) and ($3 = '' or guarantor = $3)
  and ($4 = '' or accounts @> jsonb_build_array(jsonb_build_object('account', $4::text)))
  and ($5 = '' or statement > $5)
order by issued_on desc, case when $1::date is null then recorded_at end desc, statement limit $6
"""
_IN_PLAN = """
left join payment_plan p on p.guarantor = b.guarantor and p.state = 'in force' and b.account = any(p.accounts)
"""
_OWED = f"""
select b.*, coalesce(p.plan, '') as plan, count(*) over () as listed from patient_balance b {_IN_PLAN}
where b.owed_cents > 0 order by b.owed_since, b.account limit $1
"""
_PLANS = """
select p.*, l.left_cents, count(*) over () as listed from payment_plan p cross join lateral (
    select coalesce(sum(b.owed_cents), 0)::bigint as left_cents from patient_balance b
    where b.guarantor = p.guarantor and b.account = any(p.accounts)) l
where $1 or p.state = 'in force' order by p.missed = 0, p.agreed_on, p.plan limit $2
"""
_DISPUTES = """
select d.*, b.owed_cents, count(*) over () as listed from dispute d
left join patient_balance b on b.guarantor = d.guarantor and b.account = d.account
where d.outcome = '' order by d.opened_on, d.dispute limit $1
"""
_UNTOLD = """
select a.account, a.patient_cents, coalesce(b.owed_cents, 0) as told_cents, count(*) over () as listed
from account_balance a left join patient_balance b using (account)
where a.patient_cents <> coalesce(b.owed_cents, 0) and a.account > $2 order by a.account limit $1
"""
