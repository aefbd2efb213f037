"""A database put back from an older backup: what the log shows of us comes back, each at its place, and nothing twice."""

import pytest

from shared.errors import Recovering
from shared.service import Order
from tests.kernel.cluster import ACCOUNTS, SCOPE
from tests.kernel.house import STREAM, House
from tests.kernel.toys import Reduce


async def test_a_command_whose_cause_was_repeated_later_is_folded_once(house: House) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    last = house.gamma.log.records[0][-1]
    await house.reduce(50)
    house.gamma.log.put(last.key, last.value, last.headers)
    await house.charge(2)
    await house.settle()
    await house.gamma.restore()
    assert await house.gamma.recover() == 2
    await house.settle()
    assert await house.told() == "c1 r1 d50 c2 r2"
    assert (await house.gamma.compare()).differences == []


async def test_doors_are_busy_until_what_was_decided_before_is_folded(house: House) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    await house.charge(2)
    await house.settle()
    await house.gamma.restore()
    assert await house.gamma.recover() == 1
    command = Order(STREAM, Reduce(ACCOUNTS[0], 50), "reduce 50", b"", SCOPE, "tester")
    (answer,) = await house.gamma.engine.handle([command])
    assert (answer.status, answer.code) == (503, "recovering")
    with pytest.raises(Recovering):
        await house.gamma.parking.redrive(0, 0, "tester")
    await house.settle()
    await house.reduce(50)
    assert await house.told() == "c1 r1 c2 r2 d50"
