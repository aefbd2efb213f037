"""Writing interchanges: control numbers from the caller, counts from the list, nothing in data that could break out.

Segments are gathered as they come and judged together when the set is finished: every delimiter that is there must have
been put there by the writer, and every element must fit its place. Nothing is given out before all of it fits.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter

from shared.x12.dates import d6, d8
from shared.x12.findings import masked
from shared.x12.lengths import DELIMITER, misfit

ELEMENT, COMPONENT, SEGMENT, REPETITION = "*", ":", "~", "^"
_DELIMITERS = frozenset(ELEMENT + COMPONENT + SEGMENT + REPETITION)
_BASIC = " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"&'()+,-./;?="
_EXTENDED = "abcdefghijklmnopqrstuvwxyz%@[]_{}\\|<>#$"
SIGNS = frozenset(_BASIC + _EXTENDED)
"""What data may hold: the basic and the extended set of X12 without our delimiters; we write upper case."""
_SHAPE = bytes(
    n
    if chr(n) == " "
    else ord("x")
    if chr(n) in SIGNS
    else n
    if chr(n) in _DELIMITERS
    else ord("!")
    for n in range(256)
)
_LOOSE = re.compile(r" (?:[*:^]|$)|(?:[*:^]|^) ")
"""Space at the edge of data."""
_TAG = itemgetter(0)
_FITTING: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
"""Tags and shapes that fit, with and without `sizes`; they hold no data, and claims of a house have few."""
MOST_SHAPES = 8_192
FOREIGN = "data holds a sign that is not of the X12 character set"

Line = tuple[str, ...]
Place = Callable[[Sequence[Line], int], str]
"""The loop of a segment: all segments of the set and the place of this one."""


class NotWritable(ValueError):
    """What a writer refuses: where and why. The data is shown by its shape only, and `claim` in no text."""

    def __init__(
        self, sentence: str, loop: str = "", element: str = "", value: str = "", claim: str = ""
    ) -> None:
        where = f"loop {loop}, {element}" if loop and element else element or loop
        shown = masked(value, element) if value else ""
        text = f"{where}: {sentence}" if where else sentence
        super().__init__(f"{text} ({shown})" if shown else text)
        self.sentence, self.loop, self.element, self.value = sentence, loop, element, shown
        self.claim = claim


@dataclass(frozen=True, slots=True)
class Header:
    """What ISA and GS need. `on` and `hhmm` are the file's own date and time, never the clock's."""

    sender: str
    receiver: str
    isa13: int
    gs06: int
    on: date
    hhmm: str = "0800"
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "T"
    gs_sender: str = ""
    gs_receiver: str = ""


def clean(text: str) -> str:
    """Upper case and trimmed; NotWritable when it holds a delimiter or a sign beyond the extended set."""
    text = text.strip()
    if not _DELIMITERS.isdisjoint(text):
        raise NotWritable(DELIMITER, value=text)
    if not SIGNS.issuperset(text):
        raise NotWritable(FOREIGN, value=text)
    return text.upper()


def writable(text: str) -> str:
    """Text of somebody else's file as our own file may hold it: without separators and foreign signs."""
    kept = "".join(sign for sign in text if sign not in _DELIMITERS and sign in SIGNS)
    return kept.strip().upper()


def plain(text: str, longest: int) -> str:
    """A person's or a house's own text as a payer takes it: accents dropped, separators and foreign signs as spaces,
    cut to what the element holds. Empty when nothing of it can be written."""
    if not text:
        return ""
    if not SIGNS.issuperset(text):
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        text = "".join(c if c in SIGNS else " " for c in text)
    return " ".join(text.split()).upper()[:longest].strip()


@lru_cache(maxsize=4_096)
def composite(*parts: str) -> str:
    """Components joined, without empty ones at the end."""
    text = COMPONENT.join(parts)
    if text.count(COMPONENT) >= len(parts) and parts:
        raise NotWritable(DELIMITER, value=text)
    return text.rstrip(COMPONENT)


def repeated(*parts: str) -> str:
    """Repetitions of an element."""
    text = REPETITION.join(parts)
    if text.count(REPETITION) >= len(parts) and parts:
        raise NotWritable(DELIMITER, value=text)
    return text


