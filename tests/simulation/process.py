"""One process of a service: the real engine, relay and parking between a log and a store that may fail."""

import asyncio
import contextvars
from collections.abc import Coroutine, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import asyncpg
from confluent_kafka import KafkaException

from shared.commands import LOST
from shared.engine import Engine
from shared.errors import Conflict, Stopped
from shared.failpoints import REGISTRY
from shared.hand_over import Handing, rows_for
from shared.recover import recover
from shared.relay import Relay
from shared.remembered import Remembered
from shared.service import Service
from tests.kernel.fed import MemoryReader
from tests.simulation.clock import OWNER
from tests.simulation.faults import FAILPOINT, Crash
from tests.simulation.pool import MemoryConnection, MemoryPool
from tests.simulation.store import MemoryStore
from tests.simulation.tables import IDLE_SECONDS

if TYPE_CHECKING:
    from tests.simulation.world import World

AFTER_COMMIT = ("batch.after_commit", "command.after_commit", "relay.before_publish")
HELD = 4
"""States and rows that a process holds of a partition: few, so that some must be read again."""
GROUP_SECONDS = 6.0
"""So long a silent member stays in its group."""


class Process:
    """It hears the partitions that it is given, and is told late when they are taken away."""

    def __init__(self, world: "World", service: Service, partitions: Sequence[int]) -> None:
        self.world = world
        self.options = world.options
        self.rng = world.rng
        self.service = service
        self.tasks: list[asyncio.Task[Any]] = []
        self.dead = self.expelled = False
        self.frozen: asyncio.Future[None] | None = None
        self.assigned: tuple[int, ...] = ()
        self.wanted = tuple(partitions)
        self.cursors: dict[int, int] = {}
        self.context = contextvars.copy_context()
        self.context.run(OWNER.set, self)
        self.context.run(FAILPOINT.set, self.passes)
        self.pool = MemoryPool(world.databases[service.name], self.breathe)
        store = MemoryStore(service)
        self.producer: Producer = Producer(self)
        self.relay = Relay(service.name, "log", "parked", self._producer, store, self.pool)
        count, offer, objects = self.options.partitions, self.relay.offer, world.play.objects
        recorder = rows_for(service) if service.hand_overs else None
        self.engine = Engine(
            service, self.pool, store, count, offer, objects=objects, on_handed=recorder
        )
        self.engine.remembered = Remembered(count, most=count * HELD)
        self.engine.on_stopped = self.stopped
        self.ready = False
        self.handing: Handing | None = None
        self.spawn(self.start())

    def _producer(self) -> Any:
        self.producer = Producer(self)
        return self.producer

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task of this process; it dies with it."""
        return self.world.loop.create_task(work, context=self.context)

    async def start(self) -> None:
        """Recover, then hear, publish and obey; what fails before is told by the process's end."""
        try:
            if await recover(self.engine, MemoryReader(self.world.log), "topic"):
                self.world.seen["recovered"] += 1
        except Stopped as stop:
            self.stopped(stop)
            return
        except LOST:
            self.world.seen["start failed"] += 1
            self.die()
            return
        except Exception as failure:
            self.world.broken(f"{self.service.name} does not start: {failure!r}")
            return
        self.ready = True
        self.world.databases[self.service.name].restoring = False
        self.spawn(self.hear())
        self.spawn(self.relay.run())
        if self.service.hand_overs:
            doors: Any = SimpleNamespace(handle=self.engine.handle, tenant="demo")
            self.handing = Handing(self.engine, doors, self.relay, self.world.outside.folder)
            self.spawn(self.handing.run())

    # -- how it ends -------------------------------------------------------------------------------------

    def die(self) -> None:
        """Nothing of it happens any more, but what is on its way to the broker may still arrive."""
        if self.dead:
            return
        self.dead = True
        self.pool.kill()
        self.producer.die()
        for task in self.tasks:
            if not task.done() and task is not asyncio.current_task(self.world.loop):
                task.cancel()
        self.world.died(self)

    def crash(self, where: str) -> None:
        """Die here and now."""
        self.world.seen["crash"] += 1
        self.world.seen[f"crash at {where}"] += 1
        if where in AFTER_COMMIT:
            self.world.seen["crashed between commit and publish"] += 1
        self.die()
        raise Crash(where)

    def stopped(self, why: BaseException) -> None:
        """The kernel says that going on is wrong: in this world it never is."""
        self.world.broken(f"{self.service.name} stopped: {why}")

    def passes(self, name: str) -> None:
        """A failpoint of the kernel."""
        assert name in REGISTRY
        if self.dead:
            raise Crash(name)
        self.world.passed[name] += 1
        if self.world.unlucky(self.options.crash * 3):
            self.crash(name)

    def freeze(self, seconds: float) -> None:
        """Stop for so long, as a virtual machine may; what it held is taken from it."""
        loop, world = self.world.loop, self.world
        self.frozen = loop.create_future()
        world.seen["frozen"] += 1
        open_ones = [c for c in self.pool.open if c.current is not None]
        too_long = asyncpg.IdleInTransactionSessionTimeoutError("idle in transaction")
        for connection in open_ones:
            loop.call_later(IDLE_SECONDS, connection.kill, too_long)
        if seconds > GROUP_SECONDS:
            loop.call_later(GROUP_SECONDS, world.expel, self)
        loop.call_later(seconds, self._thaw)

    def _thaw(self) -> None:
        frozen, self.frozen = self.frozen, None
        if frozen is not None and not frozen.done():
            frozen.set_result(None)
        if self.expelled:
            # It learns at its next heartbeat that others took over; until then it goes on as before.
            self.world.loop.call_later(self.rng.uniform(0.05, 3.0), self.die)

    async def breathe(self, connection: MemoryConnection, what: str) -> None:
        """Time passes at every statement and every commit, and there faults happen."""
        await asyncio.sleep(self.rng.random() * 0.01)
        if self.dead:
            raise Crash(what)
        world, options = self.world, self.options
        if what != "committed" and world.unlucky(options.crash / 4):
            self.crash(f"a {what}")
        if self.frozen is None and world.unlucky(options.frozen):
            self.freeze(self.rng.choice((1.0, 5.0, 12.0, 20.0)))
        if self.frozen is not None:
            await asyncio.shield(self.frozen)
            if connection.lost is not None:
                world.seen["zombie refused"] += 1
            elif self.expelled and what == "committed":
                world.seen["zombie published"] += 1
        unsure = what in ("commit", "committed") and world.unlucky(options.unsure)
        if unsure or (what == "statement" and world.unlucky(options.refused)):
            world.seen["answer of a commit lost" if unsure else "statement failed"] += 1
            lost = ConnectionResetError("the database is away")
            connection.kill(lost)
            raise lost

    # -- hearing -----------------------------------------------------------------------------------------

    async def hear(self) -> None:
        """Poll for ever; what fails is read again from the store's own offset."""
        while True:
            if self.wanted != self.assigned:
                await self._take_over()
            records = self._fetch()
            if not records:
                await asyncio.sleep(0.2)
                continue
            try:
                tally = await self.engine.poll(records)
            except Stopped as stop:
                self.stopped(stop)
                return
            except Exception as failure:
                name = "offset conflict" if isinstance(failure, Conflict) else "poll failed"
                self.world.seen[name] += 1
                if not isinstance(
                    failure, (Conflict, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
                ):
                    self.world.broken(f"{self.service.name} fails with {failure!r}")
                await asyncio.sleep(0.05)
                await self.rewind()
            else:
                self.world.count(tally)

    async def _take_over(self) -> None:
        self.relay.own(())
        self.assigned = self.wanted
        await self.rewind()
        self.relay.own(self.assigned)

    async def rewind(self) -> None:
        """Where the store is, patiently; and what a day left undone."""
        while True:
            try:
                async with self.pool.acquire() as connection:
                    rows = await self.engine.store.progress(connection)
                self.cursors = {p: rows[p].next_offset for p in self.assigned}
                await self.engine.finish_days(self.assigned)
                return
            except Exception as failure:
                if isinstance(failure, Stopped):
                    self.stopped(failure)
                await asyncio.sleep(0.2)

    def _fetch(self) -> list[Any]:
        records: list[Any] = []
        order = list(self.assigned)
        self.rng.shuffle(order)
        for p in order:
            start = self.cursors[p]
            end = self.world.visible(p)
            again = self.options.heard_again * (1.0 if end > start else 0.05)
            if start and self.world.unlucky(again):
                start = max(0, start - self.rng.randint(1, 5))
                self.world.seen["repeat delivered"] += 1
            found = self.world.log.records[p][start:end][
                : self.rng.randint(1, self.options.poll_most)
            ]
            if found:
                self.cursors[p] = max(self.cursors[p], found[-1].offset + 1)
                records += found
        return records


class Producer:
    """What the relay takes for confluent-kafka's producer: in order, on the way for a while, and sometimes never there."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.world = process.world
        self.flying: list[tuple[Any, ...]] = []
        self.reports: list[Any] = []
        self.dead = False

    def produce(
        self,
        topic: str,
        value: bytes,
        key: bytes,
        headers: Any,
        partition: int = 0,
        on_delivery: Any = None,
    ) -> None:
        """Queue a record."""
        if self.process.dead:
            raise Crash("produce")
        if topic != "log" or self.dead:
            return
        if self.world.unlucky(self.process.options.torn):
            self.world.seen["published partly"] += 1
            self.process.crash("produce")
        if self.world.unlucky(self.process.options.refused):
            raise KafkaException("the producer takes nothing")
        self.flying.append((key, value, headers, partition, on_delivery))
        self.world.loop.call_later(self.world.rng.random() * 0.05, self._land)

    def _land(self) -> None:
        if not self.flying:
            return
        key, value, headers, partition, on_delivery = self.flying.pop(0)
        world, options = self.world, self.process.options
        if world.unlucky(options.vanished):
            world.seen["publication vanished"] += 1
            return
        if world.unlucky(options.lost):
            world.seen["publication lost"] += 1
            self.reports.append((on_delivery, "lost"))
            return
        world.put(key, value, headers, partition)
        if self.process.dead:
            world.seen["landed after death"] += 1

    def poll(self, _seconds: float) -> int:
        """Tell what did not arrive."""
        reports, self.reports = self.reports, []
        for on_delivery, error in reports:
            on_delivery(error, None)
        return len(reports)

    def purge(self, **_: Any) -> None:
        """Forget what is queued."""
        self.flying.clear()

    def die(self) -> None:
        """The first of what is on its way arrives all the same."""
        del self.flying[self.world.rng.randint(0, len(self.flying)) :]
        self.dead = True
