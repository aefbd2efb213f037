"""Services that die at one failpoint after the other and are started again, while claims go on."""

import asyncio
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from deploy.home import port_is_free, tail
from deploy.processes import environment
from deploy.provision import SERVICES
from deploy.shares import service_named
from deploy.stack import Stack, passed_on
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.rebuild import Rebuild
from shared.run import run
from shared.settings import settings

BATCH = ("batch.locked", "batch.applied", "batch.before_commit", "batch.after_commit")
RELAY = ("relay.before_publish", "relay.after_publish")
DAY = ("day.chunk",)
HANDOVER = tuple(
    f"handover.{moment}" for moment in ("built", "ready", "staged", "renamed", "handed")
)
KEYRING = ("keyring.before_commit", "keyring.after_commit")
COMMAND = ("command.before_commit", "command.after_commit")
PARK = ("park.before_commit", "park.after_commit")
ERASING = ("erasing.destroyed",)
REBUILD = ("rebuild.before_swap", "rebuild.after_swap")
REBUILD_SECONDS = 300
NEW_KEYS_AT_A_DOOR = frozenset({"registration", "adjudication_tracking", "submission", "reference"})
"""Who seals a person or keeps a file that came in."""


def points_of(service: str) -> tuple[str, ...]:
    """The failpoints that the process of a service passes, as its wiring says; files end after years, beyond any journey."""
    wired = service_named(service)
    return (
        *BATCH,
        *RELAY,
        *(DAY if any(d.timers for d in wired.deciders.values()) else ()),
        *(HANDOVER if wired.hand_overs else ()),
        *(ERASING if wired.erasing and wired.erasing.end is None else ()),
        *(KEYRING if service in NEW_KEYS_AT_A_DOOR else ()),
        *(COMMAND if wired.says else ()),
        *PARK,
    )


class Deaths:
    """Every service armed with the first of its failpoints; whoever dies is started with the next.

    `points` are others than all of them in order, each as `arm` takes it (`batch.locked:3`). The armed ones are
    forks of a process that has everything imported: a start costs little, so that there may be many.
    """

    def __init__(self, stack: Stack, points: Mapping[str, Sequence[str]] | None = None) -> None:
        self.stack = stack
        self.died: dict[str, list[str]] = {service: [] for service in SERVICES}
        self._fork = _forks()
        self._armed: dict[str, str] = {}
        self._processes: dict[str, BaseProcess] = {}
        chosen = points or {service: points_of(service) for service in SERVICES}
        self._left = {service: deque(chosen.get(service, ())) for service in SERVICES}
        self._port = {s: f["port"] for s in SERVICES if (f := stack.home.read_run(f"{s}-0"))}

    @property
    def left(self) -> dict[str, str]:
        """Who still waits to die, and where."""
        return self._armed

    async def begin(self) -> None:
        """Kill everybody, and start them armed."""
        for service in SERVICES:
            await asyncio.to_thread(self.stack.services.kill, f"{service}-0")
            await self._next(service)

    async def leave(self) -> dict[str, str]:
        """Whoever did not reach its place is started whole; where they waited to die."""
        left, self._armed = self._armed, {}
        for service in left:
            await asyncio.to_thread(self.stack.services.kill, f"{service}-0")
            self._left[service].clear()
            await self._next(service)
        return left

    async def _next(self, service: str) -> None:
        while not port_is_free(self._port[service]):  # A dead process may hold it for a moment.
            await asyncio.sleep(0.05)
        if not self._left[service]:
            self._armed.pop(service, None)
            self.stack.services.start(service, **passed_on(self.stack.settings))
            return
        self._armed[service] = point = self._left[service].popleft()
        home, name, port = self.stack.home, f"{service}-0", self._port[service]
        env = environment(
            home,
            service,
            "0",
            port,
            self.stack.bootstrap,
            self.stack.pg_dsn,
            **passed_on(self.stack.settings),
            failpoint=point,
        )
        process = self._fork.Process(target=serve, args=(service, env, str(home.log(name))))
        process.start()
        self._processes[service] = process
        url = f"http://127.0.0.1:{port}"
        facts = {"service": service, "instance": "0", "port": port, "url": url}
        home.write_run(name, process.pid or 0, mark="forkserver", **facts)

    async def watch(self) -> None:
        """Look after the dead until nobody has to die any more."""
        while self._armed:
            for service in list(self._armed):
                code = self._processes[service].exitcode
                if code is None:
                    continue
                log = tail(self.stack.home.log(f"{service}-0"))
                assert code == -signal.SIGKILL, f"{service} ended by itself ({code}):\n{log}"
                self.died[service].append(self._armed[service])
                await self._next(service)
            await asyncio.sleep(0.05)


def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__, *(f"services.{s}.app" for s in SERVICES)])
    return context


def serve(service: str, env: dict[str, str], log: str) -> None:
    """A service's process, as `python -m services.…` is."""
    _become(env, log)
    run(service_named(service))


def rebuild_dies(stack: Stack, service: str, point: str, partition: int = 3) -> int:
    """How a rebuild of the service ends that is armed in the partition that it comes to so late."""
    env = environment(
        stack.home,
        service,
        "rebuild",
        0,
        stack.bootstrap,
        stack.pg_dsn,
        **passed_on(stack.settings),
        failpoint=f"{point}:{partition}",
    )
    process = _forks().Process(
        target=rebuild, args=(service, env, str(stack.home.log(f"{service}-rebuild")))
    )
    process.start()
    process.join(REBUILD_SECONDS)
    return process.exitcode or 0


def rebuild(service: str, env: dict[str, str], log: str) -> None:
    """Put rebuilt tables in the place of the live ones."""
    _become(env, log)
    asyncio.run(_rebuild(service))


async def _rebuild(service: str) -> None:
    chosen = settings()
    pool = await open_pool(chosen.pg_dsn, size=4)
    async with LogReader(chosen.kafka, chosen.topic) as reader:
        await Rebuild(service_named(service), pool, reader, chosen.partitions).swap()
    await pool.close()


def _become(env: dict[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(env)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(written, 1)
    os.dup2(written, 2)


def covered() -> set[str]:
    """Every failpoint at which some real service dies here."""
    return {point for service in SERVICES for point in points_of(service)} | set(REBUILD)
