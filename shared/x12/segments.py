"""Bytes to segments at constant memory: the delimiters of every ISA, then blocks of whole segments.

A block is cut at C speed; where its segments start is worked out only for those that a finding names.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from shared.x12 import limits

SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_ISA_REACH = 400
"""An ISA whose elements are all overlong still ends within this many bytes."""
_INTERCHANGE = re.compile(rb"I(?:SA|EA)(?![A-Za-z0-9 ])")


class Delimiters(NamedTuple):
    """The four separators of one interchange; `repetition` is empty before version 5010."""

    element: str
    component: str
    segment: str
    repetition: str


class Trouble(Exception):
    """These bytes cannot be X12: where, why, and the TA1 code for it."""

    def __init__(self, offset: int, sentence: str, code: str = "024", element: str = "") -> None:
        super().__init__(sentence)
        self.offset = offset
        self.sentence = sentence
        self.code = code
        self.element = element


class Head(NamedTuple):
    """An ISA. `odd` are sentences about what is unusual but can be read."""

    elements: list[str]
    delimiters: Delimiters
    offset: int
    odd: list[str]


class Block(NamedTuple):
    """Whole segments of one interchange, in order, none empty.

    `starts` are the bytes where they start, or None when each starts `gap` bytes after the end of the one before.
    """

    texts: list[str]
    offset: int
    gap: int
    starts: list[int] | None
    odd: list[str]
    cut_off: bool = False

    def start(self, place: int) -> int:
        """Where the segment at this place starts."""
        if self.starts is not None:
            return self.starts[place]
        return self.offset + sum(map(len, self.texts[:place])) + self.gap * place


class Source:
    """A file as it comes. Holds one chunk and at most one unfinished segment."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = b""
        self._ended = False
        self.offset = 0

    def _more(self, size: int) -> None:
        """Hold at least this many bytes, or all there are."""
        while len(self._held) < size and not self._ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            elif chunk:
                self._held += chunk

    def _drop(self, count: int) -> bytes:
        gone, self._held = self._held[:count], self._held[count:]
        self.offset += count
        return gone

    def skip_space(self) -> bool:
        """Pass over white space; False at the end of the file."""
        while True:
            self._more(1)
            left = self._held.lstrip(SPACE)
            self._drop(len(self._held) - len(left))
            if self._held or self._ended:
                return bool(self._held)

    def first_is_bom(self) -> bool:
        """Pass over a byte order mark at the start of the file."""
        self._more(4)
        found = self._held.startswith(_BOM)
        if found:
            self._drop(len(_BOM))
        return found

    def refuse_what_is_not_text(self) -> None:
        """Trouble for compressed files and other encodings, which would otherwise only say: no ISA."""
        self._more(4)
        if self._held[:2] in (b"\x1f\x8b", b"PK"):
            raise Trouble(self.offset, "the file is compressed, not X12")
        if self._held[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in self._held[:4]:
            raise Trouble(self.offset, "the file is UTF-16 or binary, not X12")

    def at_isa(self) -> bool:
        """Whether an ISA starts here."""
        self._more(4)
        return self._held[:3] == b"ISA" and not self._held[3:4].isalnum()

    def only(self, signs: bytes) -> bool:
        """Whether nothing but these signs is held; for what may follow the end of a file."""
        self._more(64)
        return not self._held.strip(signs)

    def head(self) -> Head:
        """The ISA that starts here; Trouble when it is none."""
        self._more(_ISA_REACH)
        if not self.at_isa():
            raise Trouble(self.offset, "an interchange does not start with ISA")
        held, offset = self._held, self.offset
        places = _separators(held, offset)
        separator, end = held[3:4], places[15]
        marks = held[end + 1 : end + 3]
        if len(marks) < 2:
            raise Trouble(offset, "the ISA is cut off", element="ISA16")
        elements = held[:end].decode("latin-1").split(separator.decode("latin-1"))
        component, terminator = chr(marks[0]), chr(marks[1])
        delimiters = _checked(offset, chr(separator[0]), component, terminator, elements)
        self._drop(end + 3)
        odd = [] if end + 3 == 106 else [f"the ISA is {end + 3} bytes long, not 106"]
        return Head([*elements, component], delimiters, offset, odd)

    def block(self, marks: Delimiters) -> Block | None:
        """The next whole segments up to an IEA or before another ISA; None at either's place or the end."""
        if not self.skip_space() or self.at_isa():
            return None
        terminator = marks.segment.encode("latin-1")
        end = self._held.rfind(terminator)
        while end < 0 and not self._ended:
            if len(self._held) > limits.SEGMENT_BYTES:
                raise Trouble(self.offset, _TOO_LONG)
            self._more(len(self._held) + 1)
            end = self._held.rfind(terminator)
        cut_off = end < 0
        if cut_off:
            end = len(self._held)
        end = self._interchange_end(end, terminator)
        offset = self.offset
        raw = self._drop(min(end + 1, len(self._held)))
        return _block(raw[:end], offset, terminator, marks, cut_off)

    def _interchange_end(self, end: int, terminator: bytes) -> int:
        """Where the block must end: with the terminator of its IEA, or before an ISA without one."""
        for match in _INTERCHANGE.finditer(self._held, 0, end + 4):
            at = match.start()
            before = self._held[max(0, at - 16) : at].rstrip(SPACE)
            if before and not before.endswith(terminator):
                continue
            if self._held[at : at + 3] == b"IEA":
                stop = self._held.find(terminator, at, end + 1)
                return stop if stop >= 0 else end
            if at > 0:
                return len(self._held[:at].rstrip(SPACE)) - 1
        return end


_TOO_LONG = f"a segment is longer than {limits.SEGMENT_BYTES} bytes"


def _separators(held: bytes, offset: int) -> list[int]:
    """Where the 16 element separators of an ISA stand."""
    places, at = [3], 3
    for _ in range(15):
        at = held.find(held[3:4], at + 1, _ISA_REACH)
        if at < 0:
            raise Trouble(offset, "the ISA has fewer than 16 elements", element="ISA")
        places.append(at)
    return places


def _checked(
    offset: int, separator: str, component: str, terminator: str, isa: list[str]
) -> Delimiters:
    marks = (separator, component, terminator)
    if len(set(marks)) < 3 or any(m.isalnum() or m == " " for m in marks):
        raise Trouble(offset, "the ISA's separators are not three different signs", element="ISA16")
    repetition = isa[11] if isa[12].strip() >= "00405" else ""
    if len(repetition) != 1 or repetition.isalnum() or repetition in marks or repetition == " ":
        repetition = ""
    return Delimiters(separator, component, terminator, repetition)


def _block(raw: bytes, offset: int, terminator: bytes, marks: Delimiters, cut_off: bool) -> Block:
    """Split at once where every segment ends alike and nothing is to be trimmed, else piece by piece."""
    if raw.isascii() and not cut_off:
        text = raw.decode("ascii")
        whole = _same_end(text, marks.segment)
        if whole and not _is_loose(text, marks):
            texts = text.split(whole)
            if all(texts) and max(map(len, texts)) <= limits.SEGMENT_BYTES:
                return Block(_counted(texts, offset, marks), offset, len(whole), None, [])
    return _pieces(raw, offset, terminator, marks, cut_off)


def _same_end(text: str, segment: str) -> str:
    """The terminator with the line end that follows every one of them; empty when they differ."""
    count = text.count(segment)
    for line_end in ("", "\r\n", "\n"):
        whole = segment + line_end
        alike = text.count(whole) == count
        if alike and all(text.count(sign) == whole.count(sign) * count for sign in "\r\n"):
            return whole
    return ""


def _is_loose(text: str, marks: Delimiters) -> bool:
    """Whether white space stands beside a separator, so that elements must be trimmed."""
    element, segment = marks.element, marks.segment
    around = (" " + element, element + " ", segment + " ", " " + segment, "\t")
    return text[-1:] == " " or any(pair in text for pair in around)


def _pieces(raw: bytes, offset: int, terminator: bytes, marks: Delimiters, cut_off: bool) -> Block:
    """The slow way: white space around separators, empty segments, signs beyond ASCII."""
    parts = raw.split(terminator)
    ends = accumulate(len(part) + 1 for part in parts)
    odd: list[str] = []
    texts, starts = [], []
    for part, end in zip(parts, ends, strict=True):
        if len(part) > limits.SEGMENT_BYTES:
            raise Trouble(offset + end - 1 - len(part), _TOO_LONG)
        whole = part.lstrip(SPACE)
        text = _text(whole.rstrip(SPACE), marks, odd)
        if text:
            texts.append(_trimmed(text, marks.element))
            starts.append(offset + end - 1 - len(whole))
        elif end <= len(raw):
            odd.append("an empty segment")
    return Block(_counted(texts, offset, marks), offset, 0, starts, odd, cut_off)


def _trimmed(text: str, element: str) -> str:
    if " " not in text:
        return text
    return element.join(part.strip() for part in text.split(element))


def _text(raw: bytes, marks: Delimiters, odd: list[str]) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    if max(map(ord, marks.element + marks.component + marks.segment)) < 128:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
    odd.append("signs beyond ASCII, read as Latin-1")
    return raw.decode("latin-1")


def _counted(texts: list[str], offset: int, marks: Delimiters) -> list[str]:
    """Refuse what has more elements than any segment; only long texts can."""
    for text in texts:
        if len(text) > limits.ELEMENTS and text.count(marks.element) > limits.ELEMENTS:
            raise Trouble(offset, f"a segment has more than {limits.ELEMENTS} elements")
    return texts


def in_chunks(data: bytes, size: int = limits.CHUNK_BYTES) -> Iterator[bytes]:
    """Bytes in hand as a source of chunks."""
    for at in range(0, len(data), size):
        yield data[at : at + size]
