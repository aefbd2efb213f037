"""One block of bytes to whole segments at C speed; they are split, and where they start is worked out, only when it is asked."""

import re
from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from shared.x12 import limits

SPACE = b" \t\r\n"
_SPACES = " \t\r\n"
_LINE_ENDS = b"\r\n"
_FIRST_TWO = frozenset({"ST", "SE", "GS", "GE", "IE", "TA"})
"""How the id of a control segment starts."""
_CONTROLS = bytes((*range(32), 127))


class Delimiters(NamedTuple):
    """The four separators of one interchange; `repetition` is empty before version 5010."""

    element: str
    component: str
    segment: str
    repetition: str


class Odd(NamedTuple):
    """What is unusual or wrong with the segment at a place of a block; `code` is that of IK3."""

    place: int
    sentence: str
    rule: str
    code: str = ""


class Block:
    """Whole segments of one interchange, in order, none empty.

    `text` is all of them, each with its terminator and nothing between them. In the file each starts `gap` bytes after
    the end of the one before, unless `starts` says otherwise; `size` is how many bytes they are. `known` is where some
    start in the text: all that may be control segments, and what follows them. Each sentence stands in `odd` once, at
    the first segment that it is true of.
    """

    __slots__ = (
        *("_ats", "_known", "_starts", "_texts", "count", "cut_off", "end", "gap", "odd", "offset"),
        *("size", "text"),
    )

    def __init__(
        self,
        text: str,
        end: str,
        count: int,
        offset: int,
        size: int,
        gap: int = 0,
        *,
        known: dict[int, int] | None = None,
        starts: "array[int] | None" = None,
        odd: list[Odd] | None = None,
        cut_off: bool = False,
    ) -> None:
        self.text, self.end, self.count = text, end, count
        self.offset, self.size, self.gap = offset, size, gap
        self.odd = odd or []
        self.cut_off = cut_off
        self._known = known
        self._starts = starts
        self._texts: list[str] | None = None
        self._ats: array[int] | None = None

    @property
    def texts(self) -> list[str]:
        """The segments, each without its terminator."""
        if self._texts is None:
            self._texts = self.text.split(self.end)
            self._texts.pop()
        return self._texts

    def controls(self) -> list[int]:
        """The places of all that may be control segments."""
        if self._known is not None:
            return [n for n, at in self._known.items() if self.text[at : at + 2] in _FIRST_TWO]
        return [n for n, text in enumerate(self.texts) if text[:2] in _FIRST_TWO]

    def segment(self, place: int) -> str:
        """The segment at this place, without splitting all of them."""
        at = self.at(place)
        return self.text[at : self.text.index(self.end, at)]

    def at(self, place: int) -> int:
        """Where in the text the segment at this place starts; the end of the text behind the last."""
        if place in (0, self.count):
            return len(self.text) if place else 0
        if self._known is not None and place in self._known:
            return self._known[place]
        if self._ats is None:
            self._ats = array("Q", accumulate([len(text) + 1 for text in self.texts], initial=0))
        return self._ats[place]

    def start(self, place: int) -> int:
        """The byte of the file where the segment at this place starts."""
        if self._starts is not None:
            return self.offset + self._starts[place]
        return self.offset + self.at(place) + (self.gap - 1) * place

    def part(self, first: int, last: int) -> "Block":
        """The segments from first up to last, as a block of their own."""
        offset = self.start(first) if first < self.count else self.offset + self.size
        starts = self._starts
        if starts is not None:
            base = starts[first] if first < len(starts) else 0
            starts = array("Q", [at - base for at in starts[first:last]])
        text = self.text[self.at(first) : self.at(last)]
        return Block(text, self.end, last - first, offset, 0, self.gap, starts=starts)


def block_of(raw: bytes, offset: int, marks: Delimiters, cut_off: bool) -> Block:
    """As it stands where every segment ends alike and nothing is to be trimmed, else piece by piece.

    The last segment has its terminator, unless it is cut off.
    """
    end, terminator = marks.segment, marks.segment.encode("latin-1")
    if raw.isascii() and raw.endswith(terminator):
        text = raw.decode("ascii")
        whole, count = _same_end(raw, marks)
        if whole and not _is_loose(text, marks):
            text = text.replace(whole, end)
            known = _known(text, end)
            if known is not None and not _has_overlong(text, marks):
                return Block(text, end, count, offset, len(raw), len(whole), known=known)
    return _pieces(raw.removesuffix(terminator), offset, marks, cut_off)


