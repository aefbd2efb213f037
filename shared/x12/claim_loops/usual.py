"""The loops that nearly every claim has, each read at once where it looks as usual; see `runs`.

What a file says again and again is taken apart once and remembered by its text: None where it says more than the model
has a name for, so that its segment must be read by itself.
"""

from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Generic

from shared.x12.claim_loops.levels import NO_ADDRESS, ORDERS, C, L, LevelReading
from shared.x12.claim_loops.model import Party, Payer, Provider, Subscriber
from shared.x12.dates import day_or_none
from shared.x12.envelope import TransactionSet
from shared.x12.fields import padded
from shared.x12.runs import Found, Reached, Remembered, Run, V, pattern
from shared.x12.segments import Delimiters

Signs = tuple[str, str, str, str, str, str]
"""Signature, assignment, benefits assigned, release, who signed, why it is late."""
_MOSTLY: Signs = ("Y", "A", "Y", "Y", "", "")
"""What the model has of them where nothing is said."""
UNDATED = (None, None)
ENOUGH = 1_000
"""Segments of a set, after which it is asked what it is like."""
NOWHERE = NAMELESS = ("", "", "")
NOBODY = ("", "")
_SUBSCRIBER = """
    HL*_*_*22*_
    SBR*__
    NM1*IL*_*_*_*_**_*MI*_
    ?N3*_
    ?N4*__
    ?DMG*D8*_*_
    ?NM1*PR*__
"""


class UsualReading(LevelReading[C, L], Generic[C, L]):
    """A claim set as it is read, where it looks as usual."""

    # In slots, because Python looks up the others faster while they are at most thirty.
    __slots__ = (
        *("cents", "days", "memories", "turns", "cities", "payers", "persons", "places"),
        *("procedures", "spans", "claim_match", "line_match", "rendered"),
    )

    claim_shape: str
    line_shape: str
    kind_of_place = "B"
    """The usual CLM05-2: a place of service."""

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.cents, self.days = self.taker.cents, self.taker.days
        marks = one.delimiters
        self.memories: list[Remembered[Any]] = []
        self.turns = self.remembered(_turn)
        self.cities = self.remembered(_city)
        self.payers = self.remembered(_payer)
        self.persons = self.remembered(_person)
        self.places = self.remembered(partial(_place, self.kind_of_place))
        self.procedures = self.remembered(_procedure)
        self.spans = self.remembered(_span)
        self.claim_match = pattern(self.claim_shape, marks)
        self.line_match = pattern(self.line_shape, marks)
        self.rendered = Provider("82")
        """Holds what is still said of a rendering person; what is known of him stands in the claim."""

    def remembered(self, work: Callable[[Delimiters, str], V]) -> Remembered[V]:
        """A memory of what a function makes of a text with the file's separators."""
        memory = Remembered(partial(work, self.set.delimiters))
        self.memories.append(memory)
        return memory

    def seldom_usual(self, segments: int, refused: int) -> bool:
        """Whether looking for runs has taken longer so far than it saved: too many were refused or said new things."""
        vain = sum(memory.missed for memory in self.memories) + 3 * refused
        return vain > segments / 2

    def runs(self) -> dict[str, Run]:
        """Who reads a loop, by the first three signs of its first segment."""
        marks = self.set.delimiters
        element = marks.element
        return {
            f"HL{element}": (pattern(_SUBSCRIBER, marks), self.usual_subscriber, True),
            "CLM": (self.claim_match, self.usual_claim, True),
            f"LX{element}": (self.line_match, self.usual_lines, False),
        }

    # Each kind has its own loop over lines: a shared one calls a function for every line, which reads 7 % slower.
    @abstractmethod
    def usual_claim(self, place: int, found: Found | None) -> Reached | None:
        """A CLM, what follows it mostly, and its lines."""

    @abstractmethod
    def usual_lines(self, place: int, found: Found | None) -> Reached | None:
        """Lines one after the other: an LX, what was done, when, and the control number."""

    def usual_subscriber(self, place: int, found: Found) -> Reached | None:
        """The level of a subscriber with his name, where he lives, and the payer; and his first claim."""
        (hl01, hl02, hl04, turn, kind, last, first, middle, suffix, member,
         street, lives, born, sex, pays) = found.groups()  # fmt: skip
        turned = self.turns[turn]
        city = self.cities[lives] if lives is not None else NOWHERE
        payer = self.payers[pays] if pays is not None else NOBODY
        born_on = self.days[born] if born is not None else None
        if (
            turned is None
            or city is None
            or payer is None
            or (born_on is None and born is not None)
        ):
            return None
        if self.levels is not None:
            self.levels.see(place, ["HL", hl01, hl02, "22", hl04])
        self.level = "22"
        self.claim = self.line = self.prior = self.prior_line = self.patient = None
        self.relation, self.strange = "", False
        town, state, code = city
        party = Party(
            last,
            first,
            middle,
            street or "",
            town,
            state,
            code,
            born_on,
            sex or "",
            suffix,
            "",
            kind == "2",
        )
        order, relation, filing, insurance, group, group_name = turned
        self.subscriber = Subscriber(
            order, member, party, relation, filing, insurance, group, group_name
        )
        name, number = payer
        self.payer = made = Payer(name, number)
        self.here = self.address = party if pays is None else made
        there = (street is not None) + (lives is not None) + (born is not None) + (pays is not None)
        behind, end = place + 3 + there, found.end()
        return self.usual_claim(behind, self.claim_match(found.string, end)) or (behind, end)

    def open_claim(self, claim: C, signs: Signs | None) -> None:
        """From here on things are said of this claim."""
        # An argument by name takes longer than asking whether a claim is as the model has it anyway.
        if self.patient is not None:
            claim.patient, claim.patient_relation = self.patient, self.relation
        if signs is not None:
            claim.signature, claim.assignment, claim.benefits_assigned = signs[:3]
            claim.release, claim.signature_source, claim.delay_reason = signs[3:]
        self.claim = claim
        self.line = self.prior = self.prior_line = self.here = None
        self.address, self.strange, self.counted = NO_ADDRESS, False, []

    def open_line(self, line: L) -> None:
        """From here on things are said of this line."""
        self.line = line
        self.prior = self.prior_line = self.here = None
        self.address, self.strange = NO_ADDRESS, False


