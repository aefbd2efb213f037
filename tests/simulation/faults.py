"""What may go wrong in a run, chosen by its seed; and the hooks through which it happens."""

import contextvars
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


class Crash(BaseException):
    """The process is dead: nothing of it goes on. No handler of ours catches it."""


def _nothing(name: str) -> None:
    return None


FAILPOINT: contextvars.ContextVar[Callable[[str], None]] = contextvars.ContextVar(
    "failpoint", default=_nothing
)
"""What happens in this task where the kernel passes a failpoint."""


@dataclass(frozen=True)
class Options:
    """Everything that a seed decides before the run; probabilities are per place where it may happen."""

    seed: int
    partitions: int
    instances: int
    commands: int
    accounts: int
    crash: float
    """At each failpoint, each statement and each record on its way to the broker."""
    torn: float
    """A publication stops half-way, with its process."""
    lost: float
    """A record does not reach the log and the producer is told."""
    vanished: float
    """A record does not reach the log and nobody is told."""
    said_again: float
    """A stretch of the outbox is published once more."""
    heard_again: float
    """A poll starts up to five times at records that were passed."""
    lag_seconds: float
    refused: float
    """A statement fails: the database is away."""
    unsure: float
    """A commit's answer is lost, done or not done."""
    frozen: float
    """A process stops for seconds and wakes up as a zombie."""
    poison: float
    """A stranger's broken record stands in the log."""
    sick: float
    """A rule fails, until it is mended."""
    rebuilt: float
    """Tables are made again from the log, and swapped, while everything goes on."""
    days: int
    day_chunk: int
    poll_most: int
    restored: bool
    """Databases are put back to a moment before, once everything they said stands in the log."""

    @classmethod
    def of(cls, seed: int) -> "Options":
        """Half of the faults are off in any run, so that each also meets quiet neighbours."""
        rng = random.Random(seed)

        def maybe(*choices: float) -> float:
            chosen = rng.choice(choices)
            return chosen if rng.random() < 0.6 else 0.0

        return cls(
            seed=seed,
            partitions=rng.choice((1, 2, 3)),
            instances=rng.choice((1, 1, 2)),
            commands=rng.randint(5, 25),
            accounts=rng.choice((1, 2, 5)),
            crash=maybe(0.002, 0.01, 0.03),
            torn=maybe(0.01, 0.05, 0.2),
            lost=maybe(0.02, 0.2),
            vanished=maybe(0.02, 0.1),
            said_again=maybe(0.1, 0.5),
            heard_again=maybe(0.1, 0.5),
            lag_seconds=maybe(0.1, 2.0),
            refused=maybe(0.002, 0.02),
            unsure=maybe(0.02, 0.2),
            frozen=maybe(0.003, 0.02),
            poison=maybe(0.05, 0.2),
            sick=maybe(0.3, 0.6),
            rebuilt=maybe(0.2, 0.6),
            days=rng.choice((0, 1, 3)),
            day_chunk=rng.choice((1, 2, 500)),
            poll_most=rng.choice((1, 3, 50)),
            restored=rng.random() < 0.3,
        )

    def written(self) -> str:
        """The options as they are given to a person."""
        return ", ".join(f"{name}={value}" for name, value in _plain(self).items())


def _plain(options: Options) -> dict[str, Any]:
    return asdict(options)
