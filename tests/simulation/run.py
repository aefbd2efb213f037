"""One seed, one run."""

import logging
import traceback
import zlib
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tests.simulation.checks import check
from tests.simulation.claims_play import ClaimsPlay
from tests.simulation.clock import virtual_time
from tests.simulation.faults import Options
from tests.simulation.files_play import FilesPlay
from tests.simulation.play import Play
from tests.simulation.toy_play import ToyPlay
from tests.simulation.world import World

PLAYS: dict[str, Callable[[], Play]] = {
    "claims": ClaimsPlay,
    "files": FilesPlay,
    "toys": ToyPlay,
}


class Outcome(NamedTuple):
    """What a run saw, and what it found broken."""

    play: str
    options: Options
    seen: Counter[str]
    passed: Counter[str]
    violations: list[str]
    digest: int
    """Of everything in the log: the same seed gives the same."""


def simulate(seed: int, play: str = "toys") -> Outcome:
    """Run a seed."""
    logging.disable(logging.CRITICAL)
    options = Options.of(seed)
    try:
        with virtual_time(options.day_chunk) as loop:
            world = World(options, PLAYS[play](), loop)
            loop.set_exception_handler(lambda _loop, context: _unhandled(world, context))
            try:
                loop.run_until_complete(world.run())
                if not world.violations:
                    loop.run_until_complete(check(world))
            except Exception as failure:
                place = traceback.extract_tb(failure.__traceback__)[-1]
                world.broken(f"the run ends with {failure!r} at {place.name}, line {place.lineno}")
            finally:
                world.outside.close()
            digest = _digest(world)
            return Outcome(play, options, world.seen, world.passed, world.violations, digest)
    finally:
        logging.disable(logging.NOTSET)


def _unhandled(world: World, context: dict[str, object]) -> None:
    error = context.get("exception")
    if isinstance(error, Exception) and not world.ending:
        world.broken(f"nobody took care of {error!r}")


def _digest(world: World) -> int:
    digest = 0
    for p, records in sorted(world.log.records.items()):
        for record in records:
            digest = zlib.crc32(record.value, zlib.crc32(str((p, record.headers)).encode(), digest))
    return digest
