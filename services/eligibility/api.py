"""Doors of eligibility: 271 files, and what is known of an account's coverages."""

import hashlib
from typing import Any

from fastapi import APIRouter, Query, Request, Response

from services.eligibility.domain.inbound import Command, RefuseFile
from services.eligibility.gateway import take_answers
from shared.errors import Malformed, NotFound
from shared.http import Actor, IdempotencyKey
from shared.service import Answer, Doors, Order, Scope
from shared.streams import inbound_stream

PAGE = 500


def routes(doors: Doors) -> APIRouter:
    """`/files`, `/files/{sha256}/redrive`, `/accounts/{account}`, `/work-list`."""
    router = APIRouter()

    @router.post("/files")
    async def files(
        request: Request, key: IdempotencyKey, who: Actor, name: str = Query(default="", max_length=120)
    ) -> dict[str, Any]:
        """Take in a 271 file, known by its hash: again is quiet, a broken one changes nothing and is kept."""
        data = await request.body()
        if not data:
            raise Malformed("the file is empty")
        await doors.store_object(data)
        return await _receive(doors, data, name, who)

    @router.post("/files/{sha256}/redrive")
    async def redrive(sha256: str, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Take in a kept file again: what was refused may be understood by now; what was taken is quiet."""
        return await _receive(doors, await doors.read_object(sha256), "", who)

    @router.get("/files")
    async def received(
        state: str | None = None, limit: int = Query(default=PAGE, le=5_000)
    ) -> list[dict[str, Any]]:
        """Received and refused files, newest first."""
        return await doors.rows(
            "select * from received_file where $1::text is null or state = $1 "
            "order by received_on desc, sha256 limit $2",
            state,
            limit,
        )

    @router.get("/files/{sha256}/content")
    async def content(sha256: str, who: Actor) -> Response:
        """The bytes as they came."""
        if not await doors.rows("select sha256 from received_file where sha256 = $1", sha256):
            raise NotFound("no such file was received here")
        return Response(await doors.read_object(sha256), media_type="application/edi-x12")

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
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        command = await take_answers(data, name, doors)
    except Malformed as no:
        reason = str(no)[:500]
        digest = hashlib.sha256(reason.encode()).hexdigest()
        refusal = RefuseFile(sha256, len(data), reason)
        await _take(doors, refusal, f"{sha256}/refused/{digest}", who)
        raise
    answer = await _take(doors, command, sha256, who)
    if answer.status >= 400:
        raise answer.refusal()
    return {
        "sha256": sha256,
        "again": answer.again or not answer.said,
        "answers": len(command.answers),
        "unmatched": command.unmatched,
    }


async def _take(doors: Doors, command: Command, key: str, who: str) -> Answer:
    stream, body = inbound_stream(command.sha256), command.sha256.encode()
    (answer,) = await doors.handle([Order(stream, command, key, body, Scope(doors.tenant), who)])
    return answer
