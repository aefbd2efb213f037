"""Publishing the outbox: in position order, by the owner of the source partition only, until heard back.

A row counts as published when the service hears it back. The producer never gives up by itself; on any
delivery failure it is thrown away and everything not heard back is sent again from the first such row.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from confluent_kafka import KafkaException, Producer

from shared.envelope import CONTENT_TYPE, ROUTING
from shared.errors import Stopped
from shared.failpoints import failpoint
from shared.records import OutboxRow
from shared.store import Store
from shared.tables import columns_of
from shared.telemetry import measure

log = logging.getLogger("claimlog.relay")

SWEEP_SECONDS = 1.0
HEARD_BACK_SECONDS = 10.0
"""A row sent and not heard back for so long is sent again: repeats cost nothing, a loss would."""
SWEEP_ROWS = 5_000
FLUSH_SECONDS = 5.0
REFILL_SECONDS = 60.0
FULL_SECONDS = 0.05
"""The client's queue is full: it gets so long to send some of it."""

Channel = tuple[int, int]
"""(source partition, target partition): positions are gap-free along it."""


def producer_for(bootstrap: str, client_id: str) -> Producer:
    """An idempotent producer that waits for the broker for ever and says little while it is away."""
    quiet = logging.getLogger("claimlog.librdkafka")
    quiet.setLevel(logging.CRITICAL)
    return Producer(
        {
            "bootstrap.servers": bootstrap,
            "client.id": client_id,
            "enable.idempotence": True,
            "acks": "all",
            "delivery.report.only.error": True,
            "linger.ms": 5,
            "message.timeout.ms": 0,
            "message.max.bytes": 8_000_000,
            "queue.buffering.max.messages": 200_000,
            "queue.buffering.max.kbytes": 131_072,
            "reconnect.backoff.ms": 100,
            "reconnect.backoff.max.ms": 1_000,
            "allow.auto.create.topics": False,
            "log_level": 0,
        },
        logger=quiet,
    )


