"""One facility that imports much, and one guarantor whom everybody pays at once, while the others go on."""

import asyncio
import time
from typing import Any

from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row

ENCOUNTERS, BRIEF_ENCOUNTERS = 12_000, 600
"""Of the world's, from which those of one facility are taken: about a seventh."""
SIDE_BY_SIDE = 4
PAYMENTS, BRIEF_PAYMENTS = 400, 60
OTHERS_SECONDS = 15.0
"""So long at the most does an encounter of another facility wait for its answer."""


@row(
    14,
    "flood",
    "a facility that is starved by another's import; an account that everything waits behind; "
    "a queue that grows without an end",
)
async def flood(lab: Lab, chance: Chance) -> str:
    """One facility's import from several sides, and hundreds of payments of one guarantor, all at once under load."""
    told = await lab.under_load(_flood(lab, chance), encounters=6)
    return told


async def _flood(lab: Lab, chance: Chance) -> str:
    count = BRIEF_ENCOUNTERS if lab.brief else ENCOUNTERS
    numbers = range(1_000_000 * (1 + lab.days_done), 1_000_000 * (1 + lab.days_done) + count)
    today = lab.days[lab.days_done]
    day = lab.world.feed.day(today, numbers)
    facilities = sorted({e["facility"] for e in day.encounters})
    busy = chance.pick(facilities, "busy")
    ours = [e for e in day.encounters if e["facility"] == busy]
    others = [e for e in day.encounters if e["facility"] != busy]
    assert ours and others, "the feed knows one facility only"
    waits, over, key = list[float](), asyncio.Event(), f"flood/{lab.days_done}"
    payments = BRIEF_PAYMENTS if lab.brief else PAYMENTS
    probing = asyncio.create_task(_probe(lab, others, f"{key}/others", over, waits))
    started = time.monotonic()
    try:
        parts = [ours[n::SIDE_BY_SIDE] for n in range(SIDE_BY_SIDE)]
        await asyncio.gather(
            *(
                lab.doors.post_all("registration", "/encounters", f"{key}/{n}", "encounters", part)
                for n, part in enumerate(parts)
            ),
            *(_pay(lab, range(n, payments, SIDE_BY_SIDE), key) for n in range(SIDE_BY_SIDE)),
        )
    finally:
        over.set()
        await probing
    took = time.monotonic() - started
    assert waits, "no other facility was asked"
    slowest = max(waits)
    assert slowest < OTHERS_SECONDS, f"another facility waited {slowest:.1f} s"
    return (
        f"{len(ours)} encounters of one facility and {payments} payments on one account in {took:.1f} s; "
        f"others were answered {len(waits)} times, after {slowest:.1f} s at most"
    )


async def _pay(lab: Lab, numbers: range, key: str) -> None:
    """Payments on the first account there is, each a command of its own."""
    ((account,),) = await lab.fetch("select min(account) from posting.account_balance")
    for n in numbers:
        payment = {
            "payment": f"{key}/{n}",
            "account": account,
            "tender": "card",
            "amount_cents": 100 + n,
            "received_on": lab.days[0].isoformat(),
        }
        await lab.doors.post(
            "posting", "/patient-payments", f"{key}/pays/{n}", {"payments": [payment]}
        )


async def _probe(
    lab: Lab, others: list[dict[str, Any]], key: str, over: asyncio.Event, waits: list[float]
) -> None:
    """Other facilities' encounters, one after the other."""
    for n, one in enumerate(others):
        if over.is_set():
            return
        started = time.monotonic()
        await lab.doors.post("registration", "/encounters", f"{key}/{n}", {"encounters": [one]})
        waits.append(time.monotonic() - started)
        await asyncio.sleep(0.1)
