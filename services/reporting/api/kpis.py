"""The revenue cycle's key figures, each with what it is divided by: one statement over the rows that lists show."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from services.reporting.api.money import DAYS, OWED, PAYERS_OWE, TODAY
from shared.service import Doors, Row

By = Literal["all", "month", "payer", "facility"]
MONTHS = 12
"""How many calendar months are looked at, the open one among them."""
MONTHS_LIMIT = 60
REVENUE_DAYS = 90
"""Net revenue a day is that of so many days, or of all there are."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: what it counts, in which unit, of how many its denominator is the mean, and by what it can be told."""

    name: str
    formula: str
    counts: Literal["claims", "payments", "cents"] = "claims"
    unit: Literal["basis points", "days"] = "basis points"
    over: int = 1
    of: tuple[By, ...] = ("month", "payer", "facility")


NOW: tuple[By, ...] = ("payer", "facility")
"""What is owed today has no earlier month: `--until` tells it of a past day."""
_BEFORE_THAT = "a month's mean of the three months before"
KPIS = (
    Kpi("clean claim rate", "claims never held before they were first sent / claims first sent"),
    Kpi("payer acceptance rate", "claims that the payer accepted and nobody rejected first / claims first sent"),
    Kpi("first-pass resolution rate", "first decisions on all of a claim that deny nothing / first decisions"),
    Kpi("initial denial rate by volume", f"claims denied at their first decision / claims first sent, {_BEFORE_THAT}", over=3),
    Kpi(
        "initial denial rate by dollars", f"gross charges of those / gross charges first sent, {_BEFORE_THAT}", "cents", over=3
    ),
    Kpi("remittance denial rate", "payments of claims that deny something / payments of claims on 835s", "payments"),
    Kpi("denial write-off rate", "denied money written off / net revenue, by date of service", "cents"),
    Kpi("net collection rate", "paid by payers and patients, less refunds / net revenue, by date of service", "cents"),
    Kpi("cash collection rate", "cash posted in the month / net revenue of the month's services", "cents", of=("month",)),
    Kpi("aged A/R over 90 days", "A/R older than 90 days from the date of service / A/R", "cents", of=NOW),
    Kpi("net days in A/R", f"A/R less credits / net revenue a day of the last {REVENUE_DAYS} days", "cents", "days", of=NOW),
)
_FROM = f"(date_trunc('month', {TODAY}) - make_interval(months => $1 - 1))::date"
_REVENUE_FROM = f"greatest({TODAY} - {REVENUE_DAYS - 1}, (select min(day) from business_day))"
_NET = "charges_cents - contractual_cents"
_OURS = "coalesce(opening_cents, 0) = 0 and isfinite(service_on)"
"""What another system billed has no charges here, and is in no rate of revenue."""
_SENT = "claim_view where first_held is not null and first_sent_on is not null"
_BEFORE = "(select date_trunc('month', min(first_sent_on)) from claim_view) + interval '3 months'"
"""The first month before which there are three."""

