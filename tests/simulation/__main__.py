"""`make simulate SEEDS=2000`, or `make simulate SEED=n` for one run once more, told in full."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.run import PLAYS, Outcome, simulate

TOLD_EVERY = 100


def main() -> int:
    """1 when a promise broke."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--play", choices=sorted(PLAYS), action="append")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    plays = chosen.play or sorted(PLAYS)
    if chosen.seed is not None:
        return sum(_tell_whole(simulate(chosen.seed, play)) for play in plays) and 1
    seen: Counter[str] = Counter()
    broken, started = 0, time.monotonic()
    runs = [(s, p) for s in range(chosen.first, chosen.first + chosen.seeds) for p in plays]
    for n, outcome in enumerate(_run(runs, chosen.jobs), 1):
        seen += outcome.seen
        if outcome.violations:
            broken += 1
            _tell(outcome)
        if n % TOLD_EVERY == 0:
            print(f"{n} of {len(runs)} runs, {broken} broken", flush=True)
    print(f"{len(runs)} runs in {time.monotonic() - started:.0f} s, {broken} broken; seen:")
    for name, many in sorted(seen.items()):
        print(f"  {many:>9,}  {name}")
    return 1 if broken else 0


def _run(runs: list[tuple[int, str]], jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        for seed, play in runs:
            yield simulate(seed, play)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(simulate, *zip(*runs, strict=True), chunksize=10)


def _tell(outcome: Outcome) -> None:
    print(f"seed {outcome.options.seed} ({outcome.play}): {outcome.options.written()}")
    for sentence in dict.fromkeys(outcome.violations):
        print(f"  {sentence}")
    print(
        f"  again: make simulate SEED={outcome.options.seed} ARGS='--play {outcome.play}'",
        flush=True,
    )


def _tell_whole(outcome: Outcome) -> int:
    if outcome.violations:
        _tell(outcome)
    else:
        print(f"seed {outcome.options.seed} ({outcome.play}) keeps every promise")
        print(f"  {outcome.options.written()}")
    print(f"  log {outcome.digest:08x}; seen:")
    for name, many in sorted(outcome.seen.items()):
        print(f"  {many:>9,}  {name}")
    return len(outcome.violations)


if __name__ == "__main__":
    sys.exit(main())
