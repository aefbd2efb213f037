"""Statements: what is asked, how often, and when no other follows."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from contracts.posting import PatientPaymentReceived, StatementIssued
from services.posting.domain.commands import (
    AnswerDispute,
    Dispute,
    IssueStatement,
    PlaceBalance,
)
from services.posting.domain.stating import MOST_ACCOUNTS
from shared.errors import Refused
from shared.streams import statement_number
from tests.unit.posting.household import ENTITY, FIRST, ONE, OTHER, TWO, Household, terms


def dispute(account: str = ONE, name: str = "D-1") -> Dispute:
    return Dispute("g1", account, name, "not my visit", "desk")


def answered(name: str = "D-1") -> AnswerDispute:
    return AnswerDispute("g1", ONE, name, "stands", "looked at the chart", "desk")


def test_the_morning_after_something_is_owed_a_statement_is_issued() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(1)
    (said,) = home.of(StatementIssued)
    assert said.statement == statement_number("g1", 1)
    assert (said.asked_cents, said.notice, said.final) == (4_000, 1, False)
    assert (said.issued_on, said.due_on) == (date(2026, 3, 3), date(2026, 3, 24))
    (shown,) = said.accounts
    assert (shown.charged_cents, shown.insurance_paid_cents, shown.owed_cents) == (
        20_000,
        16_000,
        4_000,
    )


def test_without_terms_nobody_is_asked_and_terms_that_come_later_reach_everybody_within_a_week() -> (
    None
):
    home = Household().owes(ONE, 4_000).for_days(40)
    assert home.said == []
    home.book = Household(terms()).book
    assert len(home.for_days(7).of(StatementIssued)) == 1


def test_three_statements_a_cycle_apart_the_last_is_final_and_no_other_follows() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(300)
    days = [day for day, _ in home.said]
    assert [b - a for a, b in pairwise(days)] == [timedelta(days=30)] * 2
    assert [(e.notice, e.final) for e in home.of(StatementIssued)] == [
        (1, False),
        (2, False),
        (3, True),
    ]


def test_what_is_paid_is_asked_for_no_more() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(5).pays(ONE, 4_000, left=0).for_days(100)
    assert len(home.of(StatementIssued)) == 1


def test_less_is_owed_the_count_goes_on_more_is_owed_it_begins_anew() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(5).pays(ONE, 1_000, left=3_000).for_days(30)
    assert [(e.notice, e.asked_cents) for e in home.of(StatementIssued)] == [(1, 4_000), (2, 3_000)]
    home.owes(ONE, 9_000).for_days(30)
    assert home.of(StatementIssued)[-1].notice == 1


def test_what_came_since_the_statement_before_stands_on_it() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(5).pays(ONE, 1_000, left=3_000).for_days(60)
    assert [e.received_cents for e in home.of(StatementIssued)] == [0, 1_000, 0]


def test_a_small_balance_waits_until_there_is_more_of_it() -> None:
    home = Household(terms()).owes(ONE, 499).for_days(90)
    assert home.said == []
    home.owes(TWO, 1).for_days(1)
    (said,) = home.of(StatementIssued)
    assert (said.asked_cents, len(said.accounts)) == (500, 2)


def test_what_is_owed_on_the_day_of_a_statement_that_was_put_off_waits_for_no_other_cycle() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(1).pays(ONE, 3_700, left=300)
    home.until(date(2026, 4, 2))  # A month after: too little is left.
    home.owes(TWO, 4_000).for_days(1)
    assert [e.issued_on for e in home.of(StatementIssued)] == [date(2026, 3, 3), date(2026, 4, 3)]


def test_all_accounts_of_a_legal_entity_stand_on_one_statement_and_each_entity_has_its_own() -> (
    None
):
    home = Household(terms()).owes(ONE, 4_000).owes(TWO, 1_500).owes(OTHER, 700, "L2").for_days(1)
    found = {e.legal_entity: (e.asked_cents, len(e.accounts)) for e in home.of(StatementIssued)}
    assert found == {ENTITY: (5_500, 2), "L2": (700, 1)}
    assert len({e.statement for e in home.of(StatementIssued)}) == 2


def test_a_new_balance_waits_for_the_next_cycle_and_counts_from_one() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(10).owes(TWO, 1_500).for_days(25)
    second = home.of(StatementIssued)[1]
    assert second.issued_on == date(2026, 4, 2)
    assert {one.account: one.notice for one in second.accounts} == {ONE: 2, TWO: 1}


def test_what_had_all_its_notices_is_asked_for_beside_others_and_counts_no_more() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(70).owes(TWO, 1_500).for_days(120)
    told = [(e.notice, e.final, e.asked_cents) for e in home.of(StatementIssued)]
    assert told[:3] == [(1, False, 4_000), (2, False, 4_000), (3, True, 4_000)]
    assert told[3:] == [(1, False, 5_500), (2, False, 5_500), (3, True, 5_500)]
    assert home.state is not None
    one = home.state.owed[ONE]
    assert (one.stated, one.last_notice) == (3, date(2026, 5, 2))


def test_a_legal_entitys_own_terms_go_before_everybodys() -> None:
    own = terms(name="OWN", legal_entity=ENTITY, cycle_days=60, due_days=10)
    home = Household(own, terms()).owes(ONE, 4_000).for_days(62)
    first, second = home.of(StatementIssued)
    assert (first.terms, first.due_on - first.issued_on) == ("OWN", timedelta(days=10))
    assert second.issued_on - first.issued_on == timedelta(days=60)


def test_terms_that_are_over_ask_nobody() -> None:
    home = Household(terms(effective_to=date(2026, 3, 10))).owes(ONE, 4_000).for_days(90)
    assert len(home.of(StatementIssued)) == 1


def test_what_is_disputed_is_shown_and_not_asked_for() -> None:
    home = Household(terms()).owes(ONE, 4_000).owes(TWO, 1_500)
    home.obey(dispute())
    (said,) = home.for_days(1).of(StatementIssued)
    assert (said.owed_cents, said.disputed_cents, said.asked_cents) == (5_500, 4_000, 1_500)
    assert {one.account: one.notice for one in said.accounts} == {ONE: 0, TWO: 1}


def test_a_dispute_alone_brings_no_statement_and_its_answer_lets_it_be_asked_for_again() -> None:
    home = Household(terms()).owes(ONE, 4_000)
    home.obey(dispute())
    assert home.for_days(90).of(StatementIssued) == []
    home.obey(answered())
    assert [e.notice for e in home.for_days(1).of(StatementIssued)] == [1]


def test_what_was_disputed_after_its_final_notice_is_asked_for_once_more() -> None:
    home = Household(terms()).owes(ONE, 4_000).until(date(2026, 6, 30))
    home.obey(dispute())
    home.for_days(5).obey(answered())
    with pytest.raises(Refused, match="asked for 2 times"):
        home.obey(PlaceBalance("g1", ONE, "AGENCY", "all notices were sent", "lead"))
    told = [(e.notice, e.final) for e in home.for_days(120).of(StatementIssued)]
    assert told == [(1, False), (2, False), (3, True), (3, True)]


def test_disputes_count_once_and_one_at_a_time() -> None:
    home = Household(terms()).owes(ONE, 4_000)
    assert len(home.obey(dispute())) == 1
    assert home.obey(dispute()) == []
    with pytest.raises(Refused, match="D-1 of this account is not answered"):
        home.obey(dispute(name="D-2"))
    assert len(home.obey(answered())) == 1
    assert home.obey(answered()) == []
    with pytest.raises(Refused, match="no such dispute"):
        home.obey(answered(name="D-9"))
    with pytest.raises(Refused, match="owes nothing"):
        home.obey(dispute(TWO, "D-3"))


def test_a_dispute_is_answered_on_its_own_account() -> None:
    home = Household(terms()).owes(ONE, 4_000).owes(TWO, 900)
    home.obey(dispute())
    with pytest.raises(Refused, match="of another account"):
        home.obey(AnswerDispute("g1", TWO, "D-1", "stands", "looked at the chart", "desk"))


def test_what_lies_unapplied_is_told_and_not_taken_off() -> None:
    loose = PatientPaymentReceived(
        guarantor="g1", payment="P9", tender="card", amount_cents=900, received_on=FIRST
    )
    (said,) = Household(terms()).hear(loose).owes(ONE, 4_000).for_days(1).of(StatementIssued)
    assert (said.unapplied_cents, said.asked_cents, said.received_cents) == (900, 4_000, 900)


def test_a_statement_on_demand_shows_all_and_is_no_notice() -> None:
    home = Household(terms()).owes(ONE, 4_000).for_days(5)
    (said,) = home.obey(IssueStatement(ENTITY, on_demand=True))
    assert (said.on_demand, said.notice, said.asked_cents) == (True, 0, 4_000)
    assert said.statement == statement_number("g1", 2)
    later = home.for_days(30).of(StatementIssued)[-1]
    assert (later.issued_on, later.notice) == (date(2026, 4, 2), 2)


def test_on_demand_there_must_be_something_to_show() -> None:
    with pytest.raises(Refused, match="no terms"):
        Household().owes(ONE, 4_000).obey(IssueStatement(ENTITY, on_demand=True))
    with pytest.raises(Refused, match="nothing is owed"):
        Household(terms()).owes(ONE, 0).obey(IssueStatement(ENTITY, on_demand=True))


def test_what_is_only_shown_crowds_nothing_off_a_statement() -> None:
    home = Household(terms())
    for n in range(MOST_ACCOUNTS):
        home.owes(f"{n:014d}", 1_000)
        home.obey(dispute(f"{n:014d}", f"D-{n}"))
    home.owes(ONE, 4_000)
    (said,) = home.for_days(1).of(StatementIssued)
    assert (said.asked_cents, said.accounts[0].account) == (4_000, ONE)


def test_more_accounts_than_a_statement_holds_come_to_their_turn() -> None:
    home = Household(terms())
    for n in range(MOST_ACCOUNTS + 5):
        home.owes(f"{n:014d}", 1_000)
    first, second = home.for_days(31).of(StatementIssued)
    assert len(first.accounts) == MOST_ACCOUNTS
    assert {one.account for one in (*first.accounts, *second.accounts)} == {
        f"{n:014d}" for n in range(MOST_ACCOUNTS + 5)
    }
