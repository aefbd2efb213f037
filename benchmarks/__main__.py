"""Runs the benchmarks on a stack of their own and prints one table; `--json FILE` keeps it."""

import argparse
import asyncio
import json
import platform
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.batches import batch_speed
from benchmarks.claims import claims_end_to_end
from benchmarks.rebuilds import rebuild_speed
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.settings import Settings

ROOT = Path(__file__).parents[1]
US_AVERAGE = 285
US_BUSINESS_HOURS = 1_000


def main() -> None:
    """Start, measure, print, stop."""
    words = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    words.add_argument("--claims", type=int, default=20_000, help="encounters to carry to posted payments")
    words.add_argument("--json", type=Path, help="keep the figures here")
    chosen = words.parse_args()
    home = ROOT / ".claimlog-test" / "bench"
    shutil.rmtree(home, ignore_errors=True)
    stack = Stack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn=""))
    figures: dict[str, Any] = {"machine": platform.machine(), "python": platform.python_version()}
    try:
        started = time.monotonic()
        stack.start(SERVICES, told=print, fetch_max_wait_ms="150")
        figures["start_seconds"] = round(time.monotonic() - started, 1)
        figures |= asyncio.run(claims_end_to_end(stack, chosen.claims))
        figures |= asyncio.run(batch_speed(stack))
        figures |= asyncio.run(rebuild_speed(stack))
    finally:
        stack.stop()
    figures["of_us_average"] = round(figures["claims_per_second"] / US_AVERAGE, 2)
    figures["of_us_business_hours"] = round(figures["claims_per_second"] / US_BUSINESS_HOURS, 2)
    for name, value in figures.items():
        print(f"{name:>40}  {value}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1))


main()
