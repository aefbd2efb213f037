"""An overpayment that we refunded and the payer takes back as well: no cent twice, and what is owed to us has a name."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from contracts.posting import OverpaymentRecovered
from services.posting.app import SERVICE
from services.posting.domain.commands import RefundOverpayment
from shared.errors import Refused
from shared.streams import payee_stream
from tests.unit.posting.facts import ACCOUNT, CLAIM, ONE, adjudicated, line, taken_back
from tests.unit.posting.test_posting_takebacks import AGAIN, HERE, PAYEE, _overpaid, _plb
from tests.unit.posting.town import Town
from tests.unit.reporting.rows import Rows

REVERSED = replace(taken_back(8_000, "adj-2"), remittance="rem-3")
REFUND = RefundOverpayment(ACCOUNT, "adj-2", "refund-1", "paid twice", "pat")


def _refunded(*happening: tuple[str, Any]) -> Town:
    """A claim that was paid twice, and whose second payment we sent back."""
    town = _overpaid().obey(HERE, REFUND)
    for stream, event in happening:
        town.say(stream, event)
    return town


def _stands(town: Town, *, credit: int, paid: int, left: int) -> None:
    """The account, and what of PLB amounts (taken less given back) no account explains."""
    after = town.balance(ONE)
    assert (after.credit, after.insurance_paid) == (credit, paid)
    assert town.ledgers.get("recovery_clearing", 0) == 0
    recovered = sum(e.cents for e in town.of(OverpaymentRecovered, "payee"))
    assert town.ledgers.get("provider_adjustment", 0) == -recovered
    taken = sum(t.cents for t in town.account.takebacks.values())
    assert taken - recovered == left


@pytest.mark.parametrize("reference", [CLAIM, "ICN1"])
def test_a_reversal_of_what_was_refunded_is_met_by_the_payers_acknowledgement(
    reference: str,
) -> None:
    happening = [(HERE, REVERSED), (PAYEE, _plb(-8_000, reference, "72"))]
    for order in permutations(happening):
        _stands(_refunded(*order), credit=0, paid=8_000, left=0)


def test_a_reversal_of_what_was_refunded_without_an_acknowledgement_is_owed_to_us() -> None:
    town = _refunded((HERE, REVERSED))
    _stands(town, credit=-8_000, paid=0, left=0)
    assert town.account.posted["adj-2"].owed_to_us() == {ONE: 8_000}


def test_what_was_reversed_after_its_refund_is_no_overpayment_that_is_open_whatever_is_settled_later() -> (
    None
):
    town = _refunded((HERE, REVERSED), (PAYEE, _plb(-8_000, reason="72")))
    rows = Rows(SERVICE)
    for stream, event in town.said:
        rows.tell(event, stream=stream)
    assert rows.tables["overpayment"][ACCOUNT, "adj-2"]["state"] == "reversed"


def test_an_acknowledgement_of_a_part_leaves_the_rest_owed_to_us() -> None:
    town = _refunded((HERE, REVERSED), (PAYEE, _plb(-3_000, reason="72")))
    _stands(town, credit=-5_000, paid=3_000, left=0)


def test_a_takeback_and_its_acknowledgement_cancel_each_other_and_meet_nothing_later() -> None:
    happening = [(PAYEE, _plb(8_000)), (PAYEE, _plb(-8_000, reason="72"))]
    for order in permutations(happening):
        town = _refunded(*order)
        _stands(town, credit=0, paid=8_000, left=0)
        third = replace(AGAIN, adjudication="adj-3", payer_control="ICN3", remittance="rem-9")
        _stands(town.say(HERE, third), credit=8_000, paid=16_000, left=0)


def test_a_takeback_of_what_was_refunded_is_explained_by_nothing() -> None:
    _stands(_refunded((PAYEE, _plb(8_000))), credit=0, paid=8_000, left=8_000)


def test_a_reversal_that_is_put_off_and_taken_and_acknowledged_in_any_order_is_counted_once() -> (
    None
):
    happening = [
        (HERE, REVERSED),
        (PAYEE, _plb(-8_000)),
        (PAYEE, _plb(8_000)),
        (PAYEE, _plb(-8_000, reason="72")),
    ]
    for order in permutations(happening):
        _stands(_refunded(*order), credit=0, paid=8_000, left=0)


def test_an_acknowledgement_of_nothing_that_is_owed_to_us_moves_nothing() -> None:
    _stands(_refunded((PAYEE, _plb(-8_000, reason="72"))), credit=0, paid=8_000, left=-8_000)
    _stands(
        _overpaid().say(PAYEE, _plb(-8_000, reason="72")), credit=8_000, paid=16_000, left=-8_000
    )


def test_another_payers_acknowledgement_meets_nothing_that_this_payer_owes_us() -> None:
    other = replace(_plb(-8_000, reason="72"), payer="AETNA")
    happening = [(HERE, REVERSED), (payee_stream("AETNA", "990000001"), other)]
    for order in permutations(happening):
        _stands(_refunded(*order), credit=-8_000, paid=0, left=-8_000)


def test_a_correction_after_a_reversal_of_what_was_refunded_is_not_refunded_again() -> None:
    back = adjudicated(line(8_000), adjudication="adj-3", remittance="rem-4", payer_control="ICN3")
    town = _refunded((HERE, REVERSED), (HERE, back))
    _stands(town, credit=0, paid=8_000, left=0)
    with pytest.raises(Refused):
        town.obey(HERE, replace(REFUND, adjudication="adj-3", refund="refund-2"))
