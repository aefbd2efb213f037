"""Code sets and code edits in force: the book keeps versions and dates, the tables behind them are loaded by hash."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from contracts.reference import BusinessDayOpened, CodeEditsPublished, CodeSetPublished
from services.coding.domain.edit_tables import AddOns, EditTable, Limits, Pairs, shelved
from shared.errors import FileGone, Malformed, NotFound


class CodeSet(msgspec.Struct, frozen=True):
    """A published version and the dates it is in force."""

    name: str
    version: str
    sha256: str
    effective_from: date
    effective_to: date | None = None


class Book(msgspec.Struct, frozen=True):
    """The open day, the code sets and code edits, and (after hydration) what they hold by hash."""

    today: date | None = None
    sets: tuple[CodeSet, ...] = ()
    tables: dict[str, frozenset[str]] = {}
    edits: tuple[EditTable, ...] = ()
    edits_held: dict[str, Any] = {}
    """`Pairs`, `Limits` and `AddOns`, which no book is kept with."""

    def pairs(self, table: EditTable) -> Iterator[Pairs]:
        """The files of a table of pairs."""
        return (self.edits_held[part] for part in table.parts)

    def add_ons(self, table: EditTable) -> Iterator[AddOns]:
        """The files of a table of add-on codes."""
        return (self.edits_held[part] for part in table.parts)

    def limits(self, table: EditTable) -> Limits:
        """A table of unit limits, which is one file."""
        limits: Limits = self.edits_held[table.parts[0]]
        return limits

    def in_force(self, name: str, on: date) -> CodeSet | None:
        """The newest published version of a code set in force on a day."""
        fitting = [
            s
            for s in self.sets
            if s.name == name
            and s.effective_from <= on
            and (s.effective_to is None or on <= s.effective_to)
        ]
        return fitting[-1] if fitting else None


def evolve_book(book: Book, event: Any) -> Book:
    """The book after a broadcast; the tables of new sets come by hash, before anything is decided on them."""
    match event:
        case BusinessDayOpened(day=day):
            return msgspec.structs.replace(book, today=day)
        case CodeSetPublished():
            made = CodeSet(
                event.name,
                event.version,
                event.sha256,
                event.effective_from,
                event.effective_to,
            )
            others = tuple(s for s in book.sets if (s.name, s.version) != (made.name, made.version))
            return msgspec.structs.replace(book, sets=(*others, made))
        case CodeEditsPublished():
            return msgspec.structs.replace(book, edits=shelved(book.edits, event))
    return book


_cache: dict[str, frozenset[str]] = {}
_edits = WeakValueDictionary[str, Pairs | Limits]()
"""A quarter's pairs are tens of megabytes: they go when no book names them any more."""


async def hydrate(book: Book, objects: Any) -> Book:
    """The book with its codes and edits; each table is read once a process, its hash is its name."""
    for one in book.sets:
        if one.sha256 not in _cache:
            try:
                data: bytes = await objects.read(one.sha256)
            except (NotFound, Malformed):
                raise FileGone(f"code set {one.name} {one.version}") from None
            _cache[one.sha256] = frozenset(data.decode("ascii").split())
    held = {part: await _held(table, part, objects) for table in book.edits for part in table.parts}
    tables = {s.sha256: _cache[s.sha256] for s in book.sets}
    return msgspec.structs.replace(book, tables=tables, edits_held=held)


_LIES_AS: dict[str, type[Pairs | Limits]] = {"ptp": Pairs, "aoc": AddOns, "mue": Limits}


async def _held(table: EditTable, sha256: str, objects: Any) -> Pairs | Limits:
    known = _edits.get(sha256)
    if known is None:
        try:
            data: bytes = await objects.read(sha256)
        except (NotFound, Malformed):
            raise FileGone(f"code edits {table.label}") from None
        known = _edits[sha256] = _LIES_AS[table.kind](data)
    return known


def shelve(book: Book) -> Book:
    """The book as it is kept: tables come back by hash."""
    return msgspec.structs.replace(book, tables={}, edits_held={})
