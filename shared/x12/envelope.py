"""Interchanges, groups and transaction sets as a file holds them; `reading` fills them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shared.x12 import limits
from shared.x12.findings import Finding, Severity, masked
from shared.x12.held import Held
from shared.x12.segments import Block, Delimiters

AT_ONCE = 128
"""Segments that are split together."""
__all__ = [
    "Delimiters",
    "Group",
    "Interchange",
    "TransactionSet",
    "X12File",
    "kind_of",
]


@dataclass(slots=True, kw_only=True)
class Noted:
    """What was found wrong with one interchange, group or set itself; of a flood only the first ones are kept."""

    findings: list[Finding] = field(default_factory=list)
    errors: int = 0
    others: int = 0

    def note(self, finding: Finding) -> None:
        """Count a finding, and keep it unless there are many."""
        if finding.severity == "error":
            self.errors += 1
            kept = self.errors <= limits.FINDINGS_EACH
        else:
            self.others += 1
            kept = self.others <= limits.FINDINGS_EACH
        if kept:
            self.findings.append(finding)


@dataclass(slots=True)
class Interchange(Noted):
    """One ISA to IEA; `loose` are segments between them outside any set, such as TA1.

    `count` is how many groups it had, also in a stream, which keeps only the last.
    """

    isa: list[str]
    delimiters: Delimiters
    ordinal: int
    offset: int
    groups: list["Group"] = field(default_factory=list)
    loose: list[list[str]] = field(default_factory=list)
    closed: bool = False
    count: int = 0

    @property
    def control(self) -> str:
        """ISA13."""
        return self.isa[13].strip()


@dataclass(slots=True)
class Group(Noted):
    """One GS to GE; `gs` as it stood. `count` is how many sets it had, also in a stream, which keeps none.

    `stated` is how many its GE says it had; None without a GE that says so.
    """

    gs: list[str] = field(default_factory=list)
    sets: list["TransactionSet"] = field(default_factory=list)
    count: int = 0
    stated: int | None = None

    @property
    def id(self) -> str:
        """GS01, the kind of all its sets."""
        return _element(self.gs, 1)

    @property
    def sender(self) -> str:
        """GS02."""
        return _element(self.gs, 2)

    @property
    def receiver(self) -> str:
        """GS03."""
        return _element(self.gs, 3)

    @property
    def control(self) -> str:
        """GS06."""
        return _element(self.gs, 6)

    @property
    def version(self) -> str:
        """GS08."""
        return _element(self.gs, 8)


@dataclass(slots=True)
class TransactionSet(Noted):
    """One ST to SE. Its segments are held as text, without ST and SE, and split when they are read.

    In a stream (`more` is set) what was walked over is dropped, except from the place `pinned` on; places always
    count from the first segment. `closed` is whether an SE came, `ended` whether nothing more will come, `given_up`
    whether more would have to be held than a claim may have, so that the rest is only counted. `watch` hears of every
    segment that is walked over, once, before the reader does.
    """

    st: list[str]
    interchange: Interchange = field(repr=False, compare=False)
    group: Group = field(repr=False, compare=False)
    st_ordinal: int = 0
    st_offset: int = 0
    closed: bool = False
    se_offset: int = 0
    held: Held = field(default_factory=Held)
    ended: bool = False
    given_up: bool = False
    pinned: int | None = None
    more: Callable[[], bool] | None = None
    watch: Callable[[int, list[str], list[list[str]]], None] | None = None
    _split: list[list[str]] | None = None

    @property
    def id(self) -> str:
        """ST01."""
        return _element(self.st, 1)

    @property
    def control(self) -> str:
        """ST02."""
        return _element(self.st, 2)

    @property
    def version(self) -> str:
        """ST03, or its group's GS08 where it has none."""
        return _element(self.st, 3) or self.group.version

    @property
    def delimiters(self) -> Delimiters:
        """Those of its interchange."""
        return self.interchange.delimiters

    @property
    def isa13(self) -> str:
        """Its interchange's control number."""
        return self.interchange.control

    @property
    def gs06(self) -> str:
        """Its group's control number."""
        return self.group.control

    @property
    def gs_version(self) -> str:
        """GS08."""
        return self.group.version

    @property
    def sound(self) -> bool:
        """Whether it, its group and its interchange are without error as far as they were read.

        What is not sound may be shown and never be posted. In a stream, GE and IEA come after the set.
        """
        broken = self.errors or self.group.errors or self.interchange.errors
        return self.closed and not broken

    @property
    def count(self) -> int:
        """How many segments came so far, ST and SE not counted."""
        return self.held.count

    @property
    def raw(self) -> list[str]:
        """The texts of all segments that are held."""
        return self.held.texts

    @property
    def segments(self) -> list[list[str]]:
        """All segments as lists of elements (components and repetitions unsplit). For sets read whole."""
        if self._split is None or len(self._split) != len(self.held):
            element = self.delimiters.element
            self._split = [text.split(element) for text in self.raw]
        return self._split

    def _stretches(self) -> Iterator[tuple[int, str]]:
        place = self.held.since
        while True:
            for first, text, count in self.held.stretches(place):
                yield first, text
                place = first + count
            if not self.pull():
                return

    def stretches(self) -> Iterator[tuple[int, str]]:
        """(place of the first, text) of segments that stand together, each with its terminator: those of `batches`."""
        for place, text in self._stretches():
            if self.watch is not None:
                for first, few, segments in self._few(place, text):
                    self.watch(first, few, segments)
            yield place, text

    def batches(self) -> Iterator[tuple[int, list[str]]]:
        """(place of the first, texts) of all segments; in a stream, of those that are still to come too."""
        for place, text in self._stretches():
            yield place, text[:-1].split(text[-1])

    def _few(self, place: int, text: str) -> Iterator[tuple[int, list[str], list[list[str]]]]:
        """(place of the first, texts, elements of each) of some segments at a time, few enough for the cache."""
        element, texts = self.delimiters.element, text[:-1].split(text[-1])
        for first in range(0, len(texts), AT_ONCE):
            few = texts[first : first + AT_ONCE]
            yield place + first, few, [text.split(element) for text in few]

    def some(self) -> Iterator[tuple[int, list[list[str]]]]:
        """(place of the first, elements of each) of some segments at a time: those of `batches`."""
        for place, text in self._stretches():
            for first, few, segments in self._few(place, text):
                if self.watch is not None:
                    self.watch(first, few, segments)
                yield first, segments

    def walk(self) -> Iterator[tuple[int, list[str]]]:
        """(place, elements) of every segment."""
        for first, segments in self.some():
            yield from enumerate(segments, first)

    def pull(self) -> bool:
        """Read on in a stream, dropping what came so far; False when nothing more will come."""
        if self.ended or self.given_up or self.more is None:
            return False
        self.held.drop(self.count if self.pinned is None else self.pinned)
        return self.more()

    @property
    def is_full(self) -> bool:
        """Whether a claim holds more than any claim has."""
        return len(self.held) > limits.CLAIM_SEGMENTS or self.held.bytes > limits.CLAIM_BYTES

    def apart(self) -> "TransactionSet":
        """A copy by itself of a set that is held whole and has ended, for another process to judge.

        It knows its place in the file; what was found wrong with its envelope stays here.
        """
        of, group = self.interchange, self.group
        return TransactionSet(
            self.st,
            Interchange(of.isa, of.delimiters, of.ordinal, of.offset),
            Group(gs=group.gs),
            self.st_ordinal,
            self.st_offset,
            self.closed,
            self.se_offset,
            self.held.apart(),
            ended=True,
        )

    def give_up(self) -> None:
        """Hold nothing of it any more."""
        self.given_up = True
        self.held.drop(self.count)

    def add(self, block: Block, first: int, last: int) -> None:
        """Append the segments of a block from first up to last."""
        if self.given_up:
            self.held.pass_over(last - first)
        else:
            self.held.add(block, first, last)

    def holds(self, place: int) -> bool:
        """Whether the segment at this place is there and was not dropped."""
        return self.held.since <= place < self.held.count

    def split_at(self, place: int) -> list[str]:
        """The elements of the segment at this place; one empty element where it is not held."""
        text = self.raw[place - self.held.since] if self.holds(place) else ""
        return text.split(self.delimiters.element)

    def tag(self, place: int) -> str:
        """The segment id at this place, as it may be shown."""
        return shown_tag(self.split_at(place)[0]) if self.holds(place) else "ST"

    def value(self, place: int, element: str) -> str:
        """What stands at an element such as CLM02 of the segment at this place; empty when it is not held."""
        if not (self.holds(place) and element[-2:].isdigit() and element.isascii()):
            return ""
        segment = self.split_at(place)
        position = int(element[-2:])
        return segment[position] if segment[0] == element[:-2] and position < len(segment) else ""

    def ordinal(self, place: int) -> int:
        """The segment's number in the file, from 1 (the ISA)."""
        return self.st_ordinal + 1 + max(place, -1)

    def offset(self, place: int) -> int:
        """The byte of the file where the segment starts (behind the last: the SE); of the ST where it is not known."""
        if self.closed and place == self.count:
            return self.se_offset
        offset = self.held.offset(place) if self.holds(place) else None
        return self.st_offset if offset is None else offset

    def finding(
        self,
        place: int,
        sentence: str,
        *,
        severity: Severity = "error",
        element: str = "",
        loop: str = "",
        code: str = "",
        level: str = "",
        difference_cents: int = 0,
        claim: str = "",
        rule: str = "",
        value: str = "",
    ) -> Finding:
        """A finding at the segment at this place (-1: the ST itself).

        `value` is masked here; when it is left out, it is what stands at `element`, if that is still held.
        """
        return Finding(
            sentence,
            severity,
            self.isa13,
            self.gs06,
            self.control,
            self.ordinal(place),
            self.offset(place),
            loop,
            element,
            masked(value or self.value(place, element), element),
            code,
            difference_cents,
            level,
            claim,
            "",
            rule,
            self.interchange.ordinal,
            self.st_ordinal,
        )


@dataclass(slots=True)
class X12File:
    """A file as read; `findings` of the envelope only."""

    interchanges: list[Interchange] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def sets(self) -> Iterator[TransactionSet]:
        """Every transaction set, in order."""
        for interchange in self.interchanges:
            for group in interchange.groups:
                yield from group.sets

    @property
    def errors(self) -> list[Finding]:
        """Findings that forbid taking the file."""
        return [f for f in self.findings if f.severity == "error"]


def _element(segment: list[str], position: int) -> str:
    return segment[position] if position < len(segment) else ""


def shown_tag(tag: str) -> str:
    """A segment id as it may be shown: anything else could be data."""
    return tag if 2 <= len(tag) <= 3 and tag.isalnum() and tag.isascii() else "something"


def kind_of(one: TransactionSet) -> str:
    """The set's name in the trade: 835, 837P, 837I, 277CA, 277, 999, …"""
    version = one.version or one.gs_version
    if one.id == "277":
        return "277CA" if "X214" in version or "X167" in version else "277"
    if one.id == "837":
        if "X223" in version or "X096" in version:
            return "837I"
        return "837D" if "X224" in version or "X097" in version else "837P"
    return one.id
