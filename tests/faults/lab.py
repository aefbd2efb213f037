"""A running stack with a world that goes on for as long as it stands: load for every row, one row after the other."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from aiokafka import AIOKafkaProducer

from deploy.auditing.log import quiet
from deploy.provision import SERVICES
from shared.log_reader import LogReader
from shared.streams import account_stream, partition_of
from simulator.chance import Chance
from simulator.feed import business_days
from simulator.world import Plan, World
from tests.faults.bounds import Held, held
from tests.faults.journal import Journal
from tests.faults.processes import LabServices, LabStack

FIRST_DAY = date(2026, 1, 5)
DAYS = 180
"""Business days for which the demo's code sets are in force."""
WARM_DAYS, WARM_ENCOUNTERS = 4, 10
"""Before the first row: afterwards answers, checks and deposits are on their way."""
DAY_SECONDS = 1.5
"""A day takes at least so long while a fault goes on: a long one shall not use up the calendar."""
DRAIN_SECONDS = 240.0
STEP_SECONDS = 0.3
Done = TypeVar("Done")
MOST_BYTES = 64_000_000
"""The laboratory's own producer refuses nothing: what is too large, the broker says."""
Headers = list[tuple[str, bytes | None]]
Stranger = tuple[int, bytes | None, bytes | None, Headers]


class LoadEnded(Exception):
    """The load failed while the fault went on."""