class Relay:
    """The relay of one process. `owned` tells which source partitions it may publish for."""

    def __init__(
        self,
        name: str,
        topic: str,
        dead_letters: str,
        make_producer: Callable[[], Producer],
        store: Store,
        pool: Any,
    ) -> None:
        self.name = name
        self.topic = topic
        self.dead_letters = dead_letters
        self.owned: set[int] = set()
        self.published = self.republished = 0
        self.oldest_unpublished_seconds = 0.0
        self._make = make_producer
        self._producer = make_producer()
        self._store = store
        self._pool = pool
        self._cursor: dict[Channel, int] = {}
        self._moved: dict[Channel, tuple[int, float]] = {}
        self._failed = False
        self._full = False
        self._told = (0, 0)
        self._wanted = asyncio.Event()

    # -- told by others ----------------------------------------------------------------------------------

    def own(self, partitions: Iterable[int]) -> None:
        """These source partitions are ours now: everything not heard back is sent again."""
        self.owned = set(partitions)
        self._cursor.clear()
        self._moved.clear()
        self._wanted.set()

    def offer(self, rows: Sequence[OutboxRow]) -> None:
        """Committed rows, in order: published at once when ours and next, else left for the sweep."""
        failpoint("relay.before_publish")
        for row in rows:
            channel = (row.partition, row.target)
            # The first row of a channel has nothing before it: no sweep needs to tell where it stands.
            if row.partition in self.owned and self._cursor.get(channel, 0) == row.position - 1:
                if not self._send(row.target, row.stream, row.header, row.value):
                    self._wanted.set()
                    return
                self._cursor[channel] = row.position
                self.published += 1
            else:
                self._wanted.set()
        self._producer.poll(0)
        failpoint("relay.after_publish")

    def wake(self) -> None:
        """Another instance committed rows of a partition of ours."""
        self._wanted.set()

    def dead_letter(self, key: bytes, value: bytes, reason: str) -> None:
        """Copy a parked record to the dead-letter topic; the parked row is the record, this is a courtesy."""
        try:
            self._producer.produce(
                self.dead_letters, value=value, key=key, headers=[("reason", reason.encode())]
            )
        except (BufferError, KafkaException):
            log.warning(
                "the dead-letter topic did not take a record; it is kept in the parked table"
            )

    # -- the sweep ---------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sweep every second, and at once when something is wanted; ends only when cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._wanted.wait(), SWEEP_SECONDS)
            except TimeoutError:
                pass
            self._wanted.clear()
            try:
                await self.sweep()
                at_once = not (self._full or self._failed)
            except Stopped:
                raise
            except Exception as failure:
                log.warning("sweep failed: %s", type(failure).__name__)
                at_once = False
            if not at_once:
                await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Publish what is committed and not sent; send again what was sent and not heard back."""
        told, self._told = self._told, (self.published, self.republished)
        measure(published=self._told[0] - told[0], republished=self._told[1] - told[1])
        self._full = False
        self._producer.poll(0)
        if self._failed:
            self._start_again()
        if not self.owned:
            return
        async with self._pool.acquire() as connection:
            progress = await self._store.progress(connection)
            for source in sorted(self.owned):
                if progress[source].refill:
                    await self._refill(connection, source)
                    progress = await self._store.progress(connection)
            behind: list[tuple[int, int, int, int]] = []
            now = time.monotonic()
            for source in self.owned:
                producer = f"{self.name}/{source}"
                for target, last in progress[source].sent.items():
                    heard = progress[target].heard.get(producer, 0) if target in progress else 0
                    start = self._start(progress, (source, target), heard, last, now)
                    if start < last:
                        behind.append((source, target, start, last))
            for source, target, start, last in behind:
                await self._publish(connection, source, target, start, last)
            await self._measure_oldest(connection, progress)
        self._producer.poll(0)

    async def _refill(self, connection: Any, source: int) -> None:
        """Publish all of a source's rows into a topic made anew, in the order they were decided."""
        log.warning("filling the new topic with what %s/%s said", self.name, source)
        after, filled = 0, dict[int, int]()
        for channel in [c for c in self._cursor if c[0] == source]:
            del self._cursor[channel]
        while True:
            rows = await connection.fetch(
                "select seq, target, position, stream, header, value from outbox "
                "where partition = $1 and seq > $2 order by seq limit $3",
                source,
                after,
                SWEEP_ROWS,
            )
            if not rows:
                break
            for _, target, position, stream, header, value in rows:
                while not self._send(target, stream, header, value):
                    if self._failed:
                        raise TimeoutError("the new topic does not take everything")
                    await asyncio.sleep(FULL_SECONDS)
                filled[target] = position
                self.republished += 1
            after = rows[-1][0]
            left = await asyncio.to_thread(self._producer.flush, REFILL_SECONDS)
            if left or self._failed:
                raise TimeoutError("the new topic did not take everything yet")
        async with connection.transaction():
            row = (await self._store.lock(connection, [source]))[source]
            row.refill = False
            await self._store.write_progress(connection, [row])
        # What was committed since the last look is not among it: the sweep goes on from here.
        for target, position in filled.items():
            self._cursor[(source, target)] = position

    def _start(
        self, progress: dict[int, Any], channel: Channel, heard: int, last: int, now: float
    ) -> int:
        """From which position a channel is to be sent; goes back to what was heard when nothing moves."""
        cursor = self._cursor.get(channel)
        if cursor is None or cursor < heard:
            cursor = self._cursor[channel] = heard
        seen, since = self._moved.get(channel, (-1, now))
        if heard != seen or heard >= last:
            self._moved[channel] = (heard, now)
        elif now - since > HEARD_BACK_SECONDS and cursor > heard:
            log.warning("not heard back, sending again from %s", heard + 1)
            self.republished += cursor - heard
            self._moved[channel] = (heard, now)
            cursor = self._cursor[channel] = heard
        return cursor

    async def _publish(
        self, connection: Any, source: int, target: int, start: int, last: int
    ) -> None:
        rows = await connection.fetch(
            "select position, stream, header, value from outbox where partition = $1 and target = $2 "
            "and position > $3 and position <= $4 order by position limit $5",
            source,
            target,
            start,
            last,
            SWEEP_ROWS,
        )
        channel = (source, target)
        for position, stream, header, value in rows:
            if source not in self.owned or self._cursor.get(channel) != position - 1:
                return  # Meanwhile offered, or no longer ours.
            if not self._send(target, stream, header, value):
                self._wanted.set()
                return
            self._cursor[channel] = position
            self.published += 1
        if len(rows) == SWEEP_ROWS:
            self._wanted.set()

    def _send(self, target: int, stream: str, header: bytes, value: bytes) -> bool:
        try:
            self._producer.produce(
                self.topic,
                value=value,
                key=stream.encode(),
                partition=target,
                headers=[(ROUTING, header), CONTENT_TYPE],
                on_delivery=self._delivered,
            )
        except BufferError:
            self._full = True
            self._producer.poll(0)
            return False
        except KafkaException:
            self._failed = True
            return False
        return True

    def _delivered(self, error: Any, _message: Any) -> None:
        if error is not None:
            self._failed = True

    def _start_again(self) -> None:
        log.warning("a delivery failed: the producer starts again from what was heard back")
        self._failed = False
        self._producer.purge(in_queue=True, in_flight=True, blocking=False)
        self._producer = self._make()
        self._failed = False
        self._cursor.clear()

    async def _measure_oldest(self, connection: Any, progress: dict[int, Any]) -> None:
        waiting = [
            (source, target, heard + 1)
            for source in self.owned
            for target, last in progress[source].sent.items()
            if (heard := progress[target].heard.get(f"{self.name}/{source}", 0)) < last
        ]
        oldest = None
        if waiting:
            oldest = await connection.fetchval(
                "select max(extract(epoch from now() - o.recorded_at))::float8 from outbox o "
                "join unnest($1::int[], $2::int[], $3::bigint[]) as u(s, t, p) "
                "on o.partition = u.s and o.target = u.t and o.position = u.p",
                *columns_of(waiting, 3),
            )
        self.oldest_unpublished_seconds = oldest or 0.0

    async def close(self) -> None:
        """Send what is queued, for a moment; what is left is sent again by whoever owns it next."""
        await asyncio.to_thread(self._producer.flush, FLUSH_SECONDS)
