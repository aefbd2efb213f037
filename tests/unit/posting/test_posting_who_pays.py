"""Self-pay, coverages that come and go, charges that change, payments, write-offs."""

from dataclasses import replace
from typing import Any

from contracts.coding import ChargeCorrected
from contracts.posting import (
    PatientPaymentApplied,
    PatientPaymentReceived,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.registration import CoveragesSet
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain.commands import ApplyPayments, MoveOn, TakeBackWriteOff, WriteOff
from shared.streams import guarantor_stream
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    DAY,
    ONE,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.scenario import refused, scenario

PAID = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))


def _set(*payers: str) -> CoveragesSet:
    coverages = opened(*payers).coverages
    return CoveragesSet(patient="p1", coverages=coverages, set_on=DAY, reason="told so")


def _paid(cents: int, payment: str = "pay-1") -> PatientPaymentReceived:
    return PatientPaymentReceived(
        guarantor="g1",
        payment=payment,
        tender="card",
        amount_cents=cents,
        received_on=DAY,
        account=ACCOUNT,
    )


def _off(cents: int | None, **more: object) -> WriteOff:
    given = WriteOff(
        account=ACCOUNT, kind="charity", reason="policy 4", approver="pat", cents=cents
    )
    return replace(given, **more)  # type: ignore[arg-type]


def test_a_self_pay_account_owes_its_charges_whichever_event_comes_first() -> None:
    for given in ([opened(), captured()], [captured(), opened()]):
        life = Life(*given)
        assert (life.balance(ONE).open, life.balance(ONE).patient) == (0, 20_000)
        assert life.of(ResponsibilityMoved)[0].basis == "self-pay"


def test_charges_of_an_insured_account_move_nothing() -> None:
    scenario(DECIDER, given=[opened("BLUE"), captured()], when=MoveOn(), then=[], book=BOOK)


def test_a_corrected_charge_moves_receivables_by_the_difference() -> None:
    less = ChargeCorrected(
        account=ACCOUNT, before=charge(), after=charge(cents=15_000), reason="wrong level"
    )
    assert Life(opened("BLUE"), captured(), less).balance(ONE).open == 15_000
    assert Life(opened(), captured(), less).balance(ONE).patient == 15_000
    void = replace(less, after=charge(units=0))
    assert Life(opened("BLUE"), captured(), void).balance(ONE).charged == 0


def test_a_coverage_found_takes_the_charges_back_from_the_patient() -> None:
    life = Life(opened(), captured(), _set("BLUE"))
    assert (life.balance(ONE).open, life.balance(ONE).patient) == (20_000, 0)
    assert life.of(ResponsibilityMoved)[-1].to_payer == "BLUE"


def test_what_waits_for_a_coverage_that_is_gone_becomes_the_patients() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID).hear(_set("BLUE"))
    assert (life.balance(ONE).next_payer, life.balance(ONE).patient) == (0, 2_000)
    life.take_back(taken_back(8_000))
    assert (life.balance(ONE).open, life.balance(ONE).patient) == (20_000, 0)


def test_what_the_first_payer_has_still_to_answer_is_not_moved_with_what_waited_for_a_coverage_that_is_gone() -> (
    None
):
    in_part = adjudicated(line(8_000, ("PR", "2", 2_000)))
    life = Life(opened("BLUE", "AETNA"), captured()).post(in_part)
    before = life.balance(ONE)
    assert (before.open, before.next_payer, before.patient) == (10_000, 2_000, 0)
    after = life.hear(_set("BLUE")).balance(ONE)
    assert (after.open, after.next_payer, after.patient) == (10_000, 0, 2_000)


def test_a_patients_payment_meets_the_balance_and_the_guarantor_hears_of_it() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).hear(_paid(1_500))
    after = life.balance(ONE)
    assert (after.patient, after.patient_paid) == (500, 1_500)
    ((stream, event),) = life.elsewhere
    assert stream == guarantor_stream("g1")
    assert sum(one.cents for one in event.entries) == 0
    assert (event.cents, event.entries[0].ledger) == (1_500, "patient_unapplied")


def test_a_payment_before_the_patient_owes_anything_waits_for_it() -> None:
    life = Life(opened("BLUE"), captured(), _paid(3_000))
    assert life.of(PatientPaymentApplied) == []
    life.post(PAID)
    assert life.of(PatientPaymentApplied)[0].cents == 2_000
    assert life.state is not None and life.state.payments == {"pay-1": ("g1", 1_000)}


def test_there_is_nothing_to_apply_when_nothing_is_owed() -> None:
    scenario(
        DECIDER,
        given=[opened("BLUE"), captured(), _paid(1_000)],
        when=ApplyPayments(),
        then=[],
        book=BOOK,
    )


def test_a_write_off_takes_no_more_than_its_balance_holds() -> None:
    given = [opened(), captured(charge(), charge(TWO, 500))]
    life = Life(*given).obey(_off(500, charge=TWO))
    assert (life.balance(TWO).patient, life.balance(TWO).written_off) == (0, {"charity": 500})
    (off,) = life.of(WriteOffPosted)
    assert (off.cents, off.approver, off.kind) == (500, "pat", "charity")
    assert "less" in refused(DECIDER, [*given, *life.said], _off(20_001), BOOK)
    assert "more than nothing" in refused(DECIDER, given, _off(0), BOOK)


def test_a_write_off_of_all_that_is_owed_is_quiet_when_nothing_is() -> None:
    scenario(DECIDER, given=[opened("BLUE"), captured()], when=_off(None), then=[], book=BOOK)


def test_a_denied_amount_can_be_written_off_by_a_person() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("CO", "197", 20_000))))
    life.obey(_off(None, bucket="denied", charge=ONE, kind="denial"))
    assert (life.balance(ONE).denied, life.balance(ONE).written_off) == (0, {"denial": 20_000})


AGENCY = TakeBackWriteOff(ACCOUNT, "charity", "paid at the agency", "pat")


def test_a_bad_debt_that_is_paid_after_all_is_owed_again_and_meets_the_payment() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).obey(_off(None)).hear(_paid(600))
    assert (life.balance(ONE).patient, life.balance(ONE).patient_paid) == (0, 0)
    life.obey(replace(AGENCY, cents=600))
    after = life.balance(ONE)
    assert (after.patient, after.patient_paid, after.written_off) == (0, 600, {"charity": 1_400})
    back = life.of(WriteOffPosted)[-1]
    assert (back.cents, back.approver, back.reason) == (-600, "pat", "paid at the agency")


def test_no_more_is_taken_back_than_was_written_off_of_that_kind_and_balance() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).obey(_off(1_500))
    given = [opened("BLUE"), captured(), PAID, *life.said]
    wrongs: tuple[dict[str, Any], ...] = (
        {"cents": 1_501},
        {"cents": 1, "kind": "bad_debt"},
        {"cents": 1, "bucket": "denied"},
    )
    for wrong in wrongs:
        assert "less of that" in refused(DECIDER, given, replace(AGENCY, **wrong), BOOK)
    assert "more than nothing" in refused(DECIDER, given, replace(AGENCY, cents=0), BOOK)


def test_taking_back_nothing_is_quiet_and_all_of_it_is_taken_once() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).obey(_off(None)).obey(AGENCY)
    assert (life.balance(ONE).patient, life.balance(ONE).written_off) == (2_000, {"charity": 0})
    given = [opened("BLUE"), captured(), PAID, *life.said]
    scenario(DECIDER, given=given, when=AGENCY, then=[], book=BOOK)
