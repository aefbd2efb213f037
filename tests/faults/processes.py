"""Service processes that may be signalled, started beside others, or started with something wrong planted in them."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from deploy.home import Home, kept_ports
from deploy.pids import reap
from deploy.processes import ROOT, Services, environment
from deploy.stack import Stack, passed_on
from shared.settings import Settings

END_SECONDS = 60.0
PATCHED = "tests.faults.planting"
"""The entry point that plants what `FAULTS_…` variables name, and then runs the service."""


class LabServices(Services):
    """Services of a laboratory. `planted` are `FAULTS_…` variables by service, for all that start from now on."""

    def __init__(
        self, home: Home, bootstrap: str, pg_dsn: str, planted: dict[str, dict[str, str]]
    ) -> None:
        super().__init__(home, bootstrap, pg_dsn)
        self.planted = planted

    def start(self, service: str, instance: str = "0", **more: str) -> str:
        """As the real one, with what is planted for this service (or for `*`)."""
        planted = {**self.planted.get("*", {}), **self.planted.get(service, {})}
        if not planted:
            return super().start(service, instance, **more)
        name = f"{service}-{instance}"
        running = self.home.read_run(name)
        if running:
            return str(running["url"])
        (port,) = kept_ports(self.home.root / "run" / f"{name}.port", 1)
        env = environment(self.home, service, instance, port, self.bootstrap, self.pg_dsn, **more)
        with self.home.log(name).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", PATCHED, f"services.{service}"],
                env={**env, **planted},
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{port}"
        facts = {"service": service, "instance": instance, "port": port, "url": url}
        self.home.write_run(name, process.pid, mark=f"services.{service}", **facts)
        return url

    def send(self, name: str, sign: int) -> None:
        """Send a signal and go on."""
        psutil.Process(self.facts(name)["pid"]).send_signal(sign)

    def end(self, name: str, sign: int = signal.SIGTERM) -> float:
        """Ask it to end and wait until it has; the seconds that it took. AssertionError when it does not."""
        facts, started = self.facts(name), time.monotonic()
        process = psutil.Process(facts["pid"])
        process.send_signal(sign)
        gone, _ = psutil.wait_procs([process], timeout=END_SECONDS)
        assert gone, f"{name} still runs {END_SECONDS:.0f} s after signal {sign}"
        reap(facts["pid"])
        self.home.forget(name)
        return time.monotonic() - started

    def facts(self, name: str) -> dict[str, Any]:
        """What is written down of a running process."""
        found = self.home.read_run(name)
        assert found is not None, f"{name} does not run"
        return found


class LabStack(Stack):
    """A stack whose services may have something planted."""

    def __init__(self, chosen: Settings) -> None:
        super().__init__(chosen)
        self.planted: dict[str, dict[str, str]] = {}
        self._database = ""

    @property
    def services(self) -> LabServices:
        """The service processes; one that starts while its database is away is told where that was."""
        self._database = self.pg_dsn or self._database
        return LabServices(self.home, self.bootstrap, self._database, self.planted)

    def again(self, service: str, instance: str = "0", **more: str) -> None:
        """Start an instance with the settings that all have, without waiting."""
        self.services.start(service, instance, **{**passed_on(self.settings), **more})


def make_stack(home: Path, **more: Any) -> LabStack:
    """The stack that rows share: embedded engines in a home of its own."""
    cache = ROOT / ".claimlog"
    return LabStack(Settings(home=home, cache=cache, kafka="", pg_dsn="", **more))
