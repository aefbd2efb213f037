"""The levels of a claim set, judged one by one as they come: billing provider, subscriber, patient."""

from shared.x12.envelope import TransactionSet
from shared.x12.fields import padded
from shared.x12.findings import Finding, Severity
from shared.x12.hierarchy import CLAIMS


class ClaimLevels:
    """Remembers only the levels that are open, so that a set may be of any size."""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self._found: list[Finding] = []
        self._number = 0
        self._open: list[tuple[str, str]] = []
        """Code and HL01 of the open levels, the innermost last."""
        self._last: tuple[int, str, str] | None = None
        """Place, code and HL04 of the level that came last."""

    def see(self, place: int, s: list[str]) -> None:
        """An HL: numbered on, below the last level that may be its parent, the one before it true about children."""
        _, hl01, hl02, hl03, hl04 = s if len(s) == 5 else padded(s, 5)[:5]
        self._number += 1
        if hl01 != str(self._number):
            self._note(place, "levels are not numbered 1, 2, 3", "HL01")
        self._children_of_last(hl03)
        parent = CLAIMS.get(hl03)
        if parent is None:
            self._note(place, "a level that this set has not", "HL03")
            return
        while self._open and self._open[-1][0] != parent:
            self._open.pop()
        above = self._open[-1][1] if self._open else ""
        if hl02 != above or bool(parent) != bool(above):
            self._note(place, "a level stands under no fit parent", "HL02")
        self._open.append((hl03, hl01))
        self._last = (place, hl03, hl04)

    def end(self) -> None:
        """The set is over."""
        self._children_of_last("")

    def take(self) -> list[Finding]:
        """What was found since it was asked last."""
        found, self._found = self._found, []
        return found

    def _children_of_last(self, following: str) -> None:
        if self._last is None:
            return
        place, code, hl04 = self._last
        has_children = CLAIMS.get(following) == code
        if hl04 and (hl04 == "1") != has_children:
            sentence = "a level does not say truly whether it has children"
            self._note(place, sentence, "HL04", "warning")
        self._last = None

    def _note(self, place: int, sentence: str, element: str, severity: Severity = "error") -> None:
        self._found.append(
            self.set.finding(place, sentence, severity=severity, element=element, loop="2000")
        )


def check_claim_levels(one: TransactionSet) -> list[Finding]:
    """All findings at the levels of a set that was read whole."""
    levels = ClaimLevels(one)
    element = one.delimiters.element
    for place, text in enumerate(one.raw):
        if text.startswith("HL"):
            levels.see(place, text.split(element))
    levels.end()
    return levels.take()
