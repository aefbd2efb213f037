"""Doors that every service has: where it stands, its parked records, and files that wait for a person."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from shared.doors import OpenDoors
from shared.engine import Engine
from shared.hand_over import Handing
from shared.http import Named
from shared.json_bodies import Door
from shared.parking import MOST, PAGE, Parking
from shared.progress import Progress

Partition = Annotated[int, Path(ge=0, lt=2**31)]
Offset = Annotated[int, Path(ge=0, lt=2**63)]
"""As far as the tables count."""


class Discard(BaseModel):
    """Why a parked record shall never be applied."""

    reason: str = Field(min_length=1, max_length=400)


def _unheard(name: str, row: Progress, rows: Mapping[int, Progress]) -> int:
    """What this partition said and has not heard back yet: it may not stand in the log."""
    producer = f"{name}/{row.partition}"
    return sum(
        last - rows[target].heard.get(producer, 0)
        for target, last in row.sent.items()
        if target in rows
    )


def kernel_routes(engine: Engine, doors: OpenDoors, handing: Handing | None = None) -> APIRouter:
    """`/progress` and `/parked`; `/held` of a service that hands files over."""
    router = APIRouter(tags=["kernel"], route_class=Door)
    parking = Parking(engine)

    @router.get("/progress")
    async def progress() -> list[dict[str, Any]]:
        """How far this service is in every partition."""
        async with engine.pool.acquire() as connection:
            rows = await engine.store.progress(connection)
        return [
            {
                "partition": p.partition,
                "next_offset": p.next_offset,
                "version": p.version,
                "today": p.today,
                "heard": sum(p.heard.values()),
                "said": sum(p.sent.values()),
                "unheard": _unheard(engine.service.name, p, rows),
                "day_work": p.day_work is not None,
            }
            for _, p in sorted(rows.items())
        ]

    @router.get("/parked")
    async def parked(
        limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
    ) -> list[dict[str, Any]]:
        """Records that wait for a person, oldest first; each row tells by `listed` how many there are in all."""
        return await parking.listed(limit)

    @router.get("/parked/{partition}/{offset}")
    async def shown(partition: Partition, offset: Offset) -> dict[str, Any]:
        """One of them."""
        return await parking.shown(partition, offset)

    @router.post("/parked/{partition}/{offset}/redrive")
    async def redrive(
        partition: Partition, offset: Offset, actor: Named = "operator"
    ) -> dict[str, int]:
        """Apply it and what waits behind it alone, in order; 409 when it still cannot be applied."""
        return {"applied": await parking.redrive(partition, offset, actor)}

    @router.post("/parked/{partition}/{offset}/discard")
    async def discard(
        partition: Partition, offset: Offset, body: Discard, actor: Named = "operator"
    ) -> dict[str, int]:
        """Never apply it; what waits behind it and behind no other is applied."""
        return {"applied": await parking.discard(partition, offset, body.reason, actor)}

    if handing is not None:
        _held_routes(router, handing)
    return router


def _held_routes(router: APIRouter, handing: Handing) -> None:
    @router.get("/held")
    async def held() -> list[dict[str, Any]]:
        """Files that wait for a person, each with the event that asked for it and why it waits."""
        return [dict(row) for row in await handing.held()]

    @router.post("/held/{event_id}/release")
    async def release(event_id: str) -> dict[str, bool]:
        """It has not left: it goes on its way."""
        await handing.release(event_id)
        return {"ok": True}

    @router.post("/held/{event_id}/left")
    async def left(event_id: str) -> dict[str, bool]:
        """It left before: that is stated as a fact, and no file is moved."""
        await handing.had_left(event_id)
        return {"ok": True}
