"""When a payer paid, held against the prompt-pay rule in force: days late, the interest of them, and no cent moved."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.posting import LatePaymentFound, LatePaymentSettled, PaymentPosted
from contracts.reference import PayerListed, PromptPayRuleListed
from services.posting.domain.book import Book, evolve_book
from services.posting.domain.commands import SettleLatePayment
from services.posting.domain.prompt_pay import interest
from shared.errors import Refused
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    CLAIM,
    SECOND_CLAIM,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life

RECEIVED = date(2026, 1, 2)
RULE = PromptPayRuleListed(
    name="STATE",
    payer="BLUE",
    days=30,
    interest_basis_points=1_200,
    effective_from=date(2026, 1, 1),
)
OF_A_LINE = replace(RULE, name="LINE", payer="", filing_indicator="BL", days=45)
LISTED = PayerListed(
    payer="BLUE",
    name="BLUE",
    payer_id="BLUE1",
    filing_indicator="BL",
    receiver="HOUSE",
    replacement="yes",
    filing_limit_days=365,
    in_force_from=date(2020, 1, 1),
)
PAID = line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000))
SETTLE = SettleLatePayment(ACCOUNT, "adj-1", "They had to ask for records.", "pat")


def book(*events: Any) -> Book:
    made = BOOK
    for event in events or (RULE,):
        made = evolve_book(made, event)
    return made


def paid(days: int, **more: Any) -> Any:
    """A payment so many days after the payer had the claim."""
    given = {"received_on": RECEIVED, "paid_on": RECEIVED + timedelta(days=days), **more}
    return adjudicated(PAID, **given)


def life(*decisions: Any, rules: Book | None = None) -> Life:
    made = Life(opened("BLUE"), captured(), book=rules or book())
    for said in decisions:
        made.post(said)
    return made


def test_a_claim_paid_after_the_last_day_is_told_with_the_interest_of_the_days_after_it() -> None:
    assert life(paid(40, payer_control="ICN1")).of(LatePaymentFound) == [
        LatePaymentFound(
            account=ACCOUNT,
            claim=CLAIM,
            adjudication="adj-1",
            payer="BLUE",
            remittance="rem-1",
            check_number="CHK1",
            payer_control="ICN1",
            received_on=RECEIVED,
            pay_by=RECEIVED + timedelta(days=30),
            paid_on=RECEIVED + timedelta(days=40),
            days_late=10,
            paid_cents=8_000,
            interest_basis_points=1_200,
            interest_cents=26,
            rule="STATE",
        )
    ]


@pytest.mark.parametrize(("days", "late"), [(0, False), (30, False), (31, True)])
def test_the_last_day_is_in_time_and_the_day_after_it_late(days: int, late: bool) -> None:
    made = life(paid(days))
    assert bool(made.of(LatePaymentFound)) == late
    (posted,) = made.of(PaymentPosted)
    assert posted.pay_by == RECEIVED + timedelta(days=30)


@pytest.mark.parametrize(
    ("cents", "points", "days", "paid_on", "due"),
    [
        (8_000, 1_200, 10, date(2026, 2, 11), 26),  # 26.30
        (36_500, 1_000, 1, date(2026, 2, 11), 10),
        (36_600, 1_000, 1, date(2028, 2, 11), 10),  # a leap year has 366 days
        (36_500, 1_000, 1, date(2028, 2, 11), 10),  # 9.97
        (1_825, 1_000, 1, date(2026, 2, 11), 1),  # half a cent
        (1_824, 1_000, 1, date(2026, 2, 11), 0),
        (10**12, 10_000, 3_660, date(2026, 2, 11), 10_027_397_260_274),
        (8_000, 0, 10, date(2026, 2, 11), 0),
    ],
)
def test_interest_is_whole_cents_of_the_days_of_the_payments_year(
    cents: int, points: int, days: int, paid_on: date, due: int
) -> None:
    assert interest(cents, points, days, paid_on) == due


def test_it_moves_no_money() -> None:
    with_rule, without = life(paid(40)), life(paid(40), rules=BOOK)
    assert with_rule.state is not None and without.state is not None
    assert with_rule.state.balances == without.state.balances
    entries = [[e.entries for e in made.of(PaymentPosted)] for made in (with_rule, without)]
    assert entries[0] == entries[1]


def test_without_a_rule_in_force_on_the_day_of_payment_nothing_is_watched() -> None:
    for rule in (
        replace(RULE, payer="AETNA"),
        replace(RULE, effective_from=date(2026, 2, 12)),
        replace(RULE, effective_to=date(2026, 2, 10)),
    ):
        made = life(paid(40), rules=book(rule))
        assert not made.of(LatePaymentFound)
        assert made.of(PaymentPosted)[0].pay_by is None


def test_a_payers_own_rule_goes_before_its_lines_and_a_newer_one_before_an_older() -> None:
    def in_time(*events: Any) -> int:
        (posted,) = life(paid(40), rules=book(*events)).of(PaymentPosted)
        return (posted.pay_by - RECEIVED).days if posted.pay_by else 0

    assert in_time(LISTED, OF_A_LINE) == 45
    assert in_time(OF_A_LINE) == 0
    assert in_time(LISTED, RULE, OF_A_LINE) == 30
    newer = replace(RULE, name="NEW", days=20, effective_from=date(2026, 2, 1))
    assert in_time(RULE, newer) == in_time(newer, RULE) == 20
    assert in_time(RULE, replace(RULE, days=15)) == 15


def test_what_pays_nothing_or_was_received_on_no_known_day_is_held_against_nothing() -> None:
    denied = adjudicated(
        line(0, ("CO", "197", 20_000)), received_on=RECEIVED, paid_on=date(2026, 3, 1)
    )
    for said in (denied, paid(40, received_on=None), paid(-1)):
        made = life(said)
        assert not made.of(LatePaymentFound)
        assert made.of(PaymentPosted)[0].pay_by is None


def test_what_a_payer_adds_or_corrects_after_it_had_decided_is_no_late_payment() -> None:
    later = paid(60, adjudication="adj-2", remittance="rem-2", flags=("other_check",))
    assert not life(paid(20), later).of(LatePaymentFound)
    corrected = life(paid(20)).take_back(taken_back(8_000)).post(later)
    assert not corrected.of(LatePaymentFound)
    denied = adjudicated(line(0, ("CO", "197", 20_000)), received_on=RECEIVED)
    assert not life(denied, later).of(LatePaymentFound)


def test_a_corrected_claim_is_a_claim_of_its_own_from_the_day_on_which_the_payer_has_it() -> None:
    denied = adjudicated(line(0, ("CO", "197", 20_000)), received_on=RECEIVED)
    again = paid(60, adjudication="adj-2", received_on=denied.paid_on + timedelta(days=1))
    (found,) = life(denied, again).of(LatePaymentFound)
    assert found.received_on == denied.paid_on + timedelta(days=1)


def test_each_claim_of_an_account_is_held_against_it() -> None:
    other = paid(50, claim=SECOND_CLAIM, adjudication="adj-2")
    found = life(paid(40), other).of(LatePaymentFound)
    assert [(one.claim, one.days_late) for one in found] == [(CLAIM, 10), (SECOND_CLAIM, 20)]


def test_it_ends_when_its_payer_takes_it_back_or_a_person_says_why() -> None:
    back = life(paid(40)).take_back(taken_back(8_000)).of(LatePaymentSettled)
    assert [(e.outcome, e.approver) for e in back] == [("reversed", "")]
    said = life(paid(40)).obey(SETTLE).of(LatePaymentSettled)
    assert [(e.outcome, e.reason, e.approver) for e in said] == [
        ("settled", "They had to ask for records.", "pat")
    ]


def test_only_what_waits_as_late_is_settled_and_once() -> None:
    for made in (life(paid(20)), life(paid(40)).obey(SETTLE), life()):
        with pytest.raises(Refused, match="waits as a late one"):
            made.obey(SETTLE)
    settled = life(paid(40)).obey(SETTLE).take_back(taken_back(8_000))
    assert len(settled.of(LatePaymentSettled)) == 1
