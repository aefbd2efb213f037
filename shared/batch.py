"""One transaction's worth of work in memory: fold, react, decide, project. No I/O, no clock.

The shell (`engine.py`) loads what a `Batch` needs, lets it run, and writes what it holds. When a record cannot
be applied, the batch is run again from what was loaded, with that record parked.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from contracts.platform import RecordParked
from contracts.reference import BusinessDayOpened
from contracts.registry import wire_name
from shared import envelope as wire
from shared.errors import Recovering, Refused, ServiceError, Stopped, StreamParked
from shared.progress import Progress
from shared.service import Answer, At, Decider, Order, Row, Say, Scope, Service, Wake
from shared.streams import BROADCAST, kind_of, partition_of

_OF_MANY = frozenset({"outbound", "payee", "takeback", "guarantor"})
"""Streams that serve many facilities: none of them becomes the stream's own."""


class Heard(NamedTuple):
    """A record that stands at the next position of its producer, decoded (or the reason why it cannot be)."""

    partition: int
    offset: int
    stream: str
    route: wire.Route | None
    envelope: wire.Envelope | None
    event: Any
    key: bytes
    header: bytes
    value: bytes
    fault: ServiceError | None = None


class OutboxRow(NamedTuple):
    """A record to publish, as kept for ever."""

    partition: int
    seq: int
    target: int
    position: int
    stream: str
    wire: str
    own: bool
    cause: str
    event_id: str
    header: bytes
    value: bytes
    recorded_at: datetime


class ParkedRow(NamedTuple):
    """A record that waits: itself unappliable (`parked`) or behind one that is (`waiting`)."""

    partition: int
    offset: int
    stream: str
    producer: str
    position: int
    wire: str
    status: str
    reason: str
    sentence: str
    key: bytes
    header: bytes
    value: bytes
    parked_at: datetime


class Kept(NamedTuple):
    """A stream's state with the scope of its first event that had one."""

    state: Any
    scope: Scope


class CannotApply(Exception):
    """A record failed in a pure room; the batch runs again with it parked."""

    def __init__(self, partition: int, offset: int, reason: str, sentence: str) -> None:
        super().__init__(f"{partition}@{offset}: {reason}")
        self.place = (partition, offset)
        self.reason = reason
        self.sentence = sentence


@dataclass(slots=True)
class Loaded:
    """What the shell read for a batch; never changed by it, so that the batch can run again."""

    progress: Mapping[int, Progress]
    states: Mapping[str, Kept]
    books: Mapping[int, Any]
    parked: frozenset[str]
    now: datetime
    partitions: int
    trace: Callable[[str], str] = lambda cause: cause
    """A traceparent for what is decided on a cause (empty for a door)."""


