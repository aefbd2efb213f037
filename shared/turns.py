"""Turns at the doors: a facility that sends much waits its turn while services are behind, so that nobody waits behind it.

A record waits behind all that came before it, whosever it is. So an import is let in as fast as the slowest service
takes it, and not as fast as a door could: what is not let in delays no other facility.
"""

BURST = 250
PER_SECOND = 15.0
"""Commands that a facility sends without ever waiting: a clinic's day, not an import."""
LONGEST_TURN_SECONDS = 10.0
"""A request waits so long at the most; one that would have to wait longer is told then to come again."""
FIRST_RATE, LEAST_RATE, MOST_RATE = 100.0, 5.0, 4_000.0
"""Commands a second of each facility beyond that; `adapt` finds what services take."""
BEHIND_SECONDS = 2.0
"""The slowest service may need so long for what it has not read yet."""
SLOWER_AT_MOST, FASTER = 0.5, 1.15
FACILITIES_KEPT = 10_000
"""Whoever sends made-up names cannot fill the memory."""


class _Facility:
    __slots__ = ("at", "free", "turn")

    def __init__(self, now: float) -> None:
        self.free, self.at, self.turn = float(BURST), now, now


class Turns:
    """Who waits how long. Times are seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self.rate = FIRST_RATE
        self.waited = False
        """Whether anybody waited since the rate was last adapted."""
        self._facilities: dict[str, _Facility] = {}

    def wait(self, facility: str, commands: int, now: float) -> float | None:
        """Seconds until these commands of a facility are let in; None when it is to come again."""
        known = self._facilities.get(facility)
        if known is None:
            known = self._new(facility, now)
        known.free = min(BURST, known.free + (now - known.at) * PER_SECOND)
        known.at = now
        if commands <= known.free:
            known.free -= commands
            return 0.0
        self.waited = True
        begins = max(now, known.turn)
        if begins - now > LONGEST_TURN_SECONDS:
            return None
        # What is let in is waited for by what comes after it: no request is too large to have a turn.
        known.turn = begins + (commands - known.free) / self.rate
        known.free = 0.0
        return begins - now

    def _new(self, facility: str, now: float) -> _Facility:
        if len(self._facilities) >= FACILITIES_KEPT:
            self._facilities = {n: f for n, f in self._facilities.items() if f.turn > now}
        if len(self._facilities) >= FACILITIES_KEPT:
            return _Facility(now)
        made = self._facilities[facility] = _Facility(now)
        return made

    def adapt(self, behind_seconds: float) -> None:
        """Let in fewer while the slowest service is further behind than it may be, else more, if anybody waits."""
        if behind_seconds > BEHIND_SECONDS:
            slower = max(SLOWER_AT_MOST, BEHIND_SECONDS / behind_seconds)
            self.rate = max(LEAST_RATE, self.rate * slower)
        elif self.waited:
            self.rate = min(MOST_RATE, self.rate * FASTER)
        self.waited = False

    def over(self) -> None:
        """Nobody waits any more: whoever comes next begins anew."""
        self.rate = FIRST_RATE
