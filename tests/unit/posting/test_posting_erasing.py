"""Before a person is erased each of their accounts says whether anything is open on it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.posting import ErasureAnswered, PatientPaymentReceived
from contracts.registration import ErasureAsked
from services.posting.domain import DECIDERS
from services.posting.domain.book import Book
from services.posting.domain.commands import AnswerErasure, WriteOff
from shared.streams import account_stream, patient_stream
from tests.unit.posting.facts import ACCOUNT, BOOK, adjudicated, captured, line, opened
from tests.unit.posting.town import Town
from tests.unit.scenario import said

ASKED = ErasureAsked(patient="p1", request=3, accounts=1, reason="the client left")
PAID = adjudicated(line(15_000, ("CO", "45", 3_000), ("PR", "2", 2_000)))
PAYMENT = PatientPaymentReceived(
    guarantor="g1", payment="pay-1", tender="card", amount_cents=5_000, received_on=date(2026, 1, 6)
)


def answered(*given: Any, book: Book = BOOK) -> ErasureAnswered:
    decider = DECIDERS["account"]
    ((stream, answer),) = said(decider, given, AnswerErasure(ASKED), book)
    assert stream == patient_stream("p1")
    assert (answer.account, answer.patient, answer.request) == (ACCOUNT, "p1", 3)
    assert isinstance(answer, ErasureAnswered)
    return answer


def posted(*events: Any) -> list[Any]:
    """What the account says of what it hears."""
    return [said for _, said in Town(opened("BLUE"), captured(), *events).said]


def test_a_claim_that_is_under_way_is_open() -> None:
    no = answered(opened("BLUE"), captured())
    assert (no.settled, no.insurance_cents, no.patient_cents) == (False, 20_000, 0)
    assert no.sentence == "money of this account is still open"


def test_what_the_patient_owes_is_open_until_somebody_lets_it_go() -> None:
    given = [opened("BLUE"), captured(), *posted(PAID)]
    no = answered(*given)
    assert (no.settled, no.patient_cents) == (False, 2_000)
    town = Town(opened("BLUE"), captured(), PAID)
    town.obey(account_stream(ACCOUNT), WriteOff(ACCOUNT, "small_balance", "agreed", "pat"))
    yes = answered(opened("BLUE"), captured(), *(event for _, event in town.said))
    assert (yes.settled, yes.sentence) == (True, "")


def test_money_of_the_patient_that_met_nothing_is_open() -> None:
    no = answered(opened("BLUE"), replace(PAYMENT, account=ACCOUNT))
    assert (no.settled, no.credit_cents) == (False, 5_000)


def test_an_encounter_without_charges_may_still_be_billed_for_a_year() -> None:
    no = answered(opened("BLUE"))
    assert (no.settled, no.sentence) == (False, "this encounter is not charged yet")
    assert answered(opened("BLUE"), book=Book(today=date(2027, 1, 6))).settled
    assert answered(opened("BLUE", billing="history")).settled


@pytest.mark.parametrize("book", [Book(), Book(today=date(2026, 1, 5))])
def test_before_any_day_was_opened_nothing_is_past(book: Book) -> None:
    assert not answered(opened(), book=book).settled
