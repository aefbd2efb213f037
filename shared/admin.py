"""Administration of the log with kafka-python: topics and ends."""

from contextlib import closing
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import OffsetSpec
from kafka.errors import TopicAlreadyExistsError
from kafka.structs import TopicPartition

from shared.errors import Stopped

LOG_CONFIG = {
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": "8388608",
}
"""The log is kept for ever; append time makes seeks by time monotone (business time is in the event)."""


def connect(bootstrap: str) -> KafkaAdminClient:
    """An administration client."""
    return KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)


def partitions_of(admin: KafkaAdminClient, topic: str) -> int:
    """How many partitions a topic has; 0 when it does not exist."""
    if topic not in admin.list_topics():
        return 0
    described: list[dict[str, Any]] = admin.describe_topics([topic])
    return len(described[0]["partitions"])


def provision(bootstrap: str, topic: str, partitions: int, replication: int) -> list[str]:
    """Make the log and its dead-letter topic; Stopped when the log has another number of partitions."""
    made = []
    with closing(connect(bootstrap)) as admin:
        for name, count in ((topic, partitions), (f"{topic}.parked", 1)):
            found = partitions_of(admin, name)
            if found == 0:
                try:
                    admin.create_topics(
                        {
                            name: {
                                "num_partitions": count,
                                "replication_factor": replication,
                                "configs": LOG_CONFIG,
                            }
                        }
                    )
                    made.append(name)
                except TopicAlreadyExistsError:
                    continue
            elif found != count:
                raise Stopped(
                    f"topic {name} has {found} partitions, not {count}: the number is fixed when it is "
                    "made, because the partition of a stream follows from it"
                )
    return made


def ends(bootstrap: str, topic: str) -> dict[int, int]:
    """The offset after the last record of every partition."""
    with closing(connect(bootstrap)) as admin:
        tps = [TopicPartition(topic, p) for p in range(partitions_of(admin, topic))]
        found = admin.list_partition_offsets(dict.fromkeys(tps, OffsetSpec.LATEST))
    return {tp.partition: int(one.offset) for tp, one in found.items()}
