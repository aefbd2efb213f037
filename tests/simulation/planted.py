"""Defects put into the kernel on purpose: a simulation that does not find them proves nothing."""

import inspect
import textwrap
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from services.submission.domain import account as billed
from services.submission.domain import recalling
from shared import (
    batch,
    changes,
    commands,
    deciding,
    engine,
    rebuild,
    recover,
    relay,
    remembered,
    restore,
    work,
)
from shared.hand_over import handing
from tests.simulation.process import Process
from tests.simulation.store import MemoryStore

Plant = Callable[[pytest.MonkeyPatch], None]


def _line(
    module: ModuleType, owner: Any, name: str, old: str, new: str, *more: tuple[str, str]
) -> Plant:
    """Places of a method written differently; each must be there exactly once."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        source = textwrap.dedent(inspect.getsource(getattr(owner, name)))
        for before, after in ((old, new), *more):
            assert source.count(before) == 1, f"{name} no longer has {before!r} once"
            source = source.replace(before, after)
        made: dict[str, Any] = {}
        exec(compile(source, f"<planted {name}>", "exec"), vars(module), made)
        patch.setattr(owner, name, made[name])

    return plant


def _all(*plants: Plant) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        for one in plants:
            one(patch)

    return plant


def _method(owner: type, name: str, method: Any) -> Plant:
    return lambda patch: patch.setattr(owner, name, method)


async def _nothing(*_: Any, **__: Any) -> None:
    return None


async def _read_only(self: MemoryStore, connection: Any, partitions: Any) -> Any:
    return await self.progress(connection, partitions)


_write_outbox = MemoryStore.write_outbox


async def _all_but_the_last(self: MemoryStore, connection: Any, rows: Any) -> None:
    await _write_outbox(self, connection, rows[:-1] if len(rows) > 1 else rows)


_rewind = Process.rewind


async def _rewind_once(self: Process) -> None:
    if set(self.cursors) != set(self.assigned):
        await _rewind(self)


_WORK = work.Work
_POSITION = "if route.position != before + 1:"
_CONFLICT = 'raise Conflict(f"offset {record.offset} came where {offset} was expected")'
_EARLY = "{0}.committed(batch); failpoint({1})"

DEFECTS: dict[str, Plant] = {
    "a hole is passed over": _line(
        work, _WORK, "_classify", _POSITION, "if route.position <= before:"
    ),
    "a repeat is applied": _line(
        work, _WORK, "_classify", _POSITION, "if route.position > before + 1:"
    ),
    "a batch is published before it is committed": _line(
        engine,
        engine.Engine,
        "_transact",
        'failpoint("batch.before_commit")',
        _EARLY.format("self", '"batch.before_commit"'),
    ),
    "a command is published before it is committed": _line(
        commands,
        commands.Commands,
        "_obey",
        'failpoint("command.before_commit")',
        _EARLY.format("self.engine", '"command.before_commit"'),
    ),
    "progress is read without its lock": _method(MemoryStore, "lock", _read_only),
    "a row of the outbox is dropped": _method(MemoryStore, "write_outbox", _all_but_the_last),
    "a failed poll goes on behind what failed": _all(
        _line(work, _WORK, "_classify", _CONFLICT, "offset = record.offset"),
        _method(Process, "rewind", _rewind_once),
    ),
    "an answer is not kept under its key": _method(commands.Commands, "_keep_answers", _nothing),
    "a stream does not wait behind its parked record": _line(
        batch,
        batch.Batch,
        "hear",
        "elif heard.stream in self.loaded.parked or heard.stream in self._parked_now:",
        "elif False:",
    ),
    "the relay never sends again": _all(
        _method(relay.Relay, "_delivered", lambda *_: None),
        _line(relay, relay.Relay, "_start", "now - since > HEARD_BACK_SECONDS", "False"),
    ),
    "rebuilt tables are swapped that are not whole": _line(
        rebuild, rebuild.Rebuild, "_swap", "if not await self._whole(made, own):", "if False:"
    ),
    "a queue that fills again in the batch of its day waits for nothing": _line(
        changes,
        changes,
        "_set_anew",
        "if (stream, what) not in batch.after_waking:",
        "if True:",
    ),
    "positions are given out once more after a refusal": _line(
        deciding,
        deciding.Deciding,
        "_undo",
        "sent, last_seq = dict(progress.sent), progress.last_seq",
        "sent, last_seq = {}, progress.last_seq",
    ),
    "memory outlives what others changed": _line(
        remembered,
        remembered.Remembered,
        "begin",
        "if self._versions.get(p) != row.version:",
        "if p not in self._held:",
    ),
    "memory says that nothing is parked where something is": _line(
        remembered,
        remembered.Remembered,
        "committed",
        "self._nothing_parked.difference_update(row.partition for row in batch.parked)",
        "pass",
    ),
    "a database that was put back goes on where it is": _all(
        _line(recover, recover, "_recover", "if forgotten:", "if False:"),
        _line(work, _WORK, "_classify", "route.producer == own and route.position > sent", "False"),
    ),
    "what the log shows is decided once more after a restore": _line(
        restore, restore, "_take_back", "row.replay_until = max(row.replay_until, until)", "pass"
    ),
    "a key that a restore forgot is a new one": _line(
        commands, commands.Commands, "_obey", "if self.engine.restored:", "if False:"
    ),
    "the order of what is only passed is not kept": _line(
        work,
        _WORK,
        "_classify",
        "passing.take(route.producer)",
        "route.wire in hears and passing.take(own)",
    ),
    "a log is taken for cut when another member went on": _line(
        recover,
        recover,
        "_cut",
        "now = await reader.ends(beyond) if beyond else {}",
        "now = ends if beyond else {}",
    ),
}

_HANDING = handing.Handing
_ASKED = 'if row["status"] == "asked":'
_MOVE = "await asyncio.to_thread(self._move, asked, built)"
_STAGED = 'if staged != "UPDATE 1":'

FILE_DEFECTS: dict[str, Plant] = {
    "a file whose row another process staged is moved all the same": _line(
        handing, _HANDING, "_hand_over", _ASKED, "if True:", (_STAGED, "if False:")
    ),
    "a file is stated to have left before it is moved": _line(
        handing, _HANDING, "_hand_over", _MOVE, "await self._state(asked, built)"
    ),
}
"""Found where files leave."""


_ASKED_ONCE, _GIVEN_BACK = "if claim.recalled or", "if given_back or overtaken(account, claim):"

CLAIM_DEFECTS: dict[str, Plant] = {
    "nothing is asked back": _line(recalling, billed, "recall", _ASKED_ONCE, "if True or"),
    "it is asked back again and again": _line(recalling, billed, "recall", _ASKED_ONCE, "if"),
    "it is asked back for its coverages alone": _line(
        recalling, recalling, "_then", "if was is None or", "if True or"
    ),
    "what was given back stays away": _line(
        recalling,
        billed,
        "take_back",
        _GIVEN_BACK,
        "if given_back:\n        return []\n    if True:",
    ),
}
