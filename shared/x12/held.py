"""The segments of a set that are in memory, as parts of the blocks in which they came."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from shared.x12.segments import Block


class Part(NamedTuple):
    """The segments of a block from first up to last, of which the first stands at `place` of the set."""

    place: int
    block: Block
    first: int
    last: int

    @property
    def end(self) -> int:
        """The place behind the last of them."""
        return self.place + self.last - self.first


class Held:
    """What is held of a set, from the place `since` up to `count`: places count from its first segment.

    The segments stay text and are split only when somebody asks for one, since whole runs of them are read at once.
    """

    __slots__ = ("_parts", "_texts", "bytes", "count", "since")

    def __init__(self, parts: list[Part] | None = None) -> None:
        self._parts = parts or []
        self._texts: list[str] | None = None
        self.since = 0
        self.count = self._parts[-1].end if self._parts else 0
        self.bytes = 0
        """Of the blocks that are held, be only a part of them the set's."""

    def __len__(self) -> int:
        return self.count - self.since

    def add(self, block: Block, first: int, last: int) -> None:
        """Append the segments of a block from first up to last."""
        part = Part(self.count, block, first, last)
        self._parts.append(part)
        if self._texts is not None:
            self._texts += block.texts[first:last]
        self.count = part.end
        self.bytes += block.size

    def drop(self, place: int) -> None:
        """Hold no segment before this place."""
        if place <= self.since:
            return
        self.since = place
        self._texts = None
        over = 0
        while over + 1 < len(self._parts) and self._parts[over].end <= place:
            self.bytes -= self._parts[over].block.size
            over += 1
        del self._parts[:over]

    def pass_over(self, count: int) -> None:
        """So many segments more came, and are not held."""
        self.count += count
        self.since = self.count

    @property
    def texts(self) -> list[str]:
        """Every segment that is held."""
        if self._texts is None:
            self._texts = []
            for place, block, first, last in self._parts:
                self._texts += block.texts[first + max(0, self.since - place) : last]
        return self._texts

    def stretches(self, place: int) -> Iterator[tuple[int, str, int]]:
        """(place of the first, text, how many) of segments that stand together, from this place on."""
        for part in list(self._parts):
            if part.end > place:
                first, block = part.first + max(0, place - part.place), part.block
                whole = block.text[block.at(first) : block.at(part.last)]
                yield max(place, part.place), whole, part.last - first

    def offset(self, place: int) -> int | None:
        """The byte of the file where the segment at this place starts."""
        nearest = bisect_right(self._parts, place, key=lambda part: part.place) - 1
        if nearest < 0:
            return None
        start, block, first, _ = self._parts[nearest]
        return block.start(place - start + first)

    def apart(self) -> "Held":
        """The same without what else stands in the blocks."""
        return Held(
            [
                Part(place, block.part(first, last), 0, last - first)
                for place, block, first, last in self._parts
            ]
        )
