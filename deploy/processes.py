"""Services as processes: started with their own role, port and log; watched until ready; stopped whole."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from deploy.home import Home, NotStarted, kept_ports, listens, tail
from deploy.pids import end, halted, kill
from deploy.provision import role_dsn

READY_SECONDS = 180.0
"""Nine services that start at once on one slow core take a minute; one that ends meanwhile is told at once."""
ROOT = Path(__file__).resolve().parent.parent


def environment(
    home: Home, service: str, instance: str, port: int, bootstrap: str, pg_dsn: str, **more: str
) -> dict[str, str]:
    """What a service process is told: only what is named here, none of the caller's own variables."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CLAIMLOG_")}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "CLAIMLOG_HOME": str(home.root),
        "CLAIMLOG_SERVICE": service,
        "CLAIMLOG_INSTANCE": instance,
        "CLAIMLOG_KAFKA": bootstrap,
        "CLAIMLOG_PG_DSN": role_dsn(home, pg_dsn, service),
        "CLAIMLOG_KEYRING_DSN": role_dsn(home, pg_dsn, "keyring"),
        "CLAIMLOG_KEK_FILE": str(home.root / "keys" / "kek"),
        "CLAIMLOG_OBJECTS": str(home.root / "objects"),
        "CLAIMLOG_OUTBOUND": str(home.root / "files" / "outbound"),
        "CLAIMLOG_INBOUND": str(home.root / "files" / "inbound"),
        "CLAIMLOG_HTTP_PORT": str(port),
        **{f"CLAIMLOG_{name.upper()}": value for name, value in more.items()},
    }


class Services:
    """The service processes of one home."""

    def __init__(self, home: Home, bootstrap: str, pg_dsn: str) -> None:
        self.home = home
        self.bootstrap = bootstrap
        self.pg_dsn = pg_dsn

    def start(self, service: str, instance: str = "0", **more: str) -> str:
        """Start one instance without waiting; its URL. Harmless when it runs."""
        name = f"{service}-{instance}"
        running = self.home.read_run(name)
        if running:
            return str(running["url"])
        (port,) = kept_ports(self.home.root / "run" / f"{name}.port", 1)
        with self.home.log(name).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"services.{service}"],
                env=environment(
                    self.home, service, instance, port, self.bootstrap, self.pg_dsn, **more
                ),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{port}"
        self.home.write_run(
            name,
            process.pid,
            mark=f"services.{service}",
            service=service,
            instance=instance,
            port=port,
            url=url,
        )
        return url

    def wait(
        self,
        names: Iterable[str],
        told: Callable[[str], None] = lambda _name: None,
        seconds: float = READY_SECONDS,
    ) -> None:
        """Until `/readyz` of all says yes; NotStarted with the end of the log of the first that does not."""
        waiting = list(names)
        deadline = time.monotonic() + seconds
        # One client for all: to make one takes longer than all that it asks, for it loads the certificates.
        with httpx.Client(timeout=3) as client:
            while waiting:
                for name in list(waiting):
                    facts = self.home.read_run(name)
                    if facts is None:
                        raise NotStarted(f"{name} ended:\n{tail(self.home.log(name))}")
                    if said := halted(facts["pid"]):
                        raise NotStarted(f"{name} {said}")
                    if ready(client, facts["url"]):
                        waiting.remove(name)
                        listens(facts["port"])
                        told(name)
                if waiting and time.monotonic() > deadline:
                    raise NotStarted(
                        f"{waiting[0]} is not ready:\n{tail(self.home.log(waiting[0]))}"
                    )
                time.sleep(0.1)

    def stop(self, name: str) -> None:
        """SIGTERM, wait, SIGKILL."""
        facts = self.home.read_run(name)
        if facts:
            end(facts)
        self.home.forget(name)

    def kill(self, name: str, sign: int = signal.SIGKILL) -> None:
        """Send a signal, as a test does."""
        facts = self.home.read_run(name)
        if facts:
            kill(facts, sign)

    def ended(self, services: Iterable[str]) -> list[tuple[str, str]]:
        """Second and further instances of these that were started, not stopped, and are no longer alive."""
        parts = [name.rpartition("-") for name in self.home.gone()]
        return [
            (service, which) for service, _, which in parts if service in services and which != "0"
        ]

    def running(self) -> dict[str, Mapping[str, Any]]:
        """Run files of the service processes that are alive, by name."""
        return {f["name"]: f for f in self.home.running() if "service" in f}


def ready(client: httpx.Client, url: str) -> bool:
    """Whether a service says it is ready."""
    try:
        return client.get(f"{url}/readyz").status_code == 200
    except httpx.HTTPError:
        return False
