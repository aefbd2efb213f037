"""A few rows of the laboratory in every run of the tests, one after the other on one stack, each in its short form."""

from dataclasses import replace

import pytest

from tests.faults.disks import make_few
from tests.faults.rows import chosen
from tests.faults.run import Bench, line

FEW = ("full-door", "poison", "commit")
"""What no other suite does on the whole stack under load; the last one's end is compared with a replay."""
SEED = 1


@pytest.mark.timeout(1_200)
async def test_a_few_faults_under_load_break_no_promise() -> None:
    bench = Bench(name="few", brief=True)
    broken = []
    try:
        for name in FEW:
            (row,) = chosen(name)
            few = replace(row, make_stack=make_few, replay=name == FEW[-1])
            outcome = await bench.play(few, SEED)
            print(line(outcome), flush=True)
            broken += [f"{name}: {sentence}" for sentence in outcome.broken]
    finally:
        await bench.close()
    assert not broken
