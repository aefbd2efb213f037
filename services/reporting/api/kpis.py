"""The revenue cycle's key figures, each with what it is divided by: one statement over the rows that lists show."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from services.reporting.api.money import DAYS, PAYERS_OWE, TODAY
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
    counts: Literal["claims", "payments", "lines", "overpayments", "cents"] = "claims"
    unit: Literal["basis points", "days"] = "basis points"
    over: int = 1
    of: tuple[By, ...] = ("month", "payer", "facility")


NOW: tuple[By, ...] = ("payer", "facility")
"""What is owed today has no earlier month: `--until` tells it of a past day."""
_BEFORE_THAT = "a month's mean of the three months before"
KPIS = (
    Kpi("clean claim rate", "claims never held before they were first sent / claims first sent"),
    Kpi(
        "payer acceptance rate",
        "claims that the payer accepted and nobody rejected first / claims first sent",
    ),
    Kpi(
        "first-pass resolution rate",
        "first decisions on all of a claim that deny nothing / first decisions",
    ),
    Kpi(
        "initial denial rate by volume",
        f"claims denied at their first decision / claims first sent, {_BEFORE_THAT}",
        over=3,
    ),
    Kpi(
        "initial denial rate by dollars",
        f"gross charges of those / gross charges first sent, {_BEFORE_THAT}",
        "cents",
        over=3,
    ),
    Kpi(
        "remittance denial rate",
        "payments of claims that deny something / payments of claims on 835s",
        "payments",
    ),
    Kpi(
        "paid as expected",
        "lines allowed as the payer's contract says / lines that a contract was held against",
        "lines",
    ),
    Kpi(
        "paid on time",
        "payments of claims by the day that a prompt-pay rule sets / payments that a rule was held against",
        "payments",
    ),
    Kpi(
        "overpayments returned in time",
        "identified overpayments that were gone by their due day / those that are gone, or whose due day is over",
        "overpayments",
    ),
    Kpi(
        "denial write-off rate",
        "denied money written off / net revenue, by date of service",
        "cents",
    ),
    Kpi(
        "net collection rate",
        "paid by payers and patients, less refunds / net revenue, by date of service",
        "cents",
    ),
    Kpi(
        "cash collection rate",
        "cash posted in the month / net revenue of the month's services",
        "cents",
        of=("month",),
    ),
    Kpi(
        "aged A/R over 90 days",
        "A/R older than 90 days from the date of service / A/R",
        "cents",
        of=NOW,
    ),
    Kpi(
        "net days in A/R",
        f"A/R less credits / net revenue a day of the last {REVENUE_DAYS} days",
        "cents",
        "days",
        of=NOW,
    ),
)
_FROM = f"(date_trunc('month', {TODAY}) - make_interval(months => $1 - 1))::date"
_REVENUE_FROM = f"greatest({TODAY} - {REVENUE_DAYS - 1}, (select min(day) from business_day))"
_NET = "charges_cents - contractual_cents"
_OURS = "coalesce(opening_cents, 0) = 0 and isfinite(service_on)"
"""What another system billed has no charges here, and is in no rate of revenue."""
_SENT = (
    "select facility, payer, date_trunc('month', first_sent_on)::date as sent, date_trunc('month', first_decided_on)::date as decided, "
    "count(*) as claims, count(*) filter (where not first_held) as clean, "
    "count(*) filter (where first_answer = 'accepted') as accepted, count(*) filter (where first_resolved) as resolved, "
    "count(*) filter (where first_denied_cents > 0) as denied, sum(first_charge_cents) as cents, "
    "coalesce(sum(first_charge_cents) filter (where first_denied_cents > 0), 0) as denied_cents "
    "from claim_view where first_held is not null and first_sent_on is not null group by 1, 2, 3, 4"
)
_CLAIMS = (
    "select facility, payer, f.* from sent cross join lateral (values "
    "('clean claim rate', sent, clean, claims), "
    "('payer acceptance rate', sent, accepted, claims), "
    "('first-pass resolution rate', decided, resolved, claims)) f(kpi, day, part, whole)"
)
_INITIAL = (
    "select facility, payer, f.* from sent cross join lateral (values "
    "('initial denial rate by volume', decided, denied, 0), ('initial denial rate by dollars', decided, denied_cents, 0), "
    + ", ".join(
        f"('initial denial rate by {what}', (sent + interval '{n} months')::date, 0, {whole})"
        for n in (1, 2, 3)
        for what, whole in (("volume", "claims"), ("dollars", "cents"))
    )
    + ") f(kpi, day, part, whole) where day >= (select min(sent) from sent) + interval '3 months'"
)
"""A claim that was sent stands below the line of each of the three months after; the first months have no three before."""
_PAYMENTS = (
    "select facility, payer, 'remittance denial rate', posted_on, count(*) filter (where denied_cents > 0), count(*) "
    "from check_posted where denied_cents is not null group by 1, 2, 4"
)
_EXPECTED = (
    "select facility, payer, 'paid as expected', posted_on, sum(as_contracted), sum(compared) "
    "from check_posted where compared > 0 group by 1, 2, 4"
)
_IN_TIME = (
    "select facility, payer, 'paid on time', posted_on, count(*) filter (where in_time), count(*) "
    "from check_posted where in_time is not null group by 1, 2, 4"
)
_RETURNED = (
    "select facility, payer, 'overpayments returned in time', coalesce(ended_on, due_on), "
    "count(*) filter (where ended_on <= due_on), count(*) from overpayment_view "
    f"where identified_on is not null and (ended_on is not null or due_on < {TODAY}) group by 1, 2, 4"
)
_SERVED = (
    f"select facility, payer, date_trunc('month', service_on)::date as month, sum({_NET}) as net, "
    "sum(insurance_paid_cents + patient_paid_cents) as paid, sum(denied_write_off_cents) as given_up, "
    f"coalesce(sum({_NET}) filter (where denied_write_off_cents is not null), 0) as known "
    f"from account_money where {_OURS} group by 1, 2, 3"
)
_REVENUE = (
    f"select facility, payer, f.* from ({_SERVED}) s cross join lateral (values "
    "('denial write-off rate', month, given_up, known), ('net collection rate', month, paid, net), "
    "('cash collection rate', month, 0, net)) f(kpi, day, part, whole)"
)
_CASH = (
    "select '', '', 'cash collection rate', day, sum(cents), 0 from ("
    "select posted_on as day, cents from check_posted "
    "union all select posted_on, cents from payee_view where kind in ('recovered', 'refund') "
    "union all select received_on, received_cents - refunded_cents from patient_payment) c group by day"
)
"""As posted: checks, less what payers took back or were refunded, and what patients paid, applied or not."""
_OWE = f"{PAYERS_OWE} + patient_owes_cents"
_OWED_NOW = (
    f"select facility, payer, f.kpi, {TODAY}, f.part, f.whole from (select facility, payer, sum({_OWE}) as owed, "
    f"coalesce(sum({_OWE}) filter (where {DAYS} > 90), 0) as old, sum({_OWE} - credit_cents) as less_credits, "
    f"coalesce(sum({_NET}) filter (where {_OURS} and service_on between {_REVENUE_FROM} and {TODAY}), 0) as revenue "
    "from account_money group by 1, 2) a cross join lateral (values "
    "('aged A/R over 90 days', old, owed), ('net days in A/R', less_credits, revenue)) f(kpi, part, whole)"
)
_FACTS = " union all ".join(
    (_CLAIMS, _INITIAL, _PAYMENTS, _EXPECTED, _IN_TIME, _RETURNED, _REVENUE, _CASH, _OWED_NOW)
)
_GROUPS = {
    "month": "to_char(day, 'YYYY-MM')",
    "payer": "payer",
    "facility": "facility",
    "all": "''",
}


def _statement(by: By) -> str:
    return (
        f"with sent as materialized ({_SENT}) select kpi, grouping(name) as total, name, sum(part)::bigint as part, sum(whole)::bigint as whole from ("
        f"select kpi, {_GROUPS[by]} as name, part, whole from ({_FACTS}) f(facility, payer, kpi, day, part, whole) "
        f"where date_trunc('month', day) between {_FROM} and date_trunc('month', {TODAY})) g "
        "group by grouping sets ((kpi), (kpi, name)) order by name"
    )


async def kpis(doors: Doors, by: By = "all", months: int = MONTHS) -> dict[str, Any]:
    """Each figure in total, and by month, payer or facility, with numerator, denominator and value."""
    days = (
        await doors.rows(
            f"select {TODAY} as as_of, {_FROM} as since, {TODAY} - {_REVENUE_FROM} + 1 as revenue_days",
            months,
        )
    )[0]
    found: dict[str, list[Row]] = {}
    for row in await doors.rows(_statement(by), months):
        found.setdefault(row["kpi"], []).append(row)
    return {
        "as_of": days["as_of"],
        "since": days["since"],
        "by": by,
        "kpis": [
            row
            for kpi in KPIS
            for row in _told(kpi, by, found.get(kpi.name, []), days["revenue_days"] or 0)
        ],
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
        value = (
            int(_rounded(exact * 10_000))
            if kpi.unit == "basis points"
            else float(_rounded(exact, "0.1"))
        )
    below = Decimal(whole) / max(over, 1)
    return {
        "kpi": kpi.name,
        "formula": kpi.formula,
        "name": name,
        "counts": kpi.counts,
        "numerator": part,
        "denominator": int(_rounded(below))
        if kpi.counts == "cents" or over == 1
        else float(_rounded(below, "0.1")),
        "unit": kpi.unit,
        "value": value,
    }


def _rounded(exact: Decimal, to: str = "1") -> Decimal:
    return exact.quantize(Decimal(to), ROUND_HALF_UP)


__all__ = ["By", "kpis"]
