"""Writing TA1s, and the TA1 with which we answer an interchange sent to us."""

from collections.abc import Sequence

from shared.x12.ack_ta1.model import Ta1
from shared.x12.dates import d6, day_or_none
from shared.x12.envelope import Interchange, X12File
from shared.x12.writing import ELEMENT, Header, clean, interchange, writable


def write_ta1(header: Header, answers: Sequence[Ta1]) -> bytes:
    """One interchange of TA1s."""
    lines = [
        ELEMENT.join(map(clean, ("TA1", a.isa13, d6(a.on or header.on), a.hhmm, a.code, a.note)))
        for a in answers
    ]
    return interchange(header, "", "", [], lines)


def answer_ta1(file: X12File, one: Interchange) -> Ta1:
    """What we say to an interchange of a file that was read with `strict=False`; E when it is taken with doubts."""
    faults = [f for f in one.findings if f.severity == "error"]
    doubts = [f for f in one.findings if f.severity == "warning" and len(f.code) == 3]
    said = faults or doubts
    note = next((f.code for f in said if len(f.code) == 3), "024" if faults else "000")
    code = "R" if faults else "E" if doubts else "A"
    on = day_or_none("20" + one.isa[9])
    hhmm = one.isa[10] if one.isa[10].isascii() and one.isa[10].isdigit() else "0000"
    return Ta1(writable(one.control), code, note, on, hhmm)
