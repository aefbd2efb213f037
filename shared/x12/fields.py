"""Taking elements out of segments: what is missing is empty, what cannot be read is a finding, never a crash."""

from collections.abc import Iterable
from datetime import date

from shared.x12 import limits
from shared.x12.dates import DAYS, last_day
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Severity
from shared.x12.money import CENTS, NotMoney

NOTHING = ("",) * 30
"""Added to a segment that the reader keeps to itself, so that no element of it is missing."""
AMOUNT_MISSING = "amount.missing"
"""The rule of an amount that must be there; where it stands is what a guide finds missing, too."""

_TO_PAYERS = frozenset({"837", "270", "276"})
"""Sets that a payer's gate judges: it rejects a day that is none. In what a payer sends, the money is known all the same."""


def padded(segment: list[str], length: int) -> list[str]:
    """The segment with at least this many elements, the tag counted; the missing ones are empty."""
    missing = length - len(segment)
    return [*segment, *NOTHING[:missing]] if missing > 0 else segment


def el(segment: list[str], position: int) -> str:
    """The element at this position; empty when the segment is shorter."""
    return segment[position] if position < len(segment) else ""


def ends(segment: list[str], position: int) -> bool:
    """Whether nothing stands after the element at this position."""
    return len(segment) <= position + 1 or not any(segment[position + 1 :])


class Taker:
    """Elements of one set, with the findings that taking them gave."""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self.findings: list[Finding] = []
        self._count = {"error": 0, "warning": 0, "note": 0}
        self.component = one.delimiters.component
        self.undated: Severity = "error" if one.id in _TO_PAYERS else "warning"
        """How bad a day is that is none."""
        self.loop = ""
        """The loop in which the reader is; it goes into every finding."""
        self.cents = CENTS
        self.days = DAYS

    def money(self, text: str, place: int, position: int) -> int:
        """An amount that must be there, in cents; 0 and a finding when it is not one."""
        try:
            return self.cents[text]
        except NotMoney as why:
            sentence = str(why) if text else "an amount is missing"
            code, rule = ("6", "amount.unreadable") if text else ("1", AMOUNT_MISSING)
            self.note(place, sentence, position, code, rule=rule)
            return 0

    def money_or_zero(self, text: str, place: int, position: int) -> int:
        """An amount that may be left out."""
        return self.money(text, place, position) if text else 0

    def units(self, text: str, place: int, position: int) -> int:
        """A whole number of units, 1 when left out; fractions are rounded down and noted."""
        if text == "1" or not text:
            return 1
        whole, _, fraction = text.partition(".")
        digits = whole.removeprefix("-")
        broken = not (text.isascii() and (digits + fraction).isdigit()) or len(whole) > 9
        if broken or not (digits or fraction):
            self.note(place, "not a quantity", position, "6", rule="quantity.unreadable")
            return 1
        if fraction.strip("0"):
            sentence = "a quantity with a fraction, read as whole"
            self.note(place, sentence, position, severity="warning", rule="quantity.fraction")
        return int(whole) if digits else 0

    def day(self, text: str, place: int, position: int) -> date | None:
        """The first day of a date or range; None and a finding when there is none."""
        found = self.days[text]
        if found is None and text:
            sentence, rule = "not a date", "date.unreadable"
            self.note(place, sentence, position, "8", self.undated, rule=rule)
        return found

    def until(self, text: str, place: int, position: int) -> date | None:
        """The last day of a range; None where there is no range, with a finding where what should be it is no day."""
        found = last_day(text)
        if found is None and "-" in text:
            sentence, rule = "not a date", "date.unreadable"
            self.note(place, sentence, position, "8", self.undated, rule=rule)
        return found

    def mended(self, place: int, segment: list[str], positions: Iterable[int]) -> list[str]:
        """The segment with 0 for what is no amount at these positions, each with a finding."""
        segment = segment.copy()
        for position in positions:
            if position < len(segment):
                self.money(segment[position], place, position)
                try:
                    self.cents[segment[position]]
                except NotMoney:
                    segment[position] = "0"
        return segment

    def parts(self, text: str, at_least: int = 1) -> list[str]:
        """The components of a composite, empty ones added."""
        return padded(text.split(self.component), at_least)

    def note(
        self,
        place: int,
        sentence: str,
        position: int = 0,
        code: str = "",
        severity: Severity = "error",
        *,
        rule: str = "",
        loop: str = "",
        value: str = "",
        claim: str = "",
    ) -> None:
        """A finding at a segment. Of each severity the first ones are kept, so that an error is never crowded out."""
        self._count[severity] += 1
        if self._count[severity] > limits.FINDINGS:
            return
        tag = self.set.tag(place)
        element = f"{tag}{position:02d}" if position else tag
        self.findings.append(
            self.set.finding(
                place,
                sentence,
                severity=severity,
                element=element,
                loop=loop or self.loop,
                code=code,
                claim=claim,
                rule=rule,
                value=value,
            )
        )