def parted(text: str, sign: str, most: int) -> list[str] | None:
    """The elements or components of a text, empty ones added; None where there are more."""
    found = padded(text.split(sign), most)
    return found if len(found) == most else None


def _turn(marks: Delimiters, text: str) -> tuple[int, str, str, str, str, str] | None:
    """Of an SBR: order, relation, filing indicator, type of insurance, number and name of the group."""
    s = parted(text, marks.element, 9)
    order = ORDERS.get(s[0], 0) if s is not None else 0
    if s is None or not order or any(s[5:8]):
        return None
    return order, s[1], s[8], s[4], s[2], s[3]


def _city(marks: Delimiters, text: str) -> tuple[str, str, str] | None:
    """Of an N4: city, state, ZIP."""
    s = parted(text, marks.element, 3)
    return None if s is None else (s[0], s[1], s[2])


def _payer(marks: Delimiters, text: str) -> tuple[str, str] | None:
    """Of an NM1*PR: name, id."""
    s = parted(text, marks.element, 8)
    return None if s is None or any(s[2:6]) or s[6] not in ("PI", "") else (s[1], s[7])


def _person(marks: Delimiters, text: str) -> tuple[str, str, str] | None:
    """Of an NM1 of a person with an NPI: last name, first name, NPI."""
    s = parted(text, marks.element, 8)
    if s is None or s[0] != "1" or any(s[3:6]) or s[6] not in ("XX", ""):
        return None
    return s[1], s[2], s[7]


def _place(kind: str, marks: Delimiters, text: str) -> tuple[str, str, Signs | None] | None:
    """Of a CLM from CLM05 on: place, frequency, and the signs where they are not those of most claims."""
    s = parted(text, marks.element, 16)
    where = s[0].split(marks.component) if s is not None else []
    if s is None or len(where) != 3 or where[1] not in (kind, ""):
        return None
    if any(s[6:15]):
        return None
    signs = (s[1], s[2], s[3], s[4], s[5], s[15])
    return where[0], where[2], None if signs == _MOSTLY else signs


def _span(marks: Delimiters, text: str) -> tuple[date, date | None] | None:
    """Of a DTP from DTP02 on: the day, and the last one of several."""
    kind, *days = text.split(marks.element)
    first, hyphen, last = days[0].partition("-") if len(days) == 1 else ("", "", "")
    day, until = day_or_none(first), day_or_none(last)
    if day is None or kind != ("RD8" if hyphen else "D8") or (hyphen and until is None):
        return None
    return day, until


def _procedure(marks: Delimiters, text: str) -> tuple[str, str, tuple[str, ...], str] | None:
    """Qualifier, code, modifiers and description."""
    what = parted(text, marks.component, 7)
    if what is None:
        return None
    return what[0], what[1], tuple(m for m in what[2:6] if m), what[6]


def number_of(text: str) -> int | None:
    """A number of units without sign or fraction, 1 where it is left out."""
    whole, _, fraction = text.partition(".")
    if not text:
        return 1
    plain = text.isascii() and whole.isdigit() and len(whole) < 10 and not fraction.strip("0")
    return int(whole) if plain else None
