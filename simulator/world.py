"""Days of the outside world: the feed in the morning, answers during the day, the cut-off, pay runs, the bank.

Nothing sleeps for time: a day is over when its business was handed in, and the next begins.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from simulator.biller import Biller
from simulator.books import Books
from simulator.chance import Chance
from simulator.clearinghouse import Answer, Clearinghouse
from simulator.doors import Doors
from simulator.feed import Day, Feed, business_days
from simulator.patients import Patients
from simulator.pay_run import Treasury
from simulator.quiet import quiet

FEED_DAYS = 120
ALL_DAYS = 150
BILLER_EVERY_DAYS = 5
SETTLE_SECONDS = 30.0
SETTLED_LOOKS = 12
"""More than a second: a file that was asked for is handed over by then."""
ASK_SECONDS = 0.04
HANDED_AT_ONCE = 12
FIRST_TO_HEAR = ("registration", "coding")
"""They date what comes in at their doors by the day that they have heard of."""


@dataclass(slots=True)
class Score:
    """What the world handed in and got, for progress and for checking the system's own figures."""

    day: date | None = None
    days: int = 0
    encounters: int = 0
    files_out: int = 0
    files_in: int = 0
    paid_cents: int = 0
    banked_cents: int = 0
    patient_paid_cents: int = 0
    corrected: int = 0
    resent: int = 0


@dataclass(slots=True)
class Plan:
    """How much of a world: encounters over how many of how many business days, from when, by which seed."""

    encounters: int = 2_000
    feed_days: int = FEED_DAYS
    all_days: int = ALL_DAYS
    start: date = date(2026, 1, 5)
    seed: int = 7
    faults: bool = True

    @property
    def last_day(self) -> date:
        """The last business day of the whole."""
        return business_days(self.start, self.all_days)[-1]


async def standing(doors: Doors) -> date | None:
    """The last business day that is open there already, None in an installation that is new.

    What the outside world remembers ends with its process: one that came after another would answer every
    file and pay every claim once more.
    """
    days = [r["today"] for r in await doors.get("reference", "/progress") if r["today"]]
    return date.fromisoformat(max(days)) if days else None


