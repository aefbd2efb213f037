"""Reading a stretch of one partition of the log, outside any consumer group."""

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

POLL_MS = 500


class LogReader:
    """Reads stretches of the log; `await` its start, and close it after use."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.topic = topic
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=8_388_608,
            fetch_max_wait_ms=50,
        )

    async def __aenter__(self) -> "LogReader":
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def ends(self, partitions: list[int]) -> dict[int, int]:
        """The offset after the last record of each partition."""
        tps = [TopicPartition(self.topic, p) for p in partitions]
        found = await self._consumer.end_offsets(tps)
        return {tp.partition: offset for tp, offset in found.items()}

    async def read(self, partition: int, start: int, end: int) -> AsyncIterator[list[Any]]:
        """Records from `start` up to but not including `end`, in batches."""
        tp = TopicPartition(self.topic, partition)
        self._consumer.assign([tp])
        self._consumer.seek(tp, start)
        at = start
        while at < end:
            found = await self._consumer.getmany(tp, timeout_ms=POLL_MS, max_records=2_000)
            records = [r for r in found.get(tp, []) if r.offset < end]
            if records:
                at = records[-1].offset + 1
                yield records
