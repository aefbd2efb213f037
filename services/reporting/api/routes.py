"""Routes of reporting: queries only."""

from typing import Any

from fastapi import APIRouter, Query

from services.reporting.api import queries
from shared.errors import NotFound
from shared.service import Doors
from shared.streams import ACCOUNT_LENGTH

PAGE = 5_000


async def summary(doors: Doors) -> dict[str, Any]:
    """Everything a biller asks first."""
    return {
        "as_of": await queries.as_of(doors),
        "aging_basis": "date of service",
        "money": await queries.money(doors),
        "not_of_a_facility": await queries.not_of_a_facility(doors),
        "total": await queries.money_total(doors),
        "checks": await queries.checks_total(doors),
        "checks_that_do_not_match": [c for c in await queries.checks(doors, 50) if not c["matches"]],
        "rejected": await queries.rejected(doors),
        "denials": await queries.denials(doors),
        "denials_ended": await queries.denials_ended(doors),
        "aging": await queries.aging(doors),
        "unposted": await queries.unposted(doors),
        "late": await queries.late(doors),
        "takebacks": await queries.takebacks(doors, 50),
        "claims_by_state": await queries.claims_by_state(doors),
        "parked": await queries.parked(doors),
    }


async def story(doors: Doors, number: str) -> dict[str, Any]:
    """One account: its claims, its money, and what happened with the balance after each step."""
    account = number.strip().upper()[:ACCOUNT_LENGTH]
    steps = await queries.account_story(doors, account)
    if not steps:
        raise NotFound("no such account")
    return {
        "account": account,
        "money": await queries.account_money(doors, account),
        "claims": await queries.account_claims(doors, account),
        "steps": steps,
    }


def routes(doors: Doors) -> APIRouter:
    """`/summary`, `/story/{account}`, and its parts by themselves."""
    router = APIRouter()

    @router.get("/summary")
    async def all_of_it() -> dict[str, Any]:
        """What did we bill, what came in, what is left and who owes it, and everything that waits."""
        return await summary(doors)

    @router.get("/story/{number}")
    async def one(number: str) -> dict[str, Any]:
        """The story of one account, by its number or a claim's."""
        return await story(doors, number)

    @router.get("/examples")
    async def examples() -> dict[str, str]:
        """An account each with a paid, a denied and a rejected claim."""
        return await queries.examples(doors)

    @router.get("/patient-balances")
    async def patient_balances(limit: int = Query(default=500, le=PAGE)) -> list[dict[str, Any]]:
        """Accounts whose patient owes something, largest first."""
        return await queries.patient_balances(doors, limit)

    @router.get("/checks")
    async def checks(limit: int = Query(default=500, le=PAGE)) -> list[dict[str, Any]]:
        """Every check: posted, unposted, PLB, total, and whether it matches."""
        return await queries.checks(doors, limit)

    @router.get("/takebacks")
    async def takebacks(limit: int = Query(default=500, le=PAGE)) -> list[dict[str, Any]]:
        """Takebacks: whose, how much, from which check."""
        return await queries.takebacks(doors, limit)

    for path, query in (
        ("/money", queries.money),
        ("/aging", queries.aging),
        ("/denials", queries.denials),
        ("/unposted", queries.unposted),
        ("/late", queries.late),
        ("/claims-by-state", queries.claims_by_state),
        ("/parked-records", queries.parked),
    ):

        def add(path: str, query: Any) -> None:
            @router.get(path, summary=(query.__doc__ or "").splitlines()[0])
            async def rows() -> list[dict[str, Any]]:
                found: list[dict[str, Any]] = await query(doors)
                return found

        add(path, query)
    return router
