"""Runs the benchmarks on stacks of their own and prints one table; `--json FILE` keeps it."""

import argparse
import json
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.batches import batch_speed
from benchmarks.claims import claims_end_to_end
from benchmarks.latency import latency_at
from benchmarks.rebuilds import rebuild_speed
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.settings import Settings

ROOT = Path(__file__).parents[1]
GATHER_MS = "250"
"""As for throughput: how long the broker gathers records for a service that has none."""
US_AVERAGE = 285
US_BUSINESS_HOURS = 1_000


def main() -> None:
    """Start, measure, print, stop."""
    words = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    words.add_argument("--claims", type=int, default=20_000, help="encounters to carry to posted payments")
    words.add_argument(
        "--shares", type=float, nargs="*", default=[0.5],
        help="shares of the claims a second that were reached, at which to measure how long the steps take",
    )  # fmt: skip
    words.add_argument("--json", type=Path, help="keep the figures here")
    chosen = words.parse_args()
    figures: dict[str, Any] = {"machine": platform.machine(), "python": platform.python_version()}
    with _stack() as stack:
        started = time.monotonic()
        stack.start(SERVICES, told=print, fetch_max_wait_ms=GATHER_MS)
        figures["start_seconds"] = round(time.monotonic() - started, 1)
        print(f"carrying {chosen.claims} encounters to posted payments as fast as they are taken")
        figures |= uvloop.run(claims_end_to_end(stack, chosen.claims))
        figures["of_us_average"] = round(figures["claims_per_second"] / US_AVERAGE, 2)
        figures["of_us_business_hours"] = round(figures["claims_per_second"] / US_BUSINESS_HOURS, 2)
        print("the batch path and the rebuild of one service")
        figures |= uvloop.run(batch_speed(stack))
        figures |= uvloop.run(rebuild_speed(stack))
    for share in chosen.shares:
        with _stack() as stack:
            stack.start(SERVICES)
            rate = figures["claims_per_second"] * share
            print(f"the steps at {share:.0%} of that, {rate:.0f} encounters a second")
            found = uvloop.run(latency_at(stack, rate))
            figures |= {f"at {share:.0%}: {name}": value for name, value in found.items()}
    for name, value in figures.items():
        print(f"{name:>68}  {value}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1))


@contextmanager
def _stack() -> Iterator[Stack]:
    home = ROOT / ".claimlog-test" / "bench"
    shutil.rmtree(home, ignore_errors=True)
    stack = Stack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn=""))
    try:
        yield stack
    finally:
        stack.stop()


main()
