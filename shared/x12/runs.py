"""Runs of segments as nearly every file has them, found in its text and taken apart at once.

They save time and decide nothing: what looks in any way different is read segment by segment, and means the same.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from shared.x12.segments import Delimiters

V = TypeVar("V")
Taken = tuple[Any, ...]
"""What stood at the places of a shape; None where its segment was left out."""
AT_ONCE = 1_024
"""Segments whose text is looked at together: few enough for the cache, and few runs go over its end."""


class Run(NamedTuple):
    """Segments that follow each other.

    `match` finds them at a place of the text. `take` is given the place of the first one, how many were found and
    what stood in them. It says whether it has read them; if not, it has done nothing.
    """

    match: Callable[[str, int], "re.Match[str] | None"]
    take: Callable[[int, int, Taken], bool]
    ends_claim: bool = False


@lru_cache(maxsize=64)
def pattern(shape: str, marks: Delimiters) -> Callable[[str, int], "re.Match[str] | None"]:
    """Finds segments that look like a shape, whatever separators a file has.

    A shape is written as X12 is printed, a segment a line: `_` is what is taken, all else must stand there exactly.
    A `?` before a segment says that it may be left out; `__` is all that a segment still has, separators too.

    An element is not looked at for a segment's end, as that would take twice the time. So a segment that is shorter
    than its shape can run into the next one, and there are more segments in what was found than the shape has.
    """
    return re.compile("".join(_segment(line, marks) for line in shape.split())).match


@lru_cache(maxsize=64)
def starts(marks: Delimiters, signs: tuple[str, ...]) -> Callable[[str, int], "re.Match[str] | None"]:
    """Finds the end of the segment behind which the next one starts with any of these signs."""
    any_of = "|".join(map(re.escape, signs))
    return re.compile(f"{re.escape(marks.segment)}(?={any_of})").search


def _segment(shape: str, marks: Delimiters) -> str:
    element, end = re.escape(marks.element), re.escape(marks.segment)
    signs = {"_": f"([^{element}]*+)", "__": f"([^{end}]*+)"}
    *elements, last = shape.removeprefix("?").split("*")
    signs_of_last = signs | {"_": f"([^{element}{end}]*+)"}
    found = [*(signs.get(text, text) for text in elements), signs_of_last.get(last, last)]
    whole = element.join(found) + end
    return f"(?:{whole})?" if shape.startswith("?") else whole


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

    def __missing__(self, text: str) -> V:
        value = self._work(text)
        if len(self) >= self.MOST:
            self.clear()
        if len(text) <= self.LONGEST:
            self[text] = value
        return value
