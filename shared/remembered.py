"""States and rows kept in memory between transactions: they hold while their partition's version stands.

Whoever changes a partition raises the version of its progress row in the same transaction. A process that finds
the version it left finds everything else as it left it, too: what it holds then need not be read again.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.batch import Batch
from shared.progress import Progress
from shared.records import Kept
from shared.service import Row
from shared.streams import kind_of, partition_of

KEPT_IN_MEMORY = 12_000
"""States and rows of one process; the longest untouched go first. About 5 KB each."""

LARGE = frozenset({"remittance", "inbound"})
"""Kinds of streams whose states are large, few, and done with soon: never held."""
Key = tuple[str, Any]
"""(stream, None) of a state, (table, key) of a row."""


class Remembered:
    """What one process left behind in its partitions. Written only after a commit, under `Engine.writing`."""

    def __init__(self, partitions: int, most: int = KEPT_IN_MEMORY) -> None:
        self._most = max(most // partitions, 1)
        self._partitions = partitions
        self._versions: dict[int, int] = {}
        self._held: dict[int, dict[Key, Any]] = {}
        self._nothing_parked: set[int] = set()

    def begin(self, progress: Mapping[int, Progress]) -> None:
        """Forget what others changed meanwhile: these rows are locked now."""
        for p, row in progress.items():
            if self._versions.get(p) != row.version:
                self._held[p] = {}
                self._nothing_parked.discard(p)

    def states(self, streams: Iterable[str]) -> tuple[dict[str, Kept], list[str]]:
        """Those held, and those to be read."""
        found: dict[str, Kept] = {}
        missing: list[str] = []
        for stream in streams:
            held = self._held.get(partition_of(stream, self._partitions))
            kept = held.get((stream, None)) if held is not None else None
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
                row = held.get((table, key)) if held is not None else None
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

    def committed(self, batch: Batch) -> None:
        """What a committed batch left."""
        for p, progress in batch.progress.items():
            self._versions[p] = progress.version
        self._nothing_parked.difference_update(row.partition for row in batch.parked)
        for stream, kept in batch.states.items():
            if kind_of(stream) in LARGE:
                continue
            self._keep(partition_of(stream, self._partitions), (stream, None), kept)
        for projection in batch.service.projections:
            table = projection.table
            rows = {} if projection.append else batch.changed.get(table, {})
            for key, (p, row) in rows.items():
                self._keep(p, (table, key), row)
        for p in batch.progress:
            held = self._held[p]
            while len(held) > self._most:
                del held[next(iter(held))]

    def _keep(self, p: int, key: Key, value: Any) -> None:
        held = self._held.get(p)
        if held is None:
            return
        held.pop(key, None)
        if value is not None:
            held[key] = value
