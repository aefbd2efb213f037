"""Payment plans: instalments, what was missed, and how a plan ends."""

from datetime import date

import pytest

from contracts.posting import (
    DisputeAnswered,
    InstalmentMissed,
    PatientPaymentReceived,
    PaymentPlanEnded,
    StatementIssued,
)
from services.posting.domain.commands import AgreePlan, AnswerDispute, Dispute, EndPlan
from shared.errors import Refused
from tests.unit.posting.household import ENTITY, FIRST, ONE, OTHER, TWO, Household, terms


def plan(cents: int = 1_000, first: date = date(2026, 3, 31), name: str = "PLAN-1") -> AgreePlan:
    return AgreePlan("g1", name, ENTITY, cents, first, "asked by phone", "desk")


def agreed(owed: int = 4_500) -> Household:
    home = Household(terms()).owes(ONE, owed)
    home.obey(plan())
    return home


def answered(name: str = "D-1", account: str = ONE) -> AnswerDispute:
    return AnswerDispute("g1", account, name, "stands", "looked at the chart", "desk")


def ended(home: Household) -> list[tuple[date, str, int]]:
    return [(e.ended_on, e.how, e.received_cents) for e in home.of(PaymentPlanEnded)]


def test_a_plan_is_of_all_that_is_owed_to_a_legal_entity_and_not_disputed() -> None:
    home = Household(terms()).owes(ONE, 4_000).owes(TWO, 500).owes(OTHER, 900, "L2")
    home.owes("0000000000000D", 800).obey(
        Dispute("g1", "0000000000000D", "D-1", "not mine", "desk")
    )
    (said,) = home.obey(plan())
    assert (said.accounts, said.cents, said.instalments) == ((ONE, TWO), 4_500, 5)


def test_instalments_are_due_on_the_same_day_of_every_month_or_its_last_one() -> None:
    home = agreed()
    assert home.state is not None
    found = home.state.plan(ENTITY)
    assert found is not None
    assert [str(found.due_on(n)) for n in (1, 2, 3, 12)] == [
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2027-02-28",
    ]
    assert [found.due_until(n) for n in (1, 4, 5)] == [1_000, 4_000, 4_500]


def test_a_plan_that_is_paid_is_kept_the_morning_after_its_last_cent() -> None:
    home = agreed(2_500)
    for month, left in ((3, 1_500), (4, 500), (5, 0)):
        home.until(date(2026, month, 30)).pays(ONE, 1_000 if left else 500, left)
    home.for_days(3)
    assert home.of(InstalmentMissed) == []
    assert ended(home) == [(date(2026, 5, 31), "kept", 2_500)]


def test_an_instalment_is_missed_when_its_grace_is_over() -> None:
    home = agreed().until(date(2026, 4, 5))
    assert home.of(InstalmentMissed) == []
    (missed,) = home.for_days(1).of(InstalmentMissed)
    assert (missed.instalment, missed.due_on, missed.short_cents) == (1, date(2026, 3, 31), 1_000)


def test_a_part_of_it_is_short_by_the_rest() -> None:
    home = agreed().pays(ONE, 400, left=4_100).until(date(2026, 4, 6))
    assert [e.short_cents for e in home.of(InstalmentMissed)] == [600]


def test_two_in_a_row_break_a_plan_and_statements_ask_for_all_again() -> None:
    home = agreed().until(date(2026, 6, 30))
    assert [e.instalment for e in home.of(InstalmentMissed)] == [1, 2]
    assert ended(home) == [(date(2026, 5, 6), "broken", 0)]
    assert home.of(StatementIssued)[-1].asked_cents == 4_500


def test_one_missed_and_made_good_begins_a_new_row() -> None:
    home = agreed().until(date(2026, 4, 10)).pays(ONE, 2_000, left=2_500)
    home.until(date(2026, 6, 10))
    assert [e.instalment for e in home.of(InstalmentMissed)] == [1, 3]
    assert ended(home) == []