@dataclass(slots=True)
class Batch:
    """The running of one transaction. Fields are what the shell writes afterwards."""

    service: Service
    loaded: Loaded
    poison: Mapping[tuple[int, int], tuple[str, str]]
    progress: dict[int, Progress] = field(default_factory=dict)
    states: dict[str, Kept] = field(default_factory=dict)
    books: dict[int, Any] = field(default_factory=dict)
    outbox: list[OutboxRow] = field(default_factory=list)
    parked: list[ParkedRow] = field(default_factory=list)
    told: list[tuple[tuple[int, int] | None, Any, At]] = field(default_factory=list)
    handed: list[tuple[Any, At]] = field(default_factory=list)
    books_changed: set[int] = field(default_factory=set)
    woken: dict[tuple[str, str], Wake | None] = field(default_factory=dict)
    _after_waking: dict[tuple[str, str], Wake | None] = field(default_factory=dict)
    """What a woken timer was right after: what is heard later in the same transaction may set it anew."""
    _parked_now: set[str] = field(default_factory=set)
    _now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._now = self.loaded.now
        self.progress = {p: progress.copy() for p, progress in self.loaded.progress.items()}
        self.books = dict(self.loaded.books)
        for progress in self.progress.values():
            progress.version += 1

    # -- what a batch is made of -------------------------------------------------------------------------

    def hear(self, heard: Heard) -> None:
        """Apply one record, or park it, or let it wait behind a parked one."""
        place = (heard.partition, heard.offset)
        poison = self.poison.get(place)
        if heard.fault is not None:
            self._park(heard, heard.fault.code, str(heard.fault))
        elif poison is not None:
            self._park(heard, *poison)
        elif heard.stream in self.loaded.parked or heard.stream in self._parked_now:
            self._wait(heard)
        else:
            self.apply(heard)

    def apply(self, heard: Heard) -> None:
        """Fold, project, react, decide; CannotApply when a pure room fails."""
        assert heard.envelope is not None and heard.route is not None
        try:
            at = self._at(heard)
            if heard.stream == BROADCAST:
                self._hear_broadcast(heard, at)
            else:
                self._hear_stream(heard, at)
        except CannotApply:
            raise
        except ServiceError as no:
            raise CannotApply(heard.partition, heard.offset, no.code, str(no)) from no
        except Exception as defect:
            name = type(defect).__name__
            raise CannotApply(
                heard.partition, heard.offset, "defect", f"a rule failed with {name}"
            ) from defect

    def obey(self, order: Order) -> Answer:
        """Carry out a command from a door. Refused leaves nothing behind."""
        partition = partition_of(order.stream, self.loaded.partitions)
        if order.stream in self.loaded.parked or order.stream in self._parked_now:
            raise StreamParked("this stream waits behind a record that could not be applied")
        if self.progress[partition].recovering:
            raise Recovering("the database was restored and is catching up; come again")
        before = len(self.outbox)
        undo = self._undo(partition, order.stream)
        try:
            self._decide(
                order.stream,
                order.command,
                cause=self.progress[partition].last,
                ids=("door", self.service.name, order.key),
                actor=order.actor,
                scope=order.scope,
                occurred_on=order.occurred_on,
                correlation="",
                traceparent=self.loaded.trace(""),
                place=None,
            )
        except Exception:
            undo()
            raise
        said = {row.event_id: (row.wire, row.event_id) for row in self.outbox[before:]}
        return Answer(200, order.stream, tuple(said.values()))

    def wake(self, stream: str, what: str, day: date, cause: str) -> None:
        """Wake a due stream; a timer that stays is due again the day after."""
        decider = self._decider(stream)
        kept = self._kept(stream)
        partition = partition_of(stream, self.loaded.partitions)
        if decider is None or decider.wake is None or kept.state is None:
            self.woken[(stream, what)] = None
            return
        if stream in self.loaded.parked or stream in self._parked_now:
            self.woken[(stream, what)] = Wake(date.fromordinal(day.toordinal() + 1))
            return
        command = decider.wake(what, day, kept.state)
        if command is not None:
            try:
                self._decide(
                    stream,
                    command,
                    cause=cause,
                    ids=("wake", self.service.name, cause, stream, what),
                    actor=f"service:{self.service.name}",
                    scope=kept.scope,
                    occurred_on=day,
                    correlation="",
                    traceparent=self.loaded.trace(""),
                    place=(partition, -1),
                )
            except Refused:
                pass  # A timer has nobody to tell: the rule said no, and is asked again tomorrow.
        self.put_off(stream, what, day)

    def put_off(self, stream: str, what: str, day: date) -> None:
        """A timer that was woken on this day and stays is due again the day after."""
        decider = self._decider(stream)
        assert decider is not None and decider.timers is not None
        still = decider.timers(self._kept(stream).state).get(what)
        self._after_waking[(stream, what)] = still
        if still is not None and still.due_on <= day:
            still = Wake(date.fromordinal(day.toordinal() + 1), still.moment)
        self.woken[(stream, what)] = still

    def replay(self, heard: Heard) -> None:
        """Fold and project a record again; nothing reacts and nothing is decided."""
        assert heard.route is not None
        at = self._at(heard)
        if heard.stream == BROADCAST:
            self._hear_broadcast(heard, at)
        elif not self._ours(heard.route):
            self._fold(heard.stream, heard.event, at.scope)
            self.told.append(((heard.partition, heard.offset), heard.event, at))

    def replay_own(self, partition: int, value: bytes) -> None:
        """Fold and project an own event of the outbox, directly after its cause."""
        e = wire.decode(value)
        event = wire.decode_event(e.type, e.data)
        at = At(
            e.subject,
            partition,
            e.id,
            e.type,
            Scope(e.tenant, e.legalentity, e.facility),
            e.occurredon,
            e.time,
            e.actor,
            e.correlation,
            e.producer,
            e.position,
        )
        self._fold(e.subject, event, at.scope)
        self.told.append(((partition, -1), event, at))

    # -- inside ------------------------------------------------------------------------------------------

    def _ours(self, route: wire.Route) -> bool:
        return route.own and route.producer.partition("/")[0] == self.service.name

    def _hear_broadcast(self, heard: Heard, at: At) -> None:
        service, p = self.service, heard.partition
        if service.evolve_book is not None:
            self.books[p] = service.evolve_book(self.books[p], heard.event)
            self.books_changed.add(p)
        if isinstance(heard.event, BusinessDayOpened):
            self.progress[p].today = heard.event.day
        self.told.append(((p, heard.offset), heard.event, at))

    def _hear_stream(self, heard: Heard, at: At) -> None:
        assert heard.route is not None and heard.envelope is not None
        place = (heard.partition, heard.offset)
        if not self._ours(heard.route):
            self._fold(heard.stream, heard.event, at.scope)
            self.told.append((place, heard.event, at))
        self.handed.append((heard.event, at))
        for n, (stream, command) in enumerate(self.service.react(heard.event, at)):
            if stream != heard.stream:
                raise Refused("a reaction may only command the stream it heard on")
            self._decide(
                stream,
                command,
                cause=f"{heard.route.producer}:{heard.route.position}",
                ids=("react", self.service.name, heard.envelope.id, str(n)),
                actor=f"service:{self.service.name}",
                scope=at.scope,
                occurred_on=None,
                correlation=heard.envelope.correlation,
                traceparent=self.loaded.trace(heard.envelope.traceparent),
                place=place,
            )

    def _decide(
        self,
        stream: str,
        command: Any,
        *,
        cause: str,
        ids: tuple[str, ...],
        actor: str,
        scope: Scope,
        occurred_on: date | None,
        correlation: str,
        traceparent: str,
        place: tuple[int, int] | None,
    ) -> None:
        decider = self._decider(stream)
        if decider is None:
            raise Refused(f"{self.service.name} decides nothing on {kind_of(stream)} streams")
        partition = partition_of(stream, self.loaded.partitions)
        kept = self._kept(stream)
        said = list(decider.decide(command, kept.state, self.books.get(partition)))
        business_day = occurred_on or self.progress[partition].today or self._now.date()
        for n, one in enumerate(said):
            say = one if isinstance(one, Say) else Say(one)
            own_stream = say.stream is None or say.stream == stream
            target_stream = stream if say.stream is None else say.stream
            meant = say.scope or scope
            if own_stream:
                meant = self._scope(stream, meant)
            self._say(
                say,
                stream=target_stream,
                own=own_stream,
                source=partition,
                scope=meant,
                cause=cause,
                identity=wire.event_id(*ids, str(n)),
                actor=actor,
                correlation=correlation,
                traceparent=traceparent,
                occurred_on=say.occurred_on or business_day,
                place=place,
            )

    def _say(
        self,
        say: Say,
        *,
        stream: str,
        own: bool,
        source: int,
        scope: Scope,
        cause: str,
        identity: str,
        actor: str,
        correlation: str,
        traceparent: str,
        occurred_on: date,
        place: tuple[int, int] | None,
    ) -> None:
        event, name = say.event, wire_name(type(say.event))
        if name not in self.service.says and not name.startswith("platform."):
            raise Refused(f"{self.service.name} never says {name}")
        producer = f"{self.service.name}/{source}"
        if kind_of(stream) == "account":
            correlation = stream[8:]
        data = wire.encode_event(event)
        progress = self.progress[source]
        for target in self._targets(stream):
            position = progress.next_position(target)
            value = wire.encode(
                wire.Envelope(
                    specversion="1.0",
                    id=identity,
                    type=name,
                    source=f"/claimlog/{self.service.name}",
                    subject=stream,
                    time=self._now,
                    datacontenttype="application/json",
                    tenant=scope.tenant,
                    legalentity=scope.legal_entity,
                    facility=scope.facility,
                    actor=actor,
                    cause=cause,
                    correlation=correlation or identity,
                    producer=producer,
                    position=position,
                    occurredon=occurred_on,
                    ruleset=say.rule_set,
                    sourcesha256=say.source_sha256,
                    sourcesegment=say.source_segment,
                    traceparent=traceparent,
                    data=data,
                )
            )
            if len(value) > wire.MAX_RECORD_BYTES:
                raise Refused(f"{name} would be larger than a record may be")
            progress.last_seq += 1
            self.outbox.append(
                OutboxRow(
                    source,
                    progress.last_seq,
                    target,
                    position,
                    stream,
                    name,
                    own,
                    cause,
                    identity,
                    wire.routing_header(name, producer, position, own),
                    value,
                    self._now,
                )
            )
        if own:
            at = At(
                stream,
                source,
                identity,
                name,
                scope,
                occurred_on,
                self._now,
                actor,
                correlation or identity,
                producer,
                position,
            )
            self._fold(stream, event, scope)
            self.told.append((place, event, at))

    def _targets(self, stream: str) -> Iterable[int]:
        if stream == BROADCAST:
            return range(self.loaded.partitions)
        return (partition_of(stream, self.loaded.partitions),)

    def _fold(self, stream: str, event: Any, scope: Scope) -> None:
        decider = self._decider(stream)
        if decider is None:
            return
        kept = self._kept(stream)
        known = kept.scope if kept.scope.facility or not scope.tenant else scope
        if kind_of(stream) in _OF_MANY:
            known = Scope(known.tenant)
        self.states[stream] = Kept(decider.evolve(kept.state, event), known)

    def _scope(self, stream: str, given: Scope) -> Scope:
        kept = self._kept(stream).scope
        return kept if kept.facility else given

    def _undo(self, partition: int, stream: str) -> Callable[[], None]:
        """What puts one command's work back, when it fails half-way."""
        progress, state = self.progress[partition], self.states.get(stream)
        outbox, told = len(self.outbox), len(self.told)
        sent, last_seq = dict(progress.sent), progress.last_seq

        def undo() -> None:
            del self.outbox[outbox:], self.told[told:]
            progress.sent, progress.last_seq = sent, last_seq
            self.states.pop(stream, None)
            if state is not None:
                self.states[stream] = state

        return undo

    def _decider(self, stream: str) -> Decider | None:
        return self.service.deciders.get(kind_of(stream))

    def _kept(self, stream: str) -> Kept:
        kept = self.states.get(stream)
        return kept if kept is not None else self.loaded.states.get(stream, _NOTHING)

    def _at(self, heard: Heard) -> At:
        e = heard.envelope
        assert e is not None and heard.route is not None
        scope = Scope(e.tenant, e.legalentity, e.facility)
        if not e.facility:
            scope = self._scope(heard.stream, scope)
        return At(
            heard.stream,
            heard.partition,
            e.id,
            e.type,
            scope,
            e.occurredon,
            e.time,
            e.actor,
            e.correlation,
            e.producer,
            e.position,
            heard.offset,
        )

    def _park(self, heard: Heard, reason: str, sentence: str) -> None:
        if heard.stream == BROADCAST:
            # Everything after it was meant to know it: going on would decide on an old book.
            raise Stopped(f"the broadcast {heard.partition}@{heard.offset} cannot be applied: {reason}")
        self._parked_now.add(heard.stream)
        self.parked.append(parked_row(heard, "parked", reason, sentence, self._now))
        self.announce_parked(heard, reason, sentence)

    def announce_parked(self, heard: Heard, reason: str, sentence: str) -> None:
        """Say that a record could not be applied and its stream waits."""
        route = heard.route
        self.announce(
            Say(
                RecordParked(
                    service=self.service.name,
                    partition=heard.partition,
                    offset=heard.offset,
                    record_type=printable(heard.route.wire[:80]) if heard.route else "",
                    reason=reason,
                    sentence=sentence[:400],
                )
            ),
            heard.stream,
            heard.partition,
            f"service:{self.service.name}",
            f"{route.producer}:{route.position}" if route is not None else "",
        )

    def announce(
        self, say: Say, stream: str, partition: int, actor: str, cause: str = ""
    ) -> None:
        """Say one of the kernel's own events about a parked record of this partition."""
        progress, event = self.progress[partition], say.event
        self._say(
            say,
            stream=stream,
            own=False,
            source=partition,
            scope=Scope(),
            cause=cause or progress.last,
            identity=wire.event_id(
                wire_name(type(event)), self.service.name, str(partition), str(event.offset)
            ),
            actor=actor,
            correlation="",
            traceparent="",
            occurred_on=progress.today or self._now.date(),
            place=None,
        )

    def _wait(self, heard: Heard) -> None:
        self.parked.append(
            parked_row(heard, "waiting", "behind", "waits behind a parked record", self._now)
        )

    # -- after the run -----------------------------------------------------------------------------------

    def timer_changes(self) -> tuple[list[tuple[str, str, Wake]], list[tuple[str, str]]]:
        """(to set, to drop): how the due table changes with the states of this batch."""
        setting: list[tuple[str, str, Wake]] = []
        dropping: list[tuple[str, str]] = []
        for stream, kept in self.states.items():
            decider = self._decider(stream)
            if decider is None or decider.timers is None:
                continue
            before = self.loaded.states.get(stream, _NOTHING).state
            old = decider.timers(before) if before is not None else {}
            new = decider.timers(kept.state)
            for what, due in new.items():
                if old.get(what) != due and (stream, what) not in self.woken:
                    setting.append((stream, what, due))
            dropping += [
                (stream, what)
                for what in old
                if what not in new and (stream, what) not in self.woken
            ]
        for (stream, what), put_off in self.woken.items():
            again = self._set_anew(stream, what, put_off)
            if again is None:
                dropping.append((stream, what))
            else:
                setting.append((stream, what, again))
        return setting, dropping

    def _set_anew(self, stream: str, what: str, put_off: Wake | None) -> Wake | None:
        """What a woken timer is at the end: as it was put off, unless its state changed it since."""
        decider, state = self._decider(stream), self._kept(stream).state
        if decider is None or decider.timers is None or state is None:
            return put_off
        if (stream, what) not in self._after_waking:
            return put_off
        now = decider.timers(state).get(what)
        return put_off if now == self._after_waking[(stream, what)] else now

    def row_keys(self) -> dict[str, set[tuple[Any, ...]]]:
        """For every projection that loads rows: the keys that the told events touch."""
        wanted: dict[str, set[tuple[Any, ...]]] = {}
        for projection in self.service.projections:
            if projection.append:
                continue
            assert projection.keys is not None
            keys: set[tuple[Any, ...]] = set()
            for place, event, at in self.told:
                if at.wire in projection.hears:
                    try:
                        keys.update(projection.keys(event, at))
                    except Exception as defect:
                        self._blame(place, defect)
            if keys:
                wanted[projection.table] = keys
        return wanted

    def project(
        self, rows: Mapping[str, Mapping[tuple[Any, ...], Row]]
    ) -> dict[str, dict[tuple[Any, ...], tuple[int, Row | None]]]:
        """The changed rows by table and key, with their partition; None means delete."""
        changed: dict[str, dict[tuple[Any, ...], tuple[int, Row | None]]] = {}
        for projection in self.service.projections:
            assert projection.keys is not None and projection.project is not None
            have = rows.get(projection.table, {})
            table = changed.setdefault(projection.table, {})
            for place, event, at in self.told:
                if at.wire not in projection.hears:
                    continue
                try:
                    for key in projection.keys(event, at):
                        before = table[key][1] if key in table else have.get(key)
                        told = (before, event, at, key) if projection.keyed else (before, event, at)
                        table[key] = (at.partition, projection.project(*told))
                except Exception as defect:
                    self._blame(place, defect)
        return changed

    def _blame(self, place: tuple[int, int] | None, defect: Exception) -> None:
        if place is None or place[1] == -1:
            raise defect
        name = type(defect).__name__
        raise CannotApply(*place, "defect", f"a row failed with {name}") from defect


_NOTHING = Kept(None, Scope())


def parked_row(
    heard: Heard, status: str, reason: str, sentence: str, parked_at: datetime
) -> ParkedRow:
    """A record as it is kept while it waits."""
    route = heard.route
    return ParkedRow(
        heard.partition,
        heard.offset,
        heard.stream,
        printable(route.producer) if route else "",
        route.position if route else 0,
        printable(route.wire[:120]) if route else "",
        status,
        reason,
        sentence[:500],
        heard.key,
        heard.header,
        heard.value,
        parked_at,
    )


def printable(text: str) -> str:
    """Text that PostgreSQL keeps: it refuses the null character."""
    return text.replace("\x00", "\ufffd")


def encode_state(state: Any) -> bytes:
    """A state as kept."""
    return msgspec.msgpack.encode(state)
