"""The doors for files from outside: taken in once, kept as they came, told of when refused, and driven again.

A service that has them keeps a projection `received_file` with `sha256`, `state` (`received`, `refused`) and
`received_on`, and the projection `erasure` of `shared.keeping`: files that were kept long enough.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from fastapi import APIRouter, Query, Request, Response

from shared.errors import Malformed, NotFound, Refused, ServiceError
from shared.http import Actor, IdempotencyKey
from shared.service import Answer, Doors, Order, Scope
from shared.streams import inbound_stream

PAGE, MOST = 500, 5_000
REASON_LENGTH = 500
TAKEN_AT_ONCE = 2
"""Files that are read and written down at a time: one of them takes ten times its size, and more are no faster."""
Take = Callable[[bytes, str, str], Awaitable[dict[str, Any]]]
"""(the file, its name, who handed it in) -> what is answered; it tells of a refusal itself."""


def file_doors(router: APIRouter, doors: Doors, take: Take) -> None:
    """`/files`, `/files/{sha256}/redrive`, `/files/{sha256}/content`."""
    turn = asyncio.Semaphore(TAKEN_AT_ONCE)

    @router.post("/files")
    async def files(
        request: Request,
        key: IdempotencyKey,
        who: Actor,
        name: str = Query(default="", max_length=120),
    ) -> dict[str, Any]:
        """Take in a file, known by its hash: again is quiet; a broken one changes nothing, is kept, and told of with its place."""
        data = await request.body()
        if not data:
            raise Malformed("the file is empty")
        await keep(doors, data)
        async with turn:
            return await take(data, name, who)

    @router.post("/files/{sha256}/redrive")
    async def redrive(sha256: str, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Take in a kept file again: what was refused may be understood by now; what was taken is quiet."""
        await _judge_kept(doors, sha256)
        async with turn:
            return await take(await doors.read_object(sha256), "", who)

    @router.get("/files")
    async def received(
        state: Literal["received", "refused"] | None = None,
        limit: int = Query(default=PAGE, ge=1, le=MOST),
    ) -> list[dict[str, Any]]:
        """Received and refused files with what they held or why they were refused, newest first."""
        return await doors.rows(
            "select f.*, e.erased_on from received_file f left join erasure e on e.sha256 = f.sha256 "
            "and e.state <> 'kept' where $1::text is null or f.state = $1 order by f.received_on desc, f.sha256 limit $2",
            state,
            limit,
        )

    @router.get("/files/{sha256}/content")
    async def content(sha256: str, who: Actor) -> Response:
        """The bytes as they came."""
        if not await doors.rows("select sha256 from received_file where sha256 = $1", sha256):
            raise NotFound("no such file was received here")
        await _judge_kept(doors, sha256)
        data = await doors.read_object(sha256)
        # What a person typed is JSON, and no X12 begins so.
        kind = "application/json" if data.startswith(b"{") else "application/edi-x12"
        return Response(data, media_type=kind)


async def keep(doors: Doors, data: bytes) -> None:
    """Keep the bytes of what is taken in; Refused where they were, and were erased since: they would stay for ever."""
    if (gone := await _erased_on(doors, hashlib.sha256(data).hexdigest())) is not None:
        raise Refused(f"this file was received before, and erased on {gone}")
    await doors.store_object(data)


async def _erased_on(doors: Doors, sha256: str, state: str = "received") -> Any:
    """When a file was erased; one that was refused may come again."""
    rows = await doors.rows(
        "select e.erased_on from erasure e join received_file f using (sha256) "
        "where sha256 = $1 and e.state <> 'kept' and ($2 = '' or f.state = $2)",
        sha256,
        state,
    )
    return rows[0]["erased_on"] if rows else None


async def _judge_kept(doors: Doors, sha256: str) -> None:
    if (gone := await _erased_on(doors, sha256, "")) is not None:
        raise NotFound(f"this file was kept long enough, and erased on {gone}")


async def tell_of_refusal(
    doors: Doors, data: bytes, name: str, no: ServiceError, refusal: Callable[..., Any], who: str
) -> None:
    """Say that a file was refused and why, once a reason, and once more of one that was erased since.

    `refusal` makes the command of sha256, size and reason.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    reason = str(no).removeprefix(f"{name}: ")[:REASON_LENGTH]  # A name may be a person's.
    digest = hashlib.sha256(reason.encode()).hexdigest()
    command = refusal(sha256, len(data), reason)
    gone = await _erased_on(doors, sha256, "")
    key = f"{sha256}/refused/{digest}" + (f"/{gone}" if gone is not None else "")
    await tell_file(doors, sha256, command, key, who)


async def tell_parts(doors: Doors, parts: Sequence[Any], who: str, key: str = "") -> bool:
    """A file's parts one after the other; whether it was here before. Without a key the file's own hash is one."""
    again = True
    for part in parts:
        answer = await tell_file(doors, part.sha256, part, f"{key or part.sha256}/{part.part}", who)
        answer.told()
        again = again and (answer.again or not answer.said)
    return again


async def tell_file(doors: Doors, sha256: str, command: Any, key: str, who: str) -> Answer:
    """A command to the stream of a received file."""
    order = Order(inbound_stream(sha256), command, key, sha256.encode(), Scope(doors.tenant), who)
    (answer,) = await doors.handle([order])
    return answer
