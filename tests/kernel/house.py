"""Two services on one stream, where the order of what is folded shows."""

from datetime import date
from typing import Any

from shared.service import Order
from shared.streams import account_stream
from tests.kernel.cluster import ACCOUNTS, SCOPE
from tests.kernel.fed import Fed, settle
from tests.kernel.toys import OpenDay, Reduce

STREAM = account_stream(ACCOUNTS[0])


class House:
    """Alpha says charges; gamma hears them, answers, and takes commands on the same streams."""

    def __init__(self, alpha: Fed, gamma: Fed) -> None:
        self.alpha, self.gamma = alpha, gamma

    async def settle(self) -> None:
        """Until both heard everything."""
        await settle(self.alpha, self.gamma)

    async def charge(self, cents: int) -> None:
        """One charge, said by alpha."""
        assert (await self.alpha.capture(0, f"charge {cents}", cents)).status == 200

    async def reduce(self, cents: int) -> None:
        """A command at gamma's door."""
        command = Reduce(ACCOUNTS[0], cents)
        order = Order(STREAM, command, f"reduce {cents}", b"", SCOPE, "tester")
        assert (await self.gamma.engine.handle([order]))[0].status == 200

    async def open_day(self, day: int) -> None:
        """A day of January, opened by alpha."""
        command = OpenDay(date(2026, 1, day))
        order = Order("books/company", command, f"day {day}", b"", SCOPE, "tester")
        assert (await self.alpha.engine.handle([order]))[0].status == 200

    async def told(self) -> str:
        """What gamma's row shows; its state says the same."""
        story = f"select told from story where account = '{ACCOUNTS[0]}'"
        row = str(await self.gamma.value(story)).strip()
        assert " ".join((await self.gamma.state(0)).order) == row
        return row

    async def swapped(self, meanwhile: Any) -> None:
        """Gamma is rebuilt while something happens, and is what it was."""
        await self.gamma.rebuild(meanwhile).swap()
        await self.settle()
        assert (await self.gamma.compare()).differences == []
