"""The books answer to nobody: nothing of the log makes them say anything."""

from typing import Any

from shared.service import At


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """Nothing."""
    return []
