"""A run: processes, a log, clients and a person who looks after parked records; first with faults, then without."""

import asyncio
import random
from collections import Counter
from typing import Any

from shared.commands import EVENTS_LOOKED_FOR, LOST
from shared.envelope import ROUTING
from shared.errors import NotFound, Refused, Stopped
from shared.parking import Parking
from shared.progress import decode
from shared.streams import partition_of
from shared.work import Tally
from tests.kernel.fed import MemoryLog
from tests.simulation.clock import VirtualLoop
from tests.simulation.faults import Crash, Options
from tests.simulation.outside import Outside
from tests.simulation.play import Errand, Play
from tests.simulation.pool import MemoryPool
from tests.simulation.process import Process
from tests.simulation.replay import MemoryRebuild
from tests.simulation.store import MemoryStore
from tests.simulation.tables import Database

DRAIN_SECONDS = 400.0
"""Virtual time in which everything must be heard, once nothing goes wrong any more."""
FAULTY_SECONDS = 25.0
FIRST_SECONDS = 8.0
"""The backup is made within this."""
SECOND_SECONDS = 10.0
"""After the backup is put back, faults go on for so long."""
KEPT_FOR_LATER = 0.25
DONE = (200, 404, 409, 422)


class World:
    """Everything of one run; `seen` counts what happened, `violations` what may never happen."""

    def __init__(self, options: Options, play: Play, loop: VirtualLoop) -> None:
        self.options = options
        self.rng = random.Random(options.seed * 2 + 1)
        self.loop = loop
        self.play = play
        self.faulty = True
        self.seen: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.violations: list[str] = []
        self.log = MemoryLog(options.partitions)
        self.landed: dict[int, list[float]] = {p: [] for p in range(options.partitions)}
        self.strangers: Counter[int] = Counter()
        self.services = {s.name: s for s in play.services(self)}
        self.databases = {name: Database(name) for name in self.services}
        self.processes: dict[str, list[Process]] = {name: [] for name in self.services}
        self.started: list[Process] = []
        self.answers: dict[str, Any] = {}
        self.errands: list[asyncio.Task[None]] = []
        self.ending = False
        self.outside = Outside()
        self.backups: dict[str, dict[str, dict[Any, Any]]] = {}
        self.asked: list[Errand] = []

    # -- what others ask of it ---------------------------------------------------------------------------

    def unlucky(self, chance: float) -> bool:
        """Whether a fault happens here; never in the quiet phase."""
        return self.faulty and chance > 0 and self.rng.random() < chance

    def broken(self, sentence: str) -> None:
        """A promise is broken."""
        self.violations.append(sentence)

    def count(self, tally: Tally) -> None:
        """What a poll saw."""
        for name, many in (
            ("repeat seen", tally.repeats),
            ("hole seen", tally.early),
            ("record applied", tally.applied),
            ("parked", tally.parked),
            ("waited behind parked", tally.waiting),
        ):
            self.seen[name] += many

    def put(self, key: bytes, value: bytes, headers: Any, partition: int) -> None:
        """A record arrives at the broker."""
        self.log.put(key, value, headers, partition)
        self.landed[partition].append(self.loop.time())

    def strange(self, stream: str) -> None:
        """A stranger's record that nobody can read, under the name of a real one."""
        p = partition_of(stream, self.options.partitions)
        self.strangers[p] += 1
        header = f"coding.charges_captured.v1|stranger/{p}|{self.strangers[p]}|0".encode()
        self.put(stream.encode(), b"{broken", [(ROUTING, header)], p)
        self.seen["poison"] += 1

    def visible(self, partition: int) -> int:
        """How far a consumer sees now."""
        landed = self.landed[partition]
        if not self.faulty or not self.options.lag_seconds:
            return len(landed)
        until = self.loop.time() - self.rng.random() * self.options.lag_seconds
        end = len(landed)
        while end and landed[end - 1] > until:
            end -= 1
        return end

    # -- members -----------------------------------------------------------------------------------------

    def died(self, process: Process) -> None:
        """Somebody else takes over soon."""
        members = self.processes[process.service.name]
        if process in members:
            members.remove(process)
        if not self.ending:
            self.loop.call_later(self.rng.uniform(0.05, 1.0), self.balance, process.service.name)

    def expel(self, process: Process) -> None:
        """A silent member loses its partitions; it does not know yet."""
        members = self.processes[process.service.name]
        if process in members and process.frozen is not None:
            members.remove(process)
            process.expelled = True
            self.balance(process.service.name)

    def balance(self, name: str) -> None:
        """Start who is missing; give every partition to one member. Each takes notice when it looks."""
        if self.ending:
            return
        members = self.processes[name]
        while len(members) < self.options.instances:
            members.append(Process(self, self.services[name], ()))
            self.started.append(members[-1])
        self.rng.shuffle(members)
        for n, member in enumerate(members):
            member.wanted = tuple(range(n, self.options.partitions, len(members)))

    # -- clients -----------------------------------------------------------------------------------------

    async def _send(self, errand: Errand) -> None:
        self.asked.append(errand)
        await asyncio.sleep(errand.after)
        while errand.behind and errand.behind not in self.answers:
            await asyncio.sleep(0.3)
        order, members = errand.order, self.processes[errand.service]
        answered = 1 + self.unlucky(0.2)
        while answered:
            ready = [process for process in members if process.ready]
            if not ready:
                await asyncio.sleep(0.3)
                continue
            process = self.rng.choice(ready)
            task = process.spawn(process.engine.handle([order]))
            await asyncio.wait({task}, timeout=self.rng.choice((0.05, 5.0, 30.0)))
            answer = None
            if task.done() and not task.cancelled() and task.exception() is None:
                (answer,) = task.result()
            if answer is None or answer.status not in DONE or answer.code == "stream_parked":
                self.seen["command asked again"] += 1
                await asyncio.sleep(self.rng.uniform(0.05, 1.0))
                continue
            self.seen["command refused"] += answer.code == "refused"
            before = self.answers.get(order.key)
            if before is None or before.status != 200:
                self.answers[order.key] = answer
            elif (before.status, before.said) != (answer.status, answer.said):
                self.broken(f"another answer under the key {order.key}")
            self.seen["key known"] += answer.again
            answered -= 1

    async def _strange(self) -> None:
        """A stranger writes what nobody can read."""
        while self.faulty:
            await asyncio.sleep(self.rng.uniform(0.1, 2.0))
            if self.unlucky(self.options.poison) and sum(self.strangers.values()) < 5:
                self.play.poison(self)

    async def _say_again(self) -> None:
        """A stretch of an outbox is published once more, by nobody in particular."""
        while self.faulty:
            await asyncio.sleep(self.rng.uniform(0.1, 2.0))
            database = self.databases[self.rng.choice(sorted(self.databases))]
            rows = list(database.tables["outbox"].values())
            if rows and self.unlucky(self.options.said_again):
                start = self.rng.randrange(len(rows))
                for row in rows[start : start + self.rng.randint(1, 5)]:
                    self.put(row.stream.encode(), row.value, [("r", row.header)], row.target)
                self.seen["published again"] += 1

    async def _look_after(self) -> None:
        """A person drives parked records again, or discards what nobody can read."""
        while True:
            await asyncio.sleep(self.rng.uniform(0.5, 3.0))
            for name, database in self.databases.items():
                for (p, offset), row in list(database.tables["parked"].items()):
                    members = [process for process in self.processes[name] if process.ready]
                    if (
                        row.status == "parked"
                        and members
                        and (not self.faulty or self.rng.random() < 0.4)
                    ):
                        await self._settle(self.rng.choice(members), p, offset, row)

    async def _take_away(self) -> None:
        """Somebody fetches what lies in the outbound folder, and looks after files that wait for a person."""
        while True:
            await asyncio.sleep(self.rng.uniform(0.1, 1.0))
            self.outside.take_away()
            for name, database in self.databases.items():
                handing = [p.handing for p in self.processes[name] if p.ready and p.handing]
                for event_id, row in list(database.tables["hand_over"].items()):
                    if row.held is None or row.status == "handed" or not handing:
                        continue
                    self.seen["file waited for a person"] += 1
                    left = row.file_name in self.outside.taken
                    one = self.rng.choice(handing)
                    work = one.had_left(event_id) if left else one.release(event_id)
                    await asyncio.wait({self.loop.create_task(self._patiently(work))}, timeout=20)

    async def _patiently(self, work: Any) -> None:
        try:
            await work
        except (NotFound, Crash, *LOST):
            self.seen["person's word lost"] += 1

    async def _settle(self, process: Process, p: int, offset: int, row: Any) -> None:
        parking, quiet = Parking(process.engine), not self.faulty
        if row.producer.startswith("stranger"):
            work = parking.discard(p, offset, "a stranger's", "person")
        else:
            work = parking.redrive(p, offset, "person")
        task = process.spawn(work)
        await asyncio.wait({task}, timeout=20)
        if not task.done() or task.cancelled():
            return
        if task.exception() is None:
            self.seen["parked settled"] += 1
        elif isinstance(task.exception(), Refused) and quiet:
            self.seen["parked discarded by rule"] += 1
            await asyncio.wait({process.spawn(parking.discard(p, offset, "refused", "person"))})

    async def _rebuild(self) -> None:
        """Tables are made again beside the live ones and put in their place."""
        while self.faulty:
            await asyncio.sleep(self.rng.uniform(1.0, 6.0))
            named = self.rng.choice(sorted(self.processes))
            members = [process for process in self.processes[named] if process.ready]
            if not members or not self.unlucky(self.options.rebuilt):
                continue
            process = self.rng.choice(members)
            made = MemoryRebuild(process.service, process.pool, self.log)
            task = process.spawn(made.swap())
            await asyncio.wait({task}, timeout=60)
            if not task.done() or task.cancelled():
                continue
            failure = task.exception()
            if failure is None:
                self.seen["rebuilt and swapped"] += 1
            elif isinstance(failure, Stopped) and "another rebuild" not in str(failure):
                self.broken(f"{process.service.name} cannot be rebuilt: {failure}")
            elif not isinstance(failure, (Stopped, Crash, *LOST)):
                self.broken(f"a rebuild of {process.service.name} fails with {failure!r}")

    # -- the run -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Faults, then quiet; violations are found on the way and by the checks after it."""
        for name, service in self.services.items():
            async with MemoryPool(self.databases[name]).acquire() as connection:
                await MemoryStore(service).create(connection, self.options.partitions, "topic")
            self.balance(name)
        first, later = _acts(self.play.errands(self), self.options.restored, self.rng)
        self.errands = [self.loop.create_task(self._send(e)) for e in first]
        if self.options.restored:
            self.loop.call_later(self.rng.uniform(0.5, FIRST_SECONDS), self._back_up)
        others = [
            self._strange(),
            self._say_again(),
            self._look_after(),
            self._rebuild(),
            self._take_away(),
        ]
        tasks = [self.loop.create_task(work) for work in others]
        while self.loop.time() < FAULTY_SECONDS and not self.violations:
            await asyncio.sleep(1.0)
            if self.drained() and self.loop.time() > 5:
                break
        await self._drain()
        if self.options.restored and not self.violations:
            await self._second_act(later)
        self.ending = True
        for task in (*tasks, *self.errands):
            task.cancel()
        for process in self.started:
            process.die()

    async def _drain(self) -> None:
        """Nothing goes wrong any more, and everybody hears everything."""
        self.faulty = False
        deadline = self.loop.time() + DRAIN_SECONDS
        while not self.drained() and not self.violations and self.loop.time() < deadline:
            await asyncio.sleep(1.0)
        if not self.drained() and not self.violations:
            self.broken(f"not everything was heard: {self._left()}")

    def _back_up(self) -> None:
        """The tables as they are now, of all services or of one."""
        names = sorted(self.databases)
        if self.rng.random() < 0.4:
            names = [self.rng.choice(names)]
        self.backups = {
            n: {t: dict(rows) for t, rows in self.databases[n].tables.items()} for n in names
        }

    async def _second_act(self, later: list[Errand]) -> None:
        """The backups are put back; known commands are asked again, those kept for it come, and faults go on."""
        for name, tables in self.backups.items():
            self.seen["restored"] += 1
            for process in self.started:
                if process.service.name == name:
                    process.die()
            self.databases[name].put_back(tables)
            self.balance(name)
        asked = self.play_again()
        self.errands += [self.loop.create_task(self._send(e)) for e in (*asked, *later)]
        self.faulty = self.rng.random() < 0.6
        ends = self.loop.time() + SECOND_SECONDS
        while self.loop.time() < ends and not self.violations:
            await asyncio.sleep(1.0)
        await self._drain()

    def play_again(self) -> list[Errand]:
        """Commands whose answer can be proved by what the log holds, once more under their keys."""
        return [
            errand._replace(after=self.rng.uniform(0, SECOND_SECONDS), behind="")
            for errand in self.asked
            if (known := self.answers.get(errand.order.key)) is not None
            and 0 < len(known.said) <= EVENTS_LOOKED_FOR
        ]

    def progress(self, name: str) -> dict[int, Any]:
        """The committed progress rows of a service."""
        rows = self.databases[name].tables["progress"]
        return {p: decode(row.body) for p, row in rows.items()}

    def drained(self) -> bool:
        """Whether everybody heard everything and nobody waits."""
        return not self._left()

    def _left(self) -> list[str]:
        self.violations += [v for d in self.databases.values() for v in d.violations]
        for database in self.databases.values():
            database.violations.clear()
        left = [f"{sum(not e.done() for e in self.errands)} commands"] * any(
            not e.done() for e in self.errands
        )
        for name, database in self.databases.items():
            rows = self.progress(name)
            for p, row in rows.items():
                if row.next_offset != len(self.log.records[p]):
                    left.append(f"{name} is at {p}@{row.next_offset} of {len(self.log.records[p])}")
                if row.day_work is not None:
                    left.append(f"{name}/{p} has a day to work off")
                for target, last in row.sent.items():
                    heard = rows[target].heard.get(f"{name}/{p}", 0)
                    if heard != last:
                        left.append(f"{name}/{p} to {target} is heard to {heard} of {last}")
            if any(row.status != "handed" for row in database.tables["hand_over"].values()):
                left.append(f"{name} has files to hand over")
            if any(r.status in ("parked", "waiting") for r in database.tables["parked"].values()):
                left.append(f"{name} has parked records")
        return left


def _acts(
    errands: list[Errand], two: bool, rng: random.Random
) -> tuple[list[Errand], list[Errand]]:
    """What is asked at once, and what is kept until the databases were put back."""
    later: list[Errand] = []
    if two:
        kept = set[str]()
        for errand in errands:
            if errand.behind in kept or rng.random() < KEPT_FOR_LATER:
                kept.add(errand.order.key)
                later.append(errand)
    return [e for e in errands if e not in later], later
