"""The whole of an installation: given or embedded broker and database, provisioning, and the services."""

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deploy import provision
from deploy.embedded.kafka import FETCHED, EmbeddedKafka, have_jars
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.home import Home
from deploy.pids import end, end_process, strays
from deploy.processes import Services
from shared.settings import Settings

Told = Callable[[str], None]


def _quiet(_sentence: str) -> None:
    return None


OWN = {"home", "cache", "service", "instance", "kafka", "pg_dsn", "keyring_dsn", "kek_file"} | {
    *("objects", "outbound", "inbound", "http_host", "http_port", "failpoint")
}
"""Settings that each service process gets of its own; the others are passed on where they were given."""


def passed_on(chosen: Settings) -> dict[str, str]:
    """What the caller set for all services, such as the topic, the tenant, or limits."""
    return {name: str(getattr(chosen, name)) for name in chosen.model_fields_set - OWN}


class Stack:
    """What `claimlog up` starts and `claimlog down` stops."""

    def __init__(self, chosen: Settings) -> None:
        self.settings = chosen
        self.home = Home.at(chosen.home, chosen.cache)
        self.kafka = EmbeddedKafka(self.home)
        self.postgres = EmbeddedPostgres(self.home)

    @property
    def bootstrap(self) -> str:
        """The broker: the given one, or ours."""
        return self.settings.kafka or self.kafka.bootstrap

    @property
    def pg_dsn(self) -> str:
        """The administrator's DSN: the given one, or ours."""
        return self.settings.pg_dsn or self.postgres.dsn

    @property
    def services(self) -> Services:
        """The service processes."""
        return Services(self.home, self.bootstrap, self.pg_dsn)

    def dsn_of(self, role: str) -> str:
        """A role's DSN."""
        return provision.role_dsn(self.home, self.pg_dsn, role)

    def start_engines(self, told: Told = _quiet) -> None:
        """Broker and database, side by side, where they are not given."""
        with ThreadPoolExecutor(2) as pool:
            waits = []
            if not self.settings.kafka:
                told(
                    "starting Kafka"
                    if have_jars(self.home.cache)
                    else "fetching Kafka's jars, starting Kafka"
                )
                waits.append(pool.submit(self.kafka.start))
            if not self.settings.pg_dsn:
                told("starting PostgreSQL")
                waits.append(pool.submit(self.postgres.start))
            for wait in waits:
                wait.result()

    def prepare(self, told: Told = _quiet) -> None:
        """Topics, roles, schemas, keys."""
        told("provisioning topics, roles and keys")
        provision.keys(self.home)
        provision.topics(
            self.bootstrap, self.settings.topic, self.settings.partitions, self.settings.replication
        )
        asyncio.run(provision.database(self.home, self.pg_dsn))

    def start(
        self,
        services: Sequence[str] = provision.SERVICES,
        told: Told = _quiet,
        own: Mapping[str, Mapping[str, str]] = {},
        **more: str,
    ) -> None:
        """Everything, until every service is ready; harmless when it runs. `own` are settings of one service."""
        with self.home.alone():
            self.start_engines(told)
            self.prepare(told)
            processes = self.services
            wanted = [(service, "0") for service in services] + processes.ended(services)
            for service, instance in wanted:
                told_it = {**passed_on(self.settings), **more, **own.get(service, {})}
                processes.start(service, instance, **told_it)
            processes.wait(
                [f"{service}-{instance}" for service, instance in wanted],
                lambda name: told(f"{name} is ready"),
            )

    def stop(self, told: Told = _quiet) -> list[str]:
        """Services, then broker and database; nothing of this home is left running. The names of what was stopped."""
        with self.home.alone():
            engines = (self.kafka.name, self.postgres.name)
            running = self.home.running()
            others = [f for f in running if f["name"] not in engines]
            with ThreadPoolExecutor(12) as pool:
                list(pool.map(self._end, others))
            if others:
                told(f"stopped {len(others)} services; stopping Kafka and PostgreSQL")
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda engine: engine.stop(), (self.kafka, self.postgres)))
            names = sorted(
                (str(f["name"]) for f in running), key=lambda name: (name in engines, name)
            )
            for process in strays(self.home.root):
                end_process(process)
                names.append(f"process {process.pid}, which no run file named")
            for name in self.home.gone():
                self.home.forget(name)
            return names

    def erase(self, *, downloads: bool = False) -> None:
        """Stop, and delete what this home holds: all of it, but for downloads only where that is asked for."""
        self.stop()
        self.postgres.erase()
        for path in self.home.root.iterdir():
            if path.is_dir() and not path.is_symlink():
                if downloads or path.name != FETCHED:
                    shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if not any(self.home.root.iterdir()):
            self.home.root.rmdir()

    def _end(self, facts: dict[str, Any]) -> None:
        end(facts)
        self.home.forget(facts["name"])

    def url_of(self, service: str) -> str | None:
        """Where a service's doors are, if one of its instances runs."""
        for facts in self.home.running():
            if facts.get("service") == service:
                return str(facts["url"])
        return None
