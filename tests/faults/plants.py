"""`python -m tests.faults.plants NAME…`: plays the row that has to find a planted defect, and fails when it does not."""

import asyncio
import sys

from tests.faults import processes
from tests.faults.planting import FOUND_BY, PLANTS
from tests.faults.processes import LabStack
from tests.faults.rows import chosen
from tests.faults.run import Bench, line


async def _find(plant: str, seed: int) -> bool:
    """Everything starts whole; services that start in the row have the defect in them."""
    (row,) = chosen(FOUND_BY[plant])
    bench = Bench(name=f"plant-{plant}")
    lab = await bench.stand(row, seed)
    try:
        stack = lab.stack
        assert isinstance(stack, LabStack)
        stack.planted = {"*": {"FAULTS_PLANT": plant}}
        for name in lab.services.running():
            await asyncio.to_thread(lab.services.end, name)
            stack.again(name.rpartition("-")[0])
        await lab.ready()
        outcome = await bench.play(row, seed)
    finally:
        await bench.close()
    print(line(outcome), flush=True)
    return bool(outcome.broken)


def main() -> int:
    """0 when every defect was found."""
    processes.PATCHED = "tests.faults.planting"
    names = sys.argv[1:] or sorted(PLANTS)
    found = {name: asyncio.run(_find(name, 1)) for name in names}
    for name, so in found.items():
        print(f"{name}: {'found' if so else 'NOT FOUND'} by {FOUND_BY[name]}")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
