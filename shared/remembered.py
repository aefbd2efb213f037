"""States and rows kept in memory between transactions: they hold while their partition's version stands.

Whoever changes a partition raises the version of its progress row in the same transaction. A process that finds
the version it left finds everything else as it left it, too: what it holds then need not be read again.

A few are held as they are, many more packed, which takes an eighth to a third of the memory: states as they were
packed for their table.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from shared.batch import Batch
from shared.packed_rows import PackedRows
from shared.progress import Progress
from shared.records import Kept
from shared.service import Row
from shared.streams import kind_of, partition_of

STATES_HELD = 2_000
"""States of one process, as they are; the longest untouched go first. 2 to 7 KB each."""
ROWS_HELD = 5_000
"""Rows of one process, likewise. 1 to 2 KB each."""
PACKED_BYTES = 24_000_000
"""States of one process, packed, likewise; 0.4 to 2.5 KB each."""
PACKED_ROW_BYTES = 12_000_000
"""Rows of one process, packed, likewise; 0.2 to 0.5 KB each."""

LARGE = frozenset({"remittance", "inbound"})
"""Kinds of streams whose states are large, few, and done with soon: never held."""
Key = tuple[str, Any]
"""Table and key of a row."""


class Most(NamedTuple):
    """How much is held: states, rows, bytes of packed states, bytes of packed rows."""

    states: int
    rows: int
    packed_bytes: int
    packed_row_bytes: int


MOST = Most(STATES_HELD, ROWS_HELD, PACKED_BYTES, PACKED_ROW_BYTES)


class Remembered:
    """What one process left behind in its partitions. Written only after a commit, under `Engine.writing`."""

    def __init__(
        self,
        partitions: int,
        unpack: Callable[[str, bytes], Any],
        packing: PackedRows,
        most: Most = MOST,
    ) -> None:
        """`unpack` gives the state of a stream from what was written of it."""
        self._partitions = partitions
        self._unpack = unpack
        self._packing = packing
        self._most = Most(*(max(limit // partitions, 1) for limit in most))
        self._versions: dict[int, int] = {}
        self._held: dict[int, _Held] = {}
        self._nothing_parked: set[int] = set()

    def begin(self, progress: Mapping[int, Progress]) -> None:
        """Forget what others changed meanwhile: these rows are locked now."""
        for p, row in progress.items():
            if self._versions.get(p) != row.version:
                self._held[p] = _Held(self._most, self._unpack, self._packing)
                self._nothing_parked.discard(p)

    def states(self, streams: Iterable[str]) -> tuple[dict[str, Kept], list[str]]:
        """Those held, and those to be read."""
        found: dict[str, Kept] = {}
        missing: list[str] = []
        for stream in streams:
            held = self._held.get(partition_of(stream, self._partitions))
            kept = held.state(stream) if held is not None else None
            if kept is None:
                missing.append(stream)
            else:
                found[stream] = kept
        return found, missing

    def rows(
        self, wanted: Mapping[str, Mapping[tuple[Any, ...], int]]
    ) -> tuple[dict[str, dict[tuple[Any, ...], Row]], dict[str, list[tuple[Any, ...]]]]:
        """Those held, and those to be read; `wanted` tells the partition of each key."""
        found: dict[str, dict[tuple[Any, ...], Row]] = {}
        missing: dict[str, list[tuple[Any, ...]]] = {}
        for table, keys in wanted.items():
            have = found[table] = {}
            lacking: list[tuple[Any, ...]] = []
            for key, p in keys.items():
                held = self._held.get(p)
                row = held.row((table, key)) if held is not None else None
                if row is None:
                    lacking.append(key)
                else:
                    have[key] = row
            if lacking:
                missing[table] = lacking
        return found, missing

    def maybe_parked(self, partitions: Iterable[int]) -> list[int]:
        """Partitions of which it is not known that nothing is parked there."""
        return [p for p in partitions if p not in self._nothing_parked]

    def nothing_parked(self, partitions: Iterable[int]) -> None:
        """Nothing is parked there, as read under the lock."""
        self._nothing_parked.update(partitions)

    def committed(self, batch: Batch, packed: Mapping[str, bytes]) -> None:
        """What a committed batch left, and how its states were packed."""
        for p, progress in batch.progress.items():
            self._versions[p] = progress.version
        self._nothing_parked.difference_update(row.partition for row in batch.parked)
        for stream, kept in batch.states.items():
            held = self._held.get(partition_of(stream, self._partitions))
            if held is not None and kind_of(stream) not in LARGE:
                held.keep_state(stream, kept, packed.get(stream))
        for projection in batch.service.projections:
            table = projection.table
            rows = {} if projection.append else batch.changed.get(table, {})
            for key, (p, row) in rows.items():
                held = self._held.get(p)
                if held is not None:
                    held.keep_row((table, key), row)
        for p in batch.progress:
            self._held[p].shrink()


class _Packed:
    """Packed things by key, up to so many bytes; the longest unwritten go first."""

    __slots__ = ("_bytes", "_held", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._held: dict[Any, tuple[Any, bytes]] = {}

    def get(self, key: Any) -> tuple[Any, bytes] | None:
        """With what was put beside it."""
        return self._held.get(key)

    def put(self, key: Any, beside: Any, packed: bytes) -> None:
        """In place of what was there."""
        self.drop(key)
        self._held[key] = (beside, packed)
        self._bytes += len(packed)
        while self._bytes > self._most:
            self.drop(next(iter(self._held)))

    def drop(self, key: Any) -> None:
        """Harmless when it is not there."""
        if (before := self._held.pop(key, None)) is not None:
            self._bytes -= len(before[1])


class _Held:
    """What is held of one partition."""

    __slots__ = ("_most", "_packed", "_packed_rows", "_packing", "_rows", "_states", "_unpack")

    def __init__(
        self, most: Most, unpack: Callable[[str, bytes], Any], packing: PackedRows
    ) -> None:
        self._most = most
        self._unpack = unpack
        self._packing = packing
        self._states: dict[str, Kept] = {}
        self._rows: dict[Key, Row] = {}
        self._packed = _Packed(most.packed_bytes)
        self._packed_rows = _Packed(most.packed_row_bytes)

    def state(self, stream: str) -> Kept | None:
        """As it was left; None when it is not held."""
        kept = self._states.get(stream)
        if kept is None and (packed := self._packed.get(stream)) is not None:
            kept = Kept(self._unpack(stream, packed[1]), packed[0])
        return kept

    def row(self, key: Key) -> Row | None:
        """As it was left; None when it is not held."""
        row = self._rows.get(key)
        if row is None and (packed := self._packed_rows.get(key)) is not None:
            row = self._packing.unpack(key[0], packed[1])
        return row

    def keep_state(self, stream: str, kept: Kept, packed: bytes | None) -> None:
        """As it is now; `packed` is None when nothing was written."""
        self._states.pop(stream, None)
        self._states[stream] = kept
        if packed is None:
            self._packed.drop(stream)
        else:
            self._packed.put(stream, kept.scope, packed)

    def keep_row(self, key: Key, row: Row | None) -> None:
        """As it is now; None when it is gone."""
        self._rows.pop(key, None)
        self._packed_rows.drop(key)
        if row is not None:
            self._rows[key] = row

    def shrink(self) -> None:
        """Pack, or let go, what was not touched for the longest time."""
        while len(self._states) > self._most.states:
            del self._states[next(iter(self._states))]
        while len(self._rows) > self._most.rows:
            key = next(iter(self._rows))
            row = self._rows.pop(key)
            self._packed_rows.put(key, None, self._packing.pack(key[0], row))
