"""Money of a guarantor that is meant for an account, or is not: said by a person, and every cent stays somebody's."""

from dataclasses import replace
from typing import Any

from contracts.posting import (
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentReceived,
)
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain import GUARANTOR
from services.posting.domain.commands import (
    AssignPayment,
    RefundPatient,
    RefundPayment,
    UnassignPayment,
)
from shared.streams import account_stream, guarantor_stream
from tests.unit.posting.facts import ACCOUNT, BOOK, DAY, ONE, adjudicated, captured, line, opened
from tests.unit.posting.story import Life
from tests.unit.scenario import fold, refused, said

OWED = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))
ASSIGN = AssignPayment("g1", "pay-1", "as-1", ACCOUNT, 1_500, "her own letter", "pat", DAY)
BACK = UnassignPayment(ACCOUNT, "pay-1", "un-1", 1_500, "another patient of that name", "pat")


def _received(account: str = "") -> PatientPaymentReceived:
    return PatientPaymentReceived(
        guarantor="g1", payment="pay-1", tender="check", amount_cents=3_000, received_on=DAY, account=account
    )  # fmt: skip


def _assigned(command: AssignPayment = ASSIGN) -> PatientPaymentAssigned:
    (event, (stream, told)) = said(GUARANTOR, [_received()], command, BOOK)
    assert (stream, told) == (account_stream(ACCOUNT), event)
    return event  # type: ignore[no-any-return]


def _owing() -> Life:
    return Life(opened("BLUE"), captured()).post(OWED)


def test_what_was_paid_for_no_account_is_assigned_in_part_and_once() -> None:
    given = [_received(), _assigned()]
    assert fold(GUARANTOR, given).loose == {"pay-1": 1_500}
    assert said(GUARANTOR, given, ASSIGN, BOOK) == []
    more = replace(ASSIGN, assignment="as-2", cents=1_501)
    assert "less of that payment" in refused(GUARANTOR, given, more, BOOK)


def test_what_is_meant_for_an_account_cannot_be_assigned_nor_what_was_assigned_refunded() -> None:
    assert "less of that payment" in refused(GUARANTOR, [_received(ACCOUNT)], ASSIGN, BOOK)
    refund = RefundPayment("g1", "pay-1", "ref-1", "asked for", "pat", 1_501, DAY)
    assert "less of that payment" in refused(GUARANTOR, [_received(), _assigned()], refund, BOOK)


def test_an_assigned_payment_meets_what_the_patient_owes() -> None:
    life = _owing().hear(_assigned())
    (applied,) = life.of(PatientPaymentApplied)
    assert (applied.payment, applied.cents) == ("pay-1", 1_500)
    assert (life.balance(ONE).patient, life.balance(ONE).patient_paid) == (500, 1_500)


def test_what_the_patient_does_not_owe_waits_on_the_account() -> None:
    life = Life(opened("BLUE"), captured()).hear(_assigned())
    assert life.state is not None and life.state.payments == {"pay-1": ("g1", 1_500)}


def test_what_was_assigned_wrongly_goes_back_off_the_balance_that_it_met() -> None:
    life = _owing().hear(_assigned()).obey(BACK)
    assert (life.balance(ONE).patient, life.balance(ONE).patient_paid) == (2_000, 0)
    assert life.state is not None and life.state.payments == {}
    told: list[Any] = [
        event for stream, event in life.elsewhere if stream == guarantor_stream("g1")
    ]
    guarantor = fold(GUARANTOR, [_received(), _assigned(), *told])
    assert (guarantor.unapplied, guarantor.loose) == (3_000, {"pay-1": 3_000})
    assert [e.cents for e in told if isinstance(e, PatientPaymentApplied)] == [1_500, -1_500]


def test_a_payment_that_named_the_wrong_account_goes_back_too() -> None:
    life = Life(opened("BLUE"), captured(), _received(ACCOUNT)).obey(replace(BACK, cents=3_000))
    ((_, back),) = life.elsewhere
    assert fold(GUARANTOR, [_received(ACCOUNT), back]).loose == {"pay-1": 3_000}


def test_it_goes_back_once_and_never_more_than_is_there() -> None:
    life = _owing().hear(_assigned())
    given = [opened("BLUE"), captured(), *life.said]
    assert "less of that payment" in refused(
        DECIDER, [opened("BLUE"), captured(), _assigned()], replace(BACK, cents=1_501), BOOK
    )
    life.obey(BACK)
    spoken = len(life.said)
    life.obey(BACK)
    assert len(life.said) == spoken and given


def test_an_assignment_makes_no_entry_in_the_journal() -> None:
    assert not hasattr(_assigned(), "entries")


def test_what_an_account_refunds_takes_nothing_from_what_is_meant_for_none() -> None:
    refund = RefundPatient(ACCOUNT, "pay-1", "ref-1", "asked for", "pat", 1_500)
    life = Life(opened("BLUE"), captured()).hear(_assigned()).obey(refund)
    given = [_received(), _assigned(), *(event for _, event in life.elsewhere)]
    guarantor = fold(GUARANTOR, given)
    assert (guarantor.unapplied, guarantor.loose) == (1_500, {"pay-1": 1_500})
    rest = RefundPayment("g1", "pay-1", "ref-2", "asked for", "pat", 1_500, DAY)
    assert [event.cents for event in said(GUARANTOR, given, rest, BOOK)] == [1_500]
