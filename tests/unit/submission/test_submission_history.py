"""Another system's claim is taken over with what is left of it, and never sent."""

from dataclasses import replace
from datetime import date

from contracts.submission import ClaimImported, OpeningBalance
from contracts.values import ClaimLine
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import BuildClaim, ImportClaim
from tests.unit.scenario import refused, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    READY,
    books,
    charge,
)
from tests.unit.submission.lives import tell

IMPORT = ImportClaim(
    account=ACCOUNT_NO,
    foreign_number="OLD-17",
    payer="PAYER-A",
    payer_order=1,
    lines=(ClaimLine(line=1, charge=charge(1).charge, charge_cents=10_000),),
    total_cents=10_000,
    first_billed_on=date(2024, 12, 1),
    opening=(
        OpeningBalance(
            charge=charge(1).charge, insurance_paid_cents=4_000, insurance_open_cents=6_000
        ),
    ),
)


def test_another_systems_claim_is_taken_over_and_not_sent() -> None:
    own, queued = tell((), IMPORT)
    assert isinstance(own[0], ClaimImported) and own[0].foreign_number == "OLD-17"
    assert own[0].claim == CLAIM and queued is None
    given = (*own, *READY)
    scenario(ACCOUNT, given=given, when=BuildClaim(), then=[], book=books())


def test_an_opening_balance_that_does_not_add_up_is_refused() -> None:
    wrong = replace(
        IMPORT, opening=(OpeningBalance(charge=charge(1).charge, insurance_open_cents=1),)
    )
    assert "add up" in refused(ACCOUNT, (), wrong, books())


def test_the_same_import_twice_is_one_claim_and_another_one_is_refused() -> None:
    given = tuple(tell((), IMPORT)[0])
    scenario(ACCOUNT, given=given, when=IMPORT, then=[], book=books())
    assert "already" in refused(ACCOUNT, given, replace(IMPORT, foreign_number="OLD-18"), books())
