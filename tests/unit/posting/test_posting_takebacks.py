"""A payer's takeback (PLB WO) closes the overpayment it is for, once, and never more than is open."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from contracts.posting import (
    OverpaymentOpened,
    OverpaymentRecovered,
    ProviderAdjustmentPosted,
    ProviderAdjustmentsDelivered,
    TakebackMatched,
    TakebackPosted,
)
from contracts.values import ProviderAdjustment
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain import MEETING
from services.posting.domain.commands import MeetTakebacks, RecoverOverpayments
from shared.streams import (
    account_number,
    account_stream,
    claim_number,
    payee_stream,
    takeback_stream,
)
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    CLAIM,
    ONE,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.town import TODAY, Town
from tests.unit.scenario import scenario

HERE, PAYEE = account_stream(ACCOUNT), payee_stream("BLUE", "990000001")
PAID = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)), payer_control="ICN1")
AGAIN = replace(PAID, adjudication="adj-2", payer_control="ICN2", flags=("other_check",))
MEETS = takeback_stream("BLUE", "ICN1")


def _plb(cents: int, reference: str = CLAIM, reason: str = "WO") -> ProviderAdjustmentsDelivered:
    return ProviderAdjustmentsDelivered(
        payer="BLUE",
        tax_id="990000001",
        remittance=f"rem-{cents}",
        check_number="EFT9",
        adjustments=(ProviderAdjustment(reason=reason, reference=reference, cents=cents),),
        posted_on=TODAY,
    )


def _overpaid() -> Town:
    return Town(opened("BLUE"), captured()).say(HERE, PAID, AGAIN)


def _explained(town: Town, credit: int, at_payee: int) -> None:
    """What is still owed back on the account, and how much of the takeback nothing explains."""
    recovered = sum(e.cents for e in town.of(OverpaymentRecovered, "payee"))
    taken = sum(e.cents for e in town.of(ProviderAdjustmentPosted) if e.reason == "WO")
    assert (town.balance(ONE).credit, taken - recovered) == (credit, at_payee)
    assert town.ledgers.get("recovery_clearing", 0) == 0
    assert town.ledgers.get("provider_adjustment", 0) == -recovered
    assert town.ledgers.get("overpayment", 0) == -credit


def test_a_takeback_that_names_the_claim_closes_the_overpayment() -> None:
    town = _overpaid().say(PAYEE, _plb(8_000))
    _explained(town, credit=0, at_payee=0)
    assert town.balance(ONE).insurance_paid == 8_000
    (here,) = town.of(OverpaymentRecovered, "account")
    assert (here.adjudication, here.claim, here.cents) == ("adj-2", CLAIM, 8_000)


def test_a_takeback_that_names_the_payers_control_number_finds_the_account() -> None:
    town = _overpaid().say(PAYEE, _plb(8_000, "ICN1"))
    _explained(town, credit=0, at_payee=0)
    assert town.of(TakebackMatched)[0].account == ACCOUNT


def test_a_takeback_larger_than_the_overpayment_takes_only_what_is_open() -> None:
    town = _overpaid().say(PAYEE, _plb(9_500))
    _explained(town, credit=0, at_payee=1_500)


def test_a_smaller_takeback_leaves_the_rest_owed_back() -> None:
    town = _overpaid().say(PAYEE, _plb(500, "ICN2"))
    _explained(town, credit=7_500, at_payee=0)


@pytest.mark.parametrize("reference", ["", "FORWARD", "ICN1 ICN9", claim_number(ACCOUNT[::-1], 1)])
def test_a_takeback_that_leads_to_no_overpayment_stays_at_the_payee(reference: str) -> None:
    town = _overpaid().say(PAYEE, _plb(8_000, reference))
    _explained(town, credit=8_000, at_payee=8_000)


def test_another_payers_takeback_is_not_this_payers_overpayment() -> None:
    other = replace(_plb(8_000), payer="AETNA")
    town = _overpaid().say(payee_stream("AETNA", "990000001"), other)
    _explained(town, credit=8_000, at_payee=8_000)


def test_other_provider_adjustments_recover_nothing() -> None:
    town = _overpaid().say(PAYEE, _plb(8_000, reason="FB"), _plb(700, reason="L6"))
    assert town.of(TakebackPosted) == []
    assert town.balance(ONE).credit == 8_000


def test_a_takeback_heard_before_the_overpayment_waits_for_it() -> None:
    for reference in (CLAIM, "ICN1"):
        town = Town(opened("BLUE"), captured()).say(PAYEE, _plb(8_000, reference))
        _explained(town.say(HERE, PAID), credit=0, at_payee=8_000)
        _explained(town.say(HERE, AGAIN), credit=0, at_payee=0)


def test_a_reversal_that_was_put_off_and_then_taken_is_counted_once() -> None:
    """The reversal closes the overpayment; its WO pair only moves the cash to a later check."""
    back = replace(taken_back(8_000, "adj-2"), remittance="rem-3")
    happening: list[tuple[str, Any]] = [
        (HERE, back),
        (PAYEE, _plb(-8_000)),
        (PAYEE, _plb(8_000)),
    ]
    for order in permutations(happening):
        town = _overpaid()
        for stream, event in order:
            town.say(stream, event)
        _explained(town, credit=0, at_payee=0)
        assert town.balance(ONE).insurance_paid == 8_000


def test_a_reversal_after_the_takeback_gives_it_back_to_the_payee() -> None:
    town = _overpaid().say(PAYEE, _plb(8_000)).say(HERE, taken_back(8_000, "adj-2"))
    _explained(town, credit=0, at_payee=8_000)
    assert town.balance(ONE).insurance_paid == 8_000
    assert [e.cents for e in town.of(OverpaymentRecovered, "account")] == [8_000, -8_000]


def test_a_takeback_given_back_by_the_payer_is_owed_again() -> None:
    town = _overpaid().say(PAYEE, _plb(8_000), _plb(-3_000))
    _explained(town, credit=3_000, at_payee=0)


def test_there_is_nothing_to_recover_without_a_takeback_or_an_overpayment() -> None:
    given = [opened("BLUE"), captured()]
    scenario(DECIDER, given=given, when=RecoverOverpayments(), then=[], book=BOOK)
    kept = TakebackPosted(
        payer="BLUE",
        tax_id="990000001",
        remittance="rem-9",
        check_number="EFT9",
        number=1,
        reference=CLAIM,
        cents=8_000,
        posted_on=TODAY,
        account=ACCOUNT,
    )
    scenario(DECIDER, given=[*given, kept], when=RecoverOverpayments(), then=[], book=BOOK)


OVER = OverpaymentOpened(
    account=ACCOUNT,
    claim=CLAIM,
    adjudication="adj-2",
    payer="BLUE",
    cents=8_000,
    suspected_on=TODAY,
    reason="r",
)
KEPT = TakebackPosted(
    payer="BLUE",
    tax_id="990000001",
    remittance="rem-9",
    check_number="EFT9",
    number=1,
    reference="ICN1",
    cents=8_000,
    posted_on=TODAY,
)
MATCHED = TakebackMatched(
    payer="BLUE", remittance="rem-9", number=1, reference="ICN1", cents=8_000, account=ACCOUNT
)


def test_a_control_number_that_one_account_knows_leads_there_once() -> None:
    then = [MATCHED, (HERE, replace(KEPT, account=ACCOUNT))]
    for given in ([OVER, KEPT], [KEPT, OVER]):
        scenario(MEETING, given=given, when=MeetTakebacks(), then=then, book=BOOK)
    scenario(MEETING, given=[OVER, KEPT, MATCHED], when=MeetTakebacks(), then=[], book=BOOK)


def test_a_control_number_that_two_accounts_know_waits_for_a_person() -> None:
    other = replace(OVER, account=account_number("test", "ehr", "enc-2"))
    scenario(MEETING, given=[OVER, other, KEPT], when=MeetTakebacks(), then=[], book=BOOK)
    scenario(MEETING, given=[KEPT], when=MeetTakebacks(), then=[], book=BOOK)
