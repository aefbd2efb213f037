"""Doors of eligibility: 271 files, and what is known of an account's coverages."""

from typing import Any

from fastapi import APIRouter, Query, Request

from services.eligibility.gateway import take_answers
from shared.errors import Malformed, NotFound
from shared.http import Actor, IdempotencyKey
from shared.service import Doors, Order, Scope
from shared.streams import inbound_stream

PAGE = 500


def routes(doors: Doors) -> APIRouter:
    """`/files`, `/accounts/{account}`, `/work-list`."""
    router = APIRouter()

    @router.post("/files")
    async def files(
        request: Request, key: IdempotencyKey, who: Actor, name: str = Query(default="", max_length=120)
    ) -> dict[str, Any]:
        """Take in a 271 file, known by its hash: again is quiet, a broken one changes nothing."""
        data = await request.body()
        if not data:
            raise Malformed("the file is empty")
        command = await take_answers(data, name, doors)
        order = Order(
            inbound_stream(command.sha256),
            command,
            command.sha256,
            command.sha256.encode(),
            Scope(tenant=doors.tenant),
            who,
        )
        answer = (await doors.handle([order]))[0]
        if answer.status >= 400:
            raise answer.refusal()
        return {
            "sha256": command.sha256,
            "again": answer.again or not answer.said,
            "answers": len(command.answers),
            "unmatched": command.unmatched,
        }

    @router.get("/accounts/{account}")
    async def account(account: str) -> list[dict[str, Any]]:
        """Every coverage of an account with what its payer said."""
        rows = await doors.rows(
            "select * from coverage_benefits where account = $1 order by trace", account.upper()
        )
        if not rows:
            raise NotFound("nothing was asked about this account")
        return rows

    @router.get("/work-list")
    async def work_list(limit: int = Query(default=PAGE, le=5_000)) -> list[dict[str, Any]]:
        """Coverages that a payer rejected, called inactive or left open, oldest answer first."""
        return await doors.rows(
            "select * from coverage_benefits where state in ('rejected', 'inactive', 'unclear') "
            "order by answered_on, trace limit $1",
            limit,
        )

    return router
