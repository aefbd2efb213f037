"""Details of charges and of other systems' claims that only some have: kept, carried, and never spread."""

from dataclasses import replace
from typing import Any

from contracts.submission import OpeningBalance
from services.submission.domain import ACCOUNT
from tests.unit.scenario import refused, said
from tests.unit.submission.facts import (
    books,
)
from tests.unit.submission.test_submission_history import IMPORT


def own(given: tuple[Any, ...], command: Any) -> list[Any]:
    """What is said on the account itself."""
    told = said(ACCOUNT, given, command, books())
    return [event for event in told if not isinstance(event, tuple)]


def test_what_another_system_says_of_the_claim_alone_adds_up_to_nothing_and_never_overpays() -> (
    None
):
    whole = OpeningBalance(charge="", contractual_cents=1_000, insurance_open_cents=-1_000)
    told = own((), replace(IMPORT, opening=(*IMPORT.opening, whole)))
    assert told[0].opening[-1] == whole
    odd = replace(whole, insurance_open_cents=0)
    assert "add up" in refused(
        ACCOUNT, (), replace(IMPORT, opening=(*IMPORT.opening, odd)), books()
    )
    much = replace(whole, contractual_cents=6_001, insurance_open_cents=-6_001)
    assert "more was paid" in refused(
        ACCOUNT, (), replace(IMPORT, opening=(*IMPORT.opening, much)), books()
    )
