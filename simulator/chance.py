"""Chance that is the same for the same seed and the same thing, whatever happened before."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws by name: `Chance(7).below(100, "denied", claim)` is always the same."""

    def __init__(self, seed: int) -> None:
        key = seed.to_bytes(8, "big", signed=True)
        self._keyed = hashlib.blake2b(digest_size=8, key=key)

    def below(self, limit: int, *name: object) -> int:
        """A whole number from 0 up to but not including `limit`."""
        drawn = self._keyed.copy()
        drawn.update("\x1f".join(map(str, name)).encode())
        return int.from_bytes(drawn.digest()) % limit

    def happens(self, basis_points: int, *name: object) -> bool:
        """True with this probability, in hundredths of a percent."""
        return self.below(10_000, *name) < basis_points

    def pick(self, things: Sequence[T], *name: object) -> T:
        """One of them."""
        return things[self.below(len(things), *name)]

    def weighted(self, things: Sequence[tuple[T, int]], *name: object) -> T:
        """One of them, by weight."""
        at = self.below(sum(weight for _, weight in things), *name)
        for thing, weight in things:
            at -= weight
            if at < 0:
                return thing
        raise AssertionError
