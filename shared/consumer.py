"""Hearing the log: a FastStream batch subscriber whose offsets live in PostgreSQL.

Kafka's own commits are lag telemetry only. FastStream starts, stops and supervises the consumer; the position
arithmetic, retries and rewinds are ours.
"""

import asyncio
import logging
import time
import zlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psutil
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared.commands import LOST
from shared.engine import Engine
from shared.errors import Conflict, FileGone, Stopped
from shared.lost_connection import tell_as_lost
from shared.relay import Relay
from shared.settings import Settings
from shared.telemetry import measure
from shared.work import Routed, Tally

log = logging.getLogger("claimlog.consumer")

COMMIT_SECONDS = 1.0
"""How often Kafka is told where we are, for whoever asks it how far behind a service is (`shared/behind.py`)."""
SESSION_TIMEOUT_MS = 6_000
HEARTBEAT_MS = 2_000
METADATA_AGE_MS = 30_000
"""After so long a member that was given nothing, because the topic was not there, asks again."""
PASS_SECONDS = 0.2
PASS_RECORDS = 5_000
"""Records that this service does not hear cost no transaction of their own: they wait for the next that does,
so long and so many at the most."""
REST = 2.0
REST_MOST_SECONDS = 1.0
"""After a transaction on a busy machine the consumer rests so many times as long as it took, unless more waits already:
transactions become fewer and larger, which is what makes them cheap. Where processors idle it rests less."""
WAIT_SECONDS = 0.05
WAIT_MOST_SECONDS = 2.0
"""How long a batch that failed waits: at first so short, then twice as long each time, up to this."""
CONFLICTS = 30
"""Conflicts one after the other; above it waiting does not help."""
IDLE_MS = 500
"""How long an idle poll waits; data that arrives ends the wait at once."""


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Seeks to PostgreSQL's offset on every assignment. A failure here would only be logged: so it retries."""

    def __init__(self, log_consumer: "LogConsumer") -> None:
        self.of = log_consumer

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Whatever runs on is settled by the lock on the progress rows."""
        self.of.relay.own(())

    async def on_partitions_assigned(self, assigned: Any) -> None:
        """Start where our database is."""
        partitions = sorted(tp.partition for tp in assigned)
        while not self.of.stopping:
            try:
                await self.of.seek_all(partitions)
                break
            except Stopped as stop:
                self.of.fail(stop)
                return
            except Exception as failure:
                log.warning("cannot take over partitions yet: %s", type(failure).__name__)
                await asyncio.sleep(0.5)
        self.of.relay.own(partitions)
        measure(rebalances=1, partitions=len(partitions))
        self.of.assigned.set()
        log.info("assigned %s", partitions)


class LogConsumer:
    """The consumer of one process. `failed` resolves when it must stop."""

    def __init__(
        self,
        engine: Engine,
        relay: Relay,
        settings: Settings,
        measure: Callable[[Tally, int], None] | None = None,
        topic_id: str = "",
    ) -> None:
        self.engine = engine
        engine.on_stopped = self.fail
        self.relay = relay
        self.settings = settings
        self.measure = measure
        self.topic_id = topic_id
        self.assigned = asyncio.Event()
        self.stopping = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unsaid: dict[int, int] = {}
        """Where we are, by partition, as far as Kafka was not told."""
        self._saying: asyncio.Task[None] | None = None
        self._failures = 0
        self._hearing = asyncio.Lock()
        self._passed: list[Routed] = []
        self._passing: asyncio.Task[None] | None = None
        self._of_topic: Any = SimpleNamespace(topic=settings.topic)
        """All that FastStream asks of a record, for its log lines."""
        self.broker = KafkaBroker(
            settings.kafka.split(","),
            client_id=f"claimlog-{settings.service}-{settings.instance}",
            apply_types=False,
            logger=None,
            graceful_timeout=10,
            allow_auto_create_topics=False,
            metadata_max_age_ms=METADATA_AGE_MS,
        )
        self.subscriber = self.broker.subscriber(
            settings.topic,
            batch=True,
            group_id=f"{settings.topic}.{settings.service}",
            group_instance_id=_member(settings, topic_id),
            auto_offset_reset="none",
            ack_policy=AckPolicy.MANUAL,
            max_records=settings.max_records,
            batch_timeout_ms=IDLE_MS,
            fetch_min_bytes=settings.fetch_min_bytes,
            fetch_max_wait_ms=settings.fetch_max_wait_ms,
            max_partition_fetch_bytes=1_048_576,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            listener=Listener(self),
        )
        self.subscriber(self._heard, parser=self._parse, decoder=_decode)

    @property
    def consumer(self) -> Any:
        """aiokafka's consumer, once FastStream has made it."""
        return self.subscriber.consumer

    async def start(self) -> None:
        """Join the group."""
        tell_as_lost()
        await self.broker.start()
        for part in _parts(self.consumer):
            part.add_done_callback(self._part_ended)

    def _part_ended(self, part: "asyncio.Task[Any]") -> None:
        """A part of the client that ends is told to nobody, and nothing would be heard any more."""
        if self.stopping or part.cancelled():
            return
        log.error("a part of the Kafka client ended", exc_info=part.exception())
        self.fail(Stopped("a part of the Kafka client ended: nothing would be heard any more"))

    async def stop(self) -> None:
        """Leave after the batch in hand."""
        self.stopping = True
        for later in (self._passing, self._saying):
            if later is not None:
                later.cancel()
        try:
            await self.broker.stop()
        except Exception:
            if not self.failed.done():  # A part that ended says it again when it is waited for.
                raise

    def fail(self, reason: BaseException) -> None:
        """Tell the process to stop."""
        if not self.failed.done():
            self.failed.set_exception(reason)

    async def _parse(self, records: Any) -> KafkaMessage:
        # Their parser decodes every header of every record as UTF-8 and fails the batch on a bad one.
        # They put the message into the context, which every timer that is set meanwhile keeps, for minutes: the
        # records are taken out of it.
        return KafkaMessage(body=[records], raw_message=(self._of_topic,), consumer=self.consumer)

    async def _heard(self, message: list[Any]) -> None:
        records = message.pop()
        if self.failed.done():
            await asyncio.sleep(IDLE_MS / 1000)  # The process is about to end.
            return
        started = time.monotonic()
        async with self._hearing:
            routed, wanted = self.engine.routed(records)
            self._passed += routed
            wanted = wanted or len(self._passed) > PASS_RECORDS
            if wanted:
                await self._take()
            elif self._passing is None or self._passing.done():
                self._passing = asyncio.create_task(self._pass_later())
                self._passing.add_done_callback(self._passed_on)
        if wanted and not self._failures and len(records) < self.settings.max_records:
            took = time.monotonic() - started
            await asyncio.sleep(min(took * REST * psutil.cpu_percent() / 100, REST_MOST_SECONDS))

    async def _pass_later(self) -> None:
        await asyncio.sleep(PASS_SECONDS)
        async with self._hearing:
            if self._passed:
                await self._take()

    def _passed_on(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (defect := task.exception()) is not None:
            self.fail(defect)

    async def _take(self) -> None:
        taken, self._passed = self._passed, []
        records = [record for record, _, _ in taken]
        try:
            tally = await self.engine.take(taken)
        except asyncio.CancelledError:
            raise
        except Stopped as stop:
            self.fail(stop)
        except Exception as failure:
            self._failures += 1
            if not isinstance(failure, Conflict):
                measure(batch_failures=1)
                # The log shows types and frames of a failure, never what it failed on; our own words are for everybody.
                known = isinstance(failure, (*LOST, FileGone))
                name = str(failure) if isinstance(failure, FileGone) else type(failure).__name__
                log.warning(
                    "batch not committed, heard again: %s",
                    name,
                    exc_info=None if known else failure,
                )
            elif self._failures > CONFLICTS:
                self.fail(
                    Stopped(f"the log has a hole, or somebody moves us all the time: {failure}")
                )
                return
            await asyncio.sleep(min(WAIT_SECONDS * 2 ** min(self._failures, 10), WAIT_MOST_SECONDS))
            await self._rewind({r.partition for r in records})
        else:
            self._failures = 0
            if self.measure is not None:
                self.measure(tally, len(records))
            self._unsaid |= {r.partition: r.offset + 1 for r in records}
            if self._saying is None or self._saying.done():
                self._saying = asyncio.create_task(self._say_where())

    async def _rewind(self, partitions: set[int]) -> None:
        while not self.stopping:
            try:
                mine = {tp.partition for tp in self.consumer.assignment()}
                await self.seek_all(sorted(partitions & mine))
                return
            except Stopped as stop:
                self.fail(stop)
                return
            except Exception as failure:
                log.warning("cannot rewind yet: %s", type(failure).__name__)
                await asyncio.sleep(0.5)

    async def seek_all(self, partitions: list[int]) -> None:
        """Seek to the offsets of `progress`; finish day work that was interrupted."""
        if not partitions:
            return
        async with self.engine.pool.acquire() as connection:
            rows = await self.engine.store.progress(connection)
        self._passed = [r for r in self._passed if r[0].partition not in partitions]
        if any(rows[p].topic_id != self.topic_id for p in partitions):
            raise Stopped("the topic is not the one this database knows; start again")
        for p in partitions:
            self.consumer.seek(TopicPartition(self.settings.topic, p), rows[p].next_offset)
        await self.engine.finish_days(partitions)

    async def _say_where(self) -> None:
        """Lag telemetry, of all partitions at once: whoever reads it sees where an idle service is, too."""
        await asyncio.sleep(COMMIT_SECONDS)
        said, self._unsaid = self._unsaid, {}
        mine = self.consumer.assignment()
        offsets = {tp: said[tp.partition] for tp in mine if tp.partition in said}
        try:
            if offsets:
                await self.consumer.commit(offsets)
        except KafkaError as failure:
            self._unsaid = said | self._unsaid
            log.debug("lag telemetry not committed: %s", type(failure).__name__)

    async def ends(self) -> dict[int, int]:
        """Where the assigned partitions end, asked of the broker now; KafkaError when it is away."""
        assignment = list(self.consumer.assignment())
        if not assignment and self.settings.topic not in await self.consumer.topics():
            raise UnknownTopicOrPartitionError
        found = await self.consumer.end_offsets(assignment) if assignment else {}
        return {tp.partition: end for tp, end in found.items()}

    def lag(self) -> int:
        """Records between here and the end of the assigned partitions, as far as the last fetch knew."""
        consumer = self.consumer
        if consumer is None:
            return 0
        total = 0
        for tp in consumer.assignment():
            high = consumer.highwater(tp)
            if high is not None:
                state = consumer._subscription.subscription.assignment.state_value(tp)
                if state is not None and state.has_valid_position:
                    total += max(high - state.position, 0)
        return total


def _member(settings: Settings, topic_id: str) -> str:
    # A static member is given what it had: while an old topic was gone that was nothing, for ever.
    return f"{settings.service}-{settings.instance}-{zlib.crc32(topic_id.encode()):08x}"


def _parts(consumer: Any) -> list["asyncio.Task[Any]"]:
    """aiokafka's own background tasks: they look after metadata, the group and what is fetched."""
    return [
        consumer._client._sync_task,
        consumer._coordinator._coordination_task,
        consumer._fetcher._fetch_task,
    ]


async def _decode(message: KafkaMessage) -> Any:
    return message.body
