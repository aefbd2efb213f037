"""`python -m tests.faults.plants NAME…`: plays the row that has to find a planted defect; 1 when one was not found."""

import asyncio
import sys
import time

from tests.faults.defects import DEFECTS, Defect, defect
from tests.faults.rows import chosen
from tests.faults.run import Bench, Outcome, line

DRAIN_SECONDS = 60.0
"""What is lost for good need not be waited for as long as what is late."""
RETRIES = 240
LIMIT_SECONDS, LONG_SECONDS = 300.0, 900.0
"""A row that holds is over long before; with a defect its load may be refused for ever."""
LONG = frozenset({"broker", "half-open"})


async def find(planted: Defect, seed: int) -> Outcome:
    """Everything starts whole; services that start from then on have the defect in them."""
    (row,) = chosen(planted.row)
    limit = LONG_SECONDS if row.name in LONG else LIMIT_SECONDS
    bench = Bench(name=f"plant-{planted.name}", brief=planted.brief)
    lab = await bench.stand(row, seed)
    try:
        lab.drain_seconds, lab.doors.retries = DRAIN_SECONDS, RETRIES
        lab.stack.planted = {"*": {"FAULTS_PLANT": planted.name}}
        for name in lab.services.running():
            await asyncio.to_thread(lab.services.end, name)
            lab.stack.again(name.rpartition("-")[0])
        await lab.ready()
        try:
            async with asyncio.timeout(limit):
                return await bench.play(row, seed)
        except TimeoutError:
            told = f"it is not over after {limit:.0f} s: its load is refused for ever"
            return Outcome(row.number, row.name, seed, "", limit, (told,))
    finally:
        await bench.close()


def main() -> int:
    """0 when every defect was found."""
    names = sys.argv[1:] or [one.name for one in DEFECTS]
    found = {}
    for name in names:
        started = time.monotonic()
        outcome = asyncio.run(find(defect(name), 1))
        print(line(outcome), flush=True)
        found[name] = bool(outcome.broken)
        verdict = "found" if found[name] else "NOT FOUND"
        print(
            f"{name}: {verdict} by {outcome.row} in {time.monotonic() - started:.0f} s", flush=True
        )
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
