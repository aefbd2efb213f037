"""Coding answers to feeds and coders only."""

from typing import Any

from shared.service import At


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """Nothing."""
    return []
