"""One account as a biller tells it: whose, to whom, what happened in order, and what is owed after each step."""

from typing import Any

from contracts.phi import PersonDetails
from contracts.values import Sealed
from services.reporting.api.money import TODAY
from services.reporting.projections.story import number_asked
from shared.errors import NotFound, Refused
from shared.service import Doors, Row
from shared.streams import ACCOUNT_LENGTH

STEPS = 500
FOUND = 500
LOOKED_FOR = (
    "looked for as an account's number (14 characters), a claim's (which begins with it), the number that another "
    "system gave the encounter or claim, a payer control number, and a check number"
)
ERASED = "[erased]"
_ORDER = "occurred_on, recorded_at, position, event_id"


async def story(doors: Doors, number: str, limit: int = STEPS) -> dict[str, Any]:
    """One account: patient's initials, claims, money, and its steps; the last `limit` of them. NotFound, Refused."""
    account = await _account_of(doors, number)
    steps = await _steps(doors, account, limit)
    if not steps:
        raise NotFound(f"no such account; {LOOKED_FOR}")
    told = steps[-1]["told"]
    return {
        "account": account,
        "patient": await _initials(doors, account),
        "money": await _money(doors, account),
        "claims": await _claims(doors, account),
        "steps": [{k: v for k, v in step.items() if k != "told"} for step in steps],
        "left_off": max(told - len(steps), 0),
    }


async def accounts(doors: Doors, number: str, limit: int = FOUND) -> list[Row]:
    """The accounts that a number leads to, by day of service; `found_as` is what the number is to each."""
    return await doors.rows(
        "select f.account, f.found_as, m.facility, m.payer, m.service_on, m.charges_cents, "
        "count(*) over () as listed from (select account, string_agg(found_as, ', ' order by found_as) "
        "as found_as from ((select account, 'account' as found_as from story where account = $1 limit 1) "
        "union select account, 'claim' from claim_view where claim = $1 "
        "union select account, kind from account_number where number = $1) h group by 1) f "
        "left join account_money m using (account) order by m.service_on, f.account limit $2",
        number_asked(number),
        limit,
    )


async def _account_of(doors: Doors, number: str) -> str:
    """The one account that a number leads to; what begins with an account's number is of that account. Refused."""
    found = await accounts(doors, number, 1)
    if not found:
        return number_asked(number)[:ACCOUNT_LENGTH]
    if found[0]["listed"] > 1:
        raise Refused(
            f"{found[0]['listed']:,} accounts have this number (GET /accounts/…); ask for one of them"
        )
    return str(found[0]["account"])


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
