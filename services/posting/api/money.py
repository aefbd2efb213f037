"""Billed, came in, and what is left as of a day, from the journal alone. Money is cents."""

from datetime import date
from typing import Any

from shared.service import Doors

_SUMS = {
    "billed_cents": ("-", "charges"),
    "insurance_paid_cents": ("", "remittance_clearing", "recovery_clearing"),
    "patient_paid_cents": ("", "patient_clearing"),
    "contractual_cents": ("", "contractual"),
    "write_off_cents": ("", "write_off"),
    "patient_owes_cents": ("", "ar_patient"),
    "payers_owe_cents": ("", "ar_open", "ar_denied", "ar_next_payer"),
    "credit_cents": ("-", "overpayment"),
    "opening_cents": ("", "opening"),
}
"""The sign and the ledgers of each amount; what is charged and what we owe back are credits."""


def _sum(name: str) -> str:
    sign, *ledgers = _SUMS[name]
    listed = ", ".join(f"'{ledger}'" for ledger in ledgers)
    return (
        f"coalesce({sign}sum(j.cents) filter (where j.ledger in ({listed})), 0)::bigint as {name}"
    )


_MONEY = (
    "select coalesce(b.facility, '') as facility, coalesce(b.payer, '') as payer, "
    f"{', '.join(map(_sum, _SUMS))}, count(distinct j.account) as accounts "
    "from journal j left join account_balance b using (account) "
    "where j.stream like 'account/%' and ($1::date is null or j.posted_on <= $1) group by 1, 2 order by 1, 2"
)


async def money(doors: Doors, until: date | None) -> dict[str, Any]:
    """By facility and first payer, and in total. `until` is the last day on which an entry was posted that counts."""
    rows = [{**row, "difference_cents": difference(row)} for row in await doors.rows(_MONEY, until)]
    names = [*_SUMS, "accounts", "difference_cents"]
    return {"until": until, "money": rows, "total": {n: sum(row[n] for row in rows) for n in names}}


def difference(row: dict[str, Any]) -> int:
    """What billed less all that became of it leaves over: 0, or a cent is lost."""
    became = (
        "insurance_paid", "patient_paid", "contractual", "write_off", "patient_owes", "payers_owe", "opening"
    )  # fmt: skip
    left: int = (
        row["billed_cents"] + row["credit_cents"] - sum(row[f"{name}_cents"] for name in became)
    )
    return left
