"""A database put back from an older backup: what the log shows of us comes back, each at its place, and nothing twice."""

from tests.kernel.house import House


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