def test_what_somebody_else_pays_on_an_account_of_a_plan_counts_for_it() -> None:
    home = agreed(2_000).until(date(2026, 3, 30)).is_paid(ONE, 1_000, left=1_000)
    home.until(date(2026, 4, 29)).is_paid(ONE, 1_000, left=0).for_days(3)
    assert home.of(InstalmentMissed) == []
    assert ended(home) == [(date(2026, 4, 30), "kept", 2_000)]


def test_what_goes_back_off_a_balance_did_not_come() -> None:
    home = agreed(2_000).is_paid(ONE, 1_000, left=1_000).until(date(2026, 4, 1))
    home.is_paid(ONE, -1_000, left=2_000).until(date(2026, 4, 6))
    assert [e.short_cents for e in home.of(InstalmentMissed)] == [1_000]


def test_what_lies_unapplied_is_the_guarantors_and_misses_nothing() -> None:
    loose = PatientPaymentReceived(
        guarantor="g1", payment="P9", tender="card", amount_cents=2_000, received_on=FIRST
    )
    home = agreed().hear(loose).until(date(2026, 5, 10))
    assert home.of(InstalmentMissed) == []


def test_a_statement_asks_for_the_instalments_due_by_its_day_and_counts_no_notice() -> None:
    home = agreed().until(date(2026, 3, 9))
    assert home.of(StatementIssued) == []  # Nothing is due within its 21 days.
    home.until(date(2026, 4, 8))
    (asked,) = home.of(StatementIssued)
    assert (asked.issued_on, asked.due_on) == (date(2026, 3, 10), date(2026, 3, 31))
    assert (asked.asked_cents, asked.instalments_cents, asked.plan, asked.notice) == (
        1_000,
        1_000,
        "PLAN-1",
        0,
    )
    assert [one.in_plan for one in asked.accounts] == [True]


def test_what_is_owed_since_is_asked_for_beside_the_plan() -> None:
    home = agreed().for_days(15).owes(TWO, 700).for_days(25)
    said = home.of(StatementIssued)[-1]
    assert said.asked_cents == 700 + said.instalments_cents
    assert {one.account: one.in_plan for one in said.accounts} == {ONE: True, TWO: False}


def test_a_dispute_lets_a_plan_rest() -> None:
    home = agreed()
    home.obey(Dispute("g1", ONE, "D-1", "not my visit", "desk"))
    home.for_days(120)
    assert home.of(InstalmentMissed) == []


def test_what_came_due_while_a_plan_rested_is_due_after_it_and_was_not_missed() -> None:
    home = agreed().until(date(2026, 3, 20))
    home.obey(Dispute("g1", ONE, "D-1", "not my visit", "desk"))
    home.until(date(2026, 7, 3)).obey(answered())
    assert home.until(date(2026, 7, 30)).of(InstalmentMissed) == []
    assert [e.asked_cents for e in home.of(StatementIssued)] == [1_000, 1_000]
    found = home.for_days(6).of(InstalmentMissed)
    assert [(e.instalment, e.due_on) for e in found] == [(1, date(2026, 7, 30))]


def test_an_answer_before_anything_came_due_moves_no_instalment() -> None:
    home = agreed()
    home.obey(Dispute("g1", ONE, "D-1", "not my visit", "desk"))
    home.obey(answered())
    assert [e.first_due_on for e in home.of(DisputeAnswered)] == [None]
    assert [e.due_on for e in home.until(date(2026, 4, 6)).of(InstalmentMissed)] == [
        date(2026, 3, 31)
    ]


def test_a_plan_rests_until_the_last_dispute_is_answered() -> None:
    home = Household(terms()).owes(ONE, 4_000).owes(TWO, 500)
    home.obey(plan())
    home.obey(Dispute("g1", ONE, "D-1", "not my visit", "desk"))
    home.obey(Dispute("g1", TWO, "D-2", "not my visit", "desk"))
    home.until(date(2026, 5, 10)).obey(answered())
    home.until(date(2026, 6, 10)).obey(answered("D-2", TWO))
    first = [e.first_due_on for e in home.of(DisputeAnswered)]
    assert first == [None, date(2026, 6, 30)]