_CLAIMS = (
    "select facility, payer, f.* from (select * from " + _SENT + ") c cross join lateral (values "
    "('clean claim rate', first_sent_on, case when first_held then 0 else 1 end::bigint, 1::bigint), "
    "('payer acceptance rate', first_sent_on, case when first_answer = 'accepted' then 1 else 0 end, 1), "
    "('first-pass resolution rate', first_decided_on, case when first_resolved then 1 else 0 end, 1)"
    ") f(kpi, day, part, whole)"
)
_INITIAL = (
    "select facility, payer, f.* from (select *, first_denied_cents > 0 as denied from " + _SENT + ") c "
    "cross join lateral (values "
    "('initial denial rate by volume', first_decided_on, case when denied then 1 else 0 end::bigint, 0::bigint), "
    "('initial denial rate by dollars', first_decided_on, case when denied then first_charge_cents else 0 end, 0), "
    + ", ".join(
        f"('initial denial rate by {what}', (date_trunc('month', first_sent_on) + interval '{n} months')::date, 0, {whole})"
        for n in (1, 2, 3)
        for what, whole in (("volume", "1"), ("dollars", "first_charge_cents"))
    )
    + f") f(kpi, day, part, whole) where day >= {_BEFORE}"
)
"""A claim that was sent stands below the line of each of the three months after."""
_PAYMENTS = (
    "select facility, payer, 'remittance denial rate', posted_on, case when denied_cents > 0 then 1 else 0 end, 1 "
    "from check_posted where denied_cents is not null"
)
_REVENUE = (
    "select facility, payer, f.* from account_money cross join lateral (values "
    f"('denial write-off rate', service_on, denied_write_off_cents, case when denied_write_off_cents is null then 0 else {_NET} end), "
    f"('net collection rate', service_on, insurance_paid_cents + patient_paid_cents, {_NET}), "
    f"('cash collection rate', service_on, 0, {_NET})) f(kpi, day, part, whole) where {_OURS}"
)
_CASH = (
    "select '', '', 'cash collection rate', day, cents, 0 from ("
    "select posted_on as day, cents from check_posted "
    "union all select posted_on, cents from payee_view where kind in ('recovered', 'refund') "
    "union all select received_on, received_cents - refunded_cents from patient_payment) c"
)
"""As posted: checks, less what payers took back or were refunded, and what patients paid, applied or not."""
_OWED_NOW = (
    f"select facility, a.payer, 'aged A/R over 90 days', {TODAY}, case when {DAYS} > 90 then b.cents else 0 end, b.cents "
    f"from account_money a cross join lateral (values {OWED}) b(party, what, who, cents) "
    f"union all select facility, payer, 'net days in A/R', {TODAY}, {PAYERS_OWE} + patient_owes_cents - credit_cents, "
    f"case when {_OURS} and service_on between {_REVENUE_FROM} and {TODAY} then {_NET} else 0 end from account_money"
)
_FACTS = " union all ".join((_CLAIMS, _INITIAL, _PAYMENTS, _REVENUE, _CASH, _OWED_NOW))
_GROUPS = {"month": "to_char(day, 'YYYY-MM')", "payer": "payer", "facility": "facility", "all": "''"}


def _statement(by: By) -> str:
    return (
        f"select kpi, grouping(name) as total, name, sum(part)::bigint as part, sum(whole)::bigint as whole from ("
        f"select kpi, {_GROUPS[by]} as name, part, whole from ({_FACTS}) f(facility, payer, kpi, day, part, whole) "
        f"where date_trunc('month', day) between {_FROM} and date_trunc('month', {TODAY})) g "
        "group by grouping sets ((kpi), (kpi, name)) order by name"
    )


async def kpis(doors: Doors, by: By = "all", months: int = MONTHS) -> dict[str, Any]:
    """Each figure in total, and by month, payer or facility, with numerator, denominator and value."""
    days = (
        await doors.rows(
            f"select {TODAY} as as_of, {_FROM} as since, {TODAY} - {_REVENUE_FROM} + 1 as revenue_days", months
        )
    )[0]
    found: dict[str, list[Row]] = {}
    for row in await doors.rows(_statement(by), months):
        found.setdefault(row["kpi"], []).append(row)
    return {
        "as_of": days["as_of"],
        "since": days["since"],
        "by": by,
        "kpis": [row for kpi in KPIS for row in _told(kpi, by, found.get(kpi.name, []), days["revenue_days"] or 0)],
    }


def _told(kpi: Kpi, by: By, found: list[Row], revenue_days: int) -> Iterator[Row]:
    over = revenue_days if kpi.unit == "days" else kpi.over
    if by in kpi.of:
        for row in found:
            if not row["total"]:
                yield figure(kpi, row["name"], row["part"] or 0, row["whole"] or 0, over)
    total = next((row for row in found if row["total"]), {})
    yield figure(kpi, None, total.get("part") or 0, total.get("whole") or 0, over)


def figure(kpi: Kpi, name: str | None, part: int, whole: int, over: int) -> Row:
    """One row; no value where there is nothing to divide by. `whole` is the sum of which the denominator is the mean."""
    value = None
    if whole > 0:
        exact = Decimal(part * over) / whole
        value = int(_rounded(exact * 10_000)) if kpi.unit == "basis points" else float(_rounded(exact, "0.1"))
    below = Decimal(whole) / max(over, 1)
    return {
        "kpi": kpi.name,
        "formula": kpi.formula,
        "name": name,
        "counts": kpi.counts,
        "numerator": part,
        "denominator": int(_rounded(below)) if kpi.counts == "cents" or over == 1 else float(_rounded(below, "0.1")),
        "unit": kpi.unit,
        "value": value,
    }


def _rounded(exact: Decimal, to: str = "1") -> Decimal:
    return exact.quantize(Decimal(to), ROUND_HALF_UP)


__all__ = ["By", "kpis"]
