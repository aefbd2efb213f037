"""What is kept in memory between transactions stands as long as nobody else changed its partition."""

from datetime import UTC, datetime
from typing import Any

from shared.batch import Batch
from shared.progress import Progress
from shared.records import Kept, Loaded, ParkedRow
from shared.remembered import Remembered
from shared.service import Row, Scope
from shared.streams import partition_of
from tests.kernel.toys import ALPHA

PARTITIONS = 4
STREAM = "account/A"
P = partition_of(STREAM, PARTITIONS)
ROW: Row = {"account": "A", "sum": 7}


def _batch(version: int, state: Any = "said", row: Row | None = ROW) -> Batch:
    progress = {P: Progress(partition=P, version=version)}
    batch = Batch(ALPHA, Loaded(progress, {}, {}, frozenset(), datetime.now(UTC), PARTITIONS), {})
    batch.states[STREAM] = Kept(state, Scope("t"))
    batch.changed = {"totals": {("A",): (P, row)}}
    return batch


def _begin(memory: Remembered, version: int) -> None:
    memory.begin({P: Progress(partition=P, version=version)})


def _committed(memory: Remembered, version: int = 1, **given: Any) -> None:
    """A transaction of ours that found `version`, and leaves the next."""
    _begin(memory, version)
    memory.committed(_batch(version, **given))


def _row(memory: Remembered) -> Row | None:
    return memory.rows({"totals": {("A",): P}})[0]["totals"].get(("A",))


def test_what_we_left_is_not_read_again() -> None:
    memory = Remembered(PARTITIONS)
    _committed(memory)
    _begin(memory, 2)
    assert memory.states([STREAM]) == ({STREAM: Kept("said", Scope("t"))}, [])
    assert memory.rows({"totals": {("A",): P}}) == ({"totals": {("A",): ROW}}, {})


def test_what_we_never_saw_is_read() -> None:
    memory = Remembered(PARTITIONS)
    _begin(memory, 1)
    assert memory.states([STREAM]) == ({}, [STREAM])
    assert memory.rows({"totals": {("A",): P}}) == ({"totals": {}}, {"totals": [("A",)]})


def test_a_transaction_of_somebody_else_makes_us_forget_the_partition() -> None:
    memory = Remembered(PARTITIONS)
    _committed(memory)
    _begin(memory, 3)
    assert memory.states([STREAM]) == ({}, [STREAM])
    assert _row(memory) is None


def test_a_transaction_that_was_rolled_back_leaves_what_stood_before() -> None:
    memory = Remembered(PARTITIONS)
    _committed(memory)
    _begin(memory, 2)
    _begin(memory, 2)
    assert _row(memory) == ROW


def test_after_a_commit_of_unknown_outcome_nothing_is_trusted() -> None:
    memory = Remembered(PARTITIONS)
    _committed(memory)
    _begin(memory, 2)  # This one was committed, and its answer lost.
    _begin(memory, 3)
    assert _row(memory) is None


def test_a_row_that_is_gone_is_gone_here_too() -> None:
    memory = Remembered(PARTITIONS)
    _committed(memory)
    _committed(memory, 2, row=None)
    _begin(memory, 3)
    assert _row(memory) is None


def test_what_is_large_and_soon_done_with_is_not_held() -> None:
    memory = Remembered(PARTITIONS)
    batch = _batch(1)
    names = (f"remittance/{n}" for n in range(100))
    large = next(name for name in names if partition_of(name, PARTITIONS) == P)
    batch.states[large] = Kept("much", Scope("t"))
    _begin(memory, 1)
    memory.committed(batch)
    assert memory.states([large]) == ({}, [large])


def test_the_longest_untouched_go_first() -> None:
    memory = Remembered(PARTITIONS, most=2 * PARTITIONS)
    _committed(memory)
    batch = _batch(2, row={"account": "A", "sum": 8})
    batch.changed["totals"][("B",)] = (P, {"account": "B", "sum": 1})
    _begin(memory, 2)
    memory.committed(batch)
    _begin(memory, 3)
    assert memory.states([STREAM]) == ({}, [STREAM])
    assert _row(memory) == {"account": "A", "sum": 8}


def test_that_nothing_is_parked_is_known_until_something_is() -> None:
    memory = Remembered(PARTITIONS)
    _begin(memory, 1)
    assert memory.maybe_parked([P]) == [P]
    memory.nothing_parked([P])
    memory.committed(_batch(1))
    _begin(memory, 2)
    assert memory.maybe_parked([P]) == []
    batch, when = _batch(2), datetime.now(UTC)
    batch.parked.append(
        ParkedRow(P, 9, STREAM, "x/0", 1, "x.y.v1", "parked", "defect", "no", b"", b"", b"", when)
    )
    memory.committed(batch)
    _begin(memory, 3)
    assert memory.maybe_parked([P]) == [P]


def test_that_nothing_is_parked_is_forgotten_with_the_partition() -> None:
    memory = Remembered(PARTITIONS)
    _begin(memory, 1)
    memory.nothing_parked([P])
    memory.committed(_batch(1))
    _begin(memory, 5)
    assert memory.maybe_parked([P]) == [P]
