"""Routes of reporting: queries only."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.reporting.api import (
    checks,
    credits,
    denials,
    figures,
    kpis,
    late_payments,
    money,
    overpayments,
    stories,
    underpayments,
    work,
)
from services.reporting.api.summary import summary
from shared.json_bodies import Door
from shared.service import Doors

PAGE = 5_000
LISTS: dict[str, Any] = {
    "/money": money.money,
    "/money-by-facility": money.money_by_facility,
    "/money-by-payer": money.money_by_payer,
    "/aging": money.aging,
    "/owed": money.owed,
    "/late": work.late,
    "/unsent": work.unsent,
    "/claims-by-state": work.claims_by_state,
    "/underpaid-by-schedule": underpayments.underpaid_by_schedule,
    "/figures": figures.figures,
}
"""Short ones, shown whole."""
LONG_LISTS: dict[str, Any] = {
    "/patient-balances": money.patient_balances,
    "/checks": checks.checks,
    "/checks-that-do-not-match": checks.checks_that_do_not_match,
    "/not-in-the-bank": checks.not_in_the_bank,
    "/unposted": checks.unposted,
    "/unapplied": checks.unapplied,
    "/takebacks": checks.takebacks,
    "/rejected": work.rejected,
    "/denials": denials.denials,
    "/denial-work-list": denials.denial_work_list,
    "/reopenings": denials.reopenings,
    "/underpaid": underpayments.underpaid,
    "/paid-late": late_payments.paid_late,
    "/overpayments": overpayments.overpayments,
    "/credit-balances": credits.credit_balances,
    "/unanswered": work.unanswered,
    "/unclaimed": work.unclaimed,
    "/changed-charges": work.changed_charges,
    "/parked-records": work.parked,
}
"""The first `limit` rows; `listed` is how many there are, `listed_cents`, where all are money, their sum."""


def routes(doors: Doors) -> APIRouter:
    """`/summary`, `/kpis`, `/story/{number}`, `/accounts/{number}`, and the lists by themselves."""
    router = APIRouter(route_class=Door)

    @router.get("/summary")
    async def all_of_it() -> dict[str, Any]:
        """What did we bill, what came in, what is left and who owes it, and everything that waits."""
        return await summary(doors)

    @router.get("/kpis")
    async def rates(
        by: kpis.By = "all", months: Annotated[int, Query(ge=1, le=kpis.MONTHS_LIMIT)] = kpis.MONTHS
    ) -> dict[str, Any]:
        """Clean claims, denials, collections and days in A/R of these calendar months, each with what it is divided by."""
        return await kpis.kpis(doors, by, months)

    @router.get("/story/{number}")
    async def one(number: str, limit: int = Query(stories.STEPS, ge=1, le=PAGE)) -> dict[str, Any]:
        """The story of one account, by any number that leads to it alone."""
        return await stories.story(doors, number, limit)

    @router.get("/accounts/{number}")
    async def found(
        number: str, limit: int = Query(stories.FOUND, ge=1, le=PAGE)
    ) -> list[dict[str, Any]]:
        """The accounts of a number: ours, a claim's, another system's, a payer control number, or a check's."""
        return await stories.accounts(doors, number, limit)

    @router.get("/examples")
    async def examples() -> dict[str, str]:
        """An account each with a paid, a denied and a rejected claim."""
        return await stories.examples(doors)

    for path, query in LISTS.items():
        _whole(router, doors, path, query)
    for path, query in LONG_LISTS.items():
        _page(router, doors, path, query)
    return router


def _whole(router: APIRouter, doors: Doors, path: str, query: Any) -> None:
    @router.get(path, summary=(query.__doc__ or "").splitlines()[0])
    async def rows() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await query(doors)
        return found


def _page(router: APIRouter, doors: Doors, path: str, query: Any) -> None:
    @router.get(path, summary=(query.__doc__ or "").splitlines()[0])
    async def rows(limit: int = Query(money.LIST_PAGE, ge=1, le=PAGE)) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await query(doors, limit)
        return found
