"""999 (005010X231A1): which transaction sets of a group were taken, and what was wrong with the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el
from shared.x12.findings import Finding
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X231A1"
REJECTED = frozenset("RMWX")


@dataclass(slots=True)
class Fault999:
    """One IK3 with its IK4s: the ordinal counts from the ST (which is 1). The bad value is never kept."""

    segment: str
    ordinal: int
    code: str
    loop: str = ""
    element: str = ""
    element_code: str = ""


@dataclass(slots=True)
class Set999:
    """One AK2 loop."""

    set_id: str
    st02: str
    code: str
    faults: list[Fault999] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """A and E are accepted."""
        return self.code not in REJECTED


@dataclass(slots=True)
class Ack999:
    """One 999: the answer to one functional group. `code` is AK901."""

    functional_id: str
    gs06: str
    version: str
    code: str = "A"
    sets: list[Set999] = field(default_factory=list)
    included: int = 0
    received: int = 0
    accepted: int = 0
    control: str = ""


def read_999(one: TransactionSet) -> tuple[Ack999, list[Finding]]:
    """The answer and what could not be read of it."""
    taker = Taker(one)
    ack = Ack999("", "", "", control=one.control)
    current: Set999 | None = None
    for place, s in enumerate(one.segments):
        if s[0] == "AK1":
            ack.functional_id, ack.gs06, ack.version = el(s, 1), el(s, 2), el(s, 3)
        elif s[0] == "AK2":
            current = Set999(el(s, 1), el(s, 2), "A")
            ack.sets.append(current)
        elif s[0] == "IK3" and current is not None:
            ordinal = taker.units(el(s, 2) or "0", place, 2)
            current.faults.append(Fault999(el(s, 1), ordinal, el(s, 4), el(s, 3)))
        elif s[0] == "IK4" and current is not None and current.faults:
            fault = current.faults[-1]
            fault.element = fault.element or taker.parts(el(s, 1))[0]
            fault.element_code = fault.element_code or el(s, 3)
        elif s[0] in ("IK5", "AK5") and current is not None:
            current.code = el(s, 1)
        elif s[0] == "AK9":
            ack.code = el(s, 1)
            ack.included = taker.units(el(s, 2) or "0", place, 2)
            ack.received = taker.units(el(s, 3) or "0", place, 3)
            ack.accepted = taker.units(el(s, 4) or "0", place, 4)
    return ack, taker.findings


def write_999(header: Header, acks: Sequence[Ack999]) -> bytes:
    """One interchange with one ST per answered group."""
    sets = []
    for n, ack in enumerate(acks, 1):
        s = Segments()
        s.add("AK1", ack.functional_id, ack.gs06, ack.version)
        for one in ack.sets:
            s.add("AK2", one.set_id, one.st02, ack.version)
            for f in one.faults:
                s.add("IK3", f.segment, str(f.ordinal), f.loop, f.code)
                if f.element:
                    s.raw("IK4", composite(f.element), "", f.element_code)
            s.add("IK5", one.code, *(("5",) if not one.accepted else ()))
        s.add("AK9", ack.code, str(ack.included), str(ack.received), str(ack.accepted))
        sets.append(transaction("999", f"{n:04d}", VERSION, s))
    return interchange(header, "FA", VERSION, sets)
