"""Turns at the doors: a facility that sends much waits its turn while services are behind, so that nobody waits behind it.

A record waits behind all that came before it, whosever it is. So an import is let in as fast as the slowest service
takes it, and not as fast as a door could: what is not let in delays no other facility. Where nobody else sends
anything, nobody has to wait.
"""

BURST = 500
PER_SECOND = 25.0
"""Commands that a facility sends without ever waiting: a clinic's days, not an import."""
BEHIND_SECONDS = 1.5
"""While the slowest service needs longer than that for what it has not read, nothing more is let in of an import."""
FIRST_SHARE, LEAST_SHARE, MOST_SHARE = 100.0, 20.0, 20_000.0
"""Commands beyond that which are let in between two looks at the services; `looked` finds how many are right."""
LESS_AT_MOST, MORE = 0.5, 1.15
LATELY_SECONDS = 60.0
"""A facility that imported so lately is nobody to be kept free for, and one that was so long silent is not, either."""
FACILITIES_KEPT = 10_000
"""Whoever sends made-up names cannot fill the memory."""


class _Facility:
    __slots__ = ("at", "free", "imported_at")

    def __init__(self, now: float) -> None:
        self.free, self.at = float(BURST), now
        self.imported_at = now - LATELY_SECONDS


class Turns:
    """Who is let in. Times are seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self.share = FIRST_SHARE
        self.left = FIRST_SHARE
        """Of the share, for all who import together. What was let in beyond it is taken off the next."""
        self.waited = False
        """Whether anybody sent more than a clinic's days since services were last looked at."""
        self.others = False
        """Whether anybody sent a clinic's days lately, and no import: for them the others wait."""
        self._facilities: dict[str, _Facility] = {}

    def is_free(self, facility: str, commands: int, now: float) -> bool:
        """Whether a facility sends these commands without waiting, as part of a clinic's days; they are counted."""
        known = self._facilities.get(facility) or self._new(facility, now)
        known.free = min(BURST, known.free + (now - known.at) * PER_SECOND)
        known.at = now
        if commands > known.free:
            self.waited = True
            known.imported_at = now
            return False
        known.free -= commands
        return True

    def enters(self, facility: str, commands: int, now: float) -> bool:
        """Whether these commands of an import are let in now; else they ask again a moment later."""
        if self.is_free(facility, commands, now):
            return True
        if self.left <= 0 and self.others:
            return False
        self.left -= commands  # No request is too large to have its turn.
        return True

    def _new(self, facility: str, now: float) -> _Facility:
        if len(self._facilities) >= FACILITIES_KEPT:
            full = BURST / PER_SECOND
            self._facilities = {n: f for n, f in self._facilities.items() if now - f.at < full}
        made = _Facility(now)
        if len(self._facilities) < FACILITIES_KEPT:
            self._facilities[facility] = made
        return made

    def looked(self, behind_seconds: float, now: float) -> None:
        """The slowest service needs so long for what it has not read: let more in, or nothing until it has caught up."""
        more = 0.0
        if behind_seconds > BEHIND_SECONDS:
            self.share = max(
                LEAST_SHARE, self.share * max(LESS_AT_MOST, BEHIND_SECONDS / behind_seconds)
            )
        else:
            if self.waited and self.left <= 0:
                self.share = min(MOST_SHARE, self.share * MORE)
            more = self.share
        self.left = min(self.left, 0.0) + more if self.others else more
        self.waited = False
        self.others = any(
            now - f.at < LATELY_SECONDS <= now - f.imported_at for f in self._facilities.values()
        )

    def over(self) -> None:
        """Nobody waits any more: whoever comes next begins anew."""
        self.share = self.left = FIRST_SHARE
