"""What any of these sets may be wrong in: its levels, who is named at them, numbers, days and reasons."""

from collections.abc import Iterable, Mapping
from datetime import date

from shared.x12 import hierarchy
from shared.x12.envelope import TransactionSet
from shared.x12.fields import el
from shared.x12.findings import Finding, Severity
from shared.x12.inquiry_loops.model import Dated, Level, Name, Opening, Refusal
from shared.x12.npi import is_npi

FOLLOW_UPS = frozenset("CNPRSWXY")
"""AAA04: what the asker may do next."""


class Checking:
    """The findings of one set; each names its loop."""

    def __init__(self, one: TransactionSet, opening: Opening) -> None:
        self.set = one
        self.on = opening.on
        self.found: list[Finding] = []

    def wrong(
        self,
        place: int,
        sentence: str,
        loop: str,
        element: str = "",
        severity: Severity = "error",
        *,
        code: str = "",
        claim: str = "",
        level: str = "",
        difference_cents: int = 0,
    ) -> None:
        """One finding."""
        self.found.append(
            self.set.finding(
                place,
                sentence,
                severity=severity,
                element=element,
                loop=loop,
                code=code,
                level=level,
                claim=claim,
                difference_cents=difference_cents,
            )
        )

    def opening(self, opening: Opening, purposes: str, *, reference: bool = True) -> None:
        """A reference to answer by where the guide wants one, and a purpose that the set may have."""
        if reference and not opening.reference:
            self.wrong(0, "the set has no reference", "", "BHT03", code="1")
        if opening.purpose not in purposes.split():
            self.wrong(0, "a purpose that this set has not", "", "BHT02", code="7")

    def levels(self, parents: Mapping[str, str]) -> None:
        """HLs numbered, under fit parents, and each below the last one that could be its parent."""
        self.found += hierarchy.check_levels(self.set, parents)
        above: list[tuple[str, str]] = []
        for place, s in enumerate(self.set.segments):
            if s[0] != "HL":
                continue
            fit = parents.get(el(s, 3), "").split()
            while above and above[-1][1] not in fit:
                above.pop()
            if above and el(s, 2) != above[-1][0]:
                self.wrong(place, "a level stands apart from its parent", "2000", "HL02")
            above.append((el(s, 1), el(s, 3)))

    def names(
        self, level: Level, loop: str, roles: str, most: int = 1, *, ids: bool = True
    ) -> None:
        """Who a level names: nobody is an error, so is one who does not belong there."""
        if not level.names:
            self.wrong(level.place, "a level names nobody", loop, "NM1", code="3")
        if len(level.names) > most:
            self.wrong(level.place, "a level names more than it may", loop, "NM1", code="4")
        for name in level.names:
            if name.role not in roles.split():
                self.wrong(name.place, "somebody has no place at this level", loop, "NM101")
            self.name(name, loop, ids=ids)

    def name(self, n: Name, loop: str, *, ids: bool = True) -> None:
        """One name: an id where it needs one, the check digit of an NPI, a birth that has been."""
        place = n.place
        if n.entity not in ("1", "2"):
            self.wrong(place, "neither a person nor an organisation", loop, "NM102", code="7")
        if bool(n.id) != bool(n.id_kind):
            self.wrong(place, "an id without its kind, or a kind without its id", loop, "NM109")
        elif ids and not n.id:
            self.wrong(place, "somebody has no id", loop, "NM109", "warning", code="1")
        if n.npi and not is_npi(n.npi):
            self.wrong(place, "an NPI has a wrong check digit", loop, "NM109", "warning", code="7")
        if n.born_on is not None and self.on is not None and n.born_on > self.on:
            self.wrong(place, "born after the day of the set", loop, "DMG02", code="8")
        self.dates(n.dates, place, loop)
        self.refusals(n.refusals, place, loop)

    def dates(self, dates: Iterable[Dated], place: int, loop: str, claim: str = "") -> None:
        """Spans end after they start."""
        for dated in dates:
            if dated.to is not None and dated.to < dated.on:
                self.wrong(place, "a span ends before it starts", loop, "DTP03", claim=claim)

    def past(self, day: date | None, place: int, loop: str, element: str, claim: str = "") -> None:
        """What has happened did so before the set was made."""
        if day is not None and self.on is not None and day > self.on:
            sentence = "a day after that of the set"
            self.wrong(place, sentence, loop, element, "warning", code="8", claim=claim)

    def refusals(self, refusals: Iterable[Refusal], place: int, loop: str) -> None:
        """Reasons are there, and what may be done next is known."""
        for refusal in refusals:
            if refusal.valid not in ("Y", "N"):
                self.wrong(place, "neither valid nor invalid", loop, "AAA01", code="7")
            if not refusal.reason:
                self.wrong(place, "a refusal has no reason", loop, "AAA03", code="1")
            if refusal.follow_up not in FOLLOW_UPS and refusal.follow_up:
                self.wrong(place, "an unknown follow-up", loop, "AAA04", "warning", code="7")
