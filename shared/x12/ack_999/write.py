"""Writing a 999."""

from collections.abc import Sequence

from shared.x12.ack_999.model import Ack999
from shared.x12.writing import Header, Line, Segments, composite, interchange, transaction

VERSION = "005010X231A1"
_LOOPS = {"AK2": "2000", "IK5": "2000", "IK3": "2100", "CTX": "2100", "IK4": "2110"}


def place(lines: Sequence[Line], at: int) -> str:
    """The loop of a written segment."""
    return _LOOPS.get(lines[at][0], "")


def write_999(header: Header, acks: Sequence[Ack999]) -> bytes:
    """One interchange with one ST per answered group; NotWritable, with loop and element, what a gate would send back."""
    sets = [
        transaction("999", ack.control or f"{n:04d}", VERSION, _body(ack))
        for n, ack in enumerate(acks, 1)
    ]
    return interchange(header, "FA", VERSION, sets)


def _body(ack: Ack999) -> Segments:
    s = Segments(sizes=True, place=place)
    s.add("AK1", ack.functional_id, ack.gs06, ack.version)
    for one in ack.sets:
        s.add("AK2", one.set_id, one.st02, ack.version)
        last = None
        for f in one.faults:
            key = (f.segment, f.ordinal, f.code, f.loop)
            if key != last or not f.element:
                s.add("IK3", f.segment, str(f.ordinal), f.loop, f.code)
                if f.claim:
                    context = "CLP01" if one.set_id == "835" else "CLM01"
                    s.raw("CTX", composite(context, f.claim))
            last = key if f.element else None
            if f.element:
                s.raw("IK4", composite(f.element, f.component), "", f.element_code)
        s.add("IK5", one.code, *(one.codes or (("5",) if not one.accepted else ())))
    s.add("AK9", ack.code, str(ack.included), str(ack.received), str(ack.accepted), *ack.codes)
    return s
