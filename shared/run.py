"""One service process: settings, connections, consumer, relay, doors; ends as soon as any part of it ends."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import uvicorn
from aiokafka.errors import KafkaError

from shared import http, telemetry
from shared.aside import switch_often
from shared.behind import keep_turns
from shared.collecting import collect_rarely, keep_what_is_there
from shared.commands import LOST
from shared.consumer import LogConsumer
from shared.doors import OpenDoors
from shared.engine import Engine
from shared.erasing import Erasing
from shared.errors import Stopped
from shared.failpoints import arm
from shared.given_up import give_up
from shared.hand_over import Handing, hand_over_schema, rows_for
from shared.kernel_api import kernel_routes
from shared.keyring import open_ring, read_kek
from shared.listening import Connection
from shared.log_reader import LogReader
from shared.objects import Objects
from shared.pool import open_pool
from shared.questions import is_halted
from shared.recover import recover
from shared.relay import Relay, producer_for
from shared.service import Service
from shared.settings import Settings, settings
from shared.store import Store
from shared.telemetry import measure
from shared.topic import stop_when_made_anew, wait_for_topic
from shared.tracing import exporter_to, start_tracing, stop_tracing
from shared.unheard import missed, said_of

log = logging.getLogger("claimlog.run")

Answered = TypeVar("Answered")
ANSWER_SECONDS = 2.0
"""Broker and database answer `/readyz` within it, or they are away."""
TOLD_EACH_SECONDS = 10.0
"""Gauges that have to be asked for are so old at most, and a little."""
PARKED = "select count(*) from parked where status = 'parked'"
START_SECONDS = 60.0
"""How long a process waits for the broker and the database to be there."""


def run(service: Service) -> None:
    """Run until told to stop; exits with 1 when a part of the process failed."""
    chosen = settings()
    telemetry.set_up(service.name, chosen.instance, chosen.log_level)
    start_tracing(service.name, chosen.instance, chosen.trace_share, exporter_to(chosen.otlp))
    arm(chosen.failpoint)
    collect_rarely()
    switch_often()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        failed = runner.run(_run(service, chosen))
    stop_tracing()
    sys.exit(1 if failed else 0)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


async def _run(service: Service, chosen: Settings) -> bool:
    """True when it ended by a failure."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        try:
            process = await Process.start(service, chosen, stack)
        except Stopped as no:
            log.error("%s does not start: %s", service.name, no)
            return True
        keep_what_is_there()
        log.info("%s is up", service.name)
        stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
        parts: list[asyncio.Future[Any]] = [stopped, process.consumer.failed, *process.tasks]
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        if stopped in done:
            return False
        for task in done:
            problem = task.exception() if not task.cancelled() else None
            log.error("%s ends: %s", service.name, _words(problem))
        return True


def _words(problem: BaseException | None) -> str:
    # Only our own errors are written to be read by anybody; others may quote what they failed on.
    return str(problem) if isinstance(problem, Stopped) else type(problem).__name__


