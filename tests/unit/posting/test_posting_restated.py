"""A first payer that corrects itself after others answered: their answers are restated, nothing is counted twice."""

from typing import Any

from contracts.posting import (
    OverpaymentOpened,
    PatientPaymentApplied,
    PatientPaymentReceived,
    ResponsibilityMoved,
    WriteOffPosted,
)
from services.posting.domain.commands import WriteOff
from shared.streams import guarantor_stream
from tests.unit.posting.facts import (
    ACCOUNT,
    DAY,
    ONE,
    SECOND_CLAIM,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life

PAID = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))
SECOND = adjudicated(
    line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)),
    adjudication="adj-2",
    claim=SECOND_CLAIM,
    payer="AETNA",
    payer_order=2,
)


def _corrected(paid: int, contract: int, patient: int, name: str = "adj-3") -> Any:
    return adjudicated(
        line(paid, ("CO", "45", contract), ("PR", "2", patient)),
        adjudication=name,
        remittance="rem-2",
    )


def _both_answered() -> Life:
    return Life(opened("BLUE", "AETNA"), captured()).post(PAID).post(SECOND)


def _patient_paid(cents: int) -> PatientPaymentReceived:
    return PatientPaymentReceived(
        guarantor="g1",
        payment="pay-1",
        tender="card",
        amount_cents=cents,
        received_on=DAY,
        account=ACCOUNT,
    )


def _buckets(life: Life) -> tuple[int, int, int, int, int]:
    after = life.balance(ONE)
    return after.open, after.denied, after.next_payer, after.patient, after.credit


def test_a_correction_that_says_the_same_leaves_every_amount_where_it_was() -> None:
    life = _both_answered()
    before = life.balance(ONE)
    life.take_back(taken_back(8_000)).post(_corrected(8_000, 10_000, 2_000))
    assert life.balance(ONE) == before


def test_a_correction_before_the_second_payer_answered_moves_the_new_part_once() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID)
    life.take_back(taken_back(8_000)).post(_corrected(7_000, 10_000, 3_000))
    assert _buckets(life) == (0, 0, 3_000, 0, 0)


def test_a_smaller_patient_part_makes_the_second_payers_money_an_overpayment() -> None:
    life = _both_answered().take_back(taken_back(8_000)).post(_corrected(9_500, 10_000, 500))
    after = life.balance(ONE)
    assert (after.insurance_paid, after.contractual) == (11_000, 10_000)
    assert _buckets(life) == (0, 0, 0, 0, 1_000)
    (over,) = life.of(OverpaymentOpened)
    assert (over.payer, over.adjudication, over.cents) == ("AETNA", "adj-2", 1_000)


def test_a_greater_patient_part_waits_for_the_second_payer_again() -> None:
    life = _both_answered().take_back(taken_back(8_000)).post(_corrected(9_000, 8_000, 3_000))
    assert _buckets(life) == (0, 0, 1_000, 500, 0)
    asked = [m for m in life.of(ResponsibilityMoved) if m.to_party == "payer"]
    assert (asked[-1].to_payer_order, asked[-1].cents) == (2, 3_000)


def test_the_second_payers_restated_answer_takes_what_waits_for_it_without_a_reversal() -> None:
    life = _both_answered().take_back(taken_back(8_000)).post(_corrected(9_000, 8_000, 3_000))
    life.post(
        adjudicated(
            line(800, ("PR", "2", 200)),
            adjudication="adj-4",
            claim=SECOND_CLAIM,
            payer="AETNA",
            payer_order=2,
            remittance="rem-4",
        )
    )
    assert _buckets(life) == (0, 0, 0, 700, 0)


def test_the_second_payers_reversal_takes_back_what_was_restated_of_it_too() -> None:
    life = _both_answered().take_back(taken_back(8_000)).post(_corrected(9_500, 10_000, 500))
    life.take_back(taken_back(1_500, "adj-2"))
    assert _buckets(life) == (0, 0, 500, 0, 0)
    assert life.balance(ONE).insurance_paid == 9_500


def test_a_restated_part_takes_back_what_the_second_payer_wrote_off_by_contract() -> None:
    second = adjudicated(
        line(1_000, ("CO", "45", 1_000)),
        adjudication="adj-2",
        claim=SECOND_CLAIM,
        payer="AETNA",
        payer_order=2,
    )
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID).post(second)
    life.take_back(taken_back(8_000)).post(_corrected(9_000, 10_000, 1_000))
    after = life.balance(ONE)
    assert (after.insurance_paid, after.contractual, after.credit) == (10_000, 10_000, 0)


def test_what_the_patient_paid_too_much_is_unapplied_credit_again() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).hear(_patient_paid(2_000))
    life.take_back(taken_back(8_000)).post(_corrected(9_500, 10_000, 500))
    after = life.balance(ONE)
    assert (after.patient, after.patient_paid) == (0, 500)
    undone = life.of(PatientPaymentApplied)[-1]
    assert (undone.cents, undone.payment) == (-1_500, "pay-1")
    stream, told = life.elsewhere[-1]
    assert (stream, told.cents) == (guarantor_stream("g1"), -1_500)
    assert sum(entry.cents for entry in told.entries) == 0
    assert life.state is not None and life.state.payments == {"pay-1": ("g1", 1_500)}


def test_a_reversal_alone_leaves_the_patients_payment_applied_until_the_correction_comes() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).hear(_patient_paid(2_000))
    life.take_back(taken_back(8_000))
    assert len(life.of(PatientPaymentApplied)) == 1
    life.post(_corrected(8_000, 10_000, 2_000))
    assert len(life.of(PatientPaymentApplied)) == 1
    assert (life.balance(ONE).patient, life.balance(ONE).patient_paid) == (0, 2_000)


def test_a_write_off_of_a_denial_that_the_payer_reversed_and_paid_is_taken_back() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("CO", "197", 20_000))))
    life.obey(WriteOff(ACCOUNT, "denial", "r", "a", None, None, "denied"))
    life.take_back(taken_back(0)).post(_corrected(8_000, 10_000, 2_000))
    assert _buckets(life) == (0, 0, 0, 2_000, 0)
    assert life.balance(ONE).written_off == {"denial": 0}
    assert [w.cents for w in life.of(WriteOffPosted)] == [20_000, -20_000]


def test_a_payer_that_pays_what_was_written_off_as_denied_makes_no_overpayment() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("CO", "197", 20_000))))
    life.obey(WriteOff(ACCOUNT, "denial", "r", "a", None, None, "denied"))
    life.post(_corrected(8_000, 10_000, 2_000))
    assert _buckets(life) == (0, 0, 0, 2_000, 0)
    assert life.of(OverpaymentOpened) == []


def test_a_denial_repeated_after_its_write_off_stays_written_off() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("CO", "197", 20_000))))
    life.obey(WriteOff(ACCOUNT, "denial", "r", "a", None, None, "denied"))
    life.post(adjudicated(line(0, ("CO", "197", 20_000)), adjudication="adj-2"))
    assert _buckets(life) == (0, 0, 0, 0, 0)
    assert life.balance(ONE).written_off == {"denial": 20_000}


def test_the_same_claim_paid_twice_is_credit_although_the_patients_part_was_written_off() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID)
    life.obey(WriteOff(ACCOUNT, "charity", "r", "a"))
    life.post(_corrected(8_000, 10_000, 2_000))
    assert _buckets(life) == (0, 0, 0, 0, 8_000)
    assert life.balance(ONE).written_off == {"charity": 2_000}