class Lab:
    """One stack and its world. `brief` is the short run inside the tests; `told` hears progress."""

    def __init__(
        self, stack: LabStack, seed: int, brief: bool = False, told: Callable[[str], None] = print
    ) -> None:
        self.stack = stack
        self.brief = brief
        self.told = told
        self.doors = Journal(stack.home, SERVICES)
        outbound = stack.home.root / "files" / "outbound"
        self.world = World(Plan(seed=seed, start=FIRST_DAY), self.doors, outbound)
        self.days = business_days(FIRST_DAY, DAYS)
        self.days_done = 0
        self.encounters = 0
        self.before: dict[str, Held] = {}
        self.drain_seconds = DRAIN_SECONDS
        self._strangers = 0

    @classmethod
    async def start(
        cls, stack: LabStack, seed: int, brief: bool = False, told: Callable[[str], None] = print
    ) -> "Lab":
        """Everything up from nothing, the books published, and some days lived."""
        await asyncio.to_thread(stack.stop)
        await asyncio.to_thread(stack.erase)
        stack.home.at(stack.home.root, stack.home.cache)  # Its folders, again.
        await asyncio.to_thread(stack.start, SERVICES, told)
        lab = cls(stack, seed, brief, told)
        await lab.world.books.publish(lab.doors, FIRST_DAY)
        for _ in range(WARM_DAYS):
            await lab.day(WARM_ENCOUNTERS)
        await lab.drained()
        return lab

    async def stop(self) -> None:
        """Nothing is left running."""
        await self.doors.close()
        await asyncio.to_thread(self.stack.stop)

    def keep_logs(self, name: str) -> Path:
        """A copy of the logs, for whoever looks into what broke."""
        kept = self.stack.home.root.parent / "faults-kept" / name
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.stack.home.root / "log", kept)
        return kept

    @property
    def services(self) -> LabServices:
        """The service processes."""
        return self.stack.services

    @property
    def worn_out(self) -> bool:
        """Whether a new stack is due: the calendar is nearly over and the log long."""
        return self.days_done > DAYS - 60

    # -- a row -------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """A row begins: what was acknowledged before is checked, what is held now is what it is compared with."""
        self.doors.forget()
        self.before = await held(self.stack)

    async def day(self, encounters: int) -> None:
        """The next business day, with so many encounters."""
        numbers = range(self.encounters, self.encounters + encounters)
        self.encounters += encounters
        n, self.days_done = self.days_done, self.days_done + 1
        await self.world.day(n, self.days[n], numbers)

    async def under_load(
        self, fault: Coroutine[Any, Any, Done], encounters: int = 10, least_days: int = 3
    ) -> Done:
        """Do this while days go by, at least so many; what it gives."""
        over = asyncio.Event()
        load = asyncio.create_task(self._live(over, encounters, least_days))
        doing = asyncio.create_task(fault)
        try:
            await asyncio.wait([load, doing], return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                load.result()  # Only a failure ends the load before it is told to.
                raise LoadEnded("the calendar of this stack is over")
            done = doing.result()
            over.set()
            await load
            return done
        finally:
            for task in (load, doing):
                task.cancel()
            await asyncio.gather(load, doing, return_exceptions=True)

    async def _live(self, over: asyncio.Event, encounters: int, least_days: int) -> None:
        lived = 0
        while lived < least_days or not over.is_set():
            if self.days_done >= len(self.days):
                return
            rest = asyncio.create_task(asyncio.sleep(0 if over.is_set() else DAY_SECONDS))
            await self.day(encounters)
            lived += 1
            await rest

    async def until(
        self, check: Callable[[], Awaitable[bool]], what: str, seconds: float = 0.0
    ) -> None:
        """Ask until it is so; AssertionError with what was waited for. As long as draining may take, unless said."""
        loop = asyncio.get_running_loop()
        seconds = seconds or self.drain_seconds
        deadline = loop.time() + seconds
        while not await check():
            assert loop.time() < deadline, f"waited {seconds:.0f} s in vain until {what}"
            await asyncio.sleep(STEP_SECONDS)

    async def drained(self, seconds: float = 0.0) -> None:
        """Everybody has heard everything and their own words back, and no file is half-way."""
        connection: Any = await asyncpg.connect(self.stack.dsn_of("auditor"))
        behind = ""
        try:
            async with LogReader(self.stack.bootstrap, self.stack.settings.topic) as reader:

                async def so() -> bool:
                    nonlocal behind
                    ends = await reader.ends(list(range(self.stack.settings.partitions)))
                    behind = await quiet(connection, ends, SERVICES)
                    if behind:
                        return False
                    behind = "a file is half-way to the outbound folder"
                    return not await connection.fetchval(HALF_WAY)

                try:
                    await self.until(so, "everything is heard", seconds)
                except AssertionError as late:
                    raise AssertionError(f"{late}: {behind}") from None
        finally:
            await connection.close()

    # -- what rows do ------------------------------------------------------------------------------------

    async def ready(self, *names: str, seconds: float = 120.0) -> None:
        """Until these instances (all that run, without a name) say that they are ready."""
        waited = names or tuple(self.services.running())
        await asyncio.to_thread(self.services.wait, waited, seconds=seconds)

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        """Rows, as the auditor reads them: every service's tables are there."""
        connection: Any = await asyncpg.connect(self.stack.dsn_of("auditor"))
        try:
            found: list[Any] = await connection.fetch(sql, *args)
            return found
        finally:
            await connection.close()

    async def pauses(self, chance: Chance, *name: object, most_seconds: float = 2.0) -> None:
        """Wait for a moment that the seed chooses."""
        await asyncio.sleep(chance.below(int(most_seconds * 1_000), "pause", *name) / 1_000)

    async def put(self, records: list[Stranger]) -> list[tuple[int, int]]:
        """Records that no service of ours writes: (partition, key, value, headers); where each stands."""
        places = []
        producer = AIOKafkaProducer(
            bootstrap_servers=self.stack.bootstrap, max_request_size=MOST_BYTES
        )
        await producer.start()
        try:
            for partition, key, value, headers in records:
                done = await producer.send_and_wait(
                    self.stack.settings.topic, value, key, partition, headers=headers
                )
                places.append((done.partition, done.offset))
        finally:
            await producer.stop()
        return places

    async def stranger(self) -> None:
        """One record of an event that nobody knows: every service parks it."""
        self._strangers += 1
        stream = account_stream(f"STRANGER{self._strangers:08d}")
        header = f"coding.charges_dreamt.v1|stranger/{self._strangers}|1|0".encode()
        partition = partition_of(stream, self.stack.settings.partitions)
        await self.put([(partition, stream.encode(), b"{}", [("r", header)])])

    async def discard_parked(self, services: tuple[str, ...] = SERVICES) -> dict[str, int]:
        """A person discards everything that is parked; how many by service."""
        found: dict[str, int] = {}
        for service in services:
            listed: list[Any] = await self.doors.get(service, "/parked")
            for one in listed:
                path = f"/parked/{one['partition']}/{one['offset']}/discard"
                key = f"discard/{service}/{one['partition']}/{one['offset']}"
                await self.doors.post(service, path, key, {"reason": "NO EVENT OF OURS"})
                found[service] = found.get(service, 0) + 1
        # A discard is no command under a key: it is not asked again.
        self.doors.kept = [k for k in self.doors.kept if not k.path.startswith("/parked/")]
        return found


HALF_WAY = (
    "select count(*) from (select status from submission.hand_over union all "
    "select status from eligibility.hand_over) h where status <> 'handed'"
)
