"""The folder of an installation (`.claimlog`): where data, logs, keys and run files are."""

import fcntl
import json
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from deploy.pids import alive

FOLDERS = ("log", "run", "keys", "objects", "files/outbound", "files/inbound")
PORTS = (12_000, 32_000)
_GIVEN: dict[int, Path | None] = {}
"""Ports that this process gave to its servers, which may not listen yet, and the files that keep them."""
_ONE_AT_A_TIME = threading.Lock()
_CLAIMS: dict[int, socket.socket] = {}
"""What holds such a port against every other process here until its server listens; it goes with this process."""


class NotStarted(Exception):
    """Something did not start; the text says what and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one `.claimlog` folder; `cache` may be shared by several homes."""

    root: Path
    cache: Path

    @classmethod
    def at(cls, root: Path, cache: Path | None = None) -> "Home":
        """The home in `root`, with its folders made."""
        root = root.resolve()
        home = cls(root, (cache or root).resolve())
        try:
            (root / "files").mkdir(
                mode=0o700, parents=True, exist_ok=True
            )  # X12 files name people.
            for folder in FOLDERS:
                (root / folder).mkdir(parents=True, exist_ok=True)
            (root / "keys").chmod(0o700)
        except PermissionError:
            raise NotStarted(
                f"{root} belongs to another user. Run as that user, or name another folder: "
                "CLAIMLOG_HOME=folder"
            ) from None
        return home

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One `up` or `down` at a time; a second one waits for the first."""
        with (self.root / "run" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.root / "log" / f"{name}.log"

    def run_file(self, name: str) -> Path:
        """Where a running process is written down."""
        return self.root / "run" / f"{name}.json"

    def secret(self, name: str) -> str:
        """A password made once and readable only by its owner."""
        path = self.root / "keys" / f"{name}.password"
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(24))
            draft.replace(path)
        return path.read_text()

    # -- run files ---------------------------------------------------------------------------------------

    def write_run(self, name: str, pid: int, mark: str, **facts: Any) -> None:
        """Write down a started process, so that `down` finds exactly it; `mark` is in its command line."""
        started = psutil.Process(pid).create_time()
        text = json.dumps({"name": name, "pid": pid, "started": started, "mark": mark, **facts})
        draft = self.run_file(name).with_suffix(".draft")
        draft.write_text(text)
        draft.replace(self.run_file(name))

    def read_run(self, name: str) -> dict[str, Any] | None:
        """What is written down of a process, if it is still that process."""
        path = self.run_file(name)
        try:
            facts: dict[str, Any] = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return facts if alive(facts) else None

    def running(self) -> list[dict[str, Any]]:
        """Every process of this home that is alive."""
        found = [self.read_run(path.stem) for path in sorted((self.root / "run").glob("*.json"))]
        return [facts for facts in found if facts is not None]

    def gone(self) -> list[str]:
        """Names of processes that were started, not stopped, and are no longer alive."""
        names = [path.stem for path in sorted((self.root / "run").glob("*.json"))]
        return [name for name in names if self.read_run(name) is None]

    def forget(self, name: str) -> None:
        """The process is gone."""
        self.run_file(name).unlink(missing_ok=True)


def free_port(kept: Path | None = None) -> int:
    """A loopback port that nobody listens on, and that nobody else was given here.

    Below the range that connecting clients are given: one that tries again and again while its server is
    down may otherwise be given the server's own port, connect to itself, and hold it.
    """
    while True:
        port = random.randrange(*PORTS)
        with _ONE_AT_A_TIME:
            if port not in _GIVEN and _claim(port):
                _GIVEN[port] = kept
                return port


def _claim(port: int) -> bool:
    """Whether the port is ours: nobody listens there, and no other process gave it to a server that does not listen yet.

    The claim is the UDP port of that number: every process of every user sees it, and no server of ours needs it.
    """
    if port not in _CLAIMS:
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            return False
        _CLAIMS[port] = claim
    if not port_is_free(port):
        listens(port)
        return False
    return True


def listens(*ports: int) -> None:
    """Their servers listen by now: whoever looks sees so without a claim."""
    for port in ports:
        if claim := _CLAIMS.pop(port, None):
            claim.close()


def port_is_free(port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def kept_ports(path: Path, count: int) -> list[int]:
    """The ports of the last start, so that whoever knows them finds the server again; new ones if taken."""
    kept = [int(word) for word in path.read_text().split()] if path.exists() else []
    ours = [port for port in kept if _GIVEN.setdefault(port, path) == path and _claim(port)]
    if len(ours) != count:
        ours = [free_port(path) for _ in range(count)]
        path.write_text(" ".join(map(str, ours)))
    return ours


def tail(path: Path, lines: int = 15) -> str:
    """The end of a log, for an error message."""
    if not path.exists():
        return "(no log)"
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def until(check: Any, seconds: float, step: float = 0.1) -> bool:
    """Ask until it is true or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(step)
    return bool(check())
