"""What two states of the books are compared by: a count and cents by figure, facility and payer."""

from services.reporting.api.denials import STANDING
from services.reporting.api.money import AGES, DAYS, PAYERS_OWE, SUMS, TODAY
from shared.service import Doors, Row

_PARTS = "account_money cross join lateral (values {values}) as f(figure, cents)"
_OF_MONEY = {
    "billed": "billed_cents",
    "insurance paid": "insurance_paid_cents",
    "patient paid": "patient_paid_cents",
    "contractual": "contractual_cents",
    "written off": "write_off_cents",
    "patient owes": "patient_owes_cents",
    "payers owe, in process": "open_cents",
    "payers owe, denied": "denied_cents",
    "payers owe, next payer": "next_payer_cents",
    "credits": "credit_cents",
}
_AGED = {
    f"payers owe, {'over 120' if low > 120 else f'{max(low, 0)} to {high}'} days": f"{DAYS} between {low} and {high}"
    for _, low, high in AGES
}
_CLAIMS = {
    "claims sent after the filing limit": "first_sent_on > filing_limit_on",
    "claims past the filing limit, not sent": (
        f"state in ('ready', 'held', 'rejected', 'transport rejected') and adjudicated_on is null and filing_limit_on < {TODAY}"
    ),
    "claims whose answer is called late": "cardinality(late) > 0",
}
_DENIED = {
    "denials opened": "true",
    "denials asked about after their deadline": "requested_on > deadline_on",
}
_OFF = {
    f"lines allowed {standing} their contract": f"standing = '{standing}' and state <> 'reversed'"
    for standing in ("under", "over")
}
_STANDING = {
    "denials to do": "standing = 'to do'",
    "denials that wait for the payer": "standing <> 'to do'",
    "denials to do, past their deadline": "past",
}


def _money() -> str:
    sums = dict(SUMS)
    pairs = [(name, sums[column]) for name, column in _OF_MONEY.items()]
    pairs += [
        (name, f"case when {when} then {PAYERS_OWE} else 0 end") for name, when in _AGED.items()
    ]
    values = ", ".join(f"('{name}', ({what})::bigint)" for name, what in pairs)
    return (
        "select figure, facility, payer, count(*) as items, sum(cents)::bigint as cents from "
        f"{_PARTS.format(values=values)} where cents <> 0 group by 1, 2, 3"
    )


def _each(name: str, when: str, cents: str, table: str) -> str:
    return (
        f"select '{name}', facility, payer, count(*), coalesce(sum({cents}), 0)::bigint from {table} "
        f"where {when} group by 2, 3"
    )


_FIGURES = " union all ".join(
    (
        _money(),
        "select 'claims ' || state, facility, payer, count(*), sum(charge_cents)::bigint from claim_view group by 1, 2, 3",
        *(_each(name, when, "charge_cents", "claim_view") for name, when in _CLAIMS.items()),
        "select 'lines held against a contract', facility, payer, sum(compared), 0 from check_posted where compared > 0 group by 2, 3",
        *(_each(name, when, "variance_cents", "underpayment_view") for name, when in _OFF.items()),
        _each("claims paid late", "state <> 'reversed'", "interest_cents", "late_payment_view"),
        *(_each(name, when, "cents", "denial_view") for name, when in _DENIED.items()),
        *(_each(name, when, "cents", f"({STANDING}) d") for name, when in _STANDING.items()),
    )
)


async def figures(doors: Doors) -> list[Row]:
    """Money, ages, claims by state, filing limits, contracts, late payments and denials: `items` and `cents` by figure, facility and payer."""
    return await doors.rows(f"{_FIGURES} order by 1, 2, 3")
