"""What a transaction begins with and leaves: rows locked, states and books loaded, what was said counted and published."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from shared.batch import Batch
from shared.changes import project, row_keys
from shared.errors import FileGone, Stopped
from shared.progress import Progress
from shared.records import Loaded
from shared.remembered import Remembered
from shared.service import Service
from shared.store import Store
from shared.streams import partition_of
from shared.telemetry import measure
from shared.tracing import tell_traced, traceparent_for

log = logging.getLogger("claimlog.engine")

DAY_RECORDS = frozenset({"reference.business_day_opened.v1", "reference.cutoff_reached.v1"})


class Shell:
    """What the transactions of one process share, those over consumed records (`work.py`) and those of commands (`commands.py`)."""

    def __init__(
        self,
        service: Service,
        pool: Any,
        store: Store,
        partitions: int,
        publish: Any,
        *,
        objects: Any = None,
        dead_letter: Any = None,
    ) -> None:
        self.service = service
        self.pool = pool
        self.store = store
        self.partitions = partitions
        self.publish = publish
        self.objects = objects
        self.dead_letter = dead_letter
        self.restored = False
        """Whether the log ever showed records of ours that the database had lost: keys may be among them."""
        self.on_stopped: Callable[[Stopped], None] = lambda stop: None
        self.lacks = ""
        """Which published file was gone when it was last looked for: without it nothing is decided."""
        self.remembered = Remembered(partitions)
        self._versions: dict[int, int] = {}
        self.writing = asyncio.Lock()
        wakes = any(decider.timers is not None for decider in service.deciders.values())
        self.wakes = DAY_RECORDS & service.hears if wakes else frozenset[str]()
        """Days on which streams may wait: one begins a transaction, so that it finds every timer set before it."""
        self._hydrated: dict[int, tuple[Any, Any]] = {}

    async def lock(self, connection: Any, partitions: Sequence[int]) -> dict[int, Progress]:
        """The progress rows, locked; Stopped when they are older than what we left: the database was restored."""
        rows = await self.store.lock(connection, partitions)
        for p, row in rows.items():
            if row.version < self._versions.get(p, 0):
                raise Stopped(
                    f"partition {p} of the database is older than we left it; start again"
                )
        self.remembered.begin(rows)
        return rows

    def committed(self, batch: Batch) -> None:
        """Count and publish what a batch said; called under `writing`."""
        measure(said=len(batch.outbox))
        for p, progress in batch.progress.items():
            self._versions[p] = progress.version
        self.remembered.committed(batch)
        if self.service.hydrate is None:
            for p in batch.books_changed:
                self._hydrated[p] = (batch.progress[p].book_version, batch.books[p])
        if batch.outbox:
            self.publish(batch.outbox)
        if batch.traced:
            tell_traced(batch.traced, batch.loaded.now)
        for row in batch.parked:
            if row.status == "parked":
                log.warning("parked %s@%s: %s", row.partition, row.offset, row.reason)
                if self.dead_letter is not None:
                    self.dead_letter(row.key, row.value, row.reason)

    async def load(
        self,
        connection: Any,
        progress: Mapping[int, Progress],
        streams: set[str],
        partitions: list[int],
    ) -> Loaded:
        states, missing = self.remembered.states(streams)
        if missing:
            states |= await self.store.states(connection, missing)
        parked: frozenset[str] = frozenset()
        if streams and await self._any_parked(connection, partitions):
            found = await self.store.parked_streams(connection, list(streams))
            # A stranger's record may stand elsewhere under the same key: nobody waits for another partition.
            parked = frozenset(s for s, p in found if partition_of(s, self.partitions) == p)
        return Loaded(
            progress=progress,
            states=states,
            books=await self.books(connection, progress, partitions),
            parked=parked,
            now=datetime.now(UTC),
            partitions=self.partitions,
            trace=traceparent_for,
        )

    async def _any_parked(self, connection: Any, partitions: Sequence[int]) -> bool:
        """Whether anything is parked in these partitions, from memory while their versions stand."""
        unknown = self.remembered.maybe_parked(partitions)
        if not unknown:
            return False
        found = await self.store.parked_partitions(connection, unknown)
        self.remembered.nothing_parked(p for p in unknown if p not in found)
        return bool(found)

    async def project(self, connection: Any, batch: Batch) -> None:
        """Put the changed rows into the batch; CannotApply when a projection fails."""
        rows, missing = self.remembered.rows(row_keys(batch))
        if missing:
            for table, found in (await self.store.rows(connection, missing)).items():
                rows[table] |= found
        project(batch, rows)

    async def books(
        self, connection: Any, progress: Mapping[int, Progress], partitions: Sequence[int]
    ) -> dict[int, Any]:
        """The books of partitions, from memory while their version stands; hydrated where the service asks."""
        if self.service.book is None:
            return {}
        versions = {p: progress[p].book_version for p in partitions}
        stale = [p for p in partitions if self._hydrated.get(p, (None, None))[0] != versions[p]]
        if stale:
            fresh = await self.store.books(connection, stale)
            for p, book in fresh.items():
                self._hydrated[p] = (versions[p], await self.hydrate(book))
        return {p: self._hydrated[p][1] for p in partitions}

    async def hydrate(self, book: Any) -> Any:
        """The book with the tables that it names; FileGone when the object folder has not all of them."""
        if self.service.hydrate is None:
            return book
        try:
            full = self.service.hydrate(book, self.objects)
            return await full if inspect.isawaitable(full) else full
        except FileGone as gone:
            self.lacks = str(gone)
            raise

    async def still_lacks(self) -> str:
        """Which published file is gone, looked for again: it may have come back while nothing was to be decided."""
        if self.lacks:
            async with self.pool.acquire() as connection:
                rows = await self.store.progress(connection)
                with suppress(FileGone):
                    await self.books(connection, rows, list(rows))
                    self.lacks = ""
        return self.lacks
