"""Denied amounts that a person moves on, and credits that a person refunds."""

from dataclasses import replace
from typing import Any

from contracts.posting import (
    OverpaymentRefunded,
    PatientPaymentReceived,
    PatientPaymentRefunded,
    ResponsibilityMoved,
)
from contracts.registration import CoveragesSet
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain import GUARANTOR
from services.posting.domain.commands import (
    RefundOverpayment,
    RefundPatient,
    RefundPayment,
    TransferDenied,
)
from shared.streams import guarantor_stream, payee_stream
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    DAY,
    ONE,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.scenario import refused, said, scenario

REFUSED_BY_CONTRACT = adjudicated(line(0, ("CO", "197", 20_000)))
NOT_COVERED = adjudicated(line(0, ("PR", "999", 20_000)))
TO_PAYER = TransferDenied(ACCOUNT, "payer", "their policy covers it", "pat")
TO_PATIENT = replace(TO_PAYER, to_party="patient")
PAID_TOO_MUCH = adjudicated(line(25_000, ("CO", "45", -4_999)))
REFUND = RefundOverpayment(ACCOUNT, "adj-1", "ref-1", "asked for by letter", "pat")


def _buckets(life: Life) -> tuple[int, int, int]:
    after = life.balance(ONE)
    return after.denied, after.next_payer, after.patient


def _given(life: Life, *known: Any) -> list[Any]:
    return [*known, *life.said]


def test_a_denied_amount_goes_to_the_next_payer_when_a_person_says_so() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(REFUSED_BY_CONTRACT).obey(TO_PAYER)
    assert _buckets(life) == (0, 20_000, 0)
    (moved,) = life.of(ResponsibilityMoved)
    assert (moved.to_payer_order, moved.to_payer, moved.approver) == (2, "AETNA", "pat")


def test_what_the_contract_lays_on_us_is_never_transferred_to_the_patient() -> None:
    known = [opened("BLUE"), captured()]
    life = Life(*known).post(REFUSED_BY_CONTRACT)
    assert "group" in refused(DECIDER, _given(life, *known), TO_PATIENT, BOOK)


def test_what_the_payer_lays_on_the_patient_goes_there_after_every_coverage() -> None:
    both = [opened("BLUE", "AETNA"), captured()]
    life = Life(*both).post(NOT_COVERED)
    assert "answer" in refused(DECIDER, _given(life, *both), TO_PATIENT, BOOK)
    alone = Life(opened("BLUE"), captured()).post(NOT_COVERED).obey(TO_PATIENT)
    assert _buckets(alone) == (0, 0, 20_000)


def test_what_a_later_payer_paid_of_a_denial_is_not_added_to_what_the_patient_may_owe() -> None:
    both = adjudicated(line(0, ("CO", "197", 10_000), ("PR", "999", 10_000)))
    later = replace(adjudicated(line(5_000)), adjudication="adj-2", payer="AETNA", payer_order=2)
    known = [opened("BLUE", "AETNA"), captured()]
    life = Life(*known).post(both).post(later)
    assert _buckets(life) == (15_000, 0, 0)
    too_much = replace(TO_PATIENT, cents=5_001)
    assert "group" in refused(DECIDER, _given(life, *known), too_much, BOOK)
    assert _buckets(life.obey(replace(TO_PATIENT, cents=5_000))) == (10_000, 0, 5_000)


def test_nothing_is_transferred_where_no_coverage_is_left_or_more_is_asked_than_is_denied() -> None:
    known = [opened("BLUE"), captured()]
    life = Life(*known).post(REFUSED_BY_CONTRACT)
    assert "coverage" in refused(DECIDER, _given(life, *known), TO_PAYER, BOOK)
    assert "less" in refused(DECIDER, _given(life, *known), replace(TO_PAYER, cents=20_001), BOOK)


def test_a_transfer_is_quiet_when_nothing_is_denied() -> None:
    scenario(DECIDER, given=[opened("BLUE"), captured()], when=TO_PAYER, then=[], book=BOOK)


