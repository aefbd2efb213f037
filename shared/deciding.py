"""How a batch decides in memory: fold, decide, say. No I/O, no clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from contracts.registry import wire_name
from shared import envelope as wire
from shared.errors import Refused
from shared.progress import Progress
from shared.records import Heard, Kept, Loaded, OutboxRow, ParkedRow, Traced
from shared.service import At, Decider, Row, Say, Scope, Service, Wake
from shared.streams import BROADCAST, kind_of, partition_of

_OF_MANY = frozenset({"outbound", "payee", "takeback", "guarantor"})
"""Streams that serve many facilities: none of them becomes the stream's own."""

NOTHING = Kept(None, Scope())


class By(NamedTuple):
    """From which partition, why, by whom and for which record something is said: the same for all events of a decision."""

    source: int
    cause: str
    actor: str
    correlation: str
    traceparent: str
    place: tuple[int, int] | None


@dataclass(slots=True)
class Deciding:
    """What one transaction holds; fields are what the shell writes afterwards."""

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
    before: Mapping[str, Mapping[tuple[Any, ...], Row]] = field(default_factory=dict)
    """Rows that the told events touch, as they stand in the tables."""
    changed: dict[str, dict[tuple[Any, ...], tuple[int, Row | None]]] = field(default_factory=dict)
    """Rows that the told events make other than they were, by table and key, with their partition."""
    woken: dict[tuple[str, str], Wake | None] = field(default_factory=dict)
    after_waking: dict[tuple[str, str], Wake | None] = field(default_factory=dict)
    """What a woken timer was right after: what is heard later in the same transaction may set it anew."""
    traced: list[Traced] = field(default_factory=list)
    """Decisions whose chain is traced."""
    _parked_now: set[str] = field(default_factory=set)
    _now: datetime = field(init=False)
    _speaker: str = field(init=False)

    def __post_init__(self) -> None:
        self._now = self.loaded.now
        self._speaker = f"/claimlog/{self.service.name}"
        self.progress = {p: progress.copy() for p, progress in self.loaded.progress.items()}
        self.books = dict(self.loaded.books)
        for progress in self.progress.values():
            progress.version += 1

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
        trace: str,
        place: tuple[int, int] | None,
    ) -> None:
        """Say what the rules answer to a command; `trace` is the traceparent of its cause, empty for none."""
        decider = self._decider(stream)
        if decider is None:
            raise Refused(f"{self.service.name} decides nothing on {kind_of(stream)} streams")
        partition = partition_of(stream, self.loaded.partitions)
        kept = self._kept(stream)
        said = list(decider.decide(command, kept.state, self.books.get(partition)))
        if not said:
            return
        traceparent = self.loaded.trace(trace)
        business_day = occurred_on or self.progress[partition].today or self._now.date()
        by = By(partition, cause, actor, correlation, traceparent, place)
        for n, one in enumerate(said):
            say = one if isinstance(one, Say) else Say(one)
            own_stream = say.stream is None or say.stream == stream
            meant = say.scope or scope
            self._say(
                say,
                by,
                stream=stream if say.stream is None else say.stream,
                own=own_stream,
                scope=self._scope(stream, meant) if own_stream else meant,
                identity=wire.event_id(*ids, str(n)),
                occurred_on=say.occurred_on or business_day,
            )
        if wire.is_traced(traceparent):
            names = tuple(
                wire_name(type(one.event if isinstance(one, Say) else one)) for one in said
            )
            self.traced.append(Traced(traceparent, trace, stream, type(command).__name__, names))

    def _say(
        self,
        say: Say,
        by: By,
        *,
        stream: str,
        own: bool,
        scope: Scope,
        identity: str,
        occurred_on: date,
    ) -> None:
        """An event as a record for each partition that shall have it; one of the own stream is folded and told at once."""
        source, cause, actor, correlation, traceparent, place = by
        event, name = say.event, wire_name(type(say.event))
        if name not in self.service.says and not name.startswith("platform."):
            raise Refused(f"{self.service.name} never says {name}")
        producer = f"{self.service.name}/{source}"
        chain = stream[8:] if kind_of(stream) == "account" else correlation or identity
        data, progress = wire.encode_event(event), self.progress[source]
        for target in self._targets(stream):
            position = progress.next_position(target)
            envelope = wire.Envelope(
                specversion="1.0",
                id=identity,
                type=name,
                source=self._speaker,
                subject=stream,
                time=self._now,
                datacontenttype="application/json",
                tenant=scope.tenant,
                legalentity=scope.legal_entity,
                facility=scope.facility,
                actor=actor,
                cause=cause,
                correlation=chain,
                producer=producer,
                position=position,
                occurredon=occurred_on,
                ruleset=say.rule_set,
                sourcesha256=say.source_sha256,
                sourcesegment=say.source_segment,
                traceparent=traceparent,
                data=data,
            )
            self._put_out(envelope, target, own, source)
        if own:
            at = At(
                stream, source, identity, name, scope, occurred_on, self._now, actor, chain, producer,
                position,
            )  # fmt: skip
            self._fold(stream, event, scope)
            self.told.append((place, event, at))

    def _put_out(self, said: wire.Envelope, target: int, own: bool, source: int) -> None:
        """The record into the outbox, in its turn."""
        value = wire.encode(said)
        if len(value) > wire.MAX_RECORD_BYTES:
            raise Refused(f"{said.type} would be larger than a record may be")
        progress = self.progress[source]
        progress.last_seq += 1
        header = wire.routing_header(said.type, said.producer, said.position, own)
        self.outbox.append(
            OutboxRow(
                source, progress.last_seq, target, said.position, said.subject, said.type, own, said.cause, said.id,
                header, value, self._now,
            )
        )  # fmt: skip

    def _targets(self, stream: str) -> Iterable[int]:
        if stream == BROADCAST:
            return range(self.loaded.partitions)
        return (partition_of(stream, self.loaded.partitions),)

    def _fold(self, stream: str, event: Any, scope: Scope) -> None:
        kind = kind_of(stream)
        decider = self.service.deciders.get(kind)
        if decider is None:
            return
        kept = self._kept(stream)
        known = kept.scope if kept.scope.facility or not scope.tenant else scope
        if kind in _OF_MANY:
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
        return self.states.get(stream) or self.loaded.states.get(stream, NOTHING)

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
