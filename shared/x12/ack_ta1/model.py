"""A TA1 in trade names."""

from dataclasses import dataclass
from datetime import date


@dataclass(slots=True)
class Ta1:
    """TA101 is the control number of the interchange it answers; `code` is A, E or R; `note` TA105.

    `on` and `hhmm` are the date and time of the interchange that is answered.
    """

    isa13: str
    code: str
    note: str = "000"
    on: date | None = None
    hhmm: str = "0800"

    @property
    def accepted(self) -> bool:
        """E is accepted with errors."""
        return self.code in ("A", "E")
