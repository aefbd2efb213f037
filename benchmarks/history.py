"""What a claim costs when the tables are short, and again when many times as many claims are in them."""

from typing import Any

from benchmarks.claims import claims_end_to_end
from benchmarks.course import Course
from benchmarks.measures import Told
from deploy.stack import Stack

COST = "cpu_ms_per_claim"


async def cost_over_history(
    stack: Stack, course: Course, claims: int, times: int, told: Told
) -> dict[str, Any]:
    """CPU ms a claim by process: of the first `claims`, and of as many when `times` as many are there already."""
    first = await claims_end_to_end(
        stack, course, claims, lambda s: told(f"the first {claims:,}: {s}")
    )
    between = claims * (times - 1)
    if between > 0:
        await course.as_fast_as_taken(between, lambda s: told(f"{between:,} between: {s}"))
    last = await claims_end_to_end(
        stack, course, claims, lambda s: told(f"the last {claims:,}: {s}")
    )
    return side_by_side(first, last, claims, times)


def side_by_side(
    first: dict[str, Any], last: dict[str, Any], claims: int, times: int
) -> dict[str, Any]:
    """Both costs and their ratio, for all processes together and for each."""
    figures: dict[str, Any] = {"history: claims": claims, "history: times": times}
    for name in sorted(n for n in first if n.startswith(COST)):
        figures[f"history: {name}, short tables"] = first[name]
        figures[f"history: {name}, long tables"] = last.get(name, 0.0)
        if first[name]:
            figures[f"history: {name}, ratio"] = round(last.get(name, 0.0) / first[name], 2)
    figures["history: claims_per_second, short tables"] = first["claims_per_second"]
    figures["history: claims_per_second, long tables"] = last["claims_per_second"]
    return figures
