"""What one check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A promise, whether it holds, how often it is broken and by what first."""

    name: str
    promise: str
    breaches: int = 0
    first: str = ""
    looked_at: int = 0

    @property
    def holds(self) -> bool:
        """No breach."""
        return self.breaches == 0
