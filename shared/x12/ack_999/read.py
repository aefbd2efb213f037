"""Reading a 999, and a 997 as far as it says the same."""

from dataclasses import replace

from shared.x12.ack_999.model import Ack999, Fault999, Set999
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el, padded
from shared.x12.findings import Finding

_CLAIM_CONTEXT = frozenset({"CLM01", "CLP01", "PATIENT ACCOUNT NUMBER"})


def read_999(one: TransactionSet) -> tuple[Ack999, list[Finding]]:
    """The answer and what could not be read of it."""
    reading = _Reading(one)
    for place, segment in one.walk():
        reader = getattr(reading, _READERS.get(segment[0], "unknown"))
        reader(place, padded(segment, 10))
    return reading.ack, reading.taker.findings


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.ack = Ack999("", "", "", control=one.control)
        self.set: Set999 | None = None

    def _number(self, text: str, place: int, position: int) -> int:
        return self.taker.units(text or "0", place, position)

    def unknown(self, place: int, s: list[str]) -> None:
        self.ack.unknown.append(s)

    def ak1(self, place: int, s: list[str]) -> None:
        self.ack.functional_id, self.ack.gs06, self.ack.version = s[1], s[2], s[3]

    def ak2(self, place: int, s: list[str]) -> None:
        self.set = Set999(s[1], s[2], "A")
        self.ack.sets.append(self.set)

    def ik3(self, place: int, s: list[str]) -> None:
        if self.set is None:
            return self.unknown(place, s)
        self.set.faults.append(Fault999(s[1], self._number(s[2], place, 2), s[4], s[3]))

    def ctx(self, place: int, s: list[str]) -> None:
        what = self.taker.parts(s[1], 2)
        if self.set is None or not self.set.faults or what[0].upper() not in _CLAIM_CONTEXT:
            return self.unknown(place, s)
        self.set.faults[-1].claim = what[1]

    def ik4(self, place: int, s: list[str]) -> None:
        if self.set is None or not self.set.faults:
            return self.unknown(place, s)
        fault = self.set.faults[-1]
        if fault.element:
            fault = replace(fault)
            self.set.faults.append(fault)
        where = self.taker.parts(s[1], 2)
        fault.element, fault.component, fault.element_code = where[0], where[1], s[3]
        if el(s, 4):  # What stood there may speak of a person: it has no name in the model.
            self.unknown(place, s)

    def ik5(self, place: int, s: list[str]) -> None:
        if self.set is None:
            return self.unknown(place, s)
        self.set.code = s[1]
        self.set.codes = [code for code in s[2:7] if code]

    def ak9(self, place: int, s: list[str]) -> None:
        ack = self.ack
        ack.code = s[1]
        ack.included = self._number(s[2], place, 2)
        ack.received = self._number(s[3], place, 3)
        ack.accepted = self._number(s[4], place, 4)
        ack.codes = [code for code in s[5:10] if code]


_READERS = {
    **{"AK1": "ak1", "AK2": "ak2", "IK3": "ik3", "AK3": "ik3", "CTX": "ctx", "IK4": "ik4"},
    **{"AK4": "ik4", "IK5": "ik5", "AK5": "ik5", "AK9": "ak9"},
}
