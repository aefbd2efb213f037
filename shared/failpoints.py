"""Named places where a test kills or freezes the process: nothing may be lost or doubled there."""

import os
import signal

from shared.settings import settings

REGISTRY: dict[str, str] = {
    "batch.locked": "The progress rows are locked; nothing was read or written yet.",
    "batch.applied": "The batch was folded and decided in memory; nothing was written yet.",
    "batch.before_commit": "All rows of the batch are written, the transaction is open.",
    "batch.after_commit": "The batch is committed; nothing of it was published.",
    "relay.before_publish": "Rows were read from the outbox; none was sent.",
    "relay.after_publish": "Rows were sent; none was heard back.",
    "command.before_commit": "A command's rows are written, the transaction is open.",
    "command.after_commit": "A command is committed; the caller has no answer yet.",
    "handover.built": "A file's bytes are made; nothing is on disk.",
    "handover.ready": "The file lies in the ready folder; its name there is not committed.",
    "handover.staged": "The ready name is committed; the file was not moved.",
    "handover.renamed": "The file is in the outbound folder; nobody was told.",
    "handover.handed": "The fact was stated at the door; the row does not show it yet.",
    "keyring.before_commit": "New data keys are written, the transaction is open.",
    "keyring.after_commit": "New data keys are durable; nothing is sealed with them yet.",
    "erasing.destroyed": "The keys of what was erased are gone; nobody was told.",
    "park.before_commit": "A record is parked or driven again, the transaction is open.",
    "park.after_commit": "A record is parked or driven again, and committed.",
    "rebuild.before_swap": "The rebuilt tables are complete beside the live ones.",
    "rebuild.after_swap": "The rebuilt tables took the place of the live ones.",
    "day.chunk": "A chunk of a day's due timers is worked off, its transaction is open.",
}
"""Every failpoint with what has and has not happened when it is passed."""

_armed: dict[str, tuple[int, bool]] = {}
_UNREAD = "settings"
_armed[_UNREAD] = (0, False)  # Until the first pass: then the settings are read, once.


def arm(setting: str) -> None:
    """Arm what is named here, not what Settings says; "" disarms. ValueError for an unknown name.

    `name` kills at the first pass, `name:3` at the third, `name:3:stop` freezes there instead.
    """
    _armed.clear()
    if not setting:
        return
    name, _, rest = setting.partition(":")
    times, _, how = rest.partition(":")
    if name not in REGISTRY or how not in ("", "kill", "stop"):
        raise ValueError(f"there is no failpoint {setting!r}")
    _armed[name] = (int(times or 1), how == "stop")


def failpoint(name: str) -> None:
    """Kill (or freeze) this process here when armed for this pass; else one look into a dict."""
    if _armed:
        _pass(name)


def _pass(name: str) -> None:
    if _UNREAD in _armed:
        arm(settings().failpoint)
    if name not in _armed:
        return
    left, freeze = _armed.pop(name)
    if left > 1:
        _armed[name] = (left - 1, freeze)
        return
    os.kill(os.getpid(), signal.SIGSTOP if freeze else signal.SIGKILL)
