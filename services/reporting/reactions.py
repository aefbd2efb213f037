"""Reporting decides nothing."""

from typing import Any

from shared.service import At


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """Nothing."""
    return []
