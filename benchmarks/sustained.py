"""Many minutes at one rate: latency stays, memory stays, and the audit has nothing to say at the end."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.course import Course
from benchmarks.latency import Ran, latency_figures, latency_table, run_paced
from benchmarks.measures import Told
from benchmarks.paced import Pace
from deploy.auditing.run import audit
from deploy.stack import Stack
from simulator.people import CANARY

FLAT = 1.05
"""Memory is flat when its last quarter holds at most so much of its second quarter; the first one warms up."""


async def sustained(stack: Stack, course: Course, pace: Pace, told: Told) -> dict[str, Any]:
    """Figures of one long paced run, its memory by service, and the audit's breaches."""
    ran = await run_paced(stack, course, pace, told)
    for line in latency_table(ran, "sustained"):
        told(line)
    figures = latency_figures(ran, "sustained") | memory_figures(ran)
    broken = []
    async for result in audit(stack, canary=CANARY):
        told(f"audit: {result.name} {'holds' if result.holds else 'BROKEN'}")
        if not result.holds:
            broken.append(result.name)
    return figures | {
        "sustained: audit_broken": len(broken),
        "sustained: audit_broken_names": ", ".join(broken),
    }


def memory_figures(ran: Ran) -> dict[str, Any]:
    """Resident MB of each service in the second and the last quarter, their ratio, and whether all are flat."""
    figures: dict[str, Any] = {"sustained: seconds": round(ran.marks.ended - ran.marks.began)}
    flat = True
    for name in sorted({n for sample in ran.memory_mb for n in sample}):
        over_time = [sample[name] for sample in ran.memory_mb if name in sample]
        early, late = quarters(over_time)
        flat = flat and late <= early * FLAT
        figures[f"sustained: resident_mb {name}, second quarter"] = round(early, 1)
        figures[f"sustained: resident_mb {name}, last quarter"] = round(late, 1)
        figures[f"sustained: resident_mb {name}, ratio"] = round(late / early, 3) if early else 0.0
    figures["sustained: memory_flat"] = flat
    return figures


def quarters(samples: Sequence[float]) -> tuple[float, float]:
    """The medians of the second and of the last quarter of samples in time order."""
    if not samples:
        return 0.0, 0.0
    size = max(1, len(samples) // 4)
    second = samples[size : 2 * size] or samples[:size]
    return median(second), median(samples[-size:])
