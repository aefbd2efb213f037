"""Backups of a running installation, and what is put back: into another folder, or one engine alone to an older moment."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from deploy.embedded.postgres import programs
from deploy.embedded.unprivileged import user_for
from deploy.stack import Stack
from tests.faults.lab import Lab
from tests.faults.processes import LabStack

FOLDERS = ("keys", "objects", "files")
LIMIT_SECONDS = 300
EMPTY_KEYRING = (
    "do $$ declare t text; begin for t in select quote_ident(tablename) from pg_tables "
    "where schemaname = 'keyring' loop execute 'truncate keyring.' || t || ' cascade'; "
    "end loop; end $$"
)


@dataclass(slots=True)
class Backup:
    """A folder with what was copied, and how long each part took, in seconds."""

    root: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, name: str, started: float) -> None:
        """Write down that a part is done."""
        self.seconds[name] = time.monotonic() - started

    def megabytes(self) -> int:
        """How large it is."""
        return sum(p.stat().st_size for p in self.root.rglob("*") if p.is_file()) // 1_000_000

    def __str__(self) -> str:
        return ", ".join(f"{name} {took:.1f} s" for name, took in self.seconds.items())


def back_up_postgres(stack: Stack, backup: Backup) -> None:
    """A base backup of the running server, with the log that it needs to be whole."""
    started, dsn = time.monotonic(), urlsplit(stack.pg_dsn)
    target = backup.root / "postgres"
    _run(
        stack,
        "pg_basebackup",
        *("-D", str(target), "-X", "stream", "-c", "fast", "--no-sync"),
        *("-h", dsn.hostname or "", "-p", str(dsn.port), "-U", dsn.username or ""),
    )
    backup.timed("backup of PostgreSQL", started)


def back_up_log(stack: Stack, backup: Backup) -> None:
    """The broker's folder as it is while it runs: what it would find after a power cut."""
    started = time.monotonic()
    _copy_living(stack.kafka.folder / "data", backup.root / "kafka")
    backup.timed("copy of the log", started)


def back_up_folders(stack: Stack, backup: Backup) -> None:
    """Keys, kept files, and the folders of files that come and go."""
    started = time.monotonic()
    for name in FOLDERS:
        _copy_living(stack.home.root / name, backup.root / name)
    backup.timed("copy of the folders", started)


def back_up_keyring(stack: Stack, backup: Backup) -> None:
    """The key ring apart, as a dump of its schema."""
    dsn = urlsplit(stack.pg_dsn)
    _run(
        stack,
        "pg_dump",
        *("--data-only", "--schema=keyring", "-f", str(backup.root / "keyring.sql")),
        *("-h", dsn.hostname or "", "-p", str(dsn.port), "-U", dsn.username or ""),
        *("-d", dsn.path.strip("/")),
    )


def put_postgres_back(stack: Stack, backup: Backup) -> None:
    """The server's data as it was; the server is stopped before and started after."""
    started = time.monotonic()
    stack.postgres.stop()
    owner = user_for(stack.postgres.data)
    _replace(backup.root / "postgres", stack.postgres.data)
    stack.postgres.data.chmod(0o700)
    if owner is not None:
        _give(stack.postgres.data, owner.pw_uid, owner.pw_gid)
    stack.postgres.start()
    backup.timed("PostgreSQL put back", started)


def put_keyring_back(stack: Stack, backup: Backup) -> None:
    """Every data key of the newer key ring in the place of the older one's."""
    dsn = urlsplit(stack.pg_dsn)
    _run(
        stack,
        "psql",
        *("-X", "-q", "-v", "ON_ERROR_STOP=1", "-1"),
        *("-c", EMPTY_KEYRING, "-f", str(backup.root / "keyring.sql")),
        *("-h", dsn.hostname or "", "-p", str(dsn.port), "-U", dsn.username or ""),
        *("-d", dsn.path.strip("/")),
    )


def put_log_back(stack: Stack, backup: Backup) -> None:
    """The broker's folder as it was."""
    started = time.monotonic()
    stack.kafka.stop()
    _replace(backup.root / "kafka", stack.kafka.folder / "data")
    stack.kafka.start()
    backup.timed("log put back", started)


def unfold(backup: Backup, stack: Stack) -> None:
    """Everything of the backup into the home of a stack that never ran; nothing is started."""
    started = time.monotonic()
    root = stack.home.root
    for name in FOLDERS:
        _replace(backup.root / name, root / name)
    owner = user_for(Path("/nonexistent"))
    stack.postgres._choose_folder(owner)
    _replace(backup.root / "postgres", stack.postgres.data)
    stack.postgres.data.chmod(0o700)
    if owner is not None:
        _give(stack.postgres.folder, owner.pw_uid, owner.pw_gid)
    if (backup.root / "kafka").exists():
        _replace(backup.root / "kafka", stack.kafka.folder / "data")
    backup.timed("unfolded elsewhere", started)


def move(lab: Lab, stack: LabStack) -> None:
    """The world and its doors go on with another stack."""
    lab.stack = stack
    clients: dict[str, Any] = dict(lab.doors._clients)
    for one in clients.values():
        one.home, one._looked_at = stack.home, 0.0
    lab.world.outbound = stack.home.root / "files" / "outbound"


def _run(stack: Stack, program: str, *words: str) -> None:
    done = subprocess.run(
        [str(programs() / program), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
        env={**os.environ, "PGPASSWORD": unquote(urlsplit(stack.pg_dsn).password or "")},
    )
    assert done.returncode == 0, f"{program} failed: {done.stderr[-500:]}"


def _copy_living(source: Path, target: Path) -> None:
    """A copy of a folder in which files come and go: one that went meanwhile is not copied."""
    for path in source.rglob("*"):
        there = target / path.relative_to(source)
        try:
            if path.is_dir():
                there.mkdir(parents=True, exist_ok=True)
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, there)
        except FileNotFoundError:
            continue


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _give(folder: Path, user: int, group: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)
