"""What the log has of ours and a restored database has not: back into the outbox, and folded each at its place.

What followed a record that is passed already is folded at once; the rest when its cause is heard again
(`again.py`). Parked records are again what the log says they became.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from contracts.platform import RecordDiscarded, RecordParked, RecordRedriven
from shared import envelope as wire
from shared.again import EXPECTED, Again, Parked
from shared.changes import project, row_keys
from shared.engine import Engine
from shared.errors import ServiceError
from shared.hand_over import hold_all
from shared.log_reader import LogReader
from shared.progress import Progress
from shared.reading import read_kept, read_record
from shared.records import CannotApply, Heard, Loaded, OutboxRow, parked_row

Causes = Mapping[tuple[int, str], int]
"""Where causes will be passed, by (partition, cause); those that are passed already are not in it."""


class Forgotten(NamedTuple):
    """A record of ours that the log has and the database has not; without an envelope when it cannot be read."""

    source: int
    target: int
    offset: int
    route: wire.Route
    envelope: wire.Envelope | None
    stream: str
    recorded_at: datetime
    header: bytes
    value: bytes

    @property
    def cause(self) -> str:
        """What it was decided on."""
        return self.envelope.cause if self.envelope is not None else ""


async def restore(
    engine: Engine,
    reader: LogReader,
    forgotten: Sequence[Forgotten],
    causes: Causes,
    ends: Mapping[int, int],
) -> None:
    """Take back everything in one transaction."""
    outcomes = _outcomes(engine.service.name, forgotten)
    async with engine.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local idle_in_transaction_session_timeout = '120s'")
        await connection.execute("set local statement_timeout = '600s'")
        progress = await engine.store.lock(connection, list(range(engine.partitions)))
        rows = _take_back(progress, forgotten, causes)
        for p, row in progress.items():
            row.hold_until = max(row.hold_until, ends[p])
        await engine.store.write_outbox(connection, rows)
        await _remember(connection, rows)
        await engine.store.write_progress(connection, progress.values())
        await _expect(engine, connection, reader, progress, outcomes)
        driven = await _drive(engine, connection, progress, outcomes)
        later = {*causes, *driven}
        passed = [r for r in rows if r.own and (r.partition, r.cause) not in later]
        await _fold_at_once(engine, connection, passed)
        if engine.service.hand_overs:
            await hold_all(connection, engine.service)


def _take_back(
    progress: Mapping[int, Progress], forgotten: Iterable[Forgotten], causes: Causes
) -> list[OutboxRow]:
    """The rows of the outbox in the order they were said; positions tell it along one channel, time between two."""
    channels: dict[tuple[int, int], list[Forgotten]] = defaultdict(list)
    for one in forgotten:
        channels[(one.source, one.target)].append(one)
    rows: list[OutboxRow] = []
    for source, row in progress.items():
        mine = (many for (s, _), many in sorted(channels.items()) if s == source)
        for one in heapq.merge(*mine, key=lambda f: f.recorded_at):
            row.last_seq += 1
            row.sent[one.target] = max(row.sent.get(one.target, 0), one.route.position)
            rows.append(_outbox_row(one, row.last_seq))
            until = causes.get((source, one.cause), -1) + 1
            row.replay_until = max(row.replay_until, until)
            shown = row.replay_targets
            row.replay_targets = shown | {one.target: max(shown.get(one.target, 0), until - 1)}
    return rows


def _outbox_row(one: Forgotten, seq: int) -> OutboxRow:
    read = one.envelope
    return OutboxRow(
        one.source,
        seq,
        one.target,
        one.route.position,
        one.stream,
        one.route.wire,
        one.route.own and read is not None,
        one.cause,
        read.id if read is not None else f"unread/{one.target}/{one.offset}",
        one.header,
        one.value,
        one.recorded_at,
    )


async def _remember(connection: Any, rows: Iterable[OutboxRow]) -> None:
    await connection.copy_records_to_table(
        "recovered",
        records=[(r.event_id, r.target, r.partition, r.seq, r.cause) for r in rows],
        columns=["event_id", "target", "partition", "seq", "cause"],
    )


# -- parked records ------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What the log says a parked record became, and since when it was parked."""

    parked: Parked
    at: datetime


Outcomes = dict[int, dict[int, Outcome]]
"""By partition and offset."""


def _outcomes(name: str, forgotten: Iterable[Forgotten]) -> Outcomes:
    found: Outcomes = defaultdict(dict)
    for one in forgotten:
        said = _said_of_parked(one)
        if said is None or said.service != name:
            continue
        before = found[one.source].get(said.offset)
        at = before.at if before is not None else one.recorded_at
        parked = before.parked if before is not None else Parked("", "", "")
        if isinstance(said, RecordParked):
            known = parked.status or EXPECTED
            parked = Parked(known, said.reason, said.sentence)
        else:
            status = "discarded" if isinstance(said, RecordDiscarded) else "redriven"
            parked = parked._replace(status=status)
        found[one.source][said.offset] = Outcome(parked, at)
    return found


