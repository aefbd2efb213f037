"""Broken files without end: `make fuzz-x12 SECONDS=60`. What breaks a promise is kept beside this file and replayed.

Is guided by what code it reaches when atheris is installed, and changes files at random when it is not.
"""

import argparse
import hashlib
import importlib.util
import random
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
CRASHERS = HERE / "crashers"
_MOST_BYTES = 100_000


def kept_when_broken(data: bytes) -> str:
    """The name under which a file is kept that breaks a promise; empty for all others."""
    from tests.x12.oracle import survives

    try:
        survives(data)
    except Exception as why:
        name = f"{type(why).__name__.lower()}-{hashlib.sha256(data).hexdigest()[:12]}.edi"
        CRASHERS.mkdir(exist_ok=True)
        (CRASHERS / name).write_bytes(data)
        return name
    return ""


def at_random(seconds: float, seed: int) -> int:
    """How many files broke a promise."""
    from tests.x12.everything import WRITTEN
    from tests.x12.mutations import mutated

    chance, sources = random.Random(seed), list(WRITTEN.values())
    until, count, broken = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until:
        kept = kept_when_broken(mutated(chance.choice(sources), chance))
        count += 1
        if kept:
            broken += 1
            print("kept", kept)
    print(f"{count} files, {broken} broke a promise")
    return broken


def guided(seconds: float, seed: int) -> None:
    """Until the time is over, or a file breaks a promise; atheris then ends the process."""
    import atheris

    with atheris.instrument_imports(include=["shared.x12"]):
        from tests.x12.everything import WRITTEN
    from tests.x12.mutations import mutated

    corpus = HERE.parents[1] / ".claimlog-test" / "fuzz-x12"
    corpus.mkdir(parents=True, exist_ok=True)
    for kind, data in WRITTEN.items():
        (corpus / kind).write_bytes(data)

    def one(data: bytes) -> None:
        if kept := kept_when_broken(data):
            raise AssertionError(kept)

    def changed(data: bytes, most: int, round_seed: int) -> bytes:
        chance = random.Random(round_seed)
        if len(data) < 2 or chance.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, chance)[:most]

    limits = (f"-max_total_time={int(seconds)}", f"-max_len={_MOST_BYTES}", f"-seed={seed}")
    quiet = ("-print_final_stats=0", "-artifact_prefix=" + str(corpus) + "/")
    atheris.Setup([sys.argv[0], *limits, *quiet, str(corpus)], one, custom_mutator=changed)
    atheris.Fuzz()


def main() -> int:
    """Run for so many seconds; 1 when something was found."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--random", action="store_true", help="not guided, also when it could be")
    chosen = words.parse_args()
    if importlib.util.find_spec("atheris") and not chosen.random:
        guided(chosen.seconds, chosen.seed)
    return 1 if at_random(chosen.seconds, chosen.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
