"""Whose account it is, and who insures it, may change what edits say of its charges."""

from typing import Any

from contracts.registration import AccountOpened, CoveragesSet
from services.coding.domain import TryAgain
from shared.service import At
from shared.streams import kind_of


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """The account's codes are judged again."""
    if isinstance(event, AccountOpened | CoveragesSet) and kind_of(at.stream) == "account":
        return [(at.stream, TryAgain())]
    return []
