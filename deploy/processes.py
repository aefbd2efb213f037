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

from deploy.home import Home, NotStarted, alive, end, free_port, tail
from deploy.provision import role_dsn

READY_SECONDS = 60.0
ROOT = Path(__file__).resolve().parent.parent


def environment(
    home: Home, service: str, instance: str, port: int, bootstrap: str, pg_dsn: str, **more: str
) -> dict[str, str]:
    """What a service process is told; nothing of the caller's own CLAIMLOG_ settings leaks in."""
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
        port = self._port(name)
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
            name, process.pid, service=service, instance=instance, port=port, url=url
        )
        return url

    def _port(self, name: str) -> int:
        # A restarted service keeps its port, so that whoever knows its address finds it again.
        kept = self.home.root / "run" / f"{name}.port"
        if not kept.exists():
            kept.write_text(str(free_port()))
        return int(kept.read_text())

    def wait(
        self,
        names: Iterable[str],
        told: Callable[[str], None] = lambda _name: None,
        seconds: float = READY_SECONDS,
    ) -> None:
        """Until `/readyz` of all says yes; NotStarted with the end of the log of the first that does not."""
        waiting = list(names)
        deadline = time.monotonic() + seconds
        while waiting:
            for name in list(waiting):
                facts = self.home.read_run(name)
                if facts is None:
                    raise NotStarted(f"{name} ended:\n{tail(self.home.log(name))}")
                if ready(facts["url"]):
                    waiting.remove(name)
                    told(name)
            if waiting and time.monotonic() > deadline:
                raise NotStarted(f"{waiting[0]} is not ready:\n{tail(self.home.log(waiting[0]))}")
            time.sleep(0.1)

    def stop(self, name: str) -> None:
        """SIGTERM, wait, SIGKILL."""
        facts = self.home.read_run(name)
        if facts:
            end(facts)
            reap(facts["pid"])
        self.home.forget(name)

    def kill(self, name: str, sign: int = signal.SIGKILL) -> None:
        """Send a signal, as a test does."""
        facts = self.home.read_run(name)
        if facts and alive(facts):
            os.kill(facts["pid"], sign)
            if sign == signal.SIGKILL:
                reap(facts["pid"])

    def running(self) -> dict[str, Mapping[str, Any]]:
        """Run files of the service processes that are alive, by name."""
        return {f["name"]: f for f in self.home.running() if "service" in f}


def reap(pid: int) -> None:
    """Take the exit of a child of ours, so that it is no zombie."""
    for _ in range(50):
        try:
            if os.waitpid(pid, os.WNOHANG) != (0, 0):
                return
        except ChildProcessError:
            return
        time.sleep(0.05)


def ready(url: str) -> bool:
    """Whether a service says it is ready."""
    try:
        return httpx.get(f"{url}/readyz", timeout=3).status_code == 200
    except httpx.HTTPError:
        return False
