"""What a guide says of how a set is built: its table of loops and segments, and where each segment leads.

The tables are data in each set's `guide`. Where a segment leads from a state of the open loops is worked out once and
remembered, so that a walk costs less than reading the set.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from shared.x12 import limits
from shared.x12.envelope import shown_tag
from shared.x12.findings import Severity

Codes = frozenset[str]
HEADER = "header"
"""Where a segment stands that is in no loop."""
ANY = 0
"""As often as one likes."""


def codes(text: str) -> Codes:
    """Codes as a table lists them, with spaces between."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Seg:
    """One use of a segment in a loop: `must` it be there, and at `most` how often (0: as often as one likes).

    One that is only `usual` must be there too, but so many senders leave it out that its lack is a note. `only` are the
    qualifiers at element `at` that tell this use from another. `needs` are the elements that must be there, `both` such
    of which none or both are, `allowed` the codes of an element, `elements` how many it may have.
    """

    tag: str
    must: bool = False
    usual: bool = False
    most: int = 1
    only: Codes | None = None
    at: int = 1
    needs: tuple[int, ...] = ()
    both: tuple[tuple[int, int], ...] = ()
    allowed: Mapping[int, Codes] = field(default_factory=dict)
    elements: int = limits.ELEMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop; it starts with the first of its parts, which must be a segment.

    One that is `implied` is entered without it too: the lack is named once, and what is in the loop is judged as ever.
    """

    id: str
    parts: Sequence["Seg | Loop"]
    must: bool = False
    most: int = ANY
    implied: bool = False


def faults_of(seg: Seg, s: list[str]) -> Iterator[tuple[int, str, str]]:
    """The elements that are wrong with a segment: (position, sentence, IK4 code)."""
    count = len(s)
    for position in seg.needs:
        if position >= count or not s[position]:
            yield position, "an element that must be there is missing", "1"
    for position, allowed in seg.allowed.items():
        if position < count and s[position] and s[position] not in allowed:
            yield position, "a code that the guide has not", "7"
    if count - 1 > seg.elements:
        yield seg.elements + 1, "more elements than the guide has", "3"
    for one, other in seg.both:
        has_one, has_other = (p < count and s[p] != "" for p in (one, other))
        if has_one != has_other:
            yield (other if has_one else one), "an element whose pair is there is missing", "2"


class _Node:
    """A loop of a guide, its parts, and in which order they stand."""

    def __init__(self, loop: Loop, parent: "_Node | None") -> None:
        self.loop = loop
        self.parent = parent
        self.parts = loop.parts
        self.firsts = [part if isinstance(part, Seg) else _first(part) for part in loop.parts]
        self.children = [None if isinstance(p, Seg) else _Node(p, self) for p in loop.parts]
        self.orders: list[int] = []
        for place, part in enumerate(loop.parts):
            same = place > 0 and isinstance(part, Seg) and isinstance(loop.parts[place - 1], Seg)
            as_before = same and self.firsts[place].tag == self.firsts[place - 1].tag
            self.orders.append(self.orders[-1] if as_before else place)
        self.begin = 0 if parent is None else 1
        wanted = range(self.begin, len(loop.parts))
        self.musts = [n for n in wanted if loop.parts[n].must or self.firsts[n].usual]

    def here(self, tag: str, qualifier: str) -> tuple[int, bool] | None:
        """(which part, whether its qualifier fits); a loop is only entered when it does."""
        own = range(self.begin, len(self.firsts))
        for n in own:
            seg = self.firsts[n]
            if seg.tag == tag and (seg.only is None or qualifier in seg.only):
                return n, True
        for n in own:
            if self.firsts[n].tag == tag and self.children[n] is None:
                return n, False
        return None


class _Open(NamedTuple):
    """A loop that is open: how far it is, and how often each part stood in it, as far as that matters."""

    node: _Node
    order: int
    counts: tuple[int, ...]


class Fault(NamedTuple):
    """What is wrong with where a segment stands."""

    sentence: str
    element: str
    code: str
    rule: str
    loop: str
    severity: Severity = "error"


class State:
    """The loops that are open, and the ways that lead on from here by tag, or by tag and qualifier."""

    __slots__ = ("forks", "loop", "next", "open")

    def __init__(self, opened: tuple[_Open, ...]) -> None:
        self.open = opened
        self.loop = opened[-1].node.loop.id or HEADER
        self.next: dict[str, Step] = {}
        self.forks: dict[str, dict[str, Step]] = {}


class Step(NamedTuple):
    """Where a segment leads.

    A segment of `shortest` to `longest` elements with none of them empty has nothing wrong with it when it is `plain`,
    and one with empty elements when those that are `needed` are not among them. What is not plain has codes that are
    `allowed`, or pairs of elements, or `faults`.
    """

    state: State
    shortest: int
    longest: int
    plain: bool
    needed: Callable[[list[str]], tuple[str, ...]]
    seg: Seg | None
    faults: tuple[Fault, ...]
    allowed: tuple[tuple[int, Codes], ...] = ()

    def fits(self, s: list[str]) -> bool:
        """Whether nothing is wrong with a segment; quicker than to say what is."""
        count, seg = len(s), self.seg
        if self.faults or seg is None or not self.shortest <= count <= self.longest:
            return False
        for position, allowed in self.allowed:
            if position < count and s[position] not in allowed:
                return False
        for one, other in seg.both:
            if (one < count and s[one] != "") != (other < count and s[other] != ""):
                return False
        return "" not in self.needed(s)


_STATES = 10_000
"""Remembered of a guide; files of one payer have some hundreds."""


class Guide:
    """A guide's table, ready to be walked; made once for each set."""

    def __init__(self, name: str, *parts: Seg | Loop) -> None:
        self.name = name
        self.tags: set[str] = set()
        self.at: dict[str, int] = {}
        root = _Node(Loop(id="", parts=parts), None)
        self._learn(root)
        self._states: dict[tuple[_Open, ...], State] = {}
        self.start = self._state((_opened(root),))

    def _learn(self, node: _Node) -> None:
        for seg, child in zip(node.firsts, node.children, strict=True):
            self.tags.add(seg.tag)
            if seg.only is not None:
                self.at[seg.tag] = seg.at
            if child is not None:
                self._learn(child)

    def _state(self, opened: tuple[_Open, ...]) -> State:
        known = self._states.get(opened)
        if known is None:
            if len(self._states) >= _STATES:
                for state in self._states.values():
                    state.next.clear()
                    state.forks.clear()
                self._states.clear()
            known = self._states[opened] = State(opened)
        return known

    def step(self, state: State, s: list[str]) -> Step:
        """Where a segment leads; remembered for every tag and qualifier that the guide knows."""
        tag = s[0]
        at = self.at.get(tag)
        qualifier = s[at] if at is not None and at < len(s) else ""
        step = self._worked_out(state, tag, qualifier)
        if step.seg is not None and at is None:
            state.next[tag] = step
        elif step.seg is not None and step.seg.only is not None and qualifier in step.seg.only:
            state.forks.setdefault(tag, {})[qualifier] = step
        return step

    def _worked_out(self, state: State, tag: str, qualifier: str) -> Step:
        opened = list(state.open)
        faults: list[Fault] = []
        found = _place(opened, tag, qualifier)
        if found is None and _imply(opened, tag, qualifier):
            first = opened[-1].node.firsts[0].tag
            loop = opened[-1].node.loop.id
            faults.append(Fault(f"{first} is missing", first, "3", "missing", loop))
            found = _place(opened, tag, qualifier)
        if found is None:
            return Step(state, 0, 0, False, itemgetter(0, 0), None, (self._strange(state, tag),))
        depth, part, fits = found
        while len(opened) > depth:
            faults += missing(opened.pop())
        node, order, counts = opened[-1]
        seg, child, most = node.firsts[part], node.children[part], node.parts[part].most
        loop = child.loop.id if child else node.loop.id or HEADER
        if node.orders[part] < order:
            faults.append(Fault("a segment does not stand in its order", tag, "7", "order", loop))
        if counts[part] >= most > 0:
            sentence = f"a {'loop' if child else 'segment'} stands more often than the guide allows"
            faults.append(Fault(sentence, tag, "4" if child else "5", "repeats", loop))
        if not fits:
            sentence = "a qualifier that the guide has not in this loop"
            element = f"{tag}{seg.at:02d}"
            faults.append(Fault(sentence, element, "7", "qualifier", loop, "warning"))
        count = min(counts[part] + 1, most or 1)
        counts = (*counts[:part], count, *counts[part + 1 :])
        opened[-1] = _Open(node, max(order, node.orders[part]), counts)
        if child is not None:
            opened.append(_opened(child))
        needed = itemgetter(0, *(seg.needs or (0,)))
        plain = not faults and not seg.allowed and not seg.both
        new = self._state(tuple(opened))
        shortest = max(seg.needs, default=0) + 1
        allowed = tuple((position, wanted | {""}) for position, wanted in seg.allowed.items())
        return Step(new, shortest, seg.elements + 1, plain, needed, seg, tuple(faults), allowed)

    def _strange(self, state: State, tag: str) -> Fault:
        if tag in self.tags:
            return Fault("a segment that has no place here", tag, "2", "unexpected", state.loop)
        sentence = "a segment that this guide has not"
        return Fault(sentence, shown_tag(tag), "1", "unexpected", state.loop)