def _has_overlong(text: str, marks: Delimiters) -> bool:
    """Only a long segment can have many elements, so most files are looked at in leaps over whole short segments."""
    leapt = _leaps(marks.segment)(text)
    if leapt is not None and leapt.end() == len(text):
        return False
    texts = text.split(marks.segment)
    return max(map(len, texts)) > limits.SEGMENT_BYTES or (
        max(text.count(marks.element) for text in texts) > limits.ELEMENTS
    )


@lru_cache(maxsize=64)
def _leaps(end: str) -> Callable[[str], re.Match[str] | None]:
    """Finds how far a text goes on without a segment that is long."""
    return re.compile(rf"(?:.{{0,{limits.ELEMENTS}}}{re.escape(end)})*+", re.DOTALL).match


def _same_end(raw: bytes, marks: Delimiters) -> tuple[str, int]:
    """The terminator with the line end that follows all of them but the last, and how many there are.

    Empty when they differ, and where any other control sign stands that is no separator.
    """
    terminator = marks.segment.encode("latin-1")
    left = raw.translate(None, _harmless(marks))
    for line_end in (b"", b"\r\n", b"\n"):
        whole = terminator + line_end
        count = left.count(whole)
        if left == whole * count + (terminator if line_end else b""):
            if not line_end:
                return marks.segment, count
            if raw.count(whole) == count:
                return whole.decode("latin-1"), count + 1
    return "", 0


@lru_cache(maxsize=64)
def _harmless(marks: Delimiters) -> bytes:
    """What may stand anywhere in a block: printable ASCII and all separators but the terminator."""
    others = marks.element + marks.component + marks.repetition
    return (bytes(range(32, 127)) + others.encode("latin-1")).translate(
        None, marks.segment.encode("latin-1")
    )


def _is_loose(text: str, marks: Delimiters) -> bool:
    """Whether white space stands beside a separator, so that elements must be trimmed."""
    return text[:1] == " " or bool(_beside(marks)(text))


@lru_cache(maxsize=64)
def _beside(marks: Delimiters) -> Callable[[str], object]:
    """Finds a space beside a separator or after a line end; sought from the space, which is rare."""
    signs = re.escape(marks.element + marks.segment)
    return re.compile(rf" (?:(?<=[{signs}\n] )|(?=[{signs}]))").search


def _known(text: str, end: str) -> dict[int, int] | None:
    """By its place, where in a text all starts that may be a control segment, and what follows it.

    None when a segment is empty.
    """
    if text.startswith(end):
        return None
    starts = [0] if text[:2] in _FIRST_TWO else []
    for match in _control(end)(text):
        if match[0] == end + end:
            return None
        starts.append(match.start() + 1)
    known: dict[int, int] = {}
    place = at = 0
    for start in starts:
        place += text.count(end, at, start)
        at = text.index(end, start) + 1
        known[place], known[place + 1] = start, at
        place += 1
    return known


@lru_cache(maxsize=64)
def _control(end: str) -> Callable[[str], Iterator[re.Match[str]]]:
    """Finds what may be a control segment behind the end of another, and empty segments."""
    sign = re.escape(end)
    return re.compile(rf"{sign}(?:S[TE]|G[SE]|IE|TA|{sign})").finditer


def _controls(raw: bytes, but: bytes) -> bool:
    """Whether control signs other than these stand in it."""
    return len(raw.translate(None, _CONTROLS.translate(None, but))) != len(raw)


