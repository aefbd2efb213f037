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
"""So long at the most does an encounter of another facility wait for its answer, and then its claim to be made."""
LOOK_SECONDS = 0.5
Encounter = tuple[dict[str, Any], dict[str, Any]]
"""As registration's door takes it, and its charges as coding's does."""


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
    pairs = list(zip(day.encounters, day.charges, strict=True))
    ours = [pair for pair in pairs if pair[0]["facility"] == busy]
    others = [pair for pair in pairs if pair[0]["facility"] != busy]
    assert ours and others, "the feed knows one facility only"
    waits, over, key = list[float](), asyncio.Event(), f"flood/{lab.days_done}"
    asked, made = dict[str, float](), dict[str, float]()
    payments = BRIEF_PAYMENTS if lab.brief else PAYMENTS
    probing = asyncio.create_task(_probe(lab, others, f"{key}/others", over, waits, asked))
    looking = asyncio.create_task(_look(lab, asked, made))
    started = time.monotonic()
    try:
        parts = [ours[n::SIDE_BY_SIDE] for n in range(SIDE_BY_SIDE)]
        await asyncio.gather(
            *(_import(lab, part, f"{key}/{n}") for n, part in enumerate(parts)),
            *(_pay(lab, range(n, payments, SIDE_BY_SIDE), key) for n in range(SIDE_BY_SIDE)),
        )
    finally:
        took = time.monotonic() - started
        over.set()
        await probing
        await asyncio.sleep(OTHERS_SECONDS)
        looking.cancel()
    assert waits, "no other facility was asked"
    slowest = max(waits)
    assert slowest < OTHERS_SECONDS, f"another facility waited {slowest:.1f} s"
    assert made, "no claim of another facility was made"
    latest = max(made[account] - asked[account] for account in made)
    assert latest < OTHERS_SECONDS, f"a claim of another facility was made after {latest:.1f} s"
    return (
        f"{len(ours)} encounters of one facility and {payments} payments on one account in {took:.1f} s; "
        f"others were answered {len(waits)} times, after {slowest:.1f} s at most, "
        f"and {len(made)} claims of theirs made after {latest:.1f} s at most"
    )


async def _import(lab: Lab, part: list[Encounter], key: str) -> None:
    """Encounters, and then their charges."""
    encounters, charges = [e for e, _ in part], [c for _, c in part]
    await lab.doors.post_all("registration", "/encounters", key, "encounters", encounters)
    await lab.doors.post_all("coding", "/charges", f"{key}/c", "accounts", charges)


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
    lab: Lab,
    others: list[Encounter],
    key: str,
    over: asyncio.Event,
    waits: list[float],
    asked: dict[str, float],
) -> None:
    """Other facilities' encounters with their charges, one after the other."""
    for n, (encounter, charges) in enumerate(others):
        if over.is_set():
            return
        started = time.monotonic()
        await lab.doors.post(
            "registration", "/encounters", f"{key}/{n}", {"encounters": [encounter]}
        )
        waits.append(time.monotonic() - started)
        answer = await lab.doors.post("coding", "/charges", f"{key}/{n}/c", {"accounts": [charges]})
        asked[answer["accounts"][0]["account"]] = time.monotonic()
        await asyncio.sleep(0.1)


async def _look(lab: Lab, asked: dict[str, float], made: dict[str, float]) -> None:
    """When the claims of these accounts were there; an account may wait for a coder and have none."""
    while True:
        waiting = [account for account in asked if account not in made]
        rows = await lab.fetch(
            "select distinct account from submission.claim where account = any($1)", waiting
        )
        now = time.monotonic()
        made |= {account: now for (account,) in rows}
        await asyncio.sleep(LOOK_SECONDS)
