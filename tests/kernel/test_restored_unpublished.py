"""A database put back from an older backup: what was committed and not published when it was lost is said again, once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from shared import envelope as wire
from shared.errors import Stopped
from shared.progress import Progress
from shared.records import OutboxRow
from shared.service import to
from shared.streams import account_stream, partition_of
from tests.kernel.cluster import ACCOUNTS
from tests.kernel.fed import Fed, MemoryLog
from tests.kernel.house import STREAM, House
from tests.kernel.test_parking import give_sick_rule
from tests.kernel.test_restore import _restored, positions
from tests.kernel.toys import ALPHA, GAMMA, reduce

HERE, THERE = (
    ACCOUNTS[0],
    next(a for a in ACCOUNTS if partition_of(account_stream(a), 4) != partition_of(STREAM, 4)),
)
SOURCE = partition_of(STREAM, 4)
TARGET = partition_of(account_stream(THERE), 4)


def _answer_elsewhere_too(command: Any, state: Any, book: Any) -> list[Any]:
    said = reduce(command, state, book)
    return [*said, to(account_stream(THERE), replace(said[0], account=THERE))]


PAIR = replace(
    GAMMA, deciders={"account": replace(GAMMA.deciders["account"], decide=_answer_elsewhere_too)}
)


@pytest.fixture
async def pair(database: str) -> AsyncIterator[House]:
    """As the house, over four partitions; gamma answers on another account, too."""
    log = MemoryLog(4)
    made = House(await Fed.start(ALPHA, log, database), await Fed.start(PAIR, log, database))
    yield made
    await made.alpha.close()
    await made.gamma.close()


def _there(log: MemoryLog) -> list[int]:
    """The cents of what gamma said in the other partition, as they stand in the log."""
    values = [wire.decode(r.value) for r in log.records[TARGET]]
    return [
        wire.decode_event(e.type, e.data).cents for e in values if e.producer == f"gamma/{SOURCE}"
    ]


@pytest.mark.parametrize("lost", ["nothing", "there", "here", "both"])
async def test_what_a_restore_lost_before_it_was_published_is_said_again(
    pair: House, lost: str
) -> None:
    await pair.charge(1)
    await pair.settle()
    await pair.gamma.back_up()
    await pair.charge(2)
    await pair.settle()
    gone = {"nothing": set(), "there": {TARGET}, "here": {SOURCE}, "both": {SOURCE, TARGET}}[lost]

    def unpublished(row: OutboxRow) -> bool:
        return row.target in gone and row.wire == "posting.write_off_posted.v1"

    pair.gamma.log.lost = unpublished
    await pair.charge(3)
    await pair.settle()
    pair.gamma.log.lost = lambda row: False
    await pair.gamma.restore()
    assert await pair.gamma.recover() == 4 - len(gone)
    await pair.settle()
    assert await pair.told() == "c1 r1 c2 r2 c3 r3"
    assert _there(pair.gamma.log) == [1, 2, 3]
    assert (await pair.gamma.compare()).differences == []


async def test_a_new_release_adds_nothing_to_what_was_decided_and_published_before_a_restore(
    pair: House,
) -> None:
    await pair.charge(1)
    await pair.settle()
    await pair.gamma.back_up()
    for cents in (2, 3, 4):
        await pair.charge(cents)
    await pair.settle()
    await pair.gamma.restore()
    account = PAIR.deciders["account"]

    def says_more(command: Any, state: Any, book: Any) -> list[Any]:
        return account.decide(command, state, book) * 2

    more = replace(PAIR, deciders={"account": replace(account, decide=says_more)})
    pair.gamma.engine.service = more
    await pair.gamma.recover()
    await pair.settle()
    assert (await pair.told()).startswith("c1 r1 c2 r2 c3 r3 c4 r4")
    assert _there(pair.gamma.log)[:4] == [1, 2, 3, 4]
    assert 2 not in _there(pair.gamma.log)[4:] and 3 not in _there(pair.gamma.log)[4:]


async def test_rules_that_fail_today_do_not_park_what_was_decided_before_a_restore(
    house: House,
) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    await house.charge(7)
    await house.charge(2)
    await house.settle()
    give_sick_rule(house)
    await _restored(house)
    assert await house.told() == "c1 r1 c7 r7 c2 r2"
    assert await house.gamma.parking.listed() == []


async def test_a_log_that_changes_while_a_restored_database_catches_up_stops_the_start(
    house: House,
) -> None:
    await house.charge(1)
    await house.gamma.back_up()
    await house.settle()
    await house.gamma.restore()
    assert await house.gamma.recover() == 1
    row: Progress = await house.gamma.progress()
    assert row.recovering
    row.topic_id = "another"
    await house.gamma.put(row)
    with pytest.raises(Stopped, match="restore log and database to one moment"):
        await house.gamma.recover()


@pytest.mark.parametrize(
    "what", ["unreadable", "another body", "a partition there is not", "no number"]
)
async def test_a_record_in_our_name_that_cannot_be_read_does_not_stop_the_start(
    house: House, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    await house.reduce(50)
    name = {"a partition there is not": "gamma/77", "no number": "gamma/\u00b2"}.get(
        what, "gamma/0"
    )
    header = f"posting.write_off_posted.v1|{name}|3|1".encode()
    value = {"another body": house.gamma.log.records[0][-1].value}.get(what, b"{broken")
    house.gamma.log.put(STREAM.encode(), value, [(wire.ROUTING, header)])
    await house.gamma.restore()
    ours = name == "gamma/0"
    assert await house.gamma.recover() == 1 + ours
    assert ("our own record 0@3" in caplog.text) == ours
    await house.settle()
    assert await house.told() == "c1 r1 d50"
    await house.reduce(51)
    await house.settle()
    assert positions(house.gamma.log, "gamma/0") == [1, 2, 3, 4][: 3 + ours]
    assert (await house.gamma.compare()).differences == []
