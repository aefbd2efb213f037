"""What a batch changes once it ran: timers, and the rows of every projection."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.batch import Batch
from shared.deciding import NOTHING
from shared.records import CannotApply
from shared.service import At, Projection, Row, Wake
from shared.streams import kind_of

Told = tuple[tuple[int, int] | None, Any, At]
"""An event that rows are made of: the place of the record that led to it, the event, where it stands."""


def timer_changes(batch: Batch) -> tuple[list[tuple[str, str, Wake]], list[tuple[str, str]]]:
    """(to set, to drop): how the due table changes with the states of this batch."""
    setting: list[tuple[str, str, Wake]] = []
    dropping: list[tuple[str, str]] = []
    for stream, kept in batch.states.items():
        decider = batch.service.deciders.get(kind_of(stream))
        if decider is None or decider.timers is None:
            continue
        before = batch.loaded.states.get(stream, NOTHING).state
        old = decider.timers(before) if before is not None else {}
        new = decider.timers(kept.state)
        for what, due in new.items():
            if old.get(what) != due and (stream, what) not in batch.woken:
                setting.append((stream, what, due))
        dropping += [
            (stream, what) for what in old if what not in new and (stream, what) not in batch.woken
        ]
    for (stream, what), put_off in batch.woken.items():
        again = _set_anew(batch, stream, what, put_off)
        if again is None:
            dropping.append((stream, what))
        else:
            setting.append((stream, what, again))
    return setting, dropping


def _set_anew(batch: Batch, stream: str, what: str, put_off: Wake | None) -> Wake | None:
    """What a woken timer is at the end: as it was put off, unless its state changed it since."""
    decider = batch.service.deciders.get(kind_of(stream))
    kept = batch.states.get(stream) or batch.loaded.states.get(stream, NOTHING)
    state = kept.state
    if decider is None or decider.timers is None or state is None:
        return put_off
    if (stream, what) not in batch.after_waking:
        return put_off
    now = decider.timers(state).get(what)
    return put_off if now == batch.after_waking[(stream, what)] else now


def told_by_table(batch: Batch) -> dict[str, list[Told]]:
    """What each projection hears of what the batch told, in order."""
    told: dict[str, list[Told]] = {projection.table: [] for projection in batch.service.projections}
    hearing: dict[str, list[list[Told]]] = {}
    for one in batch.told:
        wire = one[2].wire
        if wire not in hearing:
            hearing[wire] = [told[p.table] for p in batch.service.projections if wire in p.hears]
        for heard in hearing[wire]:
            heard.append(one)
    return told


def row_keys(batch: Batch) -> dict[str, dict[tuple[Any, ...], int]]:
    """For every projection that loads rows: the keys that the told events touch, each with its partition."""
    wanted: dict[str, dict[tuple[Any, ...], int]] = {}
    told = told_by_table(batch)
    for projection in batch.service.projections:
        if projection.append:
            continue
        assert projection.keys is not None
        keys: dict[tuple[Any, ...], int] = {}
        for place, event, at in told[projection.table]:
            try:
                for key in projection.keys(event, at):
                    keys[key] = at.partition
            except Exception as defect:
                _blame(place, defect)
        if keys:
            wanted[projection.table] = keys
    return wanted


def project(batch: Batch, rows: Mapping[str, Mapping[tuple[Any, ...], Row]]) -> None:
    """Put into the batch the loaded rows, and those that are others now, by table and key; None means delete."""
    changed: dict[str, dict[tuple[Any, ...], tuple[int, Row | None]]] = {}
    told = told_by_table(batch)
    for projection in batch.service.projections:
        have = rows.get(projection.table, {})
        now: dict[tuple[Any, ...], Row | None] = dict(have)
        touched: dict[tuple[Any, ...], int] = {}
        for place, event, at in told[projection.table]:
            try:
                for key in tell(projection, now, event, at):
                    touched[key] = at.partition
            except Exception as defect:
                _blame(place, defect)
        changed[projection.table] = {
            key: (p, now[key])
            for key, p in touched.items()
            if projection.append or now[key] != have.get(key)
        }
    batch.before, batch.changed = rows, changed


def tell(
    projection: Projection, rows: dict[tuple[Any, ...], Any], event: Any, at: At
) -> Sequence[tuple[Any, ...]]:
    """Make the rows what they are after an event; the keys of those that it touches, None for one that is gone."""
    if projection.rows is not None:
        told = [
            (tuple([row[name] for name in projection.key]), row)
            for row in projection.rows(event, at)
        ]
        rows.update(told)
        return [key for key, _ in told]
    assert projection.keys is not None and projection.project is not None
    keys, project = tuple(projection.keys(event, at)), projection.project
    for key in keys:
        before = rows.get(key)
        rows[key] = (
            project(before, event, at, key) if projection.keyed else project(before, event, at)
        )
    return keys


def _blame(place: tuple[int, int] | None, defect: Exception) -> None:
    if place is None or place[1] == -1:
        raise defect
    name = type(defect).__name__
    raise CannotApply(*place, "defect", f"a row failed with {name}") from defect
