"""TA1: the gate's word on one interchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.x12.dates import d6
from shared.x12.envelope import X12File
from shared.x12.fields import el
from shared.x12.writing import ELEMENT, Header, interchange


@dataclass(slots=True)
class Ta1:
    """TA101 is the control number of the interchange it answers; `code` is A, E or R; `note` TA105."""

    isa13: str
    code: str
    note: str = "000"
    on: date | None = None
    hhmm: str = "0800"

    @property
    def accepted(self) -> bool:
        """E is accepted with errors."""
        return self.code in ("A", "E")


def read_ta1(file: X12File) -> list[Ta1]:
    """Every TA1 of a file."""
    return [
        Ta1(el(s, 1), el(s, 4), el(s, 5), hhmm=el(s, 3))
        for one in file.interchanges
        for s in one.loose
        if s[0] == "TA1"
    ]


def write_ta1(header: Header, answers: Sequence[Ta1]) -> bytes:
    """One interchange of TA1s."""
    lines = [
        ELEMENT.join(("TA1", a.isa13, d6(a.on or header.on), a.hhmm, a.code, a.note))
        for a in answers
    ]
    return interchange(header, "", "", [], lines)
