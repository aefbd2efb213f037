"""Runs of segments as nearly every file has them, found in its text and taken apart at once.

They save time and decide nothing: what looks in any way different is read segment by segment, and means the same.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from shared.x12.segments import Delimiters

V = TypeVar("V")
Found = re.Match[str]
"""Segments that look like a shape; its groups are what stood at the places, None where a segment was left out."""
Reached = tuple[int, int]
"""The place behind the segments that were read, and where in the text it is."""

_PRINTED = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))


Match = Callable[[str, int], Found | None]
"""Finds segments that follow each other at a place of the text."""
Take = Callable[[int, Found], Reached | None]
"""Given the place of the first one and what was found, reads it, and on as far as it likes.

It says how far it came; None when it has done nothing.
"""
Run = tuple[Match, Take, bool]
"""Who finds, who takes, and whether a claim that is open ends there."""


@lru_cache(maxsize=64)
def pattern(shape: str, marks: Delimiters) -> Match:
    """Finds segments that look like a shape, whatever separators a file has.

    A shape is written as X12 is printed, a segment a line: `_` is what is taken, all else must stand there exactly.
    A `?` before a segment says that it may be left out; `__` is all that a segment still has, separators too. Signs
    that Latin-1 does not have, or does not print, look like no shape.
    """
    return re.compile("".join(_segment(line, marks) for line in shape.split())).match


@lru_cache(maxsize=64)
def starts(marks: Delimiters, signs: tuple[str, ...]) -> Match:
    """Finds the end of the segment behind which the next one starts with any of these signs."""
    any_of = "|".join(map(re.escape, signs))
    return re.compile(f"{re.escape(marks.segment)}(?={any_of})").search


def _segment(shape: str, marks: Delimiters) -> str:
    element, end = re.escape(marks.element), re.escape(marks.segment)
    # Signs that are listed are looked up at once; of those left out each would be compared.
    listed = re.escape(_PRINTED.replace(marks.element, "").replace(marks.segment, ""))
    signs = {"_": f"([{listed}]*+)", "__": f"([^{end}]*+)"}
    whole = element.join(signs.get(text, text) for text in shape.removeprefix("?").split("*")) + end
    return (
        f"(?:{whole}|)" if shape.startswith("?") else whole
    )  # An empty choice costs less than a `?`.


class Remembered(dict[str, V]):
    """What a function gives for a text; a file says the same ones again and again, and asking a dict costs no call.

    The function must not know the reader that asks, or both would be held until the collector comes.
    """

    MOST = 4_096
    LONGEST = 200
    """Signs of a text; nothing longer is remembered."""

    def __init__(self, work: Callable[[str], V]) -> None:
        super().__init__()
        self._work = work
        self.missed = 0
        """How often a text was not there yet."""

    def __missing__(self, text: str) -> V:
        self.missed += 1
        value = self._work(text)
        if len(self) >= self.MOST:
            self.clear()
        if len(text) <= self.LONGEST:
            self[text] = value
        return value
