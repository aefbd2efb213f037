"""One account as a biller tells it: whose, to whom, what happened in order, and what is owed after each step."""

from typing import Any

from contracts.phi import PersonDetails
from contracts.values import Sealed
from services.reporting.api.money import TODAY
from shared.errors import NotFound
from shared.service import Doors, Row
from shared.streams import ACCOUNT_LENGTH

STEPS = 500
ERASED = "[erased]"
_ORDER = "occurred_on, recorded_at, position, event_id"


async def story(doors: Doors, number: str, limit: int = STEPS) -> dict[str, Any]:
    """One account: patient's initials, claims, money, and its steps; the last `limit` of them. NotFound."""
    account = await _account_of(doors, number.strip())
    steps = await _steps(doors, account, limit)
    if not steps:
        raise NotFound("no such account; its number has 14 characters, a claim's number begins with it")
    told = steps[-1]["told"]
    return {
        "account": account,
        "patient": await _initials(doors, account),
        "money": await _money(doors, account),
        "claims": await _claims(doors, account),
        "steps": [{k: v for k, v in step.items() if k != "told"} for step in steps],
        "left_off": max(told - len(steps), 0),
    }


async def _account_of(doors: Doors, number: str) -> str:
    """The account of its own number, of a claim's, or of the number that another system gave a claim."""
    rows = await doors.rows("select account from claim_view where claim = $1", number)
    return str(rows[0]["account"]) if rows else number.upper()[:ACCOUNT_LENGTH]


async def _steps(doors: Doors, account: str, limit: int) -> list[Row]:
    return await doors.rows(
        "select * from (select occurred_on, recorded_at, wire, claim, actor, facts, change_cents, "
        f"(sum(change_cents) over (order by {_ORDER}))::bigint as balance_cents, count(*) over () as told, "
        f"row_number() over (order by {_ORDER}) as step from story where account = $1) s "
        "where step > told - $2 order by step",
        account,
        limit,
    )


async def _claims(doors: Doors, account: str) -> list[Row]:
    return await doors.rows(
        f"select c.*, (filing_limit_on - {TODAY}) as filing_days_left, "
        f"coalesce(filing_limit_on < {TODAY}, false) as filing_limit_past "
        "from claim_view c where account = $1 order by payer_order, claim",
        account,
    )


async def _money(doors: Doors, account: str) -> Row | None:
    rows = await doors.rows("select * from account_money where account = $1", account)
    return rows[0] if rows else None


async def _initials(doors: Doors, account: str) -> str:
    """As much of a name as tells two patients apart, or that it was erased."""
    rows = await doors.rows("select key_id, box from account_person where account = $1", account)
    if not rows:
        return ""
    (person,) = await doors.open_all([(Sealed(**rows[0]), PersonDetails)])
    return initials(person) if person is not None else ERASED


def initials(person: PersonDetails) -> str:
    """`A.B.` of a first and a last name."""
    return "".join(f"{name[0].upper()}." for name in (person.first, person.last) if name)


async def examples(doors: Doors) -> dict[str, str]:
    """An account each with a paid, a denied and a rejected claim."""
    found = {}
    for name, condition in (
        ("paid", "state = 'paid' and contractual_cents > 0 and patient_cents > 0"),
        ("denied", "state = 'denied' and paid_cents = 0"),
        ("rejected", "state = 'rejected' or rejections > 0"),
    ):
        rows = await doors.rows(
            f"select account from claim_view where ({condition}) and payer_order = 1 "
            "order by state = 'rejected' desc, adjudicated_on nulls last, claim limit 1"
        )
        if rows:
            found[name] = rows[0]["account"]
    return found
