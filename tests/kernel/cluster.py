"""Toy services on the real broker and database: in this process, or as processes of their own that may be killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg

from deploy.home import free_port
from shared.consumer import LogConsumer
from shared.engine import Engine
from shared.envelope import read_route
from shared.keyring import make_kek_file
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.rebuild import Rebuild, Report
from shared.recover import recover
from shared.relay import Relay, producer_for
from shared.service import Answer, Order, Scope, Service
from shared.settings import Settings
from shared.store import Store
from shared.streams import account_number, account_stream
from shared.topic import wait_for_topic
from tests.kernel.toys import ALPHA, BETA, Capture, OpenDay

ROOT = Path(__file__).parents[2]
SCOPE = Scope("toy", "entity", "facility")
LIMIT_SECONDS = 120.0
ACCOUNTS = [account_number("toy", "cluster", str(n)) for n in range(60)]


async def until(
    check: Callable[[], Awaitable[bool]], what: str, seconds: float = LIMIT_SECONDS
) -> None:
    """Ask until it is so; fails with what was waited for."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await check():
        assert loop.time() < deadline, f"waited {seconds} s for: {what}"
        await asyncio.sleep(0.05)


def schema_dsn(dsn: str, name: str) -> str:
    """The DSN with a service's schema as search path."""
    return f"{dsn}?options=-csearch_path%3D{name}"


class Member:
    """One instance of a toy service in this process."""

    def __init__(
        self, service: Service, bootstrap: str, topic: str, dsn: str, instance: str
    ) -> None:
        self.service = service
        self.bootstrap = bootstrap
        self.topic = topic
        self.dsn = schema_dsn(dsn, service.name)
        self.instance = instance
        self.make_producer: Callable[[], Any] = lambda: producer_for(bootstrap, service.name)

    async def start(self) -> "Member":
        """Connect, recover, join."""
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(f"create schema if not exists {self.service.name}")
        await connection.close()
        self.pool = await open_pool(self.dsn)
        known = await wait_for_topic(self.bootstrap, self.topic, 20)
        store = Store(self.service)
        async with self.pool.acquire() as connection:
            await store.create(connection, known.partitions, known.id)
        dead = f"{self.topic}.parked"
        self.relay = Relay(
            self.service.name, self.topic, dead, self.make_producer, store, self.pool
        )
        self.engine = Engine(
            self.service,
            self.pool,
            store,
            known.partitions,
            self.relay.offer,
            dead_letter=self.relay.dead_letter,
        )
        async with LogReader(self.bootstrap, self.topic) as reader:
            self.recovered = await recover(self.engine, reader, known.id)
        chosen = Settings(
            service=self.service.name,
            instance=self.instance,
            kafka=self.bootstrap,
            topic=self.topic,
            fetch_max_wait_ms=20,
        )
        self.consumer = LogConsumer(self.engine, self.relay, chosen, topic_id=known.id)
        self.sweeping = asyncio.create_task(self.relay.run())
        await self.consumer.start()
        return self

    async def stop(self) -> None:
        """Leave cleanly."""
        await self.consumer.stop()
        self.sweeping.cancel()
        await asyncio.gather(self.sweeping, return_exceptions=True)
        await self.relay.close()
        await self.pool.close()

    async def capture(self, numbers: range, cents: int = 1) -> list[Answer]:
        """One command per number, on the toy accounts in turn."""
        return await self.engine.handle(
            [
                Order(
                    account_stream(ACCOUNTS[n % len(ACCOUNTS)]),
                    Capture(ACCOUNTS[n % len(ACCOUNTS)], cents),
                    f"capture/{n}",
                    b"same",
                    SCOPE,
                    "tester",
                )
                for n in numbers
            ]
        )

    async def captured(self, numbers: range) -> None:
        """Commands that come again under their keys, as they are told to, until all of them are taken."""

        async def all_taken() -> bool:
            answers = await self.capture(numbers)
            assert {answer.code for answer in answers} <= {"", "away", "recovering"}
            return all(answer.status == 200 for answer in answers)

        await until(all_taken, "every command taken")

    async def open_day(self, day: date) -> None:
        """Open a business day everywhere."""
        order = Order("books/company", OpenDay(day), f"day/{day}", b"", SCOPE, "tester")
        assert (await self.engine.handle([order]))[0].status == 200

    async def compare(self) -> Report:
        """The live tables against a replay from zero, once they passed what stands in the log now."""
        async with LogReader(self.bootstrap, self.topic) as reader:
            ends = await reader.ends(list(range(12)))

            async def passed() -> bool:
                # In a topic that was filled anew everything is counted before it is passed again.
                rows = await self.engine.store.progress(self.pool)
                return all(rows[p].next_offset >= end for p, end in ends.items())

            await until(passed, f"{self.service.name} passes the log")
            return await Rebuild(self.service, self.pool, reader, 12).compare()


