"""A stack whose services reach broker and database through proxies; the laboratory itself goes straight to both."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from deploy.embedded.kafka import EmbeddedKafka
from deploy.home import Home, kept_ports
from deploy.processes import ROOT
from deploy.stack import Told, _quiet
from shared.settings import Settings
from simulator.chance import Chance
from tests.faults.commits import CommitProxy
from tests.faults.processes import LabServices, LabStack
from tests.faults.proxy import Proxies, Proxy


class ProxiedKafka(EmbeddedKafka):
    """A broker with a second listener, which it advertises at the port of a proxy."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.proxy_port = 0

    @property
    def inner_port(self) -> int:
        """Where the proxy goes."""
        (port,) = [int(w) for w in (self.folder / "inner-port").read_text().split()]
        return port

    def _configure(self, port: int, controller: int) -> None:
        (inner,) = kept_ports(self.folder / "inner-port", 1)
        super()._configure(port, controller)
        path = Path(self._properties)
        text = path.read_text()
        for old, new in (
            ("\nlisteners=", f"\nlisteners=PROXIED://127.0.0.1:{inner},"),
            (
                "\nadvertised.listeners=",
                f"\nadvertised.listeners=PROXIED://127.0.0.1:{self.proxy_port},",
            ),
            ("protocol.map=", "protocol.map=PROXIED:PLAINTEXT,"),
        ):
            assert text.count(old) == 1, f"no place for the proxy's listener at {old!r}"
            text = text.replace(old, new)
        path.write_text(text)


class ProxiedStack(LabStack):
    """`to_kafka` and `to_postgres` stand before the engines for as long as the stack does."""

    def __init__(self, chosen: Settings, seed: int = 0) -> None:
        super().__init__(chosen)
        self._kafka = ProxiedKafka(self.home)
        self.kafka = self._kafka
        self._seed = seed
        self._proxies: Proxies | None = None
        self.to_kafka: Proxy
        self.to_postgres: CommitProxy

    @property
    def proxies(self) -> Proxies:
        """The thread of both."""
        assert self._proxies is not None, "the stack does not stand"
        return self._proxies

    @property
    def services(self) -> LabServices:
        """The service processes, who know of the proxies only."""
        kafka, dsn = self.bootstrap, self.pg_dsn
        if self._proxies is not None:
            kafka = f"127.0.0.1:{self.to_kafka.port}"
            dsn = _at_port(dsn, self.to_postgres.port) if dsn else dsn
        return LabServices(self.home, kafka, dsn, self.planted)

    def start_engines(self, told: Told = _quiet) -> None:
        """Proxies first: the broker advertises one of them."""
        if self._proxies is None:
            self._proxies = Proxies()
            chance = Chance(self._seed)
            self.to_kafka = self._proxies.add(
                Proxy(lambda: ("127.0.0.1", self._kafka.inner_port), chance)
            )
            self.to_postgres = self._proxies.add(
                CommitProxy(lambda: ("127.0.0.1", urlsplit(self.pg_dsn).port or 0), chance)
            )
            self._kafka.proxy_port = self.to_kafka.port
        super().start_engines(told)

    def stop(self, told: Told = _quiet) -> list[str]:
        """Proxies last: services that end use them."""
        stopped = super().stop(told)
        if self._proxies is not None:
            proxies, self._proxies = self._proxies, None
            proxies.close()
        return stopped


def _at_port(dsn: str, port: int) -> str:
    parts = urlsplit(dsn)
    netloc = f"{parts.netloc.rpartition(':')[0]}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))


def make_proxied(home: Path, **more: Any) -> ProxiedStack:
    """A stack with proxies, in a home of its own."""
    cache = ROOT / ".claimlog"
    return ProxiedStack(Settings(home=home, cache=cache, kafka="", pg_dsn="", **more))
