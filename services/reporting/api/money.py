"""What was billed, what came in, what is left and who owes it: one statement each. Money is cents."""

from typing import Any

from shared.service import Doors, Row

LIST_PAGE = 500
AGES = (
    ("days_0_30", -99_999, 30),
    ("days_31_60", 31, 60),
    ("days_61_90", 61, 90),
    ("days_91_120", 91, 120),
    ("days_over_120", 121, 99_999),
)
"""Ages in calendar days from the date of service; what has no such date yet is as young as can be."""

TODAY = "(select max(today) from calendar)"
DAYS = f"coalesce(case when isfinite(service_on) then {TODAY} - service_on end, 0)"
PAYERS_OWE = "open_cents + denied_cents + next_payer_cents"
OPEN = "greatest(open_cents, 0)"
DENIED = "greatest(denied_cents + least(open_cents, 0), 0)"
NEXT_PAYER = "next_payer_cents + least(denied_cents + least(open_cents, 0), 0)"
"""Money at claim level is spread over no charge: on the whole account it answers what is open, then what was denied."""
SUMS = (
    ("billed_cents", "charges_cents"),
    ("insurance_paid_cents", "insurance_paid_cents"),
    ("patient_paid_cents", "patient_paid_cents"),
    ("contractual_cents", "contractual_cents"),
    ("write_off_cents", "write_off_cents"),
    ("patient_owes_cents", "patient_owes_cents"),
    ("payers_owe_cents", PAYERS_OWE),
    ("open_cents", OPEN),
    ("denied_cents", DENIED),
    ("next_payer_cents", NEXT_PAYER),
    ("credit_cents", "credit_cents"),
    ("opening_cents", "opening_cents"),
    (
        "difference_cents",
        "charges_cents - insurance_paid_cents - patient_paid_cents - contractual_cents "
        f"- write_off_cents - patient_owes_cents - ({PAYERS_OWE}) + credit_cents - opening_cents",
    ),
)
"""`difference_cents` is what the equation leaves over: 0, or a cent is lost."""
_TOTALS = ", ".join(f"coalesce(sum({what}), 0)::bigint as {name}" for name, what in SUMS) + (
    ", count(*) as accounts"
)

_OWED = (
    f"('insurance', 'in process', coalesce(nullif(payer, ''), '?'), {OPEN}), "
    f"('insurance', 'denied', coalesce(nullif(denied_by, ''), payer, '?'), {DENIED}), "
    f"('insurance', 'next payer', coalesce(nullif(next_payer, ''), '?'), {NEXT_PAYER}), "
    "('patient', 'patient', 'patient', patient_owes_cents)"
)


def business_days(since: str, until: str = TODAY) -> str:
    """Business days that the company opened after one date and up to another."""
    return f"(select count(*) from business_day where day > {since} and day <= {until})"


async def as_of(doors: Doors) -> Any:
    """The last business day heard."""
    return (await doors.rows(f"select {TODAY} as today"))[0]["today"]


async def money(doors: Doors) -> list[Row]:
    """Billed, came in, what is left and who owes it, by facility and first payer."""
    return await doors.rows(
        f"select facility, payer, {_TOTALS} from account_money group by 1, 2 order by 1, 2"
    )


async def money_by_facility(doors: Doors) -> list[Row]:
    """The same by facility."""
    return await doors.rows(f"select facility, {_TOTALS} from account_money group by 1 order by 1")


async def money_by_payer(doors: Doors) -> list[Row]:
    """The same by first payer."""
    return await doors.rows(f"select payer, {_TOTALS} from account_money group by 1 order by 1")


async def money_total(doors: Doors) -> Row:
    """The same in total."""
    return (await doors.rows(f"select {_TOTALS} from account_money"))[0]


def _aged(group: str) -> str:
    ages = ", ".join(
        f"coalesce(sum(cents) filter (where days between {low} and {high}), 0)::bigint as {name}"
        for name, low, high in AGES
    )
    return (
        f"select {group}, {ages}, sum(cents)::bigint as total_cents, count(*) as accounts "
        f"from (select facility, {DAYS} as days, b.* from account_money "
        f"cross join lateral (values {_OWED}) as b(party, what, who, cents) where b.cents <> 0) ar "
        f"group by {group} order by {group}"
    )


async def aging(doors: Doors) -> list[Row]:
    """A/R by age from the date of service, by facility and what it waits for."""
    return await doors.rows(_aged("facility, party, what"))


async def owed(doors: Doors) -> list[Row]:
    """Who owes it now, by age: the payer whose answer is awaited, who denied it, the next payer, the patient."""
    return await doors.rows(_aged("party, who, what"))


async def patient_balances(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Accounts whose patient owes something, largest first."""
    return await doors.rows(
        "select account, facility, patient_owes_cents, count(*) over () as listed, "
        "sum(patient_owes_cents) over ()::bigint as listed_cents from account_money where patient_owes_cents > 0 "
        "order by patient_owes_cents desc, account limit $1",
        limit,
    )
