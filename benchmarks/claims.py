"""Claims from encounter to posted payment, as fast as the doors take them: few days, many encounters a day."""

import asyncio
import time
from typing import Any

import asyncpg
import psutil

from deploy.provision import SERVICES
from deploy.stack import Stack
from simulator.doors import Doors
from simulator.world import Plan, World

FEED_DAYS = 5
ALL_DAYS = 45


def _cpu(stack: Stack) -> dict[str, float]:
    """CPU seconds so far, by process; PostgreSQL with its backends."""
    found = {}
    for facts in stack.home.running():
        process = psutil.Process(facts["pid"])
        family = [process, *process.children(recursive=True)]
        seconds = 0.0
        for one in family:
            try:
                times = one.cpu_times()
                seconds += times.user + times.system
            except psutil.NoSuchProcess:
                continue
        ended = process.cpu_times()
        seconds += ended.children_user + ended.children_system
        found[facts["name"]] = seconds
    return found


async def claims_end_to_end(stack: Stack, encounters: int) -> dict[str, Any]:
    """Figures of one run; a claim counts when its first payment (or denial) is posted."""
    doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "bench")
    plan = Plan(encounters=encounters, feed_days=FEED_DAYS, all_days=ALL_DAYS, faults=False)
    before = _cpu(stack)
    own = time.process_time()
    started = time.monotonic()
    world = World(plan, doors, stack.home.root / "files" / "outbound")
    try:
        await world.run()
    finally:
        await doors.close()
    own = time.process_time() - own
    connection: Any = await asyncpg.connect(stack.dsn_of("auditor"))
    posted, _first, last = await connection.fetchrow(
        "select count(distinct account), min(recorded_at), max(recorded_at) from reporting.story "
        "where wire = 'posting.payment_posted.v1'"
    )
    begun = await connection.fetchval("select min(recorded_at) from reporting.story")
    rows = await connection.fetch(
        "select percentile_disc(0.5) within group (order by d) p50, "
        "percentile_disc(0.99) within group (order by d) p99 from (select extract(epoch from "
        "c.recorded_at - o.recorded_at) d from reporting.story o join reporting.story c using (account) "
        "where o.wire = 'registration.account_opened.v1' and c.wire = 'submission.claim_created.v1') x"
    )
    await connection.close()
    seconds = (last - begun).total_seconds()
    used = {n: s - before.get(n, 0.0) for n, s in _cpu(stack).items()}
    figures: dict[str, Any] = {
        "encounters": encounters,
        "claims_posted": posted,
        "wall_seconds": round(time.monotonic() - started, 1),
        "seconds_first_encounter_to_last_posting": round(seconds, 1),
        "claims_per_second": round(posted / seconds, 1),
        "open_to_claim_p50_seconds": round(float(rows[0]["p50"]), 3),
        "open_to_claim_p99_seconds": round(float(rows[0]["p99"]), 3),
        "cpu_ms_per_claim": round(sum(used.values()) * 1000 / posted, 2),
        "cpu_ms_per_claim simulator": round(own * 1000 / posted, 2),
    }
    for name, cpu in sorted(used.items(), key=lambda item: -item[1]):
        figures[f"cpu_ms_per_claim {name}"] = round(cpu * 1000 / posted, 2)
    for facts in stack.home.running():
        if "service" in facts:
            rss = psutil.Process(facts["pid"]).memory_info().rss
            figures[f"resident_mb {facts['name']}"] = rss // 1_000_000
    await asyncio.sleep(0)
    return figures