def test_a_plan_of_which_all_came_is_kept_and_what_is_owed_beyond_it_is_asked_for() -> None:
    home = agreed(2_000).owes(ONE, 5_000)
    home.until(date(2026, 3, 30)).pays(ONE, 1_000, left=4_000)
    home.until(date(2026, 4, 29)).pays(ONE, 1_000, left=3_000).until(date(2026, 5, 10))
    assert ended(home) == [(date(2026, 4, 30), "kept", 2_000)]
    last = home.of(StatementIssued)[-1]
    assert (last.asked_cents, last.notice) == (3_000, 1)


@pytest.mark.parametrize("monthly", [9_000, 3_000])
def test_no_instalment_follows_the_last_one_a_plan_that_misses_it_is_broken(monthly: int) -> None:
    home = Household(terms()).owes(ONE, 4_500)
    home.obey(plan(monthly))
    if monthly < 4_500:
        home.pays(ONE, 3_000, left=1_500)
    home.until(date(2026, 12, 1))
    assert len(home.of(InstalmentMissed)) == 1
    assert [how for _, how, _ in ended(home)] == ["broken"]
    assert [e.notice for e in home.of(StatementIssued)][-3:] == [1, 2, 3]


@pytest.mark.parametrize("how", ["broken", "ended"])
def test_what_had_all_its_notices_before_a_plan_is_asked_for_from_one_on_after_it(how: str) -> None:
    home = Household(terms()).owes(ONE, 4_500).until(date(2026, 7, 5))
    home.obey(plan(first=date(2026, 7, 10)))
    if how == "ended":
        home.obey(EndPlan("g1", "PLAN-1", "moved away", "desk"))
    home.until(date(2027, 3, 1))
    assert [found for _, found, _ in ended(home)] == [how]
    assert [(e.notice, e.final) for e in home.of(StatementIssued)][-3:] == [
        (1, False),
        (2, False),
        (3, True),
    ]


def test_a_dispute_of_what_is_paid_by_now_lets_no_plan_rest() -> None:
    home = Household(terms()).owes(ONE, 4_000).owes(TWO, 500)
    home.obey(plan())
    home.obey(Dispute("g1", TWO, "D-1", "not my visit", "desk"))
    home.owes(TWO, 0).until(date(2026, 4, 6))
    assert [e.instalment for e in home.of(InstalmentMissed)] == [1]


def test_a_person_ends_a_plan_once() -> None:
    home = agreed()
    assert [e.how for e in home.obey(EndPlan("g1", "PLAN-1", "moved away", "desk"))] == ["ended"]
    assert home.obey(EndPlan("g1", "PLAN-1", "moved away", "desk")) == []
    assert home.for_days(1).of(StatementIssued)[0].asked_cents == 4_500
    with pytest.raises(Refused, match="no such plan"):
        home.obey(EndPlan("g1", "PLAN-9", "", "desk"))


def test_a_plan_counts_once_and_one_is_in_force_at_a_time() -> None:
    home = agreed()
    assert home.obey(plan()) == []
    with pytest.raises(Refused, match="end it first"):
        home.obey(plan(name="PLAN-2"))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (plan(first=date(2026, 3, 1)), "2026-03-01 is over"),
        (plan(cents=10), "450 instalments"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(asked: AgreePlan, why: str) -> None:
    with pytest.raises(Refused, match=why):
        Household(terms()).owes(ONE, 4_500).obey(asked)


def test_there_is_no_plan_for_nothing_or_without_terms() -> None:
    with pytest.raises(Refused, match="nothing is owed"):
        Household(terms()).owes(ONE, 0).obey(plan())
    with pytest.raises(Refused, match="no terms"):
        Household().owes(ONE, 4_500).obey(plan())
