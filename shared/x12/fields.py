"""Taking elements out of segments: what is missing is empty, what cannot be read is a finding, never a crash."""

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.money import NotMoney, cents


def el(segment: list[str], position: int) -> str:
    """The element at this position, trimmed; empty when the segment is shorter."""
    return segment[position].strip() if position < len(segment) else ""


class Taker:
    """Elements of one set, with the findings that taking them gave."""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self.findings: list[Finding] = []
        self.component = one.delimiters.component

    def money(self, place: int, position: int, *, empty: int | None = 0) -> int:
        """An amount in cents; 0 and a finding when it is not one."""
        segment = self.set.segments[place]
        text = el(segment, position)
        if not text and empty is not None:
            return empty
        try:
            return cents(text)
        except NotMoney as why:
            self.note(place, str(why), position, "6")
            return 0

    def units(self, text: str, place: int, position: int) -> int:
        """A whole number of units; fractions are rounded down and noted."""
        if not text:
            return 1
        whole, _, fraction = text.partition(".")
        if not (whole.isascii() and whole.lstrip("-").isdigit()) or len(whole) > 9:
            self.note(place, "not a quantity", position, "6")
            return 1
        if fraction.strip("0"):
            self.note(place, "a quantity with a fraction, read as whole", position, severity="warning")
        return int(whole)

    def parts(self, text: str) -> list[str]:
        """The components of a composite."""
        return text.split(self.component)

    def note(
        self,
        place: int,
        sentence: str,
        position: int = 0,
        code: str = "",
        severity: str = "error",
    ) -> None:
        """A finding at a segment."""
        tag = self.set.segments[place][0] if 0 <= place < len(self.set.segments) else "ST"
        self.findings.append(
            self.set.finding(
                place,
                sentence,
                severity="warning" if severity == "warning" else "error",
                element=f"{tag}{position:02d}" if position else tag,
                code=code,
            )
        )