class World:
    """One run of the outside world against the doors."""

    def __init__(
        self,
        plan: Plan,
        doors: Doors,
        outbound: Path,
        told: Callable[[Score], None] = lambda _score: None,
    ) -> None:
        self.plan = plan
        self.doors = doors
        self.outbound = outbound
        self.told = told
        self.score = Score()
        self.chance = Chance(plan.seed)
        self.books = Books.load()
        self.feed = Feed(self.chance, self.books.facilities, self.books.for_feed())
        self.treasury = Treasury(self.chance, self.books.payer_facts())
        self.house = Clearinghouse(
            self.chance, self.treasury, self.books.codes_by_payer_id(), faults=plan.faults
        )
        self.biller = Biller(doors, self.chance)
        self.patients = Patients(doors, self.chance)
        self.in_step = False
        """A day begins when its opening was heard, and ends when what left on it is told: stories have their order."""
        self.behind: timedelta | None = None
        """How far who waits for the payers' answers may be behind, or what came in time would be told late."""

    async def run(self) -> Score:
        """All days, in order."""
        self.in_step = True
        days = business_days(self.plan.start, self.plan.all_days)
        await self.books.publish(self.doors, days[0])
        await self.books.publish_edits(self.doors)
        done = 0
        for n, day in enumerate(days):
            upto = self.plan.encounters * min(n + 1, self.plan.feed_days) // self.plan.feed_days
            await self.day(n, day, range(done, upto))
            done = upto
        await self.settle()
        return self.score

    async def day(self, n: int, today: date, numbers: range) -> None:
        """One business day."""
        await self.doors.post(
            "reference", "/business-days", f"day/{today}", {"day": today.isoformat()}
        )
        if self.in_step:
            await self.books.heard(self.doors, today.isoformat(), FIRST_TO_HEAR)
            day, key = self.feed.day(today, numbers), self._key(today, numbers)
            await self._register(day, key)
            await self._answers(today)
            await self._charge(day, key)
        else:
            await self._encounters(today, numbers)
            await self._answers(today)
        if n % BILLER_EVERY_DAYS == BILLER_EVERY_DAYS - 1:
            await asyncio.gather(self.biller.work(today), self.patients.pay(today))
        await self.doors.post(
            "reference", "/cutoffs", f"cutoff/{today}", {"day": today.isoformat()}
        )
        await self._keep_pace(today)
        self.score.day, self.score.days = today, n + 1
        self.score.files_out = self.house.files
        self.score.corrected, self.score.resent = self.biller.corrected, self.biller.resent
        self.score.patient_paid_cents = self.patients.paid_cents
        self.told(self.score)

    async def _encounters(self, today: date, numbers: range) -> None:
        """Encounters and their charges, whichever comes first."""
        if numbers:
            day, key = self.feed.day(today, numbers), self._key(today, numbers)
            await asyncio.gather(self._register(day, key), self._charge(day, key))

    def _key(self, today: date, numbers: range) -> str:
        return f"feed/{self.plan.seed}/{today}/{numbers.start}-{numbers.stop}"

    async def _register(self, day: Day, key: str) -> None:
        await self.doors.post_all(
            "registration", "/encounters", f"{key}/e", "encounters", day.encounters
        )
        self.score.encounters += len(day.encounters)

    async def _charge(self, day: Day, key: str) -> None:
        await self.doors.post_all("coding", "/charges", f"{key}/c", "accounts", day.charges)

    async def _answers(self, today: date) -> None:
        """What the outside has to say today; what left since yesterday is answered tomorrow at the earliest.

        Where the world runs ahead, a file has waited a day for that already.
        """
        if not self.in_step:
            self.house.collect(self.outbound, today)
        answers = self.house.due(today)
        if self.in_step:
            self.house.collect(self.outbound, today)
        payments = [
            Answer(today, "adjudication_tracking", name, data)
            for name, data in self.treasury.run(today)
        ]
        self.score.paid_cents = self.treasury.paid_cents
        await asyncio.gather(self._deliver([*answers, *payments]), self._bank(today))

    async def _deliver(self, answers: list[Answer]) -> None:
        # Files that arrive on one day have no order among them.
        for start in range(0, len(answers), HANDED_AT_ONCE):
            part = answers[start : start + HANDED_AT_ONCE]
            await asyncio.gather(*(self._hand_in(a.service, a.name, a.data) for a in part))

    async def _hand_in(self, service: str, name: str, data: bytes) -> Any:
        self.score.files_in += 1
        key = f"file/{hashlib.sha256(data).hexdigest()}"
        return await self.doors.post(
            service, "/files", key, content=data, params={"name": name}, actor="clearinghouse"
        )

    async def _bank(self, today: date) -> None:
        deposits = self.deposits(today)
        if deposits:
            key = f"deposits/{self.plan.seed}/{today}"
            await self.doors.post("posting", "/deposits", key, {"deposits": deposits}, actor="bank")

    def deposits(self, today: date) -> list[dict[str, Any]]:
        """What reached the bank since it was last asked, as the door takes it."""
        arrived = self.treasury.banked(today)
        self.score.banked_cents += sum(d.amount_cents for d in arrived)
        return [
            {
                "deposit": f"BANK-{d.trace}",
                "amount_cents": d.amount_cents,
                "deposited_on": today.isoformat(),
                "trace": d.trace,
                "payer_trace_id": d.payer_trace_id,
            }
            for d in arrived
        ]

    async def _keep_pace(self, today: date) -> None:
        """Stay within a day of the system: the sender has opened today.

        In step: the sender has heard back all that it said, too, so that accounts know what was sent before it is
        answered.
        """
        wanted = today.isoformat()
        await self._until(
            "submission",
            lambda rows: (
                all((r["today"] or "") >= wanted for r in rows)
                and not (self.in_step and any(r["unheard"] for r in rows))
            ),
        )
        if self.behind is not None:
            nearly = (today - self.behind).isoformat()
            await self._until(
                "adjudication_tracking",
                lambda rows: all((r["today"] or nearly) >= nearly for r in rows),
            )

    async def _until(self, service: str, check: Callable[[list[dict[str, Any]]], bool]) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLE_SECONDS
        while loop.time() < deadline:
            rows = await self.doors.get(service, "/progress")
            if check(rows):
                return
            await asyncio.sleep(ASK_SECONDS)

    async def settle(self) -> None:
        """Until nobody hears or says anything new, and the last files are handed over."""
        await quiet(self.doors, self.books.SERVICES, 4 * SETTLE_SECONDS, looks=SETTLED_LOOKS)
