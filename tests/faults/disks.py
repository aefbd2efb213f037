"""Disks that are full: small file systems in memory below what an engine or a folder of files writes to."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.processes import ROOT
from deploy.stack import Told, _quiet
from shared.hand_over.handing import READY
from shared.settings import Settings
from tests.faults.processes import LabStack
from tests.faults.proxied import ProxiedStack
from tests.faults.rows import CannotPlay

FILLER = "filler"
BLOCK = 65_536


class Disk:
    """A file system of so many megabytes at `path`; what fills it stands in `folder` below it."""

    def __init__(self, path: Path, megabytes: int, folder: str = "") -> None:
        self.path = path
        self.megabytes = megabytes
        self.filler = path / folder / FILLER

    @property
    def mounted(self) -> bool:
        """Whether it is there."""
        return self.path.is_mount()

    def mount(self) -> None:
        """Put it there, empty. CannotPlay when we may not."""
        if self.mounted:
            return
        self.path.mkdir(parents=True, exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m", "tmpfs", str(self.path)]
        if os.geteuid() != 0 or shutil.which("mount") is None:
            raise CannotPlay("a small disk needs root and mount")
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotPlay(f"a small disk cannot be mounted: {done.stderr.strip()}")

    def unmount(self) -> None:
        """Take it away with all that is on it."""
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.path)], check=True)

    def fill(self, left_bytes: int = 0) -> int:
        """Fill it but for so many bytes; how many were written."""
        written = max(self.free() - left_bytes, 0)
        self.filler.parent.mkdir(exist_ok=True)
        # Somebody else may be quicker with the last of it; a buffer would try once more when it is closed.
        with contextlib.suppress(OSError), self.filler.open("ab", buffering=0) as file:
            for _ in range(written // BLOCK):
                file.write(b"\0" * BLOCK)
            file.write(b"\0" * (written % BLOCK))
        return written

    def make_room(self) -> None:
        """What filled it is gone."""
        self.filler.unlink(missing_ok=True)

    def free(self) -> int:
        """Bytes that are left."""
        return shutil.disk_usage(self.path).free


class DiskPostgres(EmbeddedPostgres):
    """Its data directory on a disk of its own."""

    disk: Disk

    def _choose_folder(self, user: Any) -> None:
        super()._choose_folder(user)
        self.disk = Disk(self.folder, 900)
        self.disk.mount()
        self._give(self.folder, user)

    def erase(self) -> None:
        """The disk goes first."""
        Disk(self.folder, 0).unmount()
        super().erase()


class DiskStack(LabStack):
    """Broker, database, file drop and kept files, each on a small disk of its own."""

    def __init__(self, chosen: Settings) -> None:
        super().__init__(chosen)
        self.kafka = EmbeddedKafka(self.home)
        self._postgres = DiskPostgres(self.home)
        self.postgres = self._postgres
        self._disks = {
            "kafka": Disk(self.kafka.folder, 500),
            "drop": Disk(self.home.root / "files" / "outbound", 16, folder=READY),
            "objects": Disk(self.home.root / "objects", 24),
        }

    def disk(self, name: str) -> Disk:
        """`kafka`, `postgres`, `drop` or `objects`."""
        return self._postgres.disk if name == "postgres" else self._disks[name]

    def start_engines(self, told: Told = _quiet) -> None:
        """Disks first."""
        for disk in self._disks.values():
            disk.mount()
        super().start_engines(told)

    def erase(self, *, downloads: bool = False) -> None:
        """Stopped, and no disk is left mounted."""
        self.stop()
        for disk in self._disks.values():
            disk.unmount()
        super().erase(downloads=downloads)


@runtime_checkable
class HasDisks(Protocol):
    """A stack of which some parts stand on small disks."""

    def disk(self, name: str) -> Disk:
        """The disk of a part."""


class FewStack(ProxiedStack):
    """What the few rows of `make test` need together: proxies, and kept files on a disk of their own."""

    def __init__(self, chosen: Settings) -> None:
        super().__init__(chosen)
        self._objects = Disk(self.home.root / "objects", 8)

    def disk(self, name: str) -> Disk:
        """`objects`. CannotPlay where no disk may be mounted."""
        assert name == "objects", f"{name} stands on no small disk here"
        if not self._objects.mounted:
            raise CannotPlay("a small disk needs root and mount")
        return self._objects

    def start_engines(self, told: Told = _quiet) -> None:
        """The disk first, where it may be mounted."""
        with contextlib.suppress(CannotPlay):
            self._objects.mount()
        super().start_engines(told)

    def erase(self, *, downloads: bool = False) -> None:
        """Stopped, and no disk is left mounted."""
        self.stop()
        self._objects.unmount()
        super().erase(downloads=downloads)


def make_few(home: Path, **more: Any) -> FewStack:
    """The stack of the few rows, in a home of its own."""
    return FewStack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn="", **more))


def make_disks(home: Path, **more: Any) -> DiskStack:
    """A stack on small disks, in a home of its own."""
    return DiskStack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn="", **more))
