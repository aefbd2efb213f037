"""A service whose files leave, run as a process that may die while handing them over.

`python -m tests.kernel.handing_toy <dsn> <folder>` hands over what is open, then ends.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg

from contracts.eligibility import BatchedInquiry, InquiriesBatched
from shared.hand_over import Handing
from shared.pool import open_pool
from shared.service import Answer, At, Event, HandOver, Order, Outside, Scope, Service

PARTITION = 3
WIRE = "eligibility.inquiries_batched.v1"
FACTS = "create table if not exists facts (key text primary key, body bytea not null)"


def asked(number: int, lane: int = 1, content: str = "T1") -> tuple[Event, At]:
    """An event that asks for a file, and where it stands."""
    event = InquiriesBatched(
        receiver="CH",
        lane=lane,
        isa13=number,
        gs06=number,
        file_name=f"CH/{number:09d}.270",
        inquiries=(BatchedInquiry(account="A" * 14, trace=content, payer="P1"),),
    )
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    return event, At(
        stream=f"outbound/CH/{lane}",
        partition=PARTITION,
        event_id=f"event-{number}",
        wire=WIRE,
        scope=Scope("demo"),
        occurred_on=date(2026, 1, 5),
        recorded_at=moment,
        actor="service:toy",
        correlation="c",
        producer=f"toy/{PARTITION}",
        position=number,
        offset=number,
    )


NOTHING = "NOTHING"


async def build(event: Event, at: At, outside: Outside) -> bytes | None:
    """The bytes of the file."""
    if event.inquiries[0].trace == NOTHING:
        return None
    return f"ISA*{event.isa13}*{event.inquiries[0].trace}~".encode() * 50


TOY = Service(
    "toy",
    hears=frozenset({WIRE}),
    says=frozenset(),
    deciders={},
    react=lambda event, at: (),
    hand_overs=(
        HandOver(
            wire=WIRE,
            file_name=lambda event: str(event.file_name),
            build=build,
            handed=lambda event, at, sha256, size: (at.stream, (event.isa13, sha256, size)),
        ),
    ),
)


class FactDoors:
    """Doors that keep each order by its key, as the real ones do."""

    tenant = "demo"
    service = "toy"

    def __init__(self, pool: Any, answers: Sequence[Answer] = ()) -> None:
        self._pool = pool
        self._answers = list(answers)

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """Keep the facts; the first answers may be prepared."""
        if self._answers:
            return [self._answers.pop(0)]
        for order in orders:
            await self._pool.execute(
                "insert into facts values ($1, $2) on conflict do nothing", order.key, order.body
            )
        return [Answer(200, order.stream) for order in orders]


def worker(pool: Any, folder: Path, doors: Any = None, service: Service = TOY) -> Handing:
    """The worker of a process that owns the partition."""
    kernel = SimpleNamespace(service=service, pool=pool)
    any_doors: Any = FactDoors(pool)
    owner = SimpleNamespace(owned={PARTITION})
    return Handing(kernel, doors if doors is not None else any_doors, owner, folder)


async def main(dsn: str, folder: Path) -> None:
    """Hand over until nothing is open."""
    pool = await open_pool(dsn)
    handing = worker(pool, folder)
    while await pool.fetchval("select count(*) from hand_over where status <> 'handed'"):
        try:
            await handing.sweep()
        except asyncpg.PostgresError:
            await asyncio.sleep(0.05)
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
