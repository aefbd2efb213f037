"""One 835 names a correction and the reversal of what it corrects: the account hears them in the order that has a meaning."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.adjudication_tracking import RemittanceReleased
from contracts.values import AdjudicatedLine, Adjustment, ClaimLine, ClaimPayment
from services.adjudication_tracking.domain import ACCOUNT as TRACKING
from services.adjudication_tracking.domain import REMITTANCE, Book
from services.adjudication_tracking.domain.account import AnswerClaim
from services.adjudication_tracking.domain.remittance import Balance, Dispatch
from tests.unit.adjudication_tracking.test_claims import CREATED
from tests.unit.adjudication_tracking.test_remittances import BOOK, _received, _staged
from tests.unit.posting.facts import ACCOUNT, CLAIM, ONE, captured, opened
from tests.unit.posting.story import Life
from tests.unit.scenario import said


def clp(
    status: str, paid: int, contractual: int, patient: int, control: str, sign: int = 1
) -> ClaimPayment:
    """A CLP with one line."""
    adjustments = (
        Adjustment(group="CO", reason="45", cents=sign * contractual),
        Adjustment(group="PR", reason="2", cents=sign * patient),
    )
    line = AdjudicatedLine(
        charge=ONE, charge_cents=sign * 20_000, paid_cents=sign * paid, adjustments=adjustments
    )
    return ClaimPayment(
        claim=CLAIM, status=status, charge_cents=sign * 20_000, paid_cents=sign * paid,
        payer_control=control, lines=(line,),
    )  # fmt: skip


ORIGINAL = clp("1", 8_000, 10_000, 2_000, "ICN1")
BACK = clp("22", 8_000, 10_000, 2_000, "ICN1", -1)
CORRECTED = clp("1", 9_000, 10_000, 1_000, "ICN2")


def handed_out(claims: list[ClaimPayment], remittance: str) -> list[Any]:
    """What a released 835 tells its accounts."""
    amount = sum(one.paid_cents for one in claims)
    given: list[Any] = [_received(len(claims), amount), _staged(claims)]
    given += said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(given[-1], RemittanceReleased)
    out = [one[1] for one in said(REMITTANCE, given, Dispatch(), BOOK) if isinstance(one, tuple)]
    return [replace(told, remittance=remittance, payer="BLUE") for told in out]


def lived(*files: list[ClaimPayment]) -> Life:
    """The account after these 835s, as tracking tells posting of them."""
    life = Life(opened("BLUE"), captured())
    lines = (ClaimLine(line=1, charge=ONE, charge_cents=20_000),)
    created = replace(
        CREATED, account=ACCOUNT, claim=CLAIM, payer="BLUE", total_cents=20_000, lines=lines
    )
    heard: list[Any] = [opened("BLUE"), captured(), created]
    for number, claims in enumerate(files):
        for told in handed_out(claims, f"rem-{number}"):
            for event in said(TRACKING, heard, AnswerClaim(told), Book()):
                heard.append(event)
                life.hear(event)
    return life


@pytest.mark.parametrize(
    "files",
    [
        ([ORIGINAL], [BACK, CORRECTED]),
        ([ORIGINAL], [CORRECTED, BACK]),
        ([ORIGINAL, BACK, CORRECTED],),
    ],
    ids=["reversal first", "correction first", "all in one"],
)
def test_a_correction_counts_after_its_reversal_wherever_it_stands(
    files: tuple[list[ClaimPayment], ...],
) -> None:
    after = lived(*files).balance(ONE)
    assert (after.insurance_paid, after.contractual, after.patient) == (9_000, 10_000, 1_000)
    assert (after.open, after.credit) == (0, 0)
