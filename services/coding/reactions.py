"""Whose account it is, and who insures it, may change what edits say of its charges; a denial's correction changes these."""

from typing import Any

from contracts.denial import CorrectionRequested
from contracts.registration import AccountOpened, CoveragesSet
from services.coding.domain import JudgeCorrections, TryAgain
from shared.service import At
from shared.streams import kind_of


def react(event: Any, at: At) -> list[tuple[str, Any]]:
    """The account's codes are judged again, or a correction of what its claim says of them is."""
    if kind_of(at.stream) != "account":
        return []
    match event:
        case AccountOpened() | CoveragesSet():
            return [(at.stream, TryAgain())]
        case CorrectionRequested() if event.correction.charges:
            return [(at.stream, JudgeCorrections())]
    return []
