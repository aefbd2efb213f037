"""A claim set of any size read and judged at once: each claim, and right after it what is wrong with it."""

from collections.abc import Callable, Iterator
from typing import Any

from shared.x12.claim_loops.balance import Say
from shared.x12.claim_loops.check import COUNTED, TWICE, Numbers, Wrong, as_it_stands, no_claim
from shared.x12.claim_loops.hierarchy import ClaimLevels
from shared.x12.claim_loops.levels import C, L
from shared.x12.claim_loops.read import ClaimReading
from shared.x12.findings import Finding


def judged(
    reading: ClaimReading[C, L], rules: Callable[[Any, Say], Iterator[Finding]]
) -> Iterator[C | Finding]:
    """Every claim and finding; of the numbers of claims the first ones are remembered to notice a repeated one."""
    one = reading.set
    levels = reading.levels = ClaimLevels(one)
    numbers = Numbers()
    empty = True
    for claim in reading.claims():
        empty = False
        yield claim
        number: str = getattr(claim, "clm01", "")
        wrong = Wrong(one, claim, number)
        yield from levels.take()
        yield from rules(claim, wrong)
        if claim.unknown or reading.counted != COUNTED[: len(reading.counted)]:
            yield from as_it_stands(wrong, reading.kind_of_place)
        if severity := numbers.again(number, getattr(claim, "frequency", "")):
            yield wrong(TWICE, "2300", "CLM01", severity=severity)
    levels.end()
    yield from levels.take()
    if empty:
        yield no_claim(one)
    yield from reading.taker.findings
