"""The outbound folder of a run, who takes files away there, and the hand-over's clock, threads and chance made virtual."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.hand_over import handing

SHORT_LIVED = Path("/dev/shm")


class Outside:
    """Made when the first file is about to leave; `taken` counts files by name."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        """The outbound folder."""
        if self._folder is None:
            parent = SHORT_LIVED if SHORT_LIVED.is_dir() else None
            self._folder = Path(tempfile.mkdtemp(prefix="claimlog-outside-", dir=parent))
            (self._folder / handing.READY).mkdir()
        return self._folder

    def take_away(self) -> None:
        """Everything that lies there is read and gone."""
        if self._folder is None:
            return
        for path in sorted(self._folder.rglob("*.270")):
            name = str(path.relative_to(self._folder))
            if not name.startswith(handing.READY):
                self.taken[name] += 1
                path.unlink()

    def close(self) -> None:
        """Nothing is left of it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def make_virtual(patch: pytest.MonkeyPatch, now: Callable[[], float]) -> None:
    """The worker waits in virtual time, and works on files at once."""
    numbers = iter(range(1 << 62))

    async def to_thread(work: Callable[..., Any], *args: Any) -> Any:
        await asyncio.sleep(0)
        return work(*args)

    def write(path: Path, data: bytes) -> None:
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(data)
        draft.rename(path)

    patch.setattr(handing, "asyncio", SimpleNamespace(sleep=asyncio.sleep, to_thread=to_thread))
    patch.setattr(handing, "time", SimpleNamespace(monotonic=now))
    patch.setattr(
        handing, "uuid", SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=f"{next(numbers):032x}"))
    )
    patch.setattr(handing, "write_durably", write)
    patch.setattr(handing, "sync_folder", lambda folder: None)
    patch.setattr(handing, "measure", lambda **counts: None)
