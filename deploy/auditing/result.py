"""What one check found."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Result:
    """A promise, whether it holds, how often it is broken and by what first; `unchecked` says what kept it from a look."""

    name: str
    promise: str
    breaches: int = 0
    first: str = ""
    looked_at: int = 0
    unchecked: str = ""

    @property
    def holds(self) -> bool:
        """No breach, and all of it was looked at."""
        return self.breaches == 0 and not self.unchecked

    @property
    def broken(self) -> bool:
        """A breach was seen; what was merely not looked at is none."""
        return self.breaches > 0


def without(result: Result, late: Iterable[str]) -> Result:
    """The result of a check that left out the services that are `late`: it does not hold for them, nor is it broken."""
    names = ", ".join(late)
    return (
        result
        if result.broken or not names
        else replace(result, unchecked=f"not for {names}: behind")
    )


def not_made(name: str, promise: str, late: Iterable[str]) -> Result:
    """A check that needs services which are `late`: what it would find now may be mere lag."""
    return Result(name, promise, unchecked=f"not made, it reads what is behind: {', '.join(late)}")
