"""`make chaos ROWS=1,rolling SEEDS=3`: every row under load with faults from seeds; 1 when a promise broke."""

import argparse
import asyncio
import json
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.faults.rows import Row, all_rows, chosen
from tests.faults.run import Bench, Outcome, line

SEEDS = 3


def main() -> int:
    """0 when everything held, 1 when something broke, 2 for a row that is not there."""
    words = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    words.add_argument(
        "--rows", default="", help="numbers or names, with commas; all of them when not given"
    )
    words.add_argument(
        "--seeds", type=int, default=SEEDS, help="how many seeds each row is played with"
    )
    words.add_argument("--first", type=int, default=1, help="the first seed")
    words.add_argument("--list", action="store_true", help="only tell which rows there are")
    words.add_argument("--json", type=Path, help="keep the report here")
    asked = words.parse_args()
    try:
        rows = chosen(asked.rows)
    except ValueError as no:
        print(no, file=sys.stderr)
        return 2
    if asked.list:
        for one in all_rows():
            print(f"{one.number:>3}  {one.name:<16} catches: {one.catches}")
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # What was started is stopped.
    outcomes = asyncio.run(_play(rows, range(asked.first, asked.first + asked.seeds)))
    return _report(rows, outcomes, asked.json)


async def _play(rows: list[Row], seeds: range) -> list[Outcome]:
    bench, outcomes, started = Bench(), [], time.monotonic()
    runs = [(r, s) for r in rows for s in seeds]
    try:
        for n, (one, seed) in enumerate(runs, 1):
            print(f"[{n}/{len(runs)}] {one.number} {one.name}, seed {seed}", flush=True)
            outcomes.append(await bench.play(one, seed))
            print(line(outcomes[-1]), flush=True)
    finally:
        await bench.close()
    print(f"\n{len(outcomes)} runs in {time.monotonic() - started:.0f} s")
    return outcomes


def _report(rows: list[Row], outcomes: list[Outcome], kept: Path | None) -> int:
    for one in rows:
        mine = [o for o in outcomes if o.row == one.name]
        held = sum(not o.broken for o in mine)
        seconds = sum(o.seconds for o in mine) / max(len(mine), 1)
        print(
            f"{one.number:>3}  {one.name:<16} {held} of {len(mine)} seeds hold, "
            f"{seconds:.0f} s each; would catch: {one.catches}"
        )
    if kept is not None:
        kept.write_text(json.dumps([asdict(o) for o in outcomes], indent=1))
    failed = [o for o in outcomes if o.broken]
    print("every promise holds" if not failed else f"{len(failed)} runs broke a promise")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
