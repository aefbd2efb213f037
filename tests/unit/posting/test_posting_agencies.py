"""Collection agencies: which balances they may have, and from when on."""

from datetime import date

import pytest

from contracts.posting import StatementIssued
from services.posting.domain.commands import (
    AgreePlan,
    AnswerDispute,
    Dispute,
    PlaceBalance,
    RecallBalance,
)
from shared.errors import Refused
from tests.unit.posting.household import ENTITY, ONE, TWO, Household, terms

PLACE = PlaceBalance("g1", ONE, "AGENCY", "all notices were sent", "lead")
RECALL = RecallBalance("g1", ONE, "the payer pays after all", "lead")
MAY = date(2026, 7, 1)
"""120 days after the first statement of 3 March; the last one was of 2 May."""


def asked() -> Household:
    return Household(terms()).owes(ONE, 4_000).until(MAY)


def test_an_agency_has_it_120_days_after_the_first_notice_and_30_after_the_last() -> None:
    (placed,) = asked().obey(PLACE)
    assert (placed.first_stated_on, placed.last_notice_on, placed.cents) == (
        date(2026, 3, 3),
        date(2026, 5, 2),
        4_000,
    )


def test_a_day_earlier_it_is_refused_and_told_from_when_on() -> None:
    home = Household(terms()).owes(ONE, 4_000).until(date(2026, 6, 30))
    with pytest.raises(Refused, match="from 2026-07-01 on"):
        home.obey(PLACE)
    home = Household(terms(agency_days=0)).owes(ONE, 4_000).until(date(2026, 5, 31))
    with pytest.raises(Refused, match="from 2026-06-01 on"):
        home.obey(PLACE)


def test_not_before_all_notices_asked_for_it() -> None:
    home = Household(terms(agency_days=0, notice_days=0)).owes(ONE, 4_000).for_days(40)
    with pytest.raises(Refused, match="asked for 2 times"):
        home.obey(PLACE)


def test_more_of_it_begins_the_notices_anew() -> None:
    home = asked().owes(ONE, 5_000)
    with pytest.raises(Refused, match="asked for 0 times"):
        home.obey(PLACE)


def test_what_is_disputed_or_paid_by_a_plan_stays_here() -> None:
    home = asked()
    home.obey(Dispute("g1", ONE, "D-1", "not my visit", "desk"))
    with pytest.raises(Refused, match="D-1"):
        home.obey(PLACE)
    home.obey(AnswerDispute("g1", ONE, "D-1", "stands", "it was", "desk"))
    home.obey(AgreePlan("g1", "PLAN-1", ENTITY, 1_000, MAY, "by phone", "desk"))
    with pytest.raises(Refused, match="PLAN-1"):
        home.obey(PLACE)


def test_what_is_not_owed_no_agency_gets() -> None:
    with pytest.raises(Refused, match="owes nothing"):
        asked().pays(ONE, 4_000, left=0).obey(PLACE)


def test_it_is_placed_once_with_one_agency() -> None:
    home = asked()
    home.obey(PLACE)
    assert home.obey(PLACE) == []
    with pytest.raises(Refused, match="agency AGENCY has"):
        home.obey(PlaceBalance("g1", ONE, "OTHER", "", "lead"))


def test_what_an_agency_has_stands_on_no_statement() -> None:
    home = asked()
    home.obey(PLACE)
    home.owes(TWO, 900).for_days(31)
    assert [one.account for one in home.of(StatementIssued)[-1].accounts] == [TWO]


def test_what_is_recalled_is_asked_for_from_the_first_notice_on() -> None:
    home = asked()
    home.obey(PLACE)
    home.obey(RECALL)
    assert [e.notice for e in home.for_days(1).of(StatementIssued)[-1:]] == [1]
    with pytest.raises(Refused, match="no agency"):
        home.obey(RECALL)


def test_what_is_paid_leaves_its_agency() -> None:
    home = asked()
    home.obey(PLACE)
    home.pays(ONE, 4_000, left=0)
    with pytest.raises(Refused, match="no agency"):
        home.obey(RECALL)
