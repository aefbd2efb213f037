"""A coverage that is found after the patient was asked, or after the patient paid: payers first, and no payer gains by it."""

import pytest

from contracts.posting import OverpaymentOpened, PatientPaymentReceived, ResponsibilityMoved
from contracts.registration import CoveragesSet
from tests.unit.posting.facts import (
    ACCOUNT,
    DAY,
    ONE,
    SECOND_CLAIM,
    adjudicated,
    captured,
    line,
    opened,
)
from tests.unit.posting.story import Life

ANSWER = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))


def payment(cents: int) -> PatientPaymentReceived:
    """The patient paid by card for this account."""
    return PatientPaymentReceived(
        guarantor="g1",
        payment="pay-1",
        tender="card",
        account=ACCOUNT,
        amount_cents=cents,
        received_on=DAY,
    )


def covered(*payers: str) -> CoveragesSet:
    """Registration set the coverages."""
    return CoveragesSet(
        patient="p1", coverages=opened(*payers).coverages, set_on=DAY, reason="found"
    )


@pytest.mark.parametrize("paid", [5_000, 20_000])
def test_what_a_patient_without_coverage_paid_is_no_payers_gain_once_one_is_found(
    paid: int,
) -> None:
    life = Life(opened(), captured()).hear(payment(paid)).hear(covered("BLUE")).post(ANSWER)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.contractual, after.patient_paid) == (8_000, 10_000, 2_000)
    assert (after.credit, life.of(OverpaymentOpened)) == (0, [])
    assert life.state is not None
    assert life.state.payments == {"pay-1": ("g1", paid - 2_000)}


def test_a_later_payer_that_pays_what_the_patient_has_paid_gives_the_patient_credit() -> None:
    supplement = adjudicated(
        line(2_000, ("OA", "23", 18_000)), adjudication="adj-2", payer="MEDIGAP", remittance="rem-2"
    )
    life = Life(opened("BLUE"), captured()).post(ANSWER).hear(payment(2_000)).post(supplement)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.patient_paid, after.patient, after.credit) == (
        10_000,
        0,
        0,
        0,
    )
    assert life.state is not None
    assert life.state.payments == {"pay-1": ("g1", 2_000)}


@pytest.mark.parametrize("paid", [0, 700, 2_000])
def test_a_second_payer_found_when_the_patient_was_asked_is_asked_first(paid: int) -> None:
    life = Life(opened("BLUE"), captured()).post(ANSWER)
    if paid:
        life.hear(payment(paid))
    life.hear(covered("BLUE", "AETNA")).hear(covered("BLUE", "AETNA"))
    asked = [event for event in life.of(ResponsibilityMoved) if event.to_payer_order == 2]
    assert [(event.to_payer, event.cents) for event in asked] == [("AETNA", 2_000)]
    second = adjudicated(
        line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)),
        adjudication="adj-2", claim=SECOND_CLAIM, payer="AETNA", payer_order=2, remittance="rem-2",
    )  # fmt: skip
    after = life.post(second).balance(ONE)
    assert (after.insurance_paid, after.patient + after.patient_paid, after.credit) == (
        9_500,
        500,
        0,
    )


def test_a_second_payer_that_is_gone_again_leaves_the_rest_to_the_patient() -> None:
    life = (
        Life(opened("BLUE"), captured())
        .post(ANSWER)
        .hear(covered("BLUE", "AETNA"))
        .hear(covered("BLUE"))
    )
    after = life.balance(ONE)
    assert (after.next_payer, after.patient) == (0, 2_000)
