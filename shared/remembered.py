"""States and rows kept in memory between transactions: they hold while their partition's version stands.

Whoever changes a partition raises the version of its progress row in the same transaction. A process that finds
the version it left finds everything else as it left it, too: what it holds then need not be read again.

States are held twice: a few as they are, many more as they were packed for their table, which takes an eighth to a
third of the memory.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.batch import Batch
from shared.progress import Progress
from shared.records import Kept
from shared.service import Row, Scope
from shared.streams import kind_of, partition_of

STATES_HELD = 2_000
"""States of one process, as they are; the longest untouched go first. 2 to 7 KB each."""
ROWS_HELD = 10_000
"""Rows of one process, likewise. 1 to 2 KB each."""
PACKED_BYTES = 24_000_000
"""States of one process, packed, likewise; 0.4 to 2.5 KB each."""

LARGE = frozenset({"remittance", "inbound"})
"""Kinds of streams whose states are large, few, and done with soon: never held."""
Key = tuple[str, Any]
"""Table and key of a row."""


class Remembered:
    """What one process left behind in its partitions. Written only after a commit, under `Engine.writing`."""

    def __init__(
        self,
        partitions: int,
        unpack: Callable[[str, bytes], Any],
        states: int = STATES_HELD,
        rows: int = ROWS_HELD,
        packed_bytes: int = PACKED_BYTES,
    ) -> None:
        self._partitions = partitions
        self._unpack = unpack
        self._most = (states, rows, packed_bytes)
        self._versions: dict[int, int] = {}
        self._held: dict[int, _Held] = {}
        self._nothing_parked: set[int] = set()

    def begin(self, progress: Mapping[int, Progress]) -> None:
        """Forget what others changed meanwhile: these rows are locked now."""
        for p, row in progress.items():
            if self._versions.get(p) != row.version:
                self._held[p] = _Held(*(max(most // self._partitions, 1) for most in self._most))
                self._nothing_parked.discard(p)

    def states(self, streams: Iterable[str]) -> tuple[dict[str, Kept], list[str]]:
        """Those held, and those to be read."""
        found: dict[str, Kept] = {}
        missing: list[str] = []
        for stream in streams:
            held = self._held.get(partition_of(stream, self._partitions))
            kept = held.state(stream, self._unpack) if held is not None else None
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
                row = held.rows.get((table, key)) if held is not None else None
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


class _Held:
    """What is held of one partition."""

    __slots__ = ("_bytes", "_most_bytes", "_most_rows", "_most_states", "_packed", "_states", "rows")

    def __init__(self, states: int, rows: int, packed_bytes: int) -> None:
        self._most_states = states
        self._most_rows = rows
        self._most_bytes = packed_bytes
        self._bytes = 0
        self._states: dict[str, Kept] = {}
        self._packed: dict[str, tuple[Scope, bytes]] = {}
        self.rows: dict[Key, Row] = {}

    def state(self, stream: str, unpack: Callable[[str, bytes], Any]) -> Kept | None:
        """As it was left; None when it is not held."""
        kept = self._states.get(stream)
        if kept is None and (packed := self._packed.get(stream)) is not None:
            kept = Kept(unpack(stream, packed[1]), packed[0])
        return kept

    def keep_state(self, stream: str, kept: Kept, packed: bytes | None) -> None:
        """As it is now; `packed` is None when nothing was written."""
        self._states.pop(stream, None)
        self._states[stream] = kept
        if (before := self._packed.pop(stream, None)) is not None:
            self._bytes -= len(before[1])
        if packed is not None:
            self._packed[stream] = (kept.scope, packed)
            self._bytes += len(packed)

    def keep_row(self, key: Key, row: Row | None) -> None:
        """As it is now; None when it is gone."""
        self.rows.pop(key, None)
        if row is not None:
            self.rows[key] = row

    def shrink(self) -> None:
        """Let go of what was not touched for the longest time."""
        while len(self._states) > self._most_states:
            del self._states[next(iter(self._states))]
        while len(self.rows) > self._most_rows:
            del self.rows[next(iter(self.rows))]
        while self._bytes > self._most_bytes:
            _, body = self._packed.pop(next(iter(self._packed)))
            self._bytes -= len(body)
