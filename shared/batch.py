"""One transaction's worth of work in memory: fold, react, decide, project. No I/O, no clock.

The shell (`shell.py`) loads what a `Batch` needs, lets it run, and writes what it holds. When a record cannot
be applied, the batch is run again from what was loaded, with that record parked.
"""

from datetime import date

from contracts.platform import RecordParked
from contracts.reference import BusinessDayOpened
from contracts.registry import wire_name
from shared import envelope as wire
from shared.deciding import By, Deciding
from shared.errors import Malformed, Recovering, Refused, ServiceError, Stopped, StreamParked
from shared.records import CannotApply, Heard, parked_row, printable
from shared.service import Answer, At, Order, Say, Scope, Wake
from shared.streams import BROADCAST, partition_of


class Batch(Deciding):
    """The running of one transaction."""

    __slots__ = ()

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
            elif partition_of(heard.stream, self.loaded.partitions) == heard.partition:
                self._hear_stream(heard, at)
            else:  # Its stream's state is another partition's, perhaps another process's.
                raise Malformed("the record does not stand in the partition of its stream")
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
                trace="",
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
            self.put_off(stream, what, day)
            return
        command = decider.wake(what, day, kept.state, self.books.get(partition))
        if isinstance(command, Wake):
            self.put_off(stream, what, day, command)
            return
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
                    trace="",
                    place=(partition, -1),
                )
            except Refused:
                pass  # A timer has nobody to tell: the rule said no, and is asked again tomorrow.
        self.put_off(stream, what, day)

    def put_off(self, stream: str, what: str, day: date, until: Wake | None = None) -> None:
        """A timer that was woken on this day and stays is due again on the day that was asked for, or the next."""
        decider = self._decider(stream)
        assert decider is not None and decider.timers is not None
        still = decider.timers(self._kept(stream).state).get(what)
        self.after_waking[(stream, what)] = still
        if still is not None and until is not None and until.due_on > day:
            still = until
        elif still is not None and still.due_on <= day:
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

    def replay_own(self, partition: int, e: wire.Envelope) -> None:
        """Fold and project an own event of the outbox, directly after its cause."""
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
                trace=heard.envelope.traceparent,
                place=place,
            )

    def _park(self, heard: Heard, reason: str, sentence: str) -> None:
        if heard.stream == BROADCAST:
            # Everything after it was meant to know it: going on would decide on an old book.
            raise Stopped(
                f"the broadcast {heard.partition}@{heard.offset} cannot be applied: {reason}"
            )
        if partition_of(heard.stream, self.loaded.partitions) == heard.partition:
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

    def announce(self, say: Say, stream: str, partition: int, actor: str, cause: str = "") -> None:
        """Say one of the kernel's own events about a parked record of this partition."""
        progress, event = self.progress[partition], say.event
        self._say(
            say,
            By(partition, cause or progress.last, actor, "", "", None),
            stream=stream,
            own=False,
            scope=Scope(),
            identity=wire.event_id(
                wire_name(type(event)), self.service.name, str(partition), str(event.offset)
            ),
            occurred_on=progress.today or self._now.date(),
        )

    def _wait(self, heard: Heard) -> None:
        self.parked.append(
            parked_row(heard, "waiting", "behind", "waits behind a parked record", self._now)
        )
