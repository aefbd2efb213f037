"""What the log holds, record for record, to be compared with what it holds after it was lost."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from shared.envelope import read_route
from shared.errors import Malformed
from shared.log_reader import LogReader
from tests.faults.lab import Lab

Channel = tuple[str, int]
"""(producer, target partition)."""


@dataclass(slots=True)
class Picture:
    """Digests of key, headers and value of what readers accept: by channel, and by partition across channels."""

    channels: dict[Channel, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    partitions: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        """How many records."""
        return sum(map(len, self.partitions.values()))


async def picture(lab: Lab) -> Picture:
    """The log as it is now; repeats and strangers are left out, as every reader leaves them out."""
    taken = Picture()
    partitions = list(range(lab.stack.settings.partitions))
    async with LogReader(lab.stack.bootstrap, lab.stack.settings.topic) as reader:
        for p, end in (await reader.ends(partitions)).items():
            async for records in reader.read(p, 0, end):
                for record in records:
                    _look(taken, p, record)
    return taken


def _look(taken: Picture, partition: int, record: Any) -> None:
    try:
        route = read_route(record.headers)
    except Malformed:
        return
    channel = (route.producer, partition)
    if route.position == len(taken.channels[channel]) + 1:
        digest = _digest(record)
        taken.channels[channel].append(digest)
        taken.partitions[partition].append(digest)


def _digest(record: Any) -> bytes:
    made = hashlib.sha256()
    for part in (
        record.key,
        *(p for k, v in record.headers for p in (k.encode(), v)),
        record.value,
    ):
        made.update(len(part or b"").to_bytes(8) + (part or b""))
    return made.digest()


def unlike(before: Picture, after: Picture) -> list[str]:
    """Channels that do not begin with exactly what they held."""
    return [
        f"{producer} to {target}: {len(held)} records were, and are not as they were"
        for (producer, target), held in before.channels.items()
        if after.channels.get((producer, target), [])[: len(held)] != held
    ]


def reordered(before: Picture, after: Picture) -> int:
    """Partitions in which the same records stand in another order across their channels."""
    found = 0
    for p, held in before.partitions.items():
        known = set(held)
        found += [d for d in after.partitions.get(p, []) if d in known] != held
    return found