class Process:
    """The parts of a running service process."""

    def __init__(self, service: Service, chosen: Settings) -> None:
        self.service = service
        self.settings = chosen
        self.tasks: list[asyncio.Task[Any]] = []
        self.consumer: LogConsumer
        self.engine: Engine
        self.relay: Relay
        self.doors: OpenDoors

    @classmethod
    async def start(cls, service: Service, chosen: Settings, stack: AsyncExitStack) -> "Process":
        """Connect everything, recover, listen, join the group; undone in reverse by the stack."""
        self = cls(service, chosen)
        ring = await _patiently(lambda: open_ring(chosen.keyring_dsn, read_kek(chosen.kek_file)))
        stack.push_async_callback(ring.close)
        pool = await _patiently(lambda: open_pool(chosen.pg_dsn))
        stack.push_async_callback(_close_pool, pool)
        topic = await wait_for_topic(chosen.kafka, chosen.topic, START_SECONDS)
        store = Store(service)
        await _patiently(lambda: _tables(pool, store, topic.partitions, topic.id))
        await _patiently(lambda: tell_missed(pool, service.name))
        self.relay = Relay(
            service.name,
            chosen.topic,
            f"{chosen.topic}.parked",
            lambda: producer_for(chosen.kafka, f"{service.name}-{chosen.instance}"),
            store,
            pool,
        )
        stack.push_async_callback(self.relay.close)
        objects = Objects(chosen.objects, ring)
        meter = telemetry.Meter(service.name, chosen.instance)
        self.engine = Engine(
            service,
            pool,
            store,
            topic.partitions,
            self.relay.offer,
            objects=objects,
            on_handed=rows_for(service) if service.hand_overs else None,
            measure=meter.batch,
            dead_letter=self.relay.dead_letter,
        )
        self.doors = OpenDoors(self.engine, ring, objects, chosen.tenant)
        async with LogReader(chosen.kafka, chosen.topic) as reader:
            await recover(self.engine, reader, topic.id)
        self.consumer = LogConsumer(self.engine, self.relay, chosen, meter.poll, topic.id)
        handing = None
        if service.hand_overs:
            handing = Handing(self.engine, self.doors, self.relay, chosen.outbound)
        erasing = None
        if service.erasing is not None:
            erasing = Erasing(self.engine, self.doors, self.relay, ring, objects, service.erasing)
            await _patiently(erasing.again)
        await self._listen(stack, meter, handing)
        self._spawn(self.relay.run(), stack)
        self._spawn(stop_when_made_anew(chosen.kafka, chosen.topic, topic), stack)
        if handing is not None:
            self._spawn(handing.run(), stack)
        if erasing is not None:
            self._spawn(erasing.run(), stack)
        self._spawn(
            keep_turns(self.doors.turns, chosen.kafka, chosen.topic, topic.partitions), stack
        )
        await self.consumer.start()
        stack.push_async_callback(self.consumer.stop)
        self._spawn(tell_how_it_stands(self.ready, lambda: pool.fetchval(PARKED)), stack)
        return self

    async def _listen(
        self, stack: AsyncExitStack, meter: telemetry.Meter, handing: Handing | None
    ) -> None:
        routes = self.service.routes(self.doors) if self.service.routes is not None else None
        app = http.app(self.service, self.ready, routes, self.halted)
        app.include_router(kernel_routes(self.engine, self.doors, handing))
        meter.watch(self.consumer.lag, lambda: self.relay.oldest_unpublished_seconds)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=self.settings.http_host,
                port=self.settings.http_port,
                http=Connection,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_keep_alive=30,
            )
        )
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._spawn(server._serve(), stack)

    def _spawn(self, work: Coroutine[Any, Any, Any], stack: AsyncExitStack) -> None:
        task = asyncio.create_task(work)
        self.tasks.append(task)

        async def cancel() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        stack.push_async_callback(cancel)

    async def halted(self) -> bool:
        """Whether PostgreSQL is there and answers nobody."""
        return await is_halted(self.settings.pg_dsn)

    async def ready(self) -> dict[str, Any]:
        """Broker and database asked now, and what stands between the two: each with its word."""
        ends, rows, lacks = await asyncio.gather(
            _answer(self.consumer.ends()),
            _answer(self.engine.store.progress(self.engine.pool)),
            _answer(self.engine.still_lacks()),
        )
        lag = None
        if ends is not None and rows is not None:
            lag = sum(max(end - rows[p].next_offset, 0) for p, end in ends.items())
        bound = self.settings.lag_bound
        return {
            "broker": ends is not None and self.consumer.assigned.is_set(),
            "database": rows is not None,
            "lag": {"ok": lag is not None and lag <= bound, "value": lag, "bound": bound},
            **({"files": {"ok": False, "lacks": lacks}} if lacks else {}),
        }


async def tell_how_it_stands(
    ready: Callable[[], Awaitable[dict[str, Any]]], parked: Callable[[], Awaitable[int]]
) -> None:
    """Keep the gauges that have to be asked for: whether it is ready, and what waits for a person. Ends no process."""
    while True:
        try:
            checks = await ready()
            measure(ready=all(c["ok"] if isinstance(c, dict) else c for c in checks.values()))
            count = await _answer(parked())
            if count is not None:
                measure(parked_now=count)
        except Exception as failure:
            measure(ready=0)
            log.debug("it is not known how this process stands: %s", type(failure).__name__)
        await asyncio.sleep(TOLD_EACH_SECONDS)


async def _answer(asked: Awaitable[Answered]) -> Answered | None:
    """None when there is none in time."""
    task = asyncio.ensure_future(asked)
    try:
        await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        return task.result() if task.done() else None
    except (*LOST, KafkaError):
        return None
    finally:
        give_up(task)


async def _tables(pool: Any, store: Store, partitions: int, topic_id: str) -> None:
    """Those that are missing. Others are at work on them meanwhile: it may be the victim of a deadlock, and asks again."""
    async with pool.acquire() as connection:
        await store.create(connection, partitions, topic_id)
        await connection.execute(hand_over_schema())


async def tell_missed(pool: Any, service: str) -> None:
    """A warning where it hears events that an older version passed. Ends no process."""
    if wires := await missed(pool):
        log.warning("%s %s", service, said_of(service, wires))


async def _patiently(make: Callable[[], Awaitable[Any]]) -> Any:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while True:
        try:
            return await make()
        except LOST as lost:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.warning("waiting for the database: %s", type(lost).__name__)
            await asyncio.sleep(0.5)


async def _close_pool(pool: Any) -> None:
    try:
        await asyncio.wait_for(pool.close(), 5)
    except TimeoutError:
        pool.terminate()
