"""The interchange and group around sets that are moved: everything as it stood but control numbers and counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.x12.envelope import Delimiters, TransactionSet, kind_of
from shared.x12.fields import padded

_WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_MOST = 10**9 - 1


class NotCut(ValueError):
    """Why a file is not taken apart or put together; no data of people in it."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """ISA and GS of a set, with the control numbers under which it goes on; `like` is what others must have alike."""

    isa: Sequence[str]
    gs: Sequence[str]
    marks: Delimiters
    control: int
    group: int
    like: tuple[str, ...]

    @classmethod
    def of(cls, one: TransactionSet, control: int | None, place: int) -> "Wrapping":
        """As the set has it; `control` (else its own numbers) plus `place` numbers interchange and group."""
        isa13 = _number(one.isa13, "ISA13") if control is None else control
        gs06 = _number(one.gs06, "GS06") if control is None else control
        if max(isa13, gs06) + place > _MOST:
            raise NotCut("the control numbers would need more than nine digits")
        return cls(
            one.interchange.isa,
            one.group.gs,
            one.delimiters,
            isa13 + place,
            gs06 + place,
            identity(one),
        )

    def head(self) -> list[str]:
        """ISA and GS."""
        isa = [text.strip(" ").ljust(width) for text, width in zip(self.isa, _WIDTHS, strict=True)]
        isa[13] = f"{self.control:09d}"
        gs = padded([*self.gs], 7)
        gs[6] = str(self.group)
        return [self.marks.element.join(isa), self.marks.element.join(gs)]

    def tail(self, sets: int) -> list[str]:
        """GE and IEA."""
        ends = (("GE", str(sets), str(self.group)), ("IEA", "1", f"{self.control:09d}"))
        return [self.marks.element.join(end) for end in ends]

    def refuse_other(self, one: TransactionSet, name: str) -> None:
        """Raise NotCut when a set may not stand in this group."""
        for what, ours, theirs in zip(_LIKE, self.like, identity(one), strict=True):
            if ours != theirs:
                raise NotCut(f"set {one.control} of {name} has another {what} than the first set")

    def opening(self, one: TransactionSet, st02: str) -> str:
        """An ST in our separators, renumbered."""
        return self.marks.element.join((*one.st[:2], st02, *one.st[3:]))

    def in_our_marks(self, one: TransactionSet, texts: list[str], name: str) -> list[str]:
        """Segments in our separators; NotCut when data holds one of them."""
        theirs, ours = one.delimiters, self.marks
        if theirs == ours:
            return texts
        taken = {sign for sign in ours if sign} - {sign for sign in theirs if sign}
        pairs = {a: b for a, b in zip(theirs, ours, strict=True) if a}
        lost = [a for a, b in pairs.items() if not b]
        table = str.maketrans({a: b for a, b in pairs.items() if b})
        for text in texts:
            if not taken.isdisjoint(text) or any(sign in text for sign in lost):
                sentence = "holds a separator of the first file as data"
                raise NotCut(f"set {one.control} of {name} {sentence}")
        return [text.translate(table) for text in texts]


_LIKE = (
    *("kind", "guide", "sender", "sender", "receiver", "receiver", "usage (ISA15)", "ISA version"),
    *("kind (GS01)", "sender (GS02)", "receiver (GS03)", "guide (GS08)"),
)


def identity(one: TransactionSet) -> tuple[str, ...]:
    """What sets of one group have alike: kind, guide, sender, receiver, usage and versions."""
    isa = [text.strip() for text in one.interchange.isa]
    group = one.group
    return (
        *(kind_of(one), one.version, *isa[5:9], isa[15], isa[12]),
        *(group.id, group.sender, group.receiver, group.version),
    )


def opening(one: TransactionSet, st02: str) -> str:
    """Its ST under this number."""
    return one.delimiters.element.join((*one.st[:2], st02, *one.st[3:]))


def se(one: TransactionSet, segments: int, st02: str) -> str:
    """An SE over so many segments, ST and SE not counted."""
    return one.delimiters.element.join(("SE", str(segments + 2), st02))


def encoded(texts: Iterable[str], marks: Delimiters) -> bytes:
    """Segments as bytes: UTF-8, or Latin-1 where a separator is beyond ASCII, as they were read."""
    text = "".join(f"{text}{marks.segment}" for text in texts)
    if "".join(marks).isascii():
        return text.encode("utf-8")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise NotCut("a sign cannot be written with the separators of the first file") from None


def _number(text: str, element: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise NotCut(f"{element} is no number from which others could be counted up; name one")
    return int(text)
