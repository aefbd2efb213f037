"""The claims of one set dealt out to parts, each part with header and the levels (HL) that its claims hang under."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.x12.cutting_envelope import NotCut
from shared.x12.envelope import TransactionSet
from shared.x12.fields import padded

_DEPTHS = {"20": 0, "22": 1, "23": 2}


@dataclass(slots=True)
class _Level:
    """One HL as it stood, with what stands between it and its first claim. `number` is its HL01 in the open part."""

    hl: list[str]
    segments: list[str] = field(default_factory=list)
    number: int = 0
    written: bool = False


@dataclass(frozen=True, slots=True)
class _Hl:
    """An HL in a part."""

    number: int
    parent: int
    code: str
    had_flag: bool
    more: tuple[str, ...]


@dataclass(slots=True)
class _Part:
    """What goes into one part: its levels by number, and claims."""

    entries: list[tuple[_Hl | None, list[str]]] = field(default_factory=list)
    parents: set[int] = field(default_factory=set)
    levels: int = 0
    claims: int = 0


class _Dealing:
    """The state of dealing out one set."""

    def __init__(self, one: TransactionSet, most: int) -> None:
        self.one, self.most = one, most
        self.element = one.delimiters.element
        self.header: list[str] = []
        self.chain: list[_Level] = []
        self.claim: list[str] | None = None
        self.part = _Part()
        self.done: list[list[str]] = []

    def take(self, text: str) -> None:
        tag = text.partition(self.element)[0]
        if tag == "HL":
            self.end_claim()
            self.level(text.split(self.element))
        elif tag == "CLM":
            self.end_claim()
            if not self.chain:
                raise NotCut("a claim stands under no level")
            self.claim = [text]
        elif self.claim is not None:
            self.claim.append(text)
        else:
            (self.chain[-1].segments if self.chain else self.header).append(text)

    def level(self, hl: list[str]) -> None:
        """Open a level under those that are open; those that it closes and that had no claim are kept all the same."""
        _, _, parent, code, *_ = padded(hl, 5)
        depth = _DEPTHS.get(code)
        if depth is None or depth > len(self.chain):
            raise NotCut(f"a level (HL) of set {self.one.control} stands under no fit parent")
        above = self.chain[depth - 1].hl[1] if depth else ""
        if parent != above:
            raise NotCut(f"a level (HL) of set {self.one.control} is not under the one before it")
        self.keep(depth)
        del self.chain[depth:]
        self.chain.append(_Level(hl))

    def keep(self, depth: int) -> None:
        """Write the levels from this depth on that no claim has written."""
        if any(not level.written for level in self.chain[depth:]):
            self.write_levels()

    def write_levels(self) -> None:
        parent = 0
        for level in self.chain:
            if not level.number:
                self.part.levels += 1
                level.number, level.written = self.part.levels, True
                _, _, _, code, flag, *more = padded(level.hl, 5)
                made = _Hl(level.number, parent, code, bool(flag), tuple(more))
                self.part.entries.append((made, level.segments))
                self.part.parents.add(parent)
            parent = level.number

    def end_claim(self) -> None:
        if self.claim is None:
            return
        if self.part.claims >= self.most:
            self.end_part()
        self.write_levels()
        self.part.entries.append((None, self.claim))
        self.part.claims += 1
        self.claim = None

    def end_part(self) -> None:
        texts = [*self.header]
        for hl, segments in self.part.entries:
            if hl is not None:
                texts.append(self.text_of(hl))
            texts += segments
        self.done.append(texts)
        self.part = _Part()
        for level in self.chain:
            level.number = 0

    def text_of(self, hl: _Hl) -> str:
        flag = ("1" if hl.number in self.part.parents else "0") if hl.had_flag else ""
        parent = str(hl.parent) if hl.parent else ""
        made = ("HL", str(hl.number), parent, hl.code, flag, *hl.more)
        return self.element.join(made).rstrip(self.element)


def parts_of_claims(one: TransactionSet, most: int) -> Iterator[list[str]]:
    """The segments of each part, ST and SE left out: at most `most` claims, one part at least."""
    dealing = _Dealing(one, most)
    for _, texts in one.batches():
        for text in texts:
            dealing.take(text)
        yield from dealing.done
        dealing.done.clear()
    dealing.end_claim()
    dealing.keep(0)
    dealing.end_part()
    yield from dealing.done
