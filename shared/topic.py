"""The topic as the broker knows it: its id tells a topic that was deleted and made again from the old one."""

import asyncio
import logging
from typing import NamedTuple

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from shared.errors import Stopped

log = logging.getLogger("claimlog.topic")

WATCH_SECONDS = 10.0


class Topic(NamedTuple):
    """A topic's id and number of partitions."""

    id: str
    partitions: int


def _describe(bootstrap: str, name: str) -> Topic | None:
    quiet = logging.getLogger("claimlog.librdkafka")
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0}, logger=quiet)
    described = admin.describe_topics(TopicCollection([name]), request_timeout=5)[name]
    try:
        topic = described.result(10)
    except KafkaException:
        return None
    return Topic(str(topic.topic_id), len(topic.partitions))


async def describe(bootstrap: str, name: str) -> Topic | None:
    """The topic, or None while the broker or the topic is not there."""
    return await asyncio.to_thread(_describe, bootstrap, name)


async def wait_for_topic(bootstrap: str, name: str, seconds: float) -> Topic:
    """The topic, waiting for the broker and for provisioning; Stopped after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        topic = await describe(bootstrap, name)
        if topic is not None and topic.partitions:
            return topic
        log.warning("waiting for the topic %s", name)
        await asyncio.sleep(0.5)
    raise Stopped(f"there is no topic {name}; `claimlog topics` makes it")


async def stop_when_made_anew(bootstrap: str, name: str, ours: Topic) -> None:
    """Stopped once the topic is another one than ours: no consumer says so, it only hears nothing any more."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            found = await describe(bootstrap, name)
        except (KafkaException, TimeoutError):
            continue
        if found is not None and found.id != ours.id:
            raise Stopped("the topic was made anew; start again to fill it from the outboxes")
        if found is not None and found.partitions != ours.partitions:
            raise Stopped(
                f"the topic has {found.partitions} partitions now, not {ours.partitions} as before"
            )
