"""The entry point of a service with a defect of ours in it: `python -m tests.faults.planting services.NAME`.

`FAULTS_PLANT` names the defect (`defects.py`); its modules are read as they are written, but for the places it changes.
`FAULTS_CLOCK` says by how many seconds the clock of the process is wrong.
"""

import importlib.util
import os
import runpy
import sys
import time
from collections.abc import Sequence
from datetime import datetime, tzinfo
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from tests.faults.defects import Change, Defect, defect

TELLS_TIME = ("shared.parking", "shared.rebuild", "shared.restore", "shared.shell")


def written_with(changes: Sequence[Change], text: str) -> str:
    """The source of a module with these changes; AssertionError when a place is not there once."""
    for one in changes:
        assert text.count(one.old) == 1, f"{one.module} no longer has {one.old!r} once"
        text = text.replace(one.old, one.new)
    return text


class Planted(SourceFileLoader):
    """Loads one module with its changes; compiled bytes are neither read nor kept."""

    def __init__(self, name: str, path: str, changes: Sequence[Change]) -> None:
        super().__init__(name, path)
        self.changes = changes

    def get_code(self, fullname: str) -> CodeType:
        """Compiled from the changed text."""
        path = self.get_filename(fullname)
        text = self.get_data(path).decode()
        return compile(written_with(self.changes, text), path, "exec", dont_inherit=True)


class Planter:
    """Finds the modules of a defect before anybody else does."""

    def __init__(self, planted: Defect) -> None:
        self.planted = planted

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it is, with a loader of ours; None for all others."""
        changes = [one for one in self.planted.changes if one.module == name]
        if not changes:
            return None
        found = PathFinder.find_spec(name, path, target)
        assert found is not None and found.origin is not None, f"there is no module {name}"
        return importlib.util.spec_from_file_location(
            name, found.origin, loader=Planted(name, found.origin, changes)
        )


def plant(name: str) -> None:
    """From now on modules that are imported have the defect in them. AssertionError when one already is."""
    planted = defect(name)
    known = [one.module for one in planted.changes if one.module in sys.modules]
    assert not known, f"{known[0]} was imported before its defect was planted"
    sys.meta_path.insert(0, Planter(planted))


def set_clock(seconds: float) -> None:
    """From now on this process is so far from the right time; timeouts and sleeps go as ever."""
    real_time = time.time

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromtimestamp(real_time() + seconds, tz)

    # Whoever asks has the class by name; one that replaced it everywhere would be no datetime to those who encode it.
    for name in TELLS_TIME:
        vars(importlib.import_module(name))["datetime"] = Wrong
    time.time = lambda: real_time() + seconds


if __name__ == "__main__":
    if planted := os.environ.get("FAULTS_PLANT"):
        plant(planted)
    if wrong := os.environ.get("FAULTS_CLOCK"):
        set_clock(float(wrong))
    service = sys.argv.pop(1)
    runpy.run_module(service, run_name="__main__", alter_sys=True)
