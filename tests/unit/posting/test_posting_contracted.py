"""What a payer allowed is held against its contract; what is off is told, ends, and never moves money."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.posting import (
    OverpaymentOpened,
    PaymentPosted,
    UnderpaymentFound,
    UnderpaymentSettled,
)
from contracts.reference import AdjustmentRule, FeeRate, FeeSchedulePublished
from contracts.values import AdjudicatedLine, Adjustment
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain.book import Book, evolve_book
from services.posting.domain.commands import PostAdjudication, SettleUnderpayment
from services.posting.domain.fees import tabled
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    CLAIM,
    DAY,
    ONE,
    PAID_ON,
    RULES,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_properties import lines
from tests.unit.scenario import refused, scenario

RATES = (
    FeeRate(procedure="T0001", allowed_cents=10_000),
    FeeRate(procedure="T0001", modifiers=("26",), allowed_cents=4_000),
    FeeRate(procedure="T0002", basis_points=6_000),
)
FILE = "1" * 64


def published(**more: Any) -> FeeSchedulePublished:
    given: dict[str, Any] = {
        "payer": "BLUE",
        "name": "PPO",
        "version": "2026",
        "sha256": FILE,
        "rates": len(RATES),
        "effective_from": date(2026, 1, 1),
    }
    return FeeSchedulePublished(**{**given, **more})


def contract(**more: Any) -> Book:
    """The book with this schedule; every file holds the same rates."""
    book = evolve_book(BOOK, published(**more))
    named = {s.sha256 for listed in book.schedules.values() for s in listed}
    return msgspec.structs.replace(book, rates=dict.fromkeys(named, tabled(RATES)))


def priced(paid: int, *cas: tuple[Any, str, int], **more: Any) -> AdjudicatedLine:
    return replace(line(paid, *cas), **{"procedure": "T0001", "service_on": DAY, **more})


def told(said: ClaimAdjudicated, book: Book, *given: Any) -> list[UnderpaymentFound]:
    known = (opened("BLUE"), captured(), *given)
    found: list[UnderpaymentFound] = Life(*known, book=book).post(said).of(UnderpaymentFound)
    return found


def variances(
    *lines: AdjudicatedLine, book: Book | None = None, **more: Any
) -> list[tuple[str, int]]:
    found = told(adjudicated(*lines, **more), book or contract())
    return [(one.standing, one.variance_cents) for one in found]


UNDER = priced(7_000, ("CO", "45", 12_000), ("PR", "2", 1_000))


def test_a_line_that_was_allowed_under_its_contract_is_told_and_moves_no_money() -> None:
    with_it, without = (
        Life(opened("BLUE"), captured(), book=b).post(adjudicated(UNDER))
        for b in (contract(), BOOK)
    )
    (found,) = with_it.of(UnderpaymentFound)
    assert found == UnderpaymentFound(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication="adj-1",
        line=1,
        charge=ONE,
        payer="BLUE",
        remittance="rem-1",
        check_number="CHK1",
        paid_on=PAID_ON,
        service_on=DAY,
        procedure="T0001",
        units=1,
        charge_cents=20_000,
        expected_cents=10_000,
        allowed_cents=8_000,
        variance_cents=2_000,
        standing="under",
        schedule="PPO",
        version="2026",
    )
    assert with_it.balance(ONE) == without.balance(ONE)
    entries = [
        [e.entries for e in life.said if hasattr(e, "entries")] for life in (with_it, without)
    ]
    assert entries[0] == entries[1]
    counts = [
        (p.compared, p.as_contracted) for life in (with_it, without) for p in life.of(PaymentPosted)
    ]
    assert counts == [(1, 0), (0, 0)]


def test_a_line_that_was_allowed_as_contracted_is_counted_and_quiet() -> None:
    life = Life(opened("BLUE"), captured(), book=contract()).post(
        adjudicated(priced(9_000, ("CO", "45", 10_000), ("PR", "2", 1_000)))
    )
    assert life.of(UnderpaymentFound) == []
    (posted,) = life.of(PaymentPosted)
    assert (posted.compared, posted.as_contracted) == (1, 1)


def test_sequestration_comes_after_what_was_allowed() -> None:
    assert variances(priced(9_800, ("CO", "45", 10_000), ("CO", "253", 200))) == []
    assert variances(priced(7_840, ("CO", "45", 12_000), ("CO", "253", 160))) == [("under", 2_000)]


def test_what_the_payer_states_as_allowed_counts_before_what_is_computed() -> None:
    assert variances(priced(7_000, ("CO", "45", 13_000), allowed_cents=10_000)) == []
    assert variances(priced(9_000, ("CO", "45", 11_000), allowed_cents=9_500)) == [("under", 500)]


def test_interest_is_no_price() -> None:
    assert variances(priced(10_300, ("CO", "45", 10_000), ("OA", "225", -300))) == []


def test_what_was_allowed_over_the_contract_is_told_too() -> None:
    assert variances(priced(12_500, ("CO", "45", 7_500))) == [("over", -2_500)]


def test_less_than_the_schedule_tolerates_is_as_contracted() -> None:
    book = contract(tolerance_cents=2_000)
    assert variances(UNDER, book=book) == []
    assert variances(priced(6_999, ("CO", "45", 12_001), ("PR", "2", 1_000)), book=book) == [
        ("under", 2_001)
    ]
    assert variances(priced(12_000, ("CO", "45", 8_000)), book=book) == []


def test_no_contract_allows_more_than_was_charged() -> None:
    assert variances(priced(9_000, ("PR", "2", 500))) == []


def test_units_and_shares_of_the_charge_are_priced() -> None:
    assert variances(priced(10_000, ("CO", "45", 10_000), units=2)) == [("under", 10_000)]
    share = {"procedure": "T0002"}
    assert variances(priced(12_000, ("CO", "45", 8_000), **share)) == []
    assert variances(priced(11_000, ("CO", "45", 9_000), **share)) == [("under", 1_000)]


def test_a_modifier_selects_its_rate_and_one_that_changes_the_price_has_no_other() -> None:
    assert variances(priced(4_000, ("CO", "45", 16_000), modifiers=("26",))) == []
    assert variances(priced(4_000, ("CO", "45", 16_000), modifiers=("50",))) == []
    assert variances(priced(4_000, ("CO", "45", 16_000), modifiers=("26", "50"))) == []
    assert variances(priced(9_000, ("CO", "45", 11_000), modifiers=("25",))) == [("under", 1_000)]


def test_what_was_denied_is_no_underpayment() -> None:
    assert variances(priced(0, ("CO", "197", 20_000)), status="1") == []
    assert variances(priced(5_000, ("CO", "45", 10_000), ("CO", "197", 5_000))) == []
    assert variances(priced(4_000, ("CO", "45", 12_000), ("CO", "197", 4_000))) == [
        ("under", 2_000)
    ]
    assert variances(priced(9_000, ("CO", "45", 8_000), ("CO", "197", 3_000))) == []


def test_a_line_that_the_fee_schedule_brought_down_to_nothing_was_priced() -> None:
    assert variances(priced(0, ("CO", "45", 20_000))) == [("under", 10_000)]
    assert variances(priced(0, ("CO", "94", 20_000))) == []


def test_what_the_patient_pays_above_the_fee_schedule_is_not_allowed() -> None:
    rule = AdjustmentRule(group="PR", carc="45", meaning="patient")
    book = evolve_book(contract(), replace(RULES, version="2", rules=(*RULES.rules, rule)))
    assert variances(priced(8_000, ("PR", "45", 12_000)), book=book) == [("under", 2_000)]


@pytest.mark.parametrize("carc", ["23", "59", "222", "256"])
def test_what_other_things_than_the_price_brought_down_is_not_compared(carc: str) -> None:
    assert variances(priced(5_000, ("CO", "45", 10_000), ("CO", carc, 5_000))) == []


@pytest.mark.parametrize("more", [{"procedure": "T0009"}, {"charge": None}, {"units": 0}])
def test_a_line_without_a_price_is_not_compared(more: dict[str, Any]) -> None:
    assert variances(replace(UNDER, **more)) == []


@pytest.mark.parametrize("status", ["2", "3", "4", "20", "25"])
def test_only_a_first_payers_decision_is_compared(status: str) -> None:
    assert variances(UNDER, status=status) == []


def test_a_payer_that_answers_after_another_is_not_compared() -> None:
    first = adjudicated(
        priced(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)), payer="AETNA", adjudication="adj-0"
    )
    second = adjudicated(UNDER, payer_order=2)
    life = Life(opened("AETNA", "BLUE"), captured(), book=contract()).post(first).post(second)
    assert life.of(UnderpaymentFound) == []


def test_a_first_payer_that_corrects_itself_after_a_later_one_answered_is_judged_anew() -> None:
    life = Life(opened("BLUE", "AETNA"), captured(), book=contract()).post(adjudicated(UNDER))
    second = replace(line(800, ("OA", "23", 19_000), ("PR", "2", 200)), procedure="T0001")
    life.post(
        adjudicated(second, payer="AETNA", payer_order=2, adjudication="adj-2", status="2")
    ).take_back(taken_back(7_000))
    life.post(
        adjudicated(priced(7_500, ("CO", "45", 11_500), ("PR", "2", 1_000)), adjudication="adj-3")
    )
    assert [(one.adjudication, one.variance_cents) for one in life.of(UnderpaymentFound)] == [
        ("adj-1", 2_000),
        ("adj-3", 1_500),
    ]


def test_a_claim_that_was_brought_down_as_a_whole_is_not_compared_by_line() -> None:
    whole = (Adjustment(group="CO", reason="45", cents=11_000),)
    assert variances(priced(20_000), adjustments=whole, paid_cents=9_000) == []
    of_the_patient = (
        Adjustment(group="PR", reason="1", cents=1_000),
        Adjustment(group="CO", reason="253", cents=100),
    )
    assert variances(UNDER, adjustments=of_the_patient, paid_cents=5_900) == [("under", 2_000)]


@settings(max_examples=80, deadline=None)
@given(st.lists(lines(), max_size=3), st.booleans())
def test_with_a_contract_and_without_one_the_money_is_the_same(
    stated: list[AdjudicatedLine], back: bool
) -> None:
    said = adjudicated(*(replace(one, procedure="T0001", service_on=DAY) for one in stated))
    lives = [
        Life(opened("BLUE"), captured(charge(), charge(TWO, 9_900)), book=book).post(said)
        for book in (contract(), BOOK)
    ]
    for life in lives if back else ():
        life.take_back(taken_back(said.paid_cents))
    with_it, without = lives
    assert with_it.state and without.state and with_it.state.balances == without.state.balances
    assert [e.entries for e in with_it.said if hasattr(e, "entries")] == [
        e.entries for e in without.said if hasattr(e, "entries")
    ]
    found, ended = (
        [one.line for one in with_it.of(kind)] for kind in (UnderpaymentFound, UnderpaymentSettled)
    )
    assert [*with_it.state.posted["adj-1"].off] == ([] if back else found) and ended == (
        found if back else []
    )
    assert without.of(UnderpaymentFound) == []


# -- how it ends -----------------------------------------------------------------------------------------------

TWO_LINES = adjudicated(UNDER, priced(6_000, ("CO", "45", 6_000), charge=TWO))


def _two() -> Life:
    life = Life(opened("BLUE"), captured(charge(), charge(TWO, 12_000)), book=contract()).post(
        TWO_LINES
    )
    assert [one.line for one in life.of(UnderpaymentFound)] == [1, 2]
    return life


def test_a_decision_that_its_payer_takes_back_is_no_underpayment_and_the_corrected_one_is_judged_anew() -> (
    None
):
    life = _two().take_back(taken_back(13_000))
    ended = [(one.line, one.outcome, one.approver) for one in life.of(UnderpaymentSettled)]
    assert ended == [(1, "reversed", ""), (2, "reversed", "")]
    life.post(
        adjudicated(priced(8_000, ("CO", "45", 11_000), ("PR", "2", 1_000)), adjudication="adj-2")
    )
    again = life.of(UnderpaymentFound)[2:]
    assert [(one.adjudication, one.variance_cents) for one in again] == [("adj-2", 1_000)]


def test_a_person_settles_a_line_or_all_of_a_decision_with_a_reason() -> None:
    life = _two().obey(
        SettleUnderpayment(ACCOUNT, "adj-1", "The amendment of May says so.", "mm", line=2)
    )
    (ended,) = life.of(UnderpaymentSettled)
    assert ended == UnderpaymentSettled(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication="adj-1",
        line=2,
        payer="BLUE",
        outcome="settled",
        reason="The amendment of May says so.",
        approver="mm",
    )
    life.obey(SettleUnderpayment(ACCOUNT, "adj-1", "Paid by check 77.", "mm"))
    assert [one.line for one in life.of(UnderpaymentSettled)] == [2, 1]
    assert [one.line for one in life.take_back(taken_back(13_000)).of(UnderpaymentSettled)] == [
        2,
        1,
    ]


@pytest.mark.parametrize(("adjudication", "number"), [("adj-1", 3), ("adj-9", None), ("adj-1", 0)])
def test_what_does_not_wait_is_not_settled(adjudication: str, number: int | None) -> None:
    given = [opened("BLUE"), captured(charge(), charge(TWO, 12_000)), *_two().said]
    why = refused(
        DECIDER, given, SettleUnderpayment(ACCOUNT, adjudication, "r", "mm", number), contract()
    )
    assert why == "nothing of that decision waits as allowed under or over its contract"


def test_the_same_decision_again_is_quiet() -> None:
    given = [opened("BLUE"), captured(charge(), charge(TWO, 12_000)), *_two().said]
    scenario(DECIDER, given=given, when=PostAdjudication(TWO_LINES), then=[], book=contract())


def test_a_denied_line_that_is_paid_later_is_compared() -> None:
    life = Life(opened("BLUE"), captured(), book=contract()).post(
        adjudicated(priced(0, ("CO", "197", 20_000)))
    )
    life.post(adjudicated(priced(8_000, ("CO", "45", 12_000)), adjudication="adj-2"))
    assert [one.variance_cents for one in life.of(UnderpaymentFound)] == [2_000]


def test_what_a_payer_adds_without_taking_back_is_no_price() -> None:
    life = _two().post(adjudicated(priced(2_000, ("CO", "45", 18_000)), adjudication="adj-2"))
    assert len(life.of(UnderpaymentFound)) == 2
    assert life.of(OverpaymentOpened)