def _pieces(raw: bytes, offset: int, marks: Delimiters, cut_off: bool) -> Block:
    """The slow way: white space around separators, empty or overlong segments, signs that are odd."""
    terminator = marks.segment.encode("latin-1")
    parts = raw.split(terminator)
    lefts = [part.lstrip(SPACE) for part in parts]
    ends = accumulate((len(part) + 1 for part in parts), initial=0)
    next(ends)
    starts = array("Q", [end - 1 - len(x) for end, x in zip(ends, lefts, strict=True) if x])
    wholes = [left.rstrip(SPACE) for left in lefts if left]
    odd: dict[str, Odd] = {}
    if not all(lefts[:-1]):
        odd["segment.empty"] = Odd(lefts.index(b""), "an empty segment", EMPTY)
    judge = _Judge(marks)
    joined, longest = terminator.join(wholes), max(map(len, wholes), default=0)
    if judge.may_be_odd(joined, longest):
        for place, whole in enumerate(wholes):
            if judge.may_be_odd(whole, len(whole)):
                for one in judge.oddities(whole, place):
                    odd.setdefault(one.rule, one)
    if joined.isascii() and longest <= limits.SEGMENT_BYTES:
        texts = judge.trimmed(joined.decode("ascii")).split(marks.segment) if wholes else []
    else:
        texts = [judge.text(whole) for whole in wholes]
    listed = sorted(odd.values(), key=lambda one: one.place)
    text = "".join([one + marks.segment for one in texts])
    size = len(raw)
    return Block(
        text, marks.segment, len(texts), offset, size, starts=starts, odd=listed, cut_off=cut_off
    )


class _Judge:
    """One segment at a time, as its bytes stood."""

    def __init__(self, marks: Delimiters) -> None:
        separators = "".join(marks)
        self.element, self.segment = marks.element, marks.segment
        self.element_byte = marks.element.encode("latin-1")
        self.may_be_utf8 = separators.isascii()
        self.separators = separators.encode("latin-1")
        self.plain = bytes(n for n in range(32, 127)) + self.separators

    def may_be_odd(self, whole: bytes, longest: int) -> bool:
        """Whether it is long or holds anything but printable ASCII and separators."""
        return longest > limits.ELEMENTS or bool(whole.translate(None, self.plain))

    def oddities(self, whole: bytes, place: int) -> list[Odd]:
        """What is unusual or wrong with it; signs that were told of are no longer looked for in the segments behind it."""
        found: list[Odd] = []
        if len(whole) > limits.SEGMENT_BYTES:
            found.append(Odd(place, TOO_LONG, "segment.too_long", "8"))
        elif whole.count(self.element_byte) > limits.ELEMENTS:
            sentence = f"a segment has more than {limits.ELEMENTS} elements"
            found.append(Odd(place, sentence, "segment.elements", "8"))
        if _controls(whole, self.separators + _LINE_ENDS + b"\t"):
            sentence = "a control sign stands inside a segment"
            found.append(Odd(place, sentence, "segment.control_sign", "8"))
            self.plain += _CONTROLS.translate(None, _LINE_ENDS + b"\t")
        elif _controls(whole, self.separators):
            sentence = "a segment goes over a line end or tab"
            found.append(Odd(place, sentence, "segment.line_end"))
            self.plain += _LINE_ENDS + b"\t"
        if not whole.isascii() and not self.is_utf8(whole):
            sentence = "signs beyond ASCII, read as Latin-1"
            found.append(Odd(place, sentence, "segment.latin_1"))
            self.plain += bytes(range(128, 256))
        return found

    def is_utf8(self, whole: bytes) -> bool:
        """UTF-8 can be told only where no separator could be a part of one of its signs."""
        if not self.may_be_utf8:
            return False
        try:
            whole.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def text(self, whole: bytes) -> str:
        """Its text with every element trimmed; of a segment that is too long only the id."""
        if len(whole) > limits.SEGMENT_BYTES:
            return whole[:4].decode("latin-1").partition(self.element)[0] or "?"
        ascii_only = whole.isascii() or not self.is_utf8(whole)
        text = whole.decode("latin-1" if ascii_only else "utf-8")
        return self.trimmed(text)

    def trimmed(self, text: str) -> str:
        """Without white space beside any separator."""
        if " " not in text and "\t" not in text:
            return text
        element, segment = self.element, self.segment
        return segment.join(
            element.join([part.strip(_SPACES) for part in one.split(element)])
            if " " in one or "\t" in one
            else one
            for one in text.split(segment)
        )


EMPTY = "segment.empty"
TOO_LONG = f"a segment is longer than {limits.SEGMENT_BYTES} bytes"
