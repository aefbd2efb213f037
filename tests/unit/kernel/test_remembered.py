"""What is kept in memory between transactions stands as long as nobody else changed its partition."""

from datetime import UTC, datetime
from typing import Any

from shared.batch import Batch
from shared.packed_rows import PackedRows
from shared.progress import Progress
from shared.records import Kept, Loaded, ParkedRow
from shared.remembered import Most, Remembered
from shared.service import Row, Scope
from shared.streams import partition_of
from tests.kernel.toys import ALPHA

PARTITIONS = 4
PACKING = PackedRows(ALPHA.projections)
EACH = Most(*(PARTITIONS * limit for limit in (1, 1, 10, 6)))
"""One state, one row, ten bytes of packed states and six of packed rows a partition."""
STREAM = "account/A"
P = partition_of(STREAM, PARTITIONS)
ROW: Row = {"account": "A", "charges": 1, "cents": 7}


def _batch(version: int, state: Any = "said", row: Row | None = ROW) -> Batch:
    progress = {P: Progress(partition=P, version=version)}
    batch = Batch(ALPHA, Loaded(progress, {}, {}, frozenset(), datetime.now(UTC), PARTITIONS), {})
    batch.states[STREAM] = Kept(state, Scope("t"))
    batch.changed = {"totals": {("A",): (P, row)}}
    return batch


def _begin(memory: Remembered, version: int) -> None:
    memory.begin({P: Progress(partition=P, version=version)})


def _unpack(stream: str, body: bytes) -> Any:
    assert stream.startswith("account/")
    return body.decode()


def _others(count: int) -> list[str]:
    """Streams beside STREAM in its partition."""
    names = (f"account/{n}" for n in range(1_000))
    return [name for name in names if partition_of(name, PARTITIONS) == P][:count]


def _says(memory: Remembered, version: int, **states: str) -> None:
    """A transaction that left these states, each packed as the same text."""
    batch = _batch(version)
    batch.states = {stream: Kept(text, Scope("t")) for stream, text in states.items()}
    _begin(memory, version)
    memory.committed(batch, {stream: text.encode() for stream, text in states.items()})


def _committed(memory: Remembered, version: int = 1, **given: Any) -> None:
    """A transaction of ours that found `version`, and leaves the next."""
    _begin(memory, version)
    memory.committed(_batch(version, **given), {})


def _row(memory: Remembered) -> Row | None:
    return memory.rows({"totals": {("A",): P}})[0]["totals"].get(("A",))


def test_what_we_left_is_not_read_again() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _committed(memory)
    _begin(memory, 2)
    assert memory.states([STREAM]) == ({STREAM: Kept("said", Scope("t"))}, [])
    assert memory.rows({"totals": {("A",): P}}) == ({"totals": {("A",): ROW}}, {})


def test_what_we_never_saw_is_read() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _begin(memory, 1)
    assert memory.states([STREAM]) == ({}, [STREAM])
    assert memory.rows({"totals": {("A",): P}}) == ({"totals": {}}, {"totals": [("A",)]})


def test_a_transaction_of_somebody_else_makes_us_forget_the_partition() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _committed(memory)
    _begin(memory, 3)
    assert memory.states([STREAM]) == ({}, [STREAM])
    assert _row(memory) is None


def test_a_transaction_that_was_rolled_back_leaves_what_stood_before() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _committed(memory)
    _begin(memory, 2)
    _begin(memory, 2)
    assert _row(memory) == ROW


def test_after_a_commit_of_unknown_outcome_nothing_is_trusted() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _committed(memory)
    _begin(memory, 2)  # This one was committed, and its answer lost.
    _begin(memory, 3)
    assert _row(memory) is None


def test_a_row_that_is_gone_is_gone_here_too() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _committed(memory)
    _committed(memory, 2, row=None)
    _begin(memory, 3)
    assert _row(memory) is None


