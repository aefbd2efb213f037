"""How long the system's own steps take while encounters come at a given rate, whatever it makes of them.

The payer's days, and the wait for the next cut-off, are not ours and are left out. Arrivals are fixed in advance: a
system that falls behind is seen to, because nobody waits for it.
"""

from typing import Any

import asyncpg

from deploy.provision import SERVICES
from deploy.stack import Stack
from simulator.doors import Doors
from simulator.world import Plan, World

DAY_SECONDS = 3.0
FEED_DAYS = 36
"""Payers pay from the tenth business day on: afterwards every step happens at the same time."""
FROM_DAY = 16

_STEPS = """
with day as (
    select (convert_from(value, 'utf8')::json #>> '{data,day}')::date as day, min(recorded_at) as at, wire
    from reference.outbox where wire in ('reference.cutoff_reached.v1', 'reference.business_day_opened.v1')
    group by 1, 3
), settled as (
    select at from day where wire = 'reference.business_day_opened.v1' order by day offset $1 limit 1
), ended as (
    select max(recorded_at) as at from reporting.story where wire = 'registration.account_opened.v1'
), first as (
    select account, claim,
        min(recorded_at) filter (where wire = 'submission.claim_created.v1') as created,
        min(recorded_at) filter (where wire = 'submission.claim_submitted.v1') as submitted,
        min(recorded_at) filter (where wire = 'posting.payment_posted.v1') as posted,
        min(facts ->> 'remittance') filter (where wire = 'posting.payment_posted.v1') as remittance
    from reporting.story where claim <> '' group by account, claim
), claims as (
    select extract(epoch from f.created - o.recorded_at) as to_claim,
        extract(epoch from f.submitted - c.at) as to_clearinghouse,
        extract(epoch from f.posted - r.recorded_at) as to_journal
    from first f
    join reporting.story o on o.account = f.account and o.wire = 'registration.account_opened.v1'
    join lateral (select max(at) as at from day where wire = 'reference.cutoff_reached.v1' and at <= f.submitted) c on true
    join adjudication_tracking.outbox r
        on r.stream = 'remittance/' || f.remittance and r.wire = 'adjudication_tracking.remittance_received.v1'
    where f.posted between (select at from settled) and (select at from ended)
)
select count(*) as claims, percentile_disc(array[0.5, 0.99]) within group (order by to_claim) as to_claim,
    percentile_disc(array[0.5, 0.99]) within group (order by to_clearinghouse) as to_clearinghouse,
    percentile_disc(array[0.5, 0.99]) within group (order by to_journal) as to_journal,
    percentile_disc(array[0.5, 0.99]) within group (order by to_claim + to_clearinghouse + to_journal) as all_steps
from claims
"""
STEPS = {
    "to_claim": "account opened to claim made",
    "to_clearinghouse": "cut-off to claim with the clearinghouse",
    "to_journal": "835 received to payment in the journal",
    "all_steps": "registration to posting, own steps",
}


async def latency_at(stack: Stack, rate: float) -> dict[str, Any]:
    """p50 and p99 in seconds of each step, over claims posted while everything went on at once."""
    plan = Plan(
        encounters=int(rate * DAY_SECONDS) * FEED_DAYS,
        feed_days=FEED_DAYS,
        all_days=FEED_DAYS + 1,
        faults=False,
        day_seconds=DAY_SECONDS,
    )
    doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "bench")
    try:
        await World(plan, doors, stack.home.root / "files" / "outbound").run()
    finally:
        await doors.close()
    connection: Any = await asyncpg.connect(stack.dsn_of("auditor"))
    row = await connection.fetchrow(_STEPS, FROM_DAY)
    await connection.close()
    figures: dict[str, Any] = {"encounters_per_second": round(rate, 1), "claims_watched": row["claims"]}
    for column, name in STEPS.items():
        if row[column] is not None:
            half, most = (round(float(seconds), 3) for seconds in row[column])
            figures[f"{name}, p50 seconds"], figures[f"{name}, p99 seconds"] = half, most
    return figures
