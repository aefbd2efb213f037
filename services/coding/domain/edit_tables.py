"""Tables of code edits: which are in force for an account's services, and what they say of a code, or of two."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from datetime import date

import msgspec

from contracts.edit_tables import ADD_ONS, LIMIT, LIMITS, PAIR, PAIRS
from contracts.reference import CodeEditsPublished

WIDTH = PAIR.size
KEY = 10
"""Both codes of a pair stand at the beginning of its row."""


class EditTable(msgspec.Struct, frozen=True):
    """A published table, by the files that hold it."""

    kind: str
    setting: str
    name: str
    version: str
    parts: tuple[str, ...]
    effective_from: date
    effective_to: date | None = None
    payers: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As a person knows it."""
        return f"{self.name} {self.kind.upper()} {self.version}"

    @property
    def kept_as(self) -> tuple[str, str, str]:
        """What the versions of one table have in common."""
        return self.kind, self.setting, self.name


def shelved(tables: tuple[EditTable, ...], said: CodeEditsPublished) -> tuple[EditTable, ...]:
    """The tables with another. Of those whose rows carry their own days the newest quarter's alone is kept."""
    made = EditTable(
        said.kind,
        said.setting,
        said.name,
        said.version,
        tuple(part.sha256 for part in said.parts),
        said.effective_from,
        said.effective_to,
        said.payers,
        said.facilities,
    )
    others = [t for t in tables if (t.kept_as, t.version) != (made.kept_as, made.version)]
    if made.kind != "mue":
        same = [t for t in others if t.kept_as == made.kept_as]
        if any(t.effective_from > made.effective_from for t in same):
            return tuple(others)
        others = [t for t in others if t not in same]
    return (*others, made)


def in_force(
    tables: Iterable[EditTable], kind: str, on: date, payers: Collection[str], facility: str
) -> list[EditTable]:
    """The tables that are about a day's services for these payers; those that name the facility before those for any."""
    fitting = [
        table
        for table in _newest(tables, kind, on)
        if payers and (not table.payers or not set(table.payers).isdisjoint(payers))
    ]
    named = [table for table in fitting if facility in table.facilities]
    return named or [table for table in fitting if not table.facilities]


def any_in_force(tables: Iterable[EditTable], kind: str, on: date) -> list[EditTable]:
    """The tables that may be about a day's services, while nobody knows whose account it is."""
    return list(_newest(tables, kind, on))


def _newest(tables: Iterable[EditTable], kind: str, on: date) -> Iterator[EditTable]:
    newest: dict[tuple[str, str, str], EditTable] = {}
    for table in tables:
        if table.kind != kind or (kind == "mue" and on < table.effective_from):
            continue
        known = newest.get(table.kept_as)
        if known is None or known.effective_from <= table.effective_from:
            newest[table.kept_as] = table
    return (t for t in newest.values() if t.effective_to is None or on <= t.effective_to)


class Pairs:
    """A file of pairs as it lies, in order of column 1 and column 2: found by halving, never made into objects."""

    MAGIC = PAIRS

    def __init__(self, data: bytes) -> None:
        assert data.startswith(self.MAGIC), "reference keeps no other file under such a table"
        self._data = data
        self._rows = (len(data) - len(PAIRS)) // WIDTH
        self._begins, self._ends = (self[0], self[self._rows - 1]) if self._rows else (b"", b"")

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, row: int) -> bytes:
        start = len(PAIRS) + row * WIDTH
        return self._data[start : start + KEY]

    def against(
        self, first: bytes, seconds: Collection[bytes], day: int
    ) -> Iterator[tuple[bytes, int]]:
        """Which codes make a pair with `first` in column 1 on a day, with the modifier indicator."""
        if not self._begins[:5] <= first <= self._ends:
            return  # Of the many files of a table one or two are about a code.
        low = bisect_left(self, first)
        high = bisect_left(self, first + b"\xff", low)
        if high - low < len(seconds):
            yield from self._of_rows(range(low, high), seconds, day)
            return
        for second in seconds:
            row = bisect_left(self, first + second, low, high)
            while row < high and self[row] == first + second:
                yield from self._of_rows((row,), seconds, day)
                row += 1

    def _of_rows(
        self, rows: Iterable[int], seconds: Collection[bytes], day: int
    ) -> Iterator[tuple[bytes, int]]:
        for row in rows:
            _, second, begins, ends, indicator = PAIR.unpack_from(
                self._data, len(PAIRS) + row * WIDTH
            )
            if second in seconds and begins <= day <= ends:
                yield second, indicator


class AddOns(Pairs):
    """A file of add-on codes, which lies as pairs do: add-on code, primary code, and the type of the edit."""

    MAGIC = ADD_ONS

    def primaries(self, add_on: bytes, day: int) -> Iterator[tuple[bytes, int]]:
        """The primary codes of an add-on code on a day, with the type; none where it is no add-on code."""
        for row in range(bisect_left(self, add_on), bisect_left(self, add_on + b"\xff")):
            _, primary, begins, ends, kind = PAIR.unpack_from(self._data, len(PAIRS) + row * WIDTH)
            if begins <= day <= ends:
                yield primary, kind


class Limits:
    """A file of unit limits: units and MUE adjudication indicator by code."""

    def __init__(self, data: bytes) -> None:
        assert data.startswith(LIMITS), "reference keeps no other file under a table of limits"
        rows = LIMIT.iter_unpack(data[len(LIMITS) :])
        self.of: dict[str, tuple[int, int]] = {
            code.decode(): (units, indicator) for code, units, indicator in rows
        }
