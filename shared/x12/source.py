"""A file as it comes, at constant memory: the delimiters of every ISA, then blocks of whole segments up to its IEA."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.x12 import limits
from shared.x12.segments import SPACE, TOO_LONG, Block, Delimiters, block_of

_BOM = b"\xef\xbb\xbf"
_PADDING = b"\x00\x1a" + _BOM + SPACE
_EBCDIC = "ISA".encode("cp037")
_ISA_REACH = 400
"""An ISA whose elements are all overlong still ends within this many bytes."""
_LOOK_BACK = 64
_LEAST = 8_192
"""What is held at least before segments are looked for, however small the chunks are."""
_INTERCHANGE = re.compile(rb"I(?:SA|EA)(?![A-Za-z0-9 ])")
_HEAD = re.compile(rb"ISA([^A-Za-z0-9 ])..\1.{10}\1..\1.{10}\1..\1.{15}\1", re.DOTALL)
"""An ISA beyond doubt, wherever it stands."""


class Trouble(Exception):
    """These bytes cannot be read as X12: where, why, and the TA1 code for it. Nothing is read behind a final one."""

    def __init__(
        self,
        offset: int,
        sentence: str,
        code: str = "024",
        element: str = "",
        rule: str = "",
        final: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.offset = offset
        self.sentence = sentence
        self.code = code
        self.element = element
        self.rule = rule
        self.final = final


class Head(NamedTuple):
    """An ISA. `odd` are sentences about what is unusual but can be read."""

    elements: list[str]
    delimiters: Delimiters
    offset: int
    odd: list[str]


class Source:
    """Holds one chunk and at most one unfinished segment."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = _of_even_size(chunks)
        self._held = b""
        self._ended = False
        self.offset = 0

    def _more(self, size: int) -> None:
        """Hold at least this many bytes, or all there are."""
        parts, have = [self._held], len(self._held)
        while have < size and not self._ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            else:
                parts.append(chunk)
                have += len(chunk)
        if len(parts) > 1:
            self._held = b"".join(parts)

    def _drop(self, count: int) -> bytes:
        gone, self._held = self._held[:count], self._held[count:]
        self.offset += count
        return gone

    def skip_space(self) -> bool:
        """Pass over white space; False at the end of the file."""
        return self._skip(SPACE)

    def _skip(self, signs: bytes) -> bool:
        while True:
            self._more(1)
            left = self._held.lstrip(signs)
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
            sentence = "the file is compressed, not X12"
            raise Trouble(self.offset, sentence, rule="file.compressed", final=True)
        if self._held.startswith(_EBCDIC):
            sentence = "the file is EBCDIC; it must be sent as ASCII"
            raise Trouble(self.offset, sentence, rule="file.ebcdic", final=True)
        if self._held[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in self._held[:4]:
            sentence = "the file is UTF-16 or binary, not X12"
            raise Trouble(self.offset, sentence, rule="file.binary", final=True)

    def at_isa(self) -> bool:
        """Whether an ISA starts here."""
        self._more(4)
        return self._held[:3] == b"ISA" and not self._held[3:4].isalnum()

    def skip_padding(self) -> bool:
        """Pass over what fills up the last block of a file on some systems; False at the end of the file."""
        return self._skip(_PADDING)

    def skip_to_isa(self) -> bool:
        """Pass over everything up to the next ISA that does not start here; False when there is none."""
        self._drop(1)
        while True:
            self._more(_LEAST)
            for match in _INTERCHANGE.finditer(self._held):
                at = match.start()
                if self._held[at : at + 3] == b"ISA" and self._is_head(at):
                    self._drop(at)
                    return True
            if self._ended:
                self._drop(len(self._held))
                return False
            self._drop(max(0, len(self._held) - _ISA_REACH))

    def _is_head(self, at: int) -> bool:
        """Whether an ISA stands here for sure, or by itself after a line end or any sign that ends a segment."""
        if _HEAD.match(self._held, at):
            return True
        before = self._held[at - 1 : at]
        by_itself = not before or not (before.isalnum() or before in b" *|:>^")
        return by_itself and self._held.count(self._held[at + 3 : at + 4], at, at + _ISA_REACH) > 15

    def head(self) -> Head:
        """The ISA that starts here; Trouble when it is none."""
        self._more(_ISA_REACH)
        held, offset = self._held, self.offset
        places = _separators(held, offset)
        separator, end = held[3:4], places[15]
        marks = held[end + 1 : end + 3]
        if len(marks) < 2:
            raise Trouble(offset, "the ISA is cut off", element="ISA16", rule="isa.cut_off")
        elements = held[:end].decode("latin-1").split(separator.decode("latin-1"))
        component, terminator = chr(marks[0]), chr(marks[1])
        delimiters = _checked(offset, chr(separator[0]), component, terminator, elements)
        self._drop(end + 3)
        odd = [] if end + 3 == 106 else [f"the ISA is {end + 3} bytes long, not 106"]
        return Head([*elements, component], delimiters, offset, odd)

    def block(self, marks: Delimiters, *, give_up: bool = False) -> Block | None:
        """The next whole segments up to an IEA or before another ISA; None at either's place or the end.

        A segment that is too long is passed over, or is Trouble when it is to `give_up` at it.
        """
        self._more(_LEAST)
        if not self.skip_space() or self.at_isa():
            return None
        terminator = marks.segment.encode("latin-1")
        end = self._held.rfind(terminator)
        while end < 0 and not self._ended:
            if len(self._held) > limits.SEGMENT_BYTES:
                if give_up:
                    rule = "segment.too_long"
                    raise Trouble(self.offset, TOO_LONG, rule=rule, final=True)
                return self._overlong(marks, terminator)
            self._more(2 * len(self._held))
            end = self._held.rfind(terminator)
        end = self._interchange_end(len(self._held) if end < 0 else end + 1, terminator)
        offset = self.offset
        raw = self._drop(end)
        whole = raw if raw.endswith(terminator) else raw.rstrip(SPACE)
        cut_off = not whole.endswith(terminator) and terminator not in raw[len(whole) :]
        return block_of(whole, offset, marks, cut_off)

    def _overlong(self, marks: Delimiters, terminator: bytes) -> Block:
        """A segment of any length, of which only the id is kept."""
        offset, start = self.offset, self._held[: limits.SEGMENT_BYTES + 1]
        end = -1
        while end < 0 and self._held:
            self._drop(len(self._held))
            self._more(1)
            end = self._held.find(terminator)
        self._drop(end + 1)
        return block_of(start, offset, marks, not self._held and end < 0)

    def _interchange_end(self, end: int, terminator: bytes) -> int:
        """Where the block must end: after its IEA, or before an ISA without one."""
        for match in _INTERCHANGE.finditer(self._held, 0, end):
            at = match.start()
            first = self._starts_segment(at, terminator)
            if self._held[at : at + 3] == b"ISA":
                if at > 0 and (first or _HEAD.match(self._held, at)):
                    return at
            elif first:
                stop = self._held.find(terminator, at, end)
                stop = end if stop < 0 else stop + 1
                another = _HEAD.search(self._held, at, stop)
                return another.start() if another else stop
        return end

    def _starts_segment(self, at: int, terminator: bytes) -> bool:
        """Whether nothing but white space stands between this byte and the end of another segment."""
        before = self._held[max(0, at - _LOOK_BACK) : at]
        left = before.rstrip(SPACE)
        return not left or left.endswith(terminator) or terminator in before[len(left) :]


def _separators(held: bytes, offset: int) -> list[int]:
    """Where the 16 element separators of an ISA stand."""
    places, at = [3], 3
    for _ in range(15):
        at = held.find(held[3:4], at + 1, _ISA_REACH)
        if at < 0:
            sentence = "the ISA has fewer than 16 elements"
            raise Trouble(offset, sentence, element="ISA", rule="isa.elements")
        places.append(at)
    return places


def _checked(
    offset: int, separator: str, component: str, terminator: str, isa: list[str]
) -> Delimiters:
    marks = (separator, component, terminator)
    if len(set(marks)) < 3 or any(m.isalnum() or m == " " for m in marks):
        sentence = "the ISA's separators are not three different signs"
        raise Trouble(offset, sentence, element="ISA16", rule="isa.separators")
    repetition = isa[11] if isa[12].strip() >= "00405" else ""
    if len(repetition) != 1 or repetition.isalnum() or repetition in marks or repetition == " ":
        repetition = ""
    return Delimiters(separator, component, terminator, repetition)


def _of_even_size(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, large ones in pieces: what is held is copied now and then, and must stay small."""
    for chunk in chunks:
        if len(chunk) <= limits.CHUNK_BYTES:
            yield chunk
        else:
            yield from in_chunks(chunk)


def in_chunks(data: bytes, size: int = limits.CHUNK_BYTES) -> Iterator[bytes]:
    """Bytes in hand as a source of chunks."""
    for at in range(0, len(data), size):
        yield data[at : at + size]
