"""How far the services of this log are behind, as Kafka knows it of their groups."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiokafka.errors import KafkaError
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException
from confluent_kafka.admin import AdminClient

from shared.log_reader import LogReader
from shared.telemetry import measure
from shared.turns import Turns

log = logging.getLogger("claimlog.behind")

LOOK_SECONDS = 1.0
LOOKS_KEPT = 8
"""A service's pace is the best of so many looks: in the midst of a long transaction it seems to stand still."""
QUIET_LOOKS = 30
"""After so many looks without anybody who waits, the next import begins anew."""
ANSWER_SECONDS = 5.0


class Standing(NamedTuple):
    """Where every group stood at a moment (seconds of a clock): records it has passed, and those it has not."""

    at: float
    passed: Mapping[str, int]
    ahead: Mapping[str, int]


def seconds_behind(looks: Sequence[Standing]) -> float:
    """How long the slowest group needs for what is ahead of it, at the best pace it went over two of these looks.

    One that stood still all the time is nobody's measure: it does not go faster when less comes.
    """
    slowest = 0.0
    for group, ahead in looks[-1].ahead.items():
        pace = max(
            (
                _moved(group, one, other) / (other.at - one.at)
                for one, other in zip(looks, looks[2:], strict=False)
            ),
            default=0.0,
        )
        if pace > 0:
            slowest = max(slowest, ahead / pace)
    return slowest


def _moved(group: str, before: Standing, now: Standing) -> int:
    return now.passed.get(group, 0) - before.passed.get(group, now.passed.get(group, 0))


class Groups:
    """The consumer groups of the services of a topic."""

    def __init__(self, kafka: str, topic: str) -> None:
        self._topic = topic
        self._admin = AdminClient(
            {"bootstrap.servers": kafka, "log_level": 0},
            logger=logging.getLogger("claimlog.librdkafka"),
        )
        self._names: list[str] = []

    async def standing(self, ends: Mapping[int, int]) -> Standing:
        """Where every group stands now, when partitions end there; KafkaException while the broker is away."""
        stands = await asyncio.to_thread(self._offsets)
        passed = {group: sum(offsets.values()) for group, offsets in stands.items()}
        ahead = {
            group: sum(max(ends[p] - at, 0) for p, at in offsets.items() if p in ends)
            for group, offsets in stands.items()
        }
        return Standing(time.monotonic(), passed, ahead)

    def _offsets(self) -> dict[str, dict[int, int]]:
        """What each group told Kafka: offsets by partition."""
        if not self._names:
            listed = self._admin.list_consumer_groups(request_timeout=ANSWER_SECONDS).result(
                2 * ANSWER_SECONDS
            )
            self._names = [
                g.group_id for g in listed.valid if g.group_id.startswith(f"{self._topic}.")
            ]
        asked = [
            self._admin.list_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(name)], request_timeout=ANSWER_SECONDS
            )[name]
            for name in self._names
        ]
        answers = [found.result(2 * ANSWER_SECONDS).topic_partitions for found in asked]
        return {
            name: {tp.partition: tp.offset for tp in told if tp.offset >= 0}
            for name, told in zip(self._names, answers, strict=True)
        }


async def keep_turns(turns: Turns, kafka: str, topic: str, partitions: int) -> None:
    """Adapt the turns to how far services are behind, whenever a facility has to wait. Ends no process."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not turns.waited:
            continue
        try:
            async with LogReader(kafka, topic) as reader:
                await _while_anybody_waits(turns, Groups(kafka, topic), reader, range(partitions))
        except (KafkaException, KafkaError, TimeoutError) as away:
            log.debug("it is not known how far services are behind: %s", type(away).__name__)
            turns.looked(0.0, time.monotonic())  # Then nobody is kept out.


async def _while_anybody_waits(
    turns: Turns, groups: Groups, reader: LogReader, partitions: range
) -> None:
    looks: list[Standing] = []
    quiet = 0
    while quiet < QUIET_LOOKS:
        looks = [
            *looks[1 - LOOKS_KEPT :],
            await groups.standing(await reader.ends(list(partitions))),
        ]
        quiet = 0 if turns.waited else quiet + 1
        if len(looks) > 2:
            behind = seconds_behind(looks)
            turns.looked(behind, looks[-1].at)
            measure(behind_seconds=behind, let_in=turns.share)
        await asyncio.sleep(LOOK_SECONDS)
    turns.over()
    measure(behind_seconds=0)
