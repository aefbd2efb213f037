"""The folder of an installation (`.claimlog`): where data, logs, keys and run files are."""

import json
import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


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
        root = root.absolute()
        home = cls(root, (cache or root).absolute())
        for folder in ("log", "run", "keys", "objects", "files/outbound", "files/inbound"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "keys").chmod(0o700)
        return home

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

    def write_run(self, name: str, pid: int, **facts: Any) -> None:
        """Write down a started process, so that `down` finds exactly it and nothing else."""
        started = psutil.Process(pid).create_time()
        text = json.dumps({"name": name, "pid": pid, "started": started, **facts})
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

    def forget(self, name: str) -> None:
        """The process is gone."""
        self.run_file(name).unlink(missing_ok=True)


def alive(facts: dict[str, Any]) -> bool:
    """Whether the written-down process still is that process, and no zombie."""
    try:
        process = psutil.Process(facts["pid"])
        same = abs(process.create_time() - facts["started"]) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def end(facts: dict[str, Any], seconds: float = 15.0) -> None:
    """SIGTERM, wait, SIGKILL; children too. A process of ours that is no longer there is fine."""
    if not alive(facts):
        return
    process = psutil.Process(facts["pid"])
    try:
        family = [process, *process.children(recursive=True)]
        process.terminate()
        psutil.wait_procs([process], timeout=seconds)
    except psutil.NoSuchProcess:
        return
    for one in family:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