def _place(opened: list[_Open], tag: str, qualifier: str) -> tuple[int, int, bool] | None:
    """(how many loops stay open, which part, whether its qualifier fits), in the innermost loop that has the segment.

    A loop is not left for what would stand too early outside, since everything behind it would then be strange.
    """
    for depth in range(len(opened), 0, -1):
        node, order, _ = opened[depth - 1]
        found = node.here(tag, qualifier)
        if found is None:
            continue
        left = len(opened) - depth
        early = node.orders[found[0]] < order
        if not early or left == 0 or (left == 1 and node.children[found[0]] is not None):
            return depth, *found
    return None


def _imply(opened: list[_Open], tag: str, qualifier: str) -> bool:
    """Enter a loop whose first segment was left out, if that gives the segment a place."""
    for depth in range(len(opened), 0, -1):
        node, order, counts = opened[depth - 1]
        for part, child in enumerate(node.children):
            if child is None or not child.loop.implied or node.orders[part] < order:
                continue
            if child.here(tag, qualifier) is not None:
                del opened[depth:]
                counts = (*counts[:part], 1, *counts[part + 1 :])
                opened[-1] = _Open(node, node.orders[part], counts)
                opened.append(_opened(child))
                return True
    return False


def _first(loop: Loop) -> Seg:
    first = loop.parts[0]
    assert isinstance(first, Seg)
    return first


def _opened(node: _Node) -> _Open:
    return _Open(node, 0, (0,) * len(node.firsts))


def missing(done: _Open) -> list[Fault]:
    """What a loop that ends should have had."""
    faults: list[Fault] = []
    for part in done.node.musts:
        if not done.counts[part]:
            seg, child = done.node.firsts[part], done.node.children[part]
            kinds = " or ".join(sorted(seg.only)) if seg.only and len(seg.only) <= 3 else ""
            sentence = f"{seg.tag} ({kinds}) is missing" if kinds else f"{seg.tag} is missing"
            loop = (child.loop.id if child else done.node.loop.id) or HEADER
            severity: Severity = "note" if seg.usual else "error"
            faults.append(Fault(sentence, seg.tag, "3", "missing", loop, severity))
    return faults
