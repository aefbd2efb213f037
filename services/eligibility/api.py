"""Doors of eligibility: 271 files, and what is known of an account's coverages."""

from typing import Any

from fastapi import APIRouter, Query

from services.eligibility.domain.inbound import RefuseFile
from services.eligibility.gateway import take_answers
from shared.errors import Malformed, NotFound
from shared.received_files import file_doors, tell_file, tell_of_refusal
from shared.service import Doors

PAGE = 500


def routes(doors: Doors) -> APIRouter:
    """`/files`, `/files/{sha256}/redrive`, `/accounts/{account}`, `/work-list`."""
    router = APIRouter()

    async def take(data: bytes, name: str, who: str) -> dict[str, Any]:
        return await _receive(doors, data, name, who)

    file_doors(router, doors, take)

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


async def _receive(doors: Doors, data: bytes, name: str, who: str) -> dict[str, Any]:
    """What the file says to our accounts; one that cannot be taken is told of, and kept."""
    try:
        command = await take_answers(data, name, doors)
    except Malformed as no:
        await tell_of_refusal(doors, data, name, no, RefuseFile, who)
        raise
    answer = await tell_file(doors, command.sha256, command, command.sha256, who)
    if answer.status >= 400:
        raise answer.refusal()
    return {
        "sha256": command.sha256,
        "again": answer.again or not answer.said,
        "answers": len(command.answers),
        "unmatched": command.unmatched,
    }
