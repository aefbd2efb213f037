"""One partition of the log gone through once more, in memory, with the services' own rules and perhaps other books.

What a service decided on an account by itself, on what it heard or on a day, is decided again. What people, files,
payers and other streams said is a fact and stays. Pure, as the rooms it runs.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from contracts.reference import BusinessDayOpened, CutoffReached
from shared import envelope as wire
from shared.batch import Batch
from shared.changes import tell, timer_changes
from shared.decided import Decided, Stretch, decided_of, speaker_of
from shared.errors import Stopped
from shared.progress import Progress
from shared.reading import read
from shared.records import CannotApply, Heard, Kept, Loaded, OutboxRow
from shared.service import Row, Service, Wake
from shared.streams import BROADCAST, kind_of

MOST_NEW = 10_000
"""So many events may follow from one record: more is two services that answer each other without end."""


class Part:
    """One service in memory: its states, its book, what it waits for."""

    def __init__(self, service: Service, partition: int, partitions: int) -> None:
        self.service = service
        self.partition = partition
        self.partitions = partitions
        self.progress = Progress(partition=partition)
        self.book = service.book
        self.lacks_tables = False
        """Whether the book has changed since the tables that it names were loaded."""
        self.states: dict[str, Kept] = {}
        self.due: dict[tuple[str, str], Wake] = {}

    def hear(self, heard: Heard) -> Batch:
        """Fold it, react, decide."""
        return self._run(heard, lambda batch: batch.apply(heard))

    def fold(self, heard: Heard) -> Batch:
        """Fold what this service was told at a door."""
        envelope = heard.envelope
        assert envelope is not None
        return self._run(heard, lambda batch: batch.replay_own(self.partition, envelope))

    def waits(self, day: date, moment: str) -> list[tuple[str, str]]:
        """Whom a day wakes, in the order in which the live service does it."""
        return sorted(
            k for k, due in self.due.items() if due.moment == moment and due.due_on <= day
        )

    def wake(self, heard: Heard, stream: str, what: str, day: date) -> Batch:
        """Wake one stream on a day."""
        return self._run(heard, lambda batch: batch.wake(stream, what, day, cause_of(heard)))

    def _run(self, heard: Heard, work: Callable[[Batch], None]) -> Batch:
        assert heard.envelope is not None
        batch = self._batch(heard.envelope.time)
        work(batch)
        setting, dropping = timer_changes(batch)
        for stream, what, due in setting:
            self.due[stream, what] = due
        for key in dropping:
            self.due.pop(key, None)
        self.states.update(batch.states)
        if batch.books[self.partition] is not self.book and self.service.hydrate is not None:
            self.lacks_tables = True
        self.progress, self.book = batch.progress[self.partition], batch.books[self.partition]
        return batch

    def _batch(self, now: datetime) -> Batch:
        loaded = Loaded(
            progress={self.partition: self.progress},
            states=self.states,
            books={self.partition: self.book},
            parked=frozenset(),
            now=now,
            partitions=self.partitions,
        )
        return Batch(self.service, loaded, {})


class World:
    """What comes of a stretch of the log: the decisions of `deciding` services, and the rows of one that only looks.

    `said` gives what stands in the place of a broadcast: itself, or the entries of other books. `tables` are
    those that are made of the looking service's.
    """

    def __init__(
        self,
        log: Stretch,
        deciding: Sequence[Service],
        looking: Service | None = None,
        tables: Iterable[str] = (),
        said: Callable[[Heard], Iterable[Heard]] = lambda heard: (heard,),
        expected: Mapping[str, Decided] | None = None,
    ) -> None:
        self.log = log
        self.said = said
        self.expected = expected
        self.deciding = {s.name: Part(s, log.partition, log.partitions) for s in deciding}
        self.looking = Part(looking, log.partition, log.partitions) if looking else None
        self.rows: dict[str, dict[tuple[Any, ...], Row]] = {table: {} for table in tables}
        self.decided: dict[str, Decided] = {}
        """By event id: what was decided on accounts."""
        self.elsewhere: dict[str, Decided] = {}
        """What was decided about other streams, which stay as they were."""
        self.stuck: set[str] = set()
        """Accounts on which a rule failed: what would have become of them is not known."""
        self.void: dict[str, str] = {}
        """By event id, the account: what somebody did to what would not have been there."""
        self.unexpected: set[str] = set()
        """Accounts on which something was decided otherwise than `expected`, up to now."""
        self.facts_later: Counter[str] = Counter()
        """Facts on those, by their account: what answered or acted on what was, not on what would have been."""
        self._pending: dict[str, Heard] = {}
        self._to_come = set(log.decided) if deciding else set()
        self._fold_facts("")

    def step(self, heard: Heard) -> None:
        """Go on by one record; one that nobody hears may still be what something was said after."""
        if heard.envelope is not None:
            self._pass(heard, heard.envelope.id)
        self._fold_facts(cause_of(heard))

    def lacking(self) -> list[Part]:
        """Whose books name tables that are to be loaded before the next record."""
        return [part for part in self.deciding.values() if part.lacks_tables]

    def _pass(self, heard: Heard, event_id: str) -> None:
        if event_id in self._to_come:
            self._to_come.discard(event_id)
            again = self._pending.pop(event_id, None)
            if again is None and self.expected is not None and event_id in self.expected:
                self.unexpected.add(heard.stream)
            stays = heard if heard.stream in self.stuck else None
            self._deliver([one for one in (again or stays,) if one is not None])
        elif event_id in self.void:
            self.unexpected.add(heard.stream)
        elif heard.stream == BROADCAST:
            for one in self.said(heard):
                self._deliver([one])
                self._wake(one)
        else:
            if heard.stream in self.unexpected:
                self.facts_later[heard.stream] += 1
            self._deliver([heard])

    def _fold_facts(self, cause: str) -> None:
        for fact in self.log.facts_after.get(cause, ()) if self.deciding else ():
            assert fact.envelope is not None
            try:
                self.deciding[speaker_of(fact)].fold(fact)
            except Exception:  # A pure room may fail by anything where its past is another.
                self.void[fact.envelope.id] = fact.stream

    def _deliver(self, heard: Iterable[Heard]) -> None:
        """Let everybody hear these, and whatever follows from them that the log does not have."""
        waiting = deque(heard)
        for _ in range(MOST_NEW):
            if not waiting:
                return
            one = waiting.popleft()
            assert one.route is not None
            self._look(one)
            if kind_of(one.stream) in ("account", BROADCAST):
                for part in self.deciding.values():
                    if one.route.wire in part.service.hears:
                        waiting.extend(self._try(one.stream, partial(part.hear, one)))
        raise Stopped(
            "one record leads to more and more events without end: two rules answer each other"
        )

    def _wake(self, heard: Heard) -> None:
        moment = _moment(heard)
        if moment is None:
            return
        for part in self.deciding.values():
            for stream, what in part.waits(heard.event.day, moment):
                self._deliver(
                    self._try(stream, partial(part.wake, heard, stream, what, heard.event.day))
                )

    def _try(self, stream: str, work: Callable[[], Batch]) -> list[Heard]:
        """Run a service's rules; the new events. Where a rule fails, nothing more is decided on the account."""
        if stream in self.stuck:
            return []
        try:
            return list(self._new(work().outbox))
        except Exception:  # As above.
            if stream == BROADCAST:
                raise
            self.stuck.add(stream)
            return []

    def _new(self, outbox: Iterable[OutboxRow]) -> Iterable[Heard]:
        for row in outbox:
            heard = _read(row, self.log.partition)
            if not row.own:
                self.elsewhere[row.event_id] = decided_of(heard)
                continue
            self.decided[row.event_id] = decided = decided_of(heard)
            if self.expected is not None and self.expected.get(row.event_id) != decided:
                self.unexpected.add(row.stream)
            if row.event_id in self._to_come:
                self._pending[row.event_id] = heard
            else:
                yield heard

    def _look(self, heard: Heard) -> None:
        part = self.looking
        assert heard.route is not None
        if part is None or heard.route.wire not in part.service.hears:
            return
        try:
            told = part.hear(heard).told
        except CannotApply as no:
            raise Stopped(f"{part.service.name} cannot apply a record of this past ({no})") from no
        for _, event, at in told:
            for projection in part.service.projections:
                if at.wire in projection.hears and projection.table in self.rows:
                    rows = self.rows[projection.table]
                    for key in tell(projection, rows, event, at):
                        if rows[key] is None:
                            del rows[key]


def cause_of(heard: Heard) -> str:
    """What names a record as a cause."""
    assert heard.route is not None
    return f"{heard.route.producer}:{heard.route.position}"


def _moment(heard: Heard) -> str | None:
    match heard.event:
        case BusinessDayOpened():
            return "open"
        case CutoffReached():
            return "cutoff"
    return None


def _read(row: OutboxRow, partition: int) -> Heard:
    headers = ((wire.ROUTING, row.header),)
    place = {"partition": partition, "offset": -1}
    record = SimpleNamespace(**place, key=row.stream.encode(), value=row.value, headers=headers)
    heard = read(record, wire.read_route(headers), None)
    if heard.fault is not None:
        raise heard.fault
    return heard
