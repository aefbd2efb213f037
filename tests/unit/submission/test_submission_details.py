"""Details of charges and of other systems' claims that only some have: kept, carried, and never spread."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.submission import OpeningBalance
from contracts.values import DrugQuantity, Provider
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import BuildClaim, SendCorrection
from tests.unit.scenario import refused, said
from tests.unit.submission.facts import (
    DAY,
    NPI,
    adjudicated,
    after,
    asked,
    books,
    captured,
    charge,
    coded,
    opened,
    submitted,
)
from tests.unit.submission.test_submission_history import IMPORT


def own(given: tuple[Any, ...], command: Any) -> list[Any]:
    """What is said on the account itself."""
    told = said(ACCOUNT, given, command, books())
    return [event for event in told if not isinstance(event, tuple)]


def test_what_a_correction_does_not_say_of_a_charge_stays_as_it_was_captured() -> None:
    last = DAY + timedelta(days=2)
    drug = DrugQuantity(quantity="2.5", unit="ML")
    ordering = Provider(role="DK", last="WHO", npi=NPI)
    full = charge(1, service_to=last, ndc="00000000000", drug=drug, providers=(ordering,))
    given = (opened(), captured(full), coded((1,)))
    sent = (*after(given, BuildClaim()), submitted(), adjudicated(lines=()))
    shorter = charge(1, ndc="00000000000", modifiers=("25",), charge_cents=1)
    ask = asked(correction=replace(asked().correction, charges=(shorter,)))
    (resent,) = own(sent, SendCorrection(ask))[0].charges
    assert resent == replace(full, modifiers=("25",))
    other_drug = replace(shorter, ndc="11111111111", service_on=DAY + timedelta(days=1))
    ask = asked(correction=replace(asked().correction, charges=(other_drug,)))
    (resent,) = own(sent, SendCorrection(ask))[0].charges
    assert (resent.drug, resent.service_to) == (None, None)


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
