"""Everything a biller asks first, on one page."""

from typing import Any

from services.reporting.api import checks, denials, money, overpayments, underpayments, work
from shared.service import Doors, Row

SHOWN = 50
"""Rows of a long list on the page; `left_off` says how many more its own list has."""


async def summary(doors: Doors) -> dict[str, Any]:
    """Money, checks, denials, aging, what waits and for whom. Money is cents."""
    long = {
        "checks_that_do_not_match": await checks.checks_that_do_not_match(doors, SHOWN),
        "rejected": await work.rejected(doors, SHOWN),
        "denials": await denials.denials(doors, SHOWN),
        "reopenings": await denials.reopenings(doors, SHOWN),
        "underpaid": await underpayments.underpaid(doors, SHOWN),
        "overpayments": await overpayments.overpayments(doors, SHOWN),
        "unposted": await checks.unposted(doors, SHOWN),
        "unapplied": await checks.unapplied(doors, SHOWN),
        "takebacks": await checks.takebacks(doors, SHOWN),
        "unanswered": await work.unanswered(doors, SHOWN),
        "unclaimed": await work.unclaimed(doors, SHOWN),
        "changed_charges": await work.changed_charges(doors, SHOWN),
    }
    return {
        "as_of": await money.as_of(doors),
        "aging_basis": "date of service",
        "money": await money.money(doors),
        "money_by_facility": await money.money_by_facility(doors),
        "money_by_payer": await money.money_by_payer(doors),
        "total": await money.money_total(doors),
        "not_of_a_facility": await checks.not_of_a_facility(doors),
        "owed": await money.owed(doors),
        "aging": await money.aging(doors),
        "checks": await checks.checks_total(doors),
        "unsent": await work.unsent(doors),
        "denials_total": await denials.denials_total(doors),
        "denials_ended": await denials.denials_ended(doors),
        "late": await work.late(doors),
        "claims_by_state": await work.claims_by_state(doors),
        "parked": await work.parked(doors),
        **long,
        "left_off": {name: left_off(rows) for name, rows in long.items()},
    }


def left_off(rows: list[Row]) -> int:
    """How many rows a list has beyond these."""
    return int(rows[0]["listed"]) - len(rows) if rows else 0