class Cluster:
    """Alpha here, beta wherever a test wants it, on one topic and one database."""

    def __init__(self, bootstrap: str, topic: str, dsn: str, home: Path) -> None:
        self.bootstrap, self.topic, self.dsn, self.home = bootstrap, topic, dsn, home
        self.members: list[Member] = []
        self.url = ""
        self.processes: list[subprocess.Popen[bytes]] = []
        make_kek_file(home / "kek")

    async def member(self, service: Service, instance: str = "0") -> Member:
        """A started member in this process."""
        made = await Member(service, self.bootstrap, self.topic, self.dsn, instance).start()
        self.members.append(made)
        return made

    async def alpha(self, instance: str = "0") -> Member:
        """The service that takes commands."""
        return await self.member(ALPHA, instance)

    async def beta(self, instance: str = "0") -> Member:
        """The service that answers."""
        return await self.member(BETA, instance)

    async def schemas(self) -> None:
        """Schemas for services that run as processes."""
        connection = await asyncpg.connect(self.dsn)
        for name in ("alpha", "beta"):
            await connection.execute(f"create schema if not exists {name}")
        await connection.close()

    def process(
        self, name: str, instance: str = "0", failpoint: str = "", job: str = "", **more: str
    ) -> subprocess.Popen[bytes]:
        """A toy service as a process of its own, its doors at `url`; or only one of its jobs."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        told = {
            **{k: v for k, v in os.environ.items() if not k.startswith("CLAIMLOG_")},
            "PYTHONPATH": str(ROOT),
            "CLAIMLOG_SERVICE": name,
            "CLAIMLOG_INSTANCE": instance,
            "CLAIMLOG_KAFKA": self.bootstrap,
            "CLAIMLOG_TOPIC": self.topic,
            "CLAIMLOG_PG_DSN": schema_dsn(self.dsn, name),
            "CLAIMLOG_KEYRING_DSN": self.dsn,
            "CLAIMLOG_KEK_FILE": str(self.home / "kek"),
            "CLAIMLOG_OBJECTS": str(self.home / "objects"),
            "CLAIMLOG_OUTBOUND": str(self.home / "outbound"),
            "CLAIMLOG_HTTP_PORT": str(port),
            "CLAIMLOG_FAILPOINT": failpoint,
            "CLAIMLOG_FETCH_MAX_WAIT_MS": "20",
            **{f"CLAIMLOG_{setting.upper()}": value for setting, value in more.items()},
        }
        with (self.home / f"{name}-{instance}.log").open("ab") as log:
            made = subprocess.Popen(
                [sys.executable, "-m", "tests.kernel.toy_process", name, *filter(None, [job])],
                env=told,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.processes.append(made)
        return made

    async def fetchval(self, service: str, sql: str) -> Any:
        """One value of a service's schema."""
        connection = await asyncpg.connect(schema_dsn(self.dsn, service))
        try:
            return await connection.fetchval(sql)
        except asyncpg.UndefinedTableError:
            return None
        finally:
            await connection.close()

    async def answered(self, count: int) -> None:
        """Until beta counted and answered this many charges."""

        async def there() -> bool:
            charges = await self.fetchval("beta", "select coalesce(sum(charges), 0) from totals")
            lines = await self.fetchval("beta", "select count(*) from lines")
            return bool(charges == count and lines == 2 * count)

        await until(there, f"{count} charges counted and answered")

    async def heard_back(self) -> None:
        """Until every row of both outboxes stands in the log."""

        async def all_there() -> bool:
            seen = await self.accepted()
            for name in ("alpha", "beta"):
                rows = await self.fetchval(
                    name,
                    "select coalesce(jsonb_object_agg(partition || '>' || target, p), '{}') from "
                    "(select partition, target, max(position) as p from outbox group by 1, 2) o",
                )
                for channel, position in json.loads(rows or "{}").items():
                    source, _, target = channel.partition(">")
                    if seen[(f"{name}/{source}", int(target))] != position:
                        return False
            return True

        await until(all_there, "every outbox row in the log, gap-free")

    async def accepted(self) -> Counter[tuple[str, int]]:
        """The last gap-free position of each producer in each partition of the log."""
        last: Counter[tuple[str, int]] = Counter()
        async with LogReader(self.bootstrap, self.topic) as reader:
            for p, end in (await reader.ends(list(range(12)))).items():
                async for records in reader.read(p, 0, end):
                    for record in records:
                        try:
                            route = read_route(record.headers)
                        except Exception:
                            continue
                        if route.position == last[(route.producer, p)] + 1:
                            last[(route.producer, p)] = route.position
        return last

    async def stop(self) -> None:
        """Everything of this test."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        for member in self.members:
            await member.stop()
        self.members.clear()
