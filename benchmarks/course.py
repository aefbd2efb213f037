"""One outside world over all parts of a run: its days, its encounters and its payers go on from part to part."""

from datetime import date, timedelta

from benchmarks.measures import Sparing, Told
from deploy.provision import SERVICES
from deploy.stack import Stack
from simulator.doors import Doors
from simulator.feed import business_days
from simulator.world import Plan, World

FEED_DAYS = 5
TAIL_DAYS = 40
"""After so many days without encounters nearly every payer has answered and paid."""
LAST_DAY = date(2026, 12, 31)
"""The demo's code sets end here: what is charged later waits for a coder."""
MOST_DAYS = 300


class NoMoreDays(Exception):
    """The parts that were asked for need more business days than the books have."""


class Course(World):
    """The world, without faults, driven by a benchmark instead of by its own plan."""

    def __init__(self, stack: Stack, seed: int = 7) -> None:
        doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "bench")
        plan = Plan(encounters=0, feed_days=0, all_days=0, seed=seed, faults=False)
        super().__init__(plan, doors, stack.home.root / "files" / "outbound")
        self.behind = timedelta(days=3)
        self._coming = [d for d in business_days(plan.start, MOST_DAYS) if d <= LAST_DAY]
        self._passed = 0
        self.numbered = 0
        """Encounters handed in so far; the next one's number."""

    async def begin(self) -> None:
        """Publish the books and wait until everybody knows them."""
        await self.books.publish(self.doors, self.plan.start)

    async def close(self) -> None:
        """Give back connections."""
        await self.doors.close()

    def next_days(self, count: int) -> list[date]:
        """The business days that follow; NoMoreDays when the books end first."""
        days = self._coming[self._passed : self._passed + count]
        if len(days) < count:
            raise NoMoreDays(
                f"{count} more business days do not fit before {LAST_DAY}: "
                "choose fewer parts, fewer seconds, or longer days"
            )
        self._passed += count
        return days

    @property
    def today(self) -> date:
        """The last business day that a part was given."""
        return self._coming[max(self._passed - 1, 0)]

    def next_numbers(self, count: int) -> range:
        """Numbers of encounters that nobody handed in yet."""
        numbers = range(self.numbered, self.numbered + count)
        self.numbered += count
        return numbers

    async def as_fast_as_taken(
        self, encounters: int, told: Told, feed_days: int = FEED_DAYS, tail_days: int = TAIL_DAYS
    ) -> None:
        """These encounters over a few days and then days without any, each day as soon as the last was taken."""
        sparing = Sparing(told)
        first = self._passed
        numbers = self.next_numbers(encounters)
        for n, day in enumerate(self.next_days(feed_days + tail_days)):
            low = encounters * min(n, feed_days) // max(feed_days, 1)
            high = encounters * min(n + 1, feed_days) // max(feed_days, 1)
            await self.day(first + n, day, numbers[low:high])
            sparing(
                f"day {n + 1} of {feed_days + tail_days}, {high:,} of {encounters:,} encounters"
            )
        await self.settle()