def test_what_is_large_and_soon_done_with_is_not_held() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    batch = _batch(1)
    names = (f"remittance/{n}" for n in range(100))
    large = next(name for name in names if partition_of(name, PARTITIONS) == P)
    batch.states[large] = Kept("much", Scope("t"))
    _begin(memory, 1)
    memory.committed(batch, {})
    assert memory.states([large]) == ({}, [large])


def _also(memory: Remembered, version: int, account: str, row: Row | None) -> None:
    """A transaction that left this row of another account."""
    batch = _batch(version)
    batch.changed["totals"] = {(account,): (P, row)}
    _begin(memory, version)
    memory.committed(batch, {})


def test_a_row_untouched_for_long_is_held_packed() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    _committed(memory)
    _also(memory, 2, "B", {"account": "B", "charges": 1, "cents": 1})
    _begin(memory, 3)
    found, missing = memory.rows({"totals": {("A",): P, ("B",): P}})
    assert missing == {}
    assert found == {"totals": {("A",): ROW, ("B",): {"account": "B", "charges": 1, "cents": 1}}}


def test_a_packed_row_that_is_gone_or_changed_is_not_what_it_was() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    _committed(memory)
    _also(memory, 2, "B", {"account": "B", "charges": 1, "cents": 1})
    _also(memory, 3, "A", None)
    _begin(memory, 4)
    assert _row(memory) is None


def test_the_packed_rows_longest_untouched_go_first() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    _committed(memory)
    _also(memory, 2, "B", {"account": "B", "charges": 1, "cents": 1})
    _also(memory, 3, "C", {"account": "C", "charges": 2, "cents": 2})
    _begin(memory, 4)
    _, missing = memory.rows({"totals": {("A",): P, ("B",): P, ("C",): P}})
    assert missing == {"totals": [("A",)]}


def test_a_state_untouched_for_long_is_held_as_it_was_packed() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    first, second = _others(2)
    _says(memory, 1, **{first: "one"})
    _says(memory, 2, **{second: "two"})
    _begin(memory, 3)
    found, missing = memory.states([first, second])
    assert missing == []
    assert found == {first: Kept("one", Scope("t")), second: Kept("two", Scope("t"))}


def test_what_is_packed_is_what_was_written_last() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    first, second = _others(2)
    _says(memory, 1, **{first: "one"})
    _says(memory, 2, **{first: "ones"})
    _says(memory, 3, **{second: "two"})
    _begin(memory, 4)
    assert memory.states([first])[0] == {first: Kept("ones", Scope("t"))}


def test_the_packed_states_longest_unwritten_go_first() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    first, second, third = _others(3)
    _says(memory, 1, **{first: "one"})
    _says(memory, 2, **{second: "22222"})
    _says(memory, 3, **{third: "33333"})
    _begin(memory, 4)
    assert memory.states([first, second])[1] == [first]


def test_what_others_changed_is_not_taken_from_what_was_packed() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING, EACH)
    first, second = _others(2)
    _says(memory, 1, **{first: "one"})
    _says(memory, 2, **{second: "two"})
    _begin(memory, 4)
    assert memory.states([first, second]) == ({}, [first, second])


def test_that_nothing_is_parked_is_known_until_something_is() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _begin(memory, 1)
    assert memory.maybe_parked([P]) == [P]
    memory.nothing_parked([P])
    memory.committed(_batch(1), {})
    _begin(memory, 2)
    assert memory.maybe_parked([P]) == []
    batch, when = _batch(2), datetime.now(UTC)
    batch.parked.append(
        ParkedRow(P, 9, STREAM, "x/0", 1, "x.y.v1", "parked", "defect", "no", b"", b"", b"", when)
    )
    memory.committed(batch, {})
    _begin(memory, 3)
    assert memory.maybe_parked([P]) == [P]


def test_that_nothing_is_parked_is_forgotten_with_the_partition() -> None:
    memory = Remembered(PARTITIONS, _unpack, PACKING)
    _begin(memory, 1)
    memory.nothing_parked([P])
    memory.committed(_batch(1), {})
    _begin(memory, 5)
    assert memory.maybe_parked([P]) == [P]
