"""Reading a 270, as a payer does."""

from shared.x12.dates import day_or_none, last_day
from shared.x12.eligibility_270.model import Dependent, Inquiry270
from shared.x12.eligibility_loops.model import EligibilitySet
from shared.x12.eligibility_loops.read import read_eligibility
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, padded
from shared.x12.findings import Finding


def read_270(one: TransactionSet) -> tuple[list[Inquiry270], list[Finding]]:
    """The inquiries of a set; a subscriber who only leads to dependents asks nothing itself."""
    reading = _Reading(one)
    for place, segment in one.walk():
        if not reading.take(place, padded(segment, 10)) and reading.found:
            reading.found[-1].unknown.append(segment)
    return [i for i in reading.found if i.trace or i.service_types], reading.taker.findings


def read_set_270(one: TransactionSet) -> tuple[EligibilitySet, list[Finding]]:
    """The whole set, level by level, nothing left out; what has no place is a note and stays where it stood."""
    return read_eligibility(one)


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.found: list[Inquiry270] = []
        self.payer = self.provider = ("", "")
        self.level = ""

    def take(self, place: int, s: list[str]) -> bool:
        tag = s[0]
        if tag == "HL":
            self._level(s[3])
        elif tag == "NM1" and self.level == "20":
            self.payer = (s[3], s[9])
        elif tag == "NM1" and self.level == "21":
            self.provider = (s[3], s[9])
        elif self.level in ("22", "23") and self.found:
            return self._detail(place, s)
        else:
            return True
        return True

    def _level(self, level: str) -> None:
        self.level = level
        if level == "22":
            made = Inquiry270("", "", *self.payer, *self.provider, "", "", "", service_types=[])
            self.found.append(made)
        elif level == "23" and self.found:
            last = self.found[-1]
            if last.dependent is not None or last.trace:
                last = Inquiry270(
                    "", "", *self.payer, *self.provider, last.member_id, last.last, last.first
                )
                last.service_types = []
                self.found.append(last)
            last.dependent = Dependent("")

    def _detail(self, place: int, s: list[str]) -> bool:
        i = self.found[-1]
        who = i.dependent or i
        tag = s[0]
        if tag == "TRN":
            i.trace, i.trace_origin = s[2], s[3]
        elif tag == "NM1" and s[1] in ("IL", "03"):
            who.last, who.first = s[3], s[4]
            if s[9]:
                i.member_id = s[9]
        elif tag == "DMG":
            who.born_on, who.sex = day_or_none(s[2]), s[3]
        elif tag == "INS" and i.dependent is not None:
            i.dependent.relation = s[2]
        elif tag == "DTP":
            i.service_on, i.service_to = self.taker.day(s[3], place, 3), last_day(s[3])
        elif tag == "EQ":
            i.service_types.append(s[1])
        else:
            return False
        return True
