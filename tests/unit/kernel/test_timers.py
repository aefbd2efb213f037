"""A timer that a day woke is what the state says at the end of the transaction, not what it was in the middle."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import msgspec

from shared.batch import Batch
from shared.changes import timer_changes
from shared.records import Kept, Loaded
from shared.service import Decider, Scope, Wake
from shared.streams import partition_of

STREAM = "queue/one"
DAY = date(2026, 1, 6)
PARTITIONS = 1


class Queue(msgspec.Struct, frozen=True):
    """What waits for the cut-off."""

    waits_since: date | None = None


def _timers(state: Queue) -> dict[str, Wake]:
    return {"cutoff": Wake(state.waits_since, "cutoff")} if state.waits_since else {}


QUEUE = Decider("queue", Queue, lambda *_: (), lambda state, _: state, _timers, lambda *_: None)


def _batch(before: Queue, parked: frozenset[str] = frozenset(), wake: Any = None) -> Batch:
    service: Any = SimpleNamespace(
        name="toy", deciders={"queue": replace(QUEUE, wake=wake or QUEUE.wake)}, projections=()
    )
    kept = {STREAM: Kept(before, Scope())}
    now = datetime(2026, 1, 6, tzinfo=UTC)
    assert partition_of(STREAM, PARTITIONS) == 0
    return Batch(service, Loaded({}, kept, {}, parked, now, PARTITIONS), {})


def _woken(before: Queue, after_waking: Queue, at_the_end: Queue) -> Any:
    """The timer's changes when the state is this before the day, right after it woke, and at the end."""
    batch = _batch(before)
    batch.states[STREAM] = Kept(after_waking, Scope())
    batch.put_off(STREAM, "cutoff", DAY)
    batch.states[STREAM] = Kept(at_the_end, Scope())
    return timer_changes(batch)


WAITS = Queue(DAY)


def test_a_timer_that_is_done_is_dropped() -> None:
    assert _woken(WAITS, Queue(), Queue()) == ([], [(STREAM, "cutoff")])


def test_a_timer_that_stays_is_due_again_the_day_after() -> None:
    assert _woken(WAITS, WAITS, WAITS) == (
        [(STREAM, "cutoff", Wake(date(2026, 1, 7), "cutoff"))],
        [],
    )


def test_a_timer_that_is_set_again_after_the_day_in_the_same_transaction_is_kept() -> None:
    assert _woken(WAITS, Queue(), WAITS) == ([(STREAM, "cutoff", Wake(DAY, "cutoff"))], [])


def test_a_timer_that_is_done_after_the_day_in_the_same_transaction_is_dropped() -> None:
    assert _woken(WAITS, WAITS, Queue()) == ([], [(STREAM, "cutoff")])


def test_a_timer_whose_rule_names_a_later_day_is_asked_again_then_and_never_on_the_same_day() -> (
    None
):
    later, today = Wake(date(2026, 1, 20), "cutoff"), Wake(DAY, "cutoff")
    for named, again in ((later, later), (today, Wake(date(2026, 1, 7), "cutoff"))):
        batch = _batch(WAITS, wake=lambda *_, named=named: named)
        batch.wake(STREAM, "cutoff", DAY, "books/0:1")
        assert timer_changes(batch) == ([(STREAM, "cutoff", again)], [])


def test_a_timer_of_a_parked_stream_waits_for_the_same_moment_of_the_next_day() -> None:
    batch = _batch(WAITS, frozenset({STREAM}))
    batch.wake(STREAM, "cutoff", DAY, "books/0:1")
    assert timer_changes(batch) == ([(STREAM, "cutoff", Wake(date(2026, 1, 7), "cutoff"))], [])
