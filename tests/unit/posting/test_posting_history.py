"""Another system's charges and claims count as what that system left of them, in whatever order they come."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.coding import ChargeCorrected
from contracts.posting import (
    ChargesSetAside,
    OpeningBalancePosted,
    PatientBalanceTold,
    PatientPaymentReceived,
)
from contracts.reference import PeriodClosed
from contracts.submission import ClaimImported, OpeningBalance
from contracts.values import ClaimLine
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain.balance import CLAIM_LEVEL, equation
from services.posting.domain.book import evolve_book
from services.posting.domain.commands import MoveOn, PostOpening
from shared.streams import account_stream
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    CLAIM,
    ONE,
    SECOND_CLAIM,
    TWO,
    captured,
    charge,
    opened,
)
from tests.unit.posting.town import Town
from tests.unit.scenario import said, scenario

LEFT = OpeningBalance(
    charge=ONE,
    insurance_paid_cents=8_000,
    contractual_cents=9_000,
    patient_owes_cents=1_000,
    insurance_open_cents=2_000,
)


def imported(*opening: OpeningBalance, claim: str = CLAIM) -> ClaimImported:
    return ClaimImported(
        account=ACCOUNT,
        claim=claim,
        foreign_number=f"OLD-{claim}",
        payer="BLUE",
        payer_order=1 if claim == CLAIM else 2,
        lines=(ClaimLine(line=1, charge=ONE, charge_cents=20_000),),
        total_cents=20_000,
        first_billed_on=date(2025, 12, 1),
        opening=opening or (LEFT,),
    )


HISTORY = opened("BLUE", billing="history")
LOWERED = ChargeCorrected(
    account=ACCOUNT, before=charge(), after=charge(cents=15_000), reason="the old system was wrong"
)


@pytest.mark.parametrize("order", list(permutations([HISTORY, captured(), imported()])))
def test_an_imported_claim_opens_with_what_is_left_whatever_is_heard_first(order: Any) -> None:
    town = Town(*order)
    after = town.balance(ONE)
    assert (after.charged, after.open, after.patient) == (20_000, 2_000, 1_000)
    assert (after.insurance_paid, after.contractual) == (8_000, 9_000)
    assert town.ledgers["ar_open"] + town.ledgers["ar_patient"] == -town.ledgers["opening"] == 3_000
    assert town.ledgers.get("charges", 0) == 0


@pytest.mark.parametrize("order", list(permutations([HISTORY, captured()])))
def test_charges_of_a_history_account_make_no_receivables(order: Any) -> None:
    town = Town(*order)
    assert (town.balance(ONE).open, town.balance(ONE).charged) == (0, 0)
    (aside,) = town.of(ChargesSetAside)
    assert [(one.charge, one.cents) for one in aside.amounts] == [(ONE, 20_000)]


def test_a_history_charge_that_is_corrected_still_makes_none() -> None:
    town = Town(HISTORY, captured(), imported(), LOWERED)
    assert (town.balance(ONE).charged, town.balance(ONE).open) == (20_000, 2_000)


def test_only_the_charges_that_a_claim_takes_over_are_set_aside_on_a_billed_account() -> None:
    town = Town(opened("BLUE"), captured(charge(), charge(TWO, 500)), imported())
    assert (town.balance(ONE).open, town.balance(TWO).open) == (2_000, 500)


def test_what_stands_at_the_claim_alone_lowers_the_whole_and_is_spread_over_no_charge() -> None:
    lines = [OpeningBalance(charge=n, insurance_open_cents=20_000) for n in (ONE, TWO)]
    whole = OpeningBalance(
        charge="",
        insurance_paid_cents=9_000,
        contractual_cents=6_000,
        insurance_open_cents=-15_000,
    )
    town = Town(HISTORY, captured(charge(), charge(TWO, 20_000)), imported(*lines, whole))
    assert [town.balance(n).open for n in (ONE, TWO, CLAIM_LEVEL)] == [20_000, 20_000, -15_000]
    assert town.balance(CLAIM_LEVEL).insurance_paid == 9_000
    assert all(equation(town.balance(n)) == 0 for n in (ONE, TWO, CLAIM_LEVEL))
    assert town.ledgers["ar_open"] == -town.ledgers["opening"] == 25_000


@pytest.mark.parametrize("order", list(permutations([HISTORY, captured(), imported()])))
def test_what_a_patient_owes_and_pays_is_told_whatever_is_heard_first(order: Any) -> None:
    town = Town(*order)
    assert [told.owed_cents for told in town.of(PatientBalanceTold)] == [1_000]
    paid = PatientPaymentReceived(
        guarantor=town.account.guarantor,
        payment="P-1",
        tender="check",
        amount_cents=1_000,
        received_on=date(2026, 1, 20),
        account=ACCOUNT,
    )
    town.say(account_stream(ACCOUNT), paid)
    assert [told.owed_cents for told in town.of(PatientBalanceTold)] == [1_000, 0]


def test_a_charge_opens_once() -> None:
    town = Town(HISTORY, captured(), imported(), imported(claim=SECOND_CLAIM))
    assert len(town.of(OpeningBalancePosted)) == 1
    given = [HISTORY, captured(), *[event for _, event in town.said]]
    scenario(DECIDER, given=given, when=PostOpening(imported()), then=[], book=BOOK)


def test_there_is_nothing_to_set_aside_of_charges_that_we_bill() -> None:
    scenario(DECIDER, given=[opened("BLUE"), captured()], when=MoveOn(), then=[], book=BOOK)


def test_opening_balances_are_posted_in_an_open_period() -> None:
    closed = evolve_book(BOOK, PeriodClosed(last_day=date(2026, 1, 31), next_open=date(2026, 2, 1)))
    *posted, (stream, told) = said(DECIDER, [HISTORY, captured()], PostOpening(imported()), closed)
    assert {event.posted_on for event in posted} == {date(2026, 2, 1)}
    assert (stream, told.owed_cents) == ("guarantor/g1", 1_000)


CENTS = st.integers(0, 9_000)


@st.composite
def openings(draw: st.DrawFn, number: str) -> OpeningBalance:
    """What an old system may say of a charge."""
    return OpeningBalance(
        charge=number,
        insurance_paid_cents=draw(CENTS),
        patient_paid_cents=draw(CENTS),
        contractual_cents=draw(CENTS),
        patient_owes_cents=draw(CENTS),
        insurance_open_cents=draw(CENTS),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """An account's history in two claims, its charges captured in one go or two."""
    one, two = draw(openings(ONE)), draw(openings(TWO))
    charges = [charge(ONE, draw(CENTS)), charge(TWO, draw(CENTS))]
    corrected = replace(charges[0], charge_cents=draw(CENTS))
    events = [HISTORY, imported(one), imported(two, claim=SECOND_CLAIM)]
    both = draw(st.booleans())
    events += [captured(*charges)] if both else [captured(charges[0]), captured(charges[1])]
    change = ChargeCorrected(account=ACCOUNT, before=charges[0], after=corrected, reason="r")
    events.append(change)
    order = draw(st.permutations(events))
    first = next(i for i, e in enumerate(order) if getattr(e, "charges", (None,))[0] == charges[0])
    if order.index(change) < first:
        order.remove(change)
        order.append(change)
    return order


@settings(max_examples=100, deadline=None)
@given(histories())
def test_the_end_is_the_same_in_every_order(order: list[Any]) -> None:
    town = Town(*order)
    told = {
        o.charge: o for event in order if isinstance(event, ClaimImported) for o in event.opening
    }
    for number, left in told.items():
        after = town.balance(number)
        assert equation(after) == 0
        assert (after.open, after.patient) == (left.insurance_open_cents, left.patient_owes_cents)
        assert after.insurance_paid == left.insurance_paid_cents
        assert after.patient_paid == left.patient_paid_cents
        assert after.contractual == left.contractual_cents
    owed = sum(o.insurance_open_cents + o.patient_owes_cents for o in told.values())
    assert town.ledgers.get("opening", 0) == -owed
    assert town.ledgers.get("charges", 0) == 0
