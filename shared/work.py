"""One transaction over consumed records: which of them count, what is loaded for them, a batch that holds."""

from collections.abc import Mapping
from typing import Any

from shared import envelope as wire
from shared.again import Again, Found, Parked
from shared.batch import Batch
from shared.errors import Conflict, ServiceError, Stopped
from shared.heard_order import Passing, Stretch
from shared.progress import DayWork, Progress
from shared.reading import passed, read
from shared.records import CannotApply, Heard
from shared.shell import Shell
from shared.streams import BROADCAST

DAY_CHUNK = 500
"""Due streams woken in one transaction: keeps a day of a large partition from holding its lock for long."""
Poison = dict[tuple[int, int], tuple[str, str]]
Routed = tuple[Any, wire.Route | None, ServiceError | None]
"""A consumed record, its routing header, and why it cannot be read, if so."""


class Tally:
    """What one poll did, for metrics: counted once a batch."""

    __slots__ = ("applied", "busy", "early", "parked", "repeats", "skipped", "waiting")

    def __init__(self) -> None:
        self.applied = self.early = self.parked = self.repeats = 0
        self.skipped = self.waiting = 0
        self.busy: set[int] = set()
        """Partitions with a day that is not all worked off."""


class Work:
    """One transaction over consumed records, from locked rows to a finished batch."""

    def __init__(
        self, engine: Shell, connection: Any, progress: dict[int, Progress], tally: Tally
    ) -> None:
        self.engine = engine
        self.connection = connection
        self.progress = progress
        self.tally = tally
        self.finished: set[int] = set()
        self.days: dict[int, tuple[DayWork, list[tuple[str, str]]]] = {}
        self.found: dict[tuple[int, str], list[Found]] = {}
        self.parked: dict[tuple[int, int], Parked] = {}
        self.replaying: dict[int, int] = {}
        self.woken: set[tuple[str, str]] = set()
        self.heard: list[Stretch] = []
        """The order in which the records that count were passed."""

    async def run(self, segment: Mapping[int, list[Any]], known: Poison | None = None) -> Batch:
        steps, streams = await self._plan(segment)
        loaded = await self.engine.load(
            self.connection, self.progress, streams, sorted(self.progress)
        )
        poison: Poison = dict(known or {})
        while True:
            again: Again | None = None
            if self.replaying:
                again = Again(self.engine.service, loaded, poison, self.found, self.parked)
            batch = again or Batch(self.engine.service, loaded, poison)
            try:
                for p in self.days:
                    if self.progress[p].day_work is not None:
                        self._wake(batch, p)
                for heard in steps:
                    if again and heard.offset < self.replaying.get(heard.partition, 0):
                        again.hear_again(heard)
                    elif heard.stream:
                        batch.hear(heard)
                    if self.days and self._begins(heard):
                        self._wake(batch, heard.partition)
                await self.engine.project(self.connection, batch)
            except CannotApply as no:
                if no.place in poison or no.place[1] < 0:
                    raise
                poison[no.place] = (no.reason, no.sentence)
                continue
            for p in self.replaying:
                if not batch.progress[p].recovering:
                    batch.progress[p].replay_targets = {}
            self.tally.parked += sum(1 for row in batch.parked if row.status == "parked")
            self.tally.waiting += sum(1 for row in batch.parked if row.status == "waiting")
            return batch

    async def _plan(self, segment: Mapping[int, list[Any]]) -> tuple[list[Heard], set[str]]:
        """Which records count, by offset and position; what they and the day's due streams will need.

        `progress` passes them all; what is said of them has causes of its own.
        """
        steps: list[Heard] = []
        streams: set[str] = set()
        await self._due(segment, streams)
        for p, records in segment.items():
            progress = self.progress[p]
            if progress.day_work is not None:
                continue
            if not self._is_long(p):
                self.finished.add(p)
            replay_until = progress.replay_until
            # A long day is worked off before what follows it.
            taken = records if p in self.finished else records[:1]
            classified = self._classify(progress, taken)
            if classified and classified[0].offset < replay_until:
                await self._load_found(progress, classified, streams)
            for heard in classified:
                steps.append(heard)
                if heard.stream and heard.stream != BROADCAST:
                    streams.add(heard.stream)
        return steps, streams

    async def _load_found(self, progress: Progress, steps: list[Heard], streams: set[str]) -> None:
        p, store = progress.partition, self.engine.store
        self.replaying[p] = progress.replay_until
        causes = [f"{h.route.producer}:{h.route.position}" for h in steps if h.route is not None]
        found, own = await store.found(self.connection, p, causes)
        self.found |= found
        streams |= own
        self.parked |= await store.parked_before(self.connection, p, [h.offset for h in steps])

    async def _due(self, segment: Mapping[int, list[Routed]], streams: set[str]) -> None:
        """The due streams of days in work, and of a day that stands at the head of a partition's records."""
        waking: dict[int, DayWork] = {}
        for p, records in segment.items():
            progress = self.progress[p]
            if progress.day_work is not None:
                waking[p] = progress.day_work
            elif records and self._opens_next(progress, *records[0][:2]):
                heard = read(*records[0])
                if heard.fault is None:
                    waking[p] = _day_work(heard)
        if not waking:
            return
        asked = {p: (work.moment, work.day) for p, work in waking.items()}
        found = await self.engine.store.due(self.connection, asked, DAY_CHUNK)
        for p, work in waking.items():
            due = found.get(p, [])
            self.days[p] = (work, due)
            streams.update(stream for stream, _ in due)
            if self.engine.restored:  # Some were woken before the database was lost, perhaps.
                name = self.engine.service.name
                ids = {wire.event_id("wake", name, work.cause, *one, "0"): one for one in due}
                said = await self.engine.store.recovered(self.connection, list(ids))
                self.woken |= {ids[event_id] for _, event_id in said}

    def _opens_next(self, progress: Progress, record: Any, route: wire.Route | None) -> bool:
        """Whether this is a day, and the very next record: neither passed already, nor a repeat, nor early."""
        return (
            route is not None
            and route.wire in self.engine.wakes
            and record.offset == progress.next_offset
            and route.position == progress.heard.get(route.producer, 0) + 1
        )

    def _begins(self, heard: Heard) -> bool:
        """Whether this is the day whose streams were looked for."""
        if heard.route is None or heard.route.wire not in self.engine.wakes:
            return False
        return heard.partition in self.days and self.days[heard.partition][0] == _day_work(heard)

    def _is_long(self, p: int) -> bool:
        """Whether more streams wait for the day of this partition than one transaction wakes."""
        return p in self.days and len(self.days[p][1]) == DAY_CHUNK

    def _wake(self, batch: Batch, p: int) -> None:
        work, due = self.days[p]
        for stream, what in due:
            if (stream, what) in self.woken:
                batch.put_off(stream, what, work.day)
            else:
                batch.wake(stream, what, work.day, work.cause)
        batch.progress[p].day_work = work if self._is_long(p) else None

    def _classify(self, progress: Progress, records: list[Routed]) -> list[Heard]:
        """Pass the records, in order; those to hear, and while what was said is folded again all of them.

        One with an empty stream is only passed.
        """
        steps: list[Heard] = []
        p, offset, heard, tally = (
            progress.partition,
            progress.next_offset,
            progress.heard,
            self.tally,
        )
        own, sent = f"{self.engine.service.name}/{p}", progress.sent.get(p, 0)
        hears, replay_until = self.engine.service.hears, progress.replay_until
        last: wire.Route | None = None
        passing = Passing(p, sum(heard.values()))
        for record, route, fault in records:
            if record.offset < offset:
                continue
            if record.offset > offset:
                raise Conflict(f"offset {record.offset} came where {offset} was expected")
            offset += 1
            if route is not None:
                before = heard.get(route.producer, 0)
                if route.position != before + 1:
                    self._count(route.position <= before)
                    continue
                if route.producer == own and route.position > sent:
                    raise Stopped(_OLDER.format(own, route.position))
                heard[route.producer] = route.position
                passing.take(route.producer)
                last = route
                if fault is None and route.wire not in hears:
                    tally.skipped += 1
                    if record.offset < replay_until:
                        steps.append(passed(p, record.offset, route))
                    continue
            tally.applied += 1
            steps.append(read(record, route, fault))
        if offset > progress.next_offset:
            progress.next_offset, progress.passed_at = offset, records[-1][0].timestamp
        if last is not None:
            progress.take(last.producer, last.position)
        if (stretch := passing.stretch()) is not None:
            self.heard.append(stretch)
        return steps

    def _count(self, repeat: bool) -> None:
        if repeat:
            self.tally.repeats += 1
        else:
            self.tally.early += 1


_OLDER = (
    "{0} said {1} in the log, which this database never did: "
    "the database is older than the log; start again to recover"
)


def _day_work(heard: Heard) -> DayWork:
    assert heard.route is not None
    moment = "cutoff" if heard.route.wire == "reference.cutoff_reached.v1" else "open"
    return DayWork(heard.event.day, moment, f"{heard.route.producer}:{heard.route.position}")
