"""How long the elements are that we write, and which must be there: whatever is longer, a gate sends back.

One line a segment, its elements in order: the most signs, `!` for what must be there, `:` between components, `^` where
an element repeats. A segment that is not listed may hold plain elements of any length.
"""

from collections.abc import Mapping
from typing import NamedTuple

_PROCEDURE = "2!:48!:2:2:2:2:80:48"
_CODE = "3!:30!:3:35:18:15:30:30:1"
_STATUS = "30!:30!:3:30"
_TRIPLETS = "5! 18! 15 5 18 15 5 18 15 5 18 15 5 18 15 5 18 15"

_LISTED = f"""
AAA 1! 10 2! 1
AK1 2! 9! 12
AK2 3! 9! 35
AK9 1! 6! 6! 6! 3 3 3 3 3
AMT 3! 18!
BHT 4! 2! 50 8! 8 2
BPR 2! 18! 1! 3! 10 2 12 3 35 10 9 2 12 3 35 8
CAS 2! {_TRIPLETS}
CL1 1 1 2
CLP 38! 2! 18! 18! 18 2 50 2 1 2 4
CLM 38! 18! 2 2 2!:2!:1! 1 1 1 1 1 3:3:3:2:3 3 2 3 1 1 1 2 2 2
CR1 2 10 1 1 2 15 55 55 80 80
CR2 9 15 2 2 2 15 1 1 80 80 1 1
CRC 2! 1! 3! 3 3 3 3
CTP 2 3 17 15! 2!:15
DMG 3 35 1 2 10 2
DTM 3! 8
DTP 3! 3! 35!
EB 2! 3 2^ 3 50 2 18 10 2 15 1 1 2:48:2:2:2:2:80:48 2:2:2:2
EQ 2^ {_PROCEDURE.replace("!", "")} 3 3 2:2:2:2
HCR 2! 50 30 1
HI {" ".join([_CODE, *["3:30:3:35:18:15:30:30:1"] * 11])}
HL 12! 12 2! 1
HSD 2 15 2 6 2 3 2 1
III 3 30 2 264
IK3 3! 10! 6 3
IK5 1! 3 3 3 3 3
INS 1! 2! 3 3 1 9 2 1 1 3 35 1 30 2 3 2 9
LIN 20 2! 48!
LQ 3! 30!
LX 6!
MOA 10 18 50 50 50 50 50 18 18
MPI 1 2 1 80 2 3 35
MSG 264!
N1 3! 60 2 80
N3 55! 55
N4 30! 2 15 3 2 30 3
NM1 3! 1! 60 35 25 10 10 2 80 2 3 60
NTE 3! 80!
OI 2 2 1! 1 1 1!
PAT 2 1 2 1 3 35 2 10 1
PER 2! 60 2 256 2 256 2 256
PRV 3! 3 50 2
PWK 2! 2! 2 3 2 80 80
QTY 2! 15!
REF 3! 50! 80
SBR 1! 2 50 60 3 1 1 2 2
STC {_STATUS} 8 2 18 18 8 3 8 16 {_STATUS.replace("!", "")} {_STATUS.replace("!", "")} 264
SV1 {_PROCEDURE} 18! 2! 15! 2 2 2:2:2:2 18 1 1 2 1 1 1 1
SV2 48! {_PROCEDURE.replace("!", "")} 18! 2! 15! 10 18
SV3 {_PROCEDURE} 18 2 3:3:3:3:3 1 15
SVC {_PROCEDURE} 18! 18 48 15 {_PROCEDURE.replace("!", "")} 15
SVD 80! 18! {_PROCEDURE.replace("!", "")} 48 15! 6
TOO 3! 30! 2:2:2:2:2
TRN 2! 50! 10 50
UM 2! 1! 2 2:2:1 2:3:3:2:3 3 1 1 1 2
CTX 99:99 10 6 99 99
IK4 4:2:12 4 3 99
PLB 50! 8! 2:50 18 2:50 18 2:50 18 2:50 18 2:50 18 2:50 18
""".strip().splitlines()


class Element(NamedTuple):
    """One element: the most signs of each component and which must be there."""

    most: tuple[int, ...]
    needed: tuple[bool, ...]
    repeats: bool

    @property
    def is_composite(self) -> bool:
        """Whether it may hold more than one component."""
        return len(self.most) > 1


def _element(text: str) -> Element:
    parts = text.strip("^").split(":")
    most = tuple(int(part.strip("!")) for part in parts)
    return Element(most, tuple("!" in part for part in parts), "^" in text)


ELEMENTS: Mapping[str, tuple[Element, ...]] = {
    line.split(" ", 1)[0]: tuple(map(_element, line.split()[1:])) for line in _LISTED
}


class Misfit(NamedTuple):
    """An element that does not fit, from 1, and why."""

    position: int
    sentence: str


TOO_LONG, MISSING = "an element is too long", "an element that must be there is empty"
DELIMITER = "data holds a delimiter"


def misfit(tag: str, elements: list[str], *, sizes: bool) -> Misfit | None:
    """The first element that does not fit its place; without `sizes` only separators are looked at."""
    listed = ELEMENTS.get(tag, ())
    for position, text in enumerate(elements, 1):
        known = listed[position - 1] if position <= len(listed) else None
        plain = known is None or not known.is_composite
        if (":" in text and plain) or ("^" in text and not (known and known.repeats)):
            return Misfit(position, DELIMITER)
        if known is not None:
            sentence = _element_misfit(text, known, sizes)
            if sentence:
                return Misfit(position, sentence)
    for position, known in enumerate(listed[len(elements) :], len(elements) + 1):
        if sizes and known.needed[0]:
            return Misfit(position, MISSING)
    return None


def _element_misfit(text: str, known: Element, sizes: bool) -> str:
    for one in text.split("^") if known.repeats else (text,):
        parts = one.split(":")
        if len(parts) > len(known.most):
            return DELIMITER
        if not sizes:
            continue
        if any(len(part) > most for part, most in zip(parts, known.most, strict=False)):
            return TOO_LONG
        there = [bool(part) for part in parts] + [False] * len(known.most)
        needed = known.needed if text or known.needed[0] else ()
        if any(need and not has for need, has in zip(needed, there, strict=False)):
            return MISSING
    return ""