def _said_of_parked(one: Forgotten) -> RecordParked | RecordDiscarded | RecordRedriven | None:
    if one.envelope is None or not one.route.wire.startswith("platform.record_"):
        return None
    try:
        said = wire.decode_event(one.route.wire, one.envelope.data)
    except ServiceError:
        return None
    return said if isinstance(said, RecordParked | RecordDiscarded | RecordRedriven) else None


async def _expect(
    engine: Engine,
    connection: Any,
    reader: LogReader,
    progress: Mapping[int, Progress],
    outcomes: Outcomes,
) -> None:
    """Keep what became of parked records that are still to be reached."""
    rows = []
    for p, many in outcomes.items():
        for offset, outcome in sorted(many.items()):
            if offset >= progress[p].next_offset:
                async for record, *_ in reader.read(p, offset, offset + 1):
                    rows.append(parked_row(read_record(record), *outcome.parked, outcome.at))
    await engine.store.write_parked(connection, rows)


async def _drive(
    engine: Engine, connection: Any, progress: Mapping[int, Progress], outcomes: Outcomes
) -> set[tuple[int, str]]:
    """Drive again, or discard, what was parked before the backup and settled after it; the causes dealt with."""
    driven: set[tuple[int, str]] = set()
    for p, many in outcomes.items():
        rows = await connection.fetch(
            "select * from parked where partition = $1 and status in ('parked', 'waiting') "
            'and "offset" < $2 order by "offset"',
            p,
            progress[p].next_offset,
        )
        apply, marks = _settled(rows, {o: outcome.parked for o, outcome in many.items()})
        for offset, parked in marks.items():
            await connection.execute(
                "update parked set status = $3, reason = coalesce(nullif($4, ''), reason), "
                "sentence = coalesce(nullif($5, ''), sentence) "
                'where partition = $1 and "offset" = $2',
                p,
                offset,
                *parked,
            )
        heard = [read_kept(row) for row in apply]
        await _apply(engine, connection, p, heard)
        driven |= {(p, f"{h.route.producer}:{h.route.position}") for h in heard if h.route}
    return driven


def _settled(
    rows: Sequence[Any], became: Mapping[int, Parked]
) -> tuple[list[Any], dict[int, Parked]]:
    """(records to apply, new statuses): a stream goes on up to the first of its records that is still parked."""
    apply: list[Any] = []
    marks: dict[int, Parked] = {}
    stopped: set[str] = set()
    for row in rows:
        now = became.get(row["offset"], Parked("", "", ""))
        if now.status == "discarded":
            marks[row["offset"]] = now
        elif row["stream"] not in stopped:
            waits = row["status"] == "waiting" and now.status != EXPECTED
            if waits or now.status == "redriven":
                marks[row["offset"]] = Parked("redriven", "", "")
                apply.append(row)
            else:
                stopped.add(row["stream"])
                if row["status"] == "waiting":
                    marks[row["offset"]] = now._replace(status="parked")
    return apply, marks


async def _apply(engine: Engine, connection: Any, p: int, heard: Sequence[Heard]) -> None:
    if not heard:
        return
    causes = [f"{h.route.producer}:{h.route.position}" for h in heard if h.route is not None]
    found, streams = await engine.store.found(connection, p, causes)
    loaded = await _load(engine, connection, [p], {*streams, *(h.stream for h in heard)})
    poison: dict[tuple[int, int], tuple[str, str]] = {}
    while True:
        batch = Again(engine.service, loaded, poison, found, {})
        try:
            for one in heard:
                batch.hear_again(one)
            await _write(engine, connection, batch)
            return
        except CannotApply as no:  # Today's rules cannot: it is parked in its turn.
            if no.place in poison:
                raise
            poison[no.place] = (no.reason, no.sentence)


# -- what followed a record that is passed already -----------------------------------------------------------


async def _fold_at_once(engine: Engine, connection: Any, rows: Sequence[OutboxRow]) -> None:
    if not rows:
        return
    partitions = sorted({row.partition for row in rows})
    loaded = await _load(engine, connection, partitions, {row.stream for row in rows})
    batch = Again(engine.service, loaded, {}, {}, {})
    for row in rows:
        batch.replay_own(row.partition, wire.decode(row.value))
    await _write(engine, connection, batch)


async def _load(
    engine: Engine, connection: Any, partitions: Sequence[int], streams: set[str]
) -> Loaded:
    progress = await engine.store.lock(connection, partitions)
    return Loaded(
        progress=progress,
        states=await engine.store.states(connection, streams),
        books=await engine.books(connection, progress, partitions),
        parked=frozenset(),
        now=datetime.now(UTC),
        partitions=engine.partitions,
    )


async def _write(engine: Engine, connection: Any, batch: Again) -> None:
    rows = await engine.store.rows(connection, row_keys(batch))
    project(batch, rows)
    await engine.store.write(connection, batch)
    await engine.hand(connection, batch)
