"""A whole file as it is shown: its envelope as a tree, each set by its kind, at constant memory when it comes as a stream."""

from collections.abc import Callable, Iterator

from shared.x12.envelope import Group, Interchange, TransactionSet, X12File, kind_of
from shared.x12.showing import Fact, Paging, Shown, Veil
from shared.x12.showing_835 import show_835
from shared.x12.showing_837 import show_837
from shared.x12.showing_acks import show_999, show_ta1
from shared.x12.showing_findings import name_of
from shared.x12.showing_levels import show_levels
from shared.x12.stream import Stream

PRESENTERS: dict[str, Callable[[TransactionSet, Veil, Paging], Iterator[Shown]]] = {
    "835": show_835,
    "837P": show_837,
    "837I": show_837,
    "999": show_999,
    "997": show_999,
    **dict.fromkeys(("270", "271", "276", "277", "277CA", "278"), show_levels),
}


def show_file(file: X12File, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """A file that was read whole."""
    for interchange in file.interchanges:
        yield _interchange(interchange)
        yield from _loose(interchange, veil)
        for group in interchange.groups:
            yield _group(group)
            for one in group.sets:
                yield from _set(one, veil, paging)
        yield from _wrong(interchange)
    yield from _wrong_between(file)


def show_stream(stream: Stream, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """A file as it streams by: an interchange is shown when its first set comes."""
    interchange: Interchange | None = None
    group: Group | None = None
    for one in stream:
        if one.interchange is not interchange:
            if interchange is not None:
                yield from _wrong(interchange)
            interchange = one.interchange
            yield _interchange(interchange)
            yield from _loose(interchange, veil)
        if one.group is not group:
            group = one.group
            yield _group(group)
        yield from _set(one, veil, paging)
        interchange.groups.clear()
        interchange.groups.append(group)
    if interchange is not None:
        yield from _wrong(interchange)
    yield from _wrong_between(stream.file)


def _interchange(i: Interchange) -> Shown:
    isa = [text.strip() for text in i.isa]
    facts: dict[str, Fact] = {
        "control": i.control,
        "from": f"{isa[5]}:{isa[6]}",
        "to": f"{isa[7]}:{isa[8]}",
        "on": f"{isa[9]} {isa[10]}",
        "version": isa[12],
        "usage": {"P": "production", "T": "test"}.get(isa[15], isa[15]),
    }
    return Shown("interchange", facts)


def _group(g: Group) -> Shown:
    facts: dict[str, Fact] = {
        "control": g.control,
        "kind": g.id,
        "from": g.sender,
        "to": g.receiver,
        "on": " ".join(g.gs[4:6]),
        "version": g.version,
    }
    return Shown("group", facts, depth=1)


def _loose(interchange: Interchange, veil: Veil) -> Iterator[Shown]:
    for segment in interchange.loose:
        made = show_ta1(segment) if segment[0] == "TA1" else veil.segment(segment)
        made.depth = 1
        yield made


def _wrong(interchange: Interchange) -> Iterator[Shown]:
    errors = interchange.errors + sum(group.errors for group in interchange.groups)
    if errors:
        yield Shown("envelope", {"errors": errors}, depth=1)


def _wrong_between(file: X12File) -> Iterator[Shown]:
    """Errors that stand in no interchange: what could not be read as one, or is cut off."""
    between = [f for f in file.errors if not f.interchange]
    if between:
        yield Shown("envelope", {"errors": len(between), "first": str(between[0])})


def _set(one: TransactionSet, veil: Veil, paging: Paging) -> Iterator[Shown]:
    kind = kind_of(one)
    facts: dict[str, Fact] = {"control": one.control, "kind": kind, "name": name_of(kind)}
    yield Shown("set", {**facts, "version": one.version}, depth=2)
    for shown in PRESENTERS.get(kind, _unknown)(one, veil, paging):
        shown.depth = 3
        yield shown
    while one.pull():
        pass
    if one.errors:
        yield Shown("envelope of the set", {"errors": one.errors}, depth=3)


_AT_ONCE = 10


def _unknown(one: TransactionSet, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """A set of a kind that nobody knows: its segments as they stand, ten of them counted as one claim."""
    left = 0
    taken = True
    for place, segment in one.walk():
        if place % _AT_ONCE == 0:
            taken = paging.takes()
        if taken:
            yield veil.segment(segment)
        else:
            left += 1
    yield Shown("totals", {"segments": one.count, "segments_not_shown": left})
