"""What registration does when it hears the log: accounts answer whether a person may be erased."""

from typing import Any

from contracts.posting import ErasureAnswered
from services.registration.domain import SettleErasure
from shared.service import At


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """The last answer decides."""
    if isinstance(event, ErasureAnswered):
        return [(at.stream, SettleErasure(event.patient))]
    return []