def test_a_reversal_of_the_denial_takes_the_transfer_back() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(REFUSED_BY_CONTRACT).obey(TO_PAYER)
    life.take_back(taken_back(0))
    assert (_buckets(life), life.balance(ONE).open) == ((0, 0, 0), 20_000)


def test_a_transferred_denial_whose_payer_is_gone_is_denied_again_and_not_the_patients() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(REFUSED_BY_CONTRACT).obey(TO_PAYER)
    only = opened("BLUE").coverages
    life.hear(CoveragesSet(patient="p1", coverages=only, set_on=DAY, reason="never had it"))
    assert _buckets(life) == (20_000, 0, 0)


def test_an_overpayment_is_refunded_and_owed_no_more() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID_TOO_MUCH).obey(REFUND)
    after = life.balance(ONE)
    assert (after.credit, after.insurance_paid) == (0, 20_000)
    (told,) = life.of(OverpaymentRefunded)
    assert told.cents == 5_000
    ((stream, other),) = [e for e in life.elsewhere if isinstance(e[1], OverpaymentRefunded)]
    assert stream == payee_stream("BLUE", "L1")
    assert [(e.ledger, e.cents) for e in other.entries] == [
        ("recovery_clearing", 5_000),
        ("cash", -5_000),
    ]


def test_a_refund_is_made_once_and_never_of_more_than_is_owed() -> None:
    known = [opened("BLUE"), captured()]
    life = Life(*known).post(PAID_TOO_MUCH)
    more = replace(REFUND, cents=5_001)
    assert "less" in refused(DECIDER, _given(life, *known), more, BOOK)
    life.obey(REFUND)
    assert said(DECIDER, _given(life, *known), REFUND, BOOK) == []
    another = replace(REFUND, refund="ref-2")
    assert "less" in refused(DECIDER, _given(life, *known), another, BOOK)


def test_a_takeback_after_a_refund_finds_nothing_to_meet() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID_TOO_MUCH).obey(REFUND)
    assert life.state is not None
    assert life.state.posted["adj-1"].overpaid() == {}


def _received(account: str = ACCOUNT) -> PatientPaymentReceived:
    return PatientPaymentReceived(
        guarantor="g1",
        payment="pay-1",
        tender="card",
        amount_cents=3_000,
        received_on=DAY,
        account=account,
    )


def test_what_a_patient_paid_too_much_is_refunded_from_the_account_that_it_waits_on() -> None:
    refund = RefundPatient(ACCOUNT, "pay-1", "ref-1", "asked for", "pat", 3_000)
    life = Life(opened("BLUE"), captured(), _received()).obey(refund)
    assert life.state is not None and life.state.payments == {}
    ((stream, told),) = life.elsewhere
    assert stream == guarantor_stream("g1")
    assert [(e.ledger, e.cents) for e in told.entries] == [
        ("patient_unapplied", 3_000),
        ("cash", -3_000),
    ]
    given = [opened("BLUE"), captured(), _received(), *life.said]
    assert said(DECIDER, given, refund, BOOK) == []
    assert "less" in refused(DECIDER, given, replace(refund, refund="ref-2"), BOOK)


def test_a_payment_for_no_account_is_refunded_by_its_guarantor_once() -> None:
    refund = RefundPayment("g1", "pay-1", "ref-1", "moved away", "pat", 1_000, DAY)
    (told,) = said(GUARANTOR, [_received("")], refund, BOOK)
    assert isinstance(told, PatientPaymentRefunded)
    assert (told.cents, sum(e.cents for e in told.entries)) == (1_000, 0)
    state = GUARANTOR.evolve(GUARANTOR.evolve(None, _received("")), told)
    assert state.unapplied == 2_000
    assert said(GUARANTOR, [_received(""), told], refund, BOOK) == []
    more = replace(refund, refund="ref-2", cents=2_001)
    assert "less" in refused(GUARANTOR, [_received(""), told], more, BOOK)
    assert "less" in refused(GUARANTOR, [_received()], refund, BOOK)
