"""What services decided on accounts by themselves, in a stretch of the log and in another world; how the two differ."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.envelope import encode_event
from shared.records import Heard
from shared.streams import kind_of


class Decided(NamedTuple):
    """What a service said by itself: its wire name, its stream, and a hash of what it says."""

    wire: str
    stream: str
    content: int


@dataclass(slots=True)
class Stretch:
    """What must be known of one partition's records before it is gone through: what some services said on accounts."""

    partition: int
    partitions: int
    deciding: frozenset[str]
    decided: dict[str, Decided] = field(default_factory=dict)
    """By event id: what these services decided by themselves."""
    facts_after: dict[str, list[Heard]] = field(default_factory=dict)
    """What they were told at a door, by the record after which it stood in their tables."""

    def note(self, heard: Heard) -> None:
        """Look at a record, in the order of the log."""
        assert heard.envelope is not None
        if self.is_decided(heard):
            self.decided[heard.envelope.id] = decided_of(heard)
        elif self.is_theirs(heard):
            self.facts_after.setdefault(heard.envelope.cause, []).append(heard)

    def is_decided(self, heard: Heard) -> bool:
        """Whether a service said it by itself, and would say it again or otherwise."""
        assert heard.envelope is not None
        return self.is_theirs(heard) and heard.envelope.actor == f"service:{speaker_of(heard)}"

    def is_theirs(self, heard: Heard) -> bool:
        """Whether one of the services said it on an account's own stream."""
        assert heard.route is not None
        return (
            heard.route.own
            and kind_of(heard.stream) == "account"
            and speaker_of(heard) in self.deciding
        )


@dataclass(slots=True)
class Otherwise:
    """How the decisions of two worlds differ: counts by wire name, and the accounts."""

    same: int = 0
    only_first: Counter[str] = field(default_factory=Counter)
    only_second: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    streams: set[str] = field(default_factory=set)

    def add(self, first: Mapping[str, Decided], second: Mapping[str, Decided]) -> None:
        """Count the decisions of one partition."""
        for event_id, one in first.items():
            other = second.get(event_id)
            if other == one:
                self.same += 1
                continue
            (self.only_first if other is None else self.changed)[one.wire] += 1
            self.streams.add(one.stream)
        for event_id, one in second.items():
            if event_id not in first:
                self.only_second[one.wire] += 1
                self.streams.add(one.stream)

    @property
    def different(self) -> int:
        """Decisions that only one of the two has, or that say something else."""
        return sum(c.total() for c in (self.only_first, self.only_second, self.changed))


def speaker_of(heard: Heard) -> str:
    assert heard.route is not None
    return heard.route.producer.partition("/")[0]


def decided_of(heard: Heard) -> Decided:
    assert heard.route is not None
    return Decided(heard.route.wire, heard.stream, hash(bytes(encode_event(heard.event))))