class Segments:
    """The segments of one transaction set as they are written.

    With `sizes` what is too long, or empty and must not be, is refused too; `place` names loops in what is refused.
    """

    def __init__(self, *, sizes: bool = False, place: Place | None = None) -> None:
        self.lines: list[Line] = []
        """Those that were not judged yet; always the same list."""
        self.put = self.lines.append
        """As `add`, of one tuple; for the segments that every claim and line has."""
        self.kept: set[int] = set()
        """Those of them that go out as they were read, separators and all."""
        self.sizes, self.place = sizes, place
        self._done: list[str] = []
        self._count = 0

    def add(self, *segment: str) -> None:
        """One segment: its tag and its elements; empty ones at the end are left out."""
        self.lines.append(segment)

    raw = add

    def __len__(self) -> int:
        return self._count + len(self.lines)

    def text(self) -> str:
        """All segments, each with its terminator."""
        self.settle()
        return "".join(self._done)

    def settle(self, most: int = 0) -> None:
        """Judge what came since the last time, if it is more than this; NotWritable when any of it does not fit."""
        if len(self.lines) <= most:
            return
        trimmed = [text.rstrip(ELEMENT) for text in self.judged().upper().split(SEGMENT)]
        self._done.append(SEGMENT.join(trimmed) + SEGMENT)
        self._count += len(self.lines)
        self.lines.clear()
        self.kept.clear()

    def judged(self) -> str:
        """What came since the last time, joined; NotWritable when any of it does not fit."""
        whole = SEGMENT.join(map(ELEMENT.join, self.lines))
        shape = whole.encode("ascii", "replace").translate(_SHAPE)
        stars = sum(map(len, self.lines)) - len(self.lines)
        counted = shape.count(b"*") == stars and shape.count(b"~") == len(self.lines) - 1
        if not counted or b"!" in shape or not whole.isascii():
            self._refuse()
        if self._judge_shapes(shape.decode("ascii").split(SEGMENT)):
            self.lines[:] = [tuple(map(_stripped, line)) for line in self.lines]
            return self.judged()
        return whole

    def _judge_shapes(self, shapes: list[str]) -> bool:
        """Segments of one kind and shape fit or fail alike, and a file has few shapes. True when data must be trimmed."""
        tags = list(map(_TAG, self.lines))
        fitting = _FITTING[self.sizes]
        for tag, shape in set(zip(tags, shapes, strict=False)) - fitting:
            if _LOOSE.search(shape):
                return True
            wrong = misfit(tag, shape.rstrip(ELEMENT).split(ELEMENT)[1:], sizes=self.sizes)
            if wrong is None:
                if len(fitting) >= MOST_SHAPES:
                    fitting.clear()
                fitting.add((tag, shape))
                continue
            for at, (other, of) in enumerate(zip(tags, shapes, strict=False)):
                if (other, of) == (tag, shape) and at not in self.kept:
                    self._fail(at, wrong.position, wrong.sentence)
        return False

    def _refuse(self) -> None:
        """Name the element that holds what it may not."""
        for at, line in enumerate(self.lines):
            for position, text in enumerate(line):
                if ELEMENT in text or SEGMENT in text:
                    self._fail(at, position, DELIMITER)
                if not SIGNS.issuperset(text.replace(COMPONENT, "").replace(REPETITION, "")):
                    self._fail(at, position, FOREIGN)

    def _fail(self, at: int, position: int, sentence: str) -> None:
        line = self.lines[at]
        tag = line[0] if line[0].isalnum() and len(line[0]) <= 3 else "segment"
        loop = self.place(self.lines, at) if self.place else ""
        value = line[position] if 0 < position < len(line) else ""
        raise NotWritable(sentence, loop, f"{tag}{position:02d}", value)


def _stripped(text: str) -> str:
    for mark in (COMPONENT, REPETITION):
        if mark in text:
            text = mark.join(part.strip() for part in text.split(mark))
    return text.strip()


def transaction(set_id: str, control: str, version: str, body: Segments) -> str:
    """ST, the body, SE with its count."""
    control = clean(control)
    head = ELEMENT.join(("ST", set_id, control, version)).rstrip(ELEMENT)
    tail = ELEMENT.join(("SE", str(len(body) + 2), control))
    return f"{head}{SEGMENT}{body.text()}{tail}{SEGMENT}"


def interchange(
    header: Header, functional_id: str, version: str, sets: Sequence[str], loose: Sequence[str] = ()
) -> bytes:
    """One ISA with one GS around the sets (no GS when there are none), as bytes of the extended set."""
    out = [_isa(header)]
    out += [line + SEGMENT for line in loose]
    if sets:
        sender = clean(header.gs_sender or header.sender)
        receiver = clean(header.gs_receiver or header.receiver)
        gs = (
            "GS",
            functional_id,
            sender,
            receiver,
            d8(header.on),
            header.hhmm,
            str(header.gs06),
            "X",
        )
        out.append(ELEMENT.join((*gs, version)) + SEGMENT)
        out += sets
        out.append(ELEMENT.join(("GE", str(len(sets)), str(header.gs06))) + SEGMENT)
    out.append(ELEMENT.join(("IEA", "1" if sets else "0", f"{header.isa13:09d}")) + SEGMENT)
    return "".join(out).encode("utf-8")


def _isa(h: Header) -> str:
    sender, receiver = clean(h.sender), clean(h.receiver)
    if len(sender) > 15 or len(receiver) > 15 or not 0 < h.isa13 < 10**9:
        raise NotWritable("an interchange id is longer than 15 or its control number longer than 9")
    elements = (
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(h.sender_qualifier, sender.ljust(15), h.receiver_qualifier, receiver.ljust(15)),
        *(d6(h.on), h.hhmm, REPETITION, "00501", f"{h.isa13:09d}", "0", h.usage, COMPONENT),
    )
    text = ELEMENT.join(elements) + SEGMENT
    if len(text) != 106 or text.count(ELEMENT) != 16 or not text.isprintable():
        raise NotWritable("an element of the ISA has not the length that it must have")
    return text
