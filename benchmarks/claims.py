"""Claims from encounter to posted payment, as fast as the doors take them: few days, many encounters a day."""

import time
from datetime import datetime
from typing import Any

import asyncpg

from benchmarks.course import Course
from benchmarks.measures import Told, cpu_seconds, resident_mb, used_since
from deploy.stack import Stack

POSTED = (
    "select count(distinct account) claims, max(recorded_at) last from reporting.story "
    "where wire = 'posting.payment_posted.v1' and recorded_at >= $1"
)
BEGUN = "select min(recorded_at) from reporting.story where recorded_at >= $1"
OPEN_TO_CLAIM = (
    "select percentile_disc(0.5) within group (order by d) p50, "
    "percentile_disc(0.99) within group (order by d) p99 from (select extract(epoch from "
    "c.recorded_at - o.recorded_at) d from reporting.story o join reporting.story c using (account) "
    "where o.wire = 'registration.account_opened.v1' and c.wire = 'submission.claim_created.v1' "
    "and o.recorded_at >= $1) x"
)


async def claims_end_to_end(
    stack: Stack, course: Course, encounters: int, told: Told
) -> dict[str, Any]:
    """Figures of one run; a claim counts when its first payment (or denial) is posted."""
    auditor: Any = await asyncpg.connect(stack.dsn_of("auditor"))
    try:
        since: datetime = await auditor.fetchval("select clock_timestamp()")
        before, own, started = cpu_seconds(stack), time.process_time(), time.monotonic()
        await course.as_fast_as_taken(encounters, told)
        own, wall = time.process_time() - own, time.monotonic() - started
        used = used_since(stack, before)
        posted, last = await auditor.fetchrow(POSTED, since)
        begun = await auditor.fetchval(BEGUN, since)
        p50, p99 = await auditor.fetchrow(OPEN_TO_CLAIM, since)
    finally:
        await auditor.close()
    seconds = (last - begun).total_seconds()
    figures: dict[str, Any] = {
        "encounters": encounters,
        "claims_posted": posted,
        "wall_seconds": round(wall, 1),
        "seconds_first_encounter_to_last_posting": round(seconds, 1),
        "claims_per_second": round(posted / seconds, 1),
        "open_to_claim_p50_seconds": round(float(p50), 3),
        "open_to_claim_p99_seconds": round(float(p99), 3),
        "cpu_ms_per_claim": round(sum(used.values()) * 1000 / posted, 2),
        "cpu_ms_per_claim simulator": round(own * 1000 / posted, 2),
    }
    for name, cpu in sorted(used.items(), key=lambda item: -item[1]):
        figures[f"cpu_ms_per_claim {name}"] = round(cpu * 1000 / posted, 2)
    for name, resident in resident_mb(stack).items():
        figures[f"resident_mb {name}"] = round(resident)
    return figures
