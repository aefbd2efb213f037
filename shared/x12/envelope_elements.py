"""What an ISA and a GS say of themselves, held against what may stand there.

Nobody's money hangs on it, so all of it are warnings: a TA1 that is asked for takes such an interchange with errors (E).
The codes are those of TA105.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from shared.x12.dates import day_or_none
from shared.x12.guides import codes

_WAYS = codes("01 14 20 27 28 29 30 33 ZZ")
"""How a trading partner may be identified (ISA05, ISA07)."""
_VERSIONS = codes("00401 00501")
"""ISA12 of the guides that are read here, and of those before."""
_FIRST_WITH_REPETITION = "00402"
_HHMM = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d").fullmatch
_TIME = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d{0,2})?").fullmatch
_NINE_DIGITS = re.compile(r"[0-9]{9}").fullmatch


class Doubt(NamedTuple):
    """What is wrong with one element: TA105 code (empty in a GS), and what to say of it."""

    element: str
    code: str
    sentence: str


def doubts_of_isa(isa: Sequence[str], repetition: str) -> Iterator[Doubt]:
    """Of the 16 elements of an ISA; `repetition` is the separator that was made of ISA11, empty when it is none."""
    e = [text.strip() for text in isa]
    for position, code, who in ((5, "005", "sender"), (7, "007", "receiver")):
        if e[position] not in _WAYS:
            yield Doubt(f"ISA{position:02d}", code, f"the {who}'s id is of an unknown kind")
    for position, code, who in ((6, "006", "sender"), (8, "008", "receiver")):
        if not e[position]:
            yield Doubt(f"ISA{position:02d}", code, f"the {who} is not named")
    if day_or_none(_with_century(e[9])) is None:
        yield Doubt("ISA09", "014", "not a date")
    if not _is(_HHMM, e[10]):
        yield Doubt("ISA10", "015", "not a time")
    if e[12] not in _VERSIONS:
        yield Doubt("ISA12", "017", "a version that is not known here")
    elif e[12] >= _FIRST_WITH_REPETITION and not repetition:
        yield Doubt("ISA11", "024", "no sign of its own separates repetitions")
    if not _is(_NINE_DIGITS, e[13]):
        yield Doubt("ISA13", "018", "a control number that has not nine digits")
    if e[14] not in ("0", "1"):
        yield Doubt("ISA14", "019", "it does not say whether a TA1 is wanted")
    if e[15] not in ("P", "T"):
        yield Doubt("ISA15", "020", "it does not say whether it is production or a test")


def doubts_of_gs(gs: Sequence[str]) -> Iterator[Doubt]:
    """Of the day, the time and the agency of a GS."""
    e = [*gs, *[""] * 9]
    if day_or_none(e[4]) is None:
        yield Doubt("GS04", "", "not a date")
    if not _is(_TIME, e[5]):
        yield Doubt("GS05", "", "not a time")
    if e[7] != "X":
        yield Doubt("GS07", "", "a code that the guide has not")


def _is(pattern: Callable[[str], object], text: str) -> bool:
    return text.isascii() and pattern(text) is not None


def _with_century(yymmdd: str) -> str:
    """ISA09 as CCYYMMDD; an interchange is of this century."""
    return f"20{yymmdd}" if len(yymmdd) == 6 else ""
