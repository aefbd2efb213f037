"""The calendar and the books: days only go forward, a listing is said when it changed."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.reference import (
    BusinessDayOpened,
    CutoffReached,
    EnrolmentRecorded,
    EntryKept,
    FeeSchedulePublished,
    PayerListed,
    PeriodClosed,
    PromptPayRuleListed,
    StatementTermsListed,
)
from services.reference.domain import (
    Books,
    ClosePeriod,
    List,
    OpenBusinessDay,
    ReachCutoff,
    decide,
    evolve,
)
from services.reference.projections import keys, project
from shared.service import Decider, to
from shared.streams import BROADCAST
from tests.unit.scenario import refused, said, scenario

BOOKS = Decider("books", Books, decide, evolve)
BEFORE, DAY, NEXT = (date(2026, 1, n) for n in (4, 5, 6))
OPENED = EntryKept(name="day", day=DAY)
ENTRY = EnrolmentRecorded(
    legal_entity="A", payer="P", transaction="837P", enrolled=True, effective_from=DAY
)


def test_a_day_is_opened_for_everybody() -> None:
    said = [OPENED, to(BROADCAST, BusinessDayOpened(day=DAY))]
    scenario(BOOKS, given=[], when=OpenBusinessDay(DAY), then=said)


def test_an_open_day_opened_again_is_quiet() -> None:
    scenario(BOOKS, given=[OPENED], when=OpenBusinessDay(DAY), then=[])


def test_days_do_not_go_back() -> None:
    assert "forward" in refused(BOOKS, [EntryKept(name="day", day=NEXT)], OpenBusinessDay(DAY))


def test_a_mistyped_year_is_refused_and_days_may_skip() -> None:
    assert "more than a year after 2026-01-05" in refused(
        BOOKS, [OPENED], OpenBusinessDay(date(2062, 1, 6))
    )
    ahead = date(2027, 1, 6)
    said = [EntryKept(name="day", day=ahead), to(BROADCAST, BusinessDayOpened(day=ahead))]
    scenario(BOOKS, given=[OPENED], when=OpenBusinessDay(ahead), then=said)


def test_a_cutoff_belongs_to_the_open_day() -> None:
    said = [EntryKept(name="cutoff", day=DAY), to(BROADCAST, CutoffReached(day=DAY))]
    scenario(BOOKS, given=[OPENED], when=ReachCutoff(DAY), then=said)
    assert refused(BOOKS, [OPENED], ReachCutoff(NEXT))
    assert refused(BOOKS, [], ReachCutoff(DAY))


def test_a_cutoff_passes_once() -> None:
    given = [OPENED, EntryKept(name="cutoff", day=DAY)]
    scenario(BOOKS, given=given, when=ReachCutoff(DAY), then=[])


def test_only_a_past_period_is_closed() -> None:
    assert "past period" in refused(BOOKS, [OPENED], ClosePeriod(DAY, NEXT))
    assert "past period" in refused(BOOKS, [], ClosePeriod(BEFORE, DAY))


def test_a_period_is_closed_for_everybody_once_and_never_opened_again() -> None:
    kept = EntryKept(name="period", day=BEFORE)
    closed = to(BROADCAST, PeriodClosed(last_day=BEFORE, next_open=DAY))
    scenario(BOOKS, given=[OPENED], when=ClosePeriod(BEFORE, DAY), then=[kept, closed])
    earlier = BEFORE - timedelta(days=31)
    for last_day in (BEFORE, earlier):
        scenario(BOOKS, given=[OPENED, kept], when=ClosePeriod(last_day, DAY), then=[])
    first = EntryKept(name="period", day=earlier)
    scenario(BOOKS, given=[OPENED, first], when=ClosePeriod(BEFORE, DAY), then=[kept, closed])


@pytest.mark.parametrize("next_open", [date(2026, 1, 3), date(2026, 1, 4)])
def test_what_is_open_begins_after_what_is_closed(next_open: date) -> None:
    assert "lies after" in refused(BOOKS, [OPENED], ClosePeriod(BEFORE, next_open))


def test_the_calendar_shows_the_day_the_cutoff_and_the_period_each_by_its_name() -> None:
    at: Any = SimpleNamespace(partition=0, occurred_on=DAY)
    for event, name in (
        (BusinessDayOpened(day=DAY), "calendar/day"),
        (CutoffReached(day=DAY), "calendar/cutoff"),
        (PeriodClosed(last_day=BEFORE, next_open=DAY), "calendar/period"),
        (ENTRY, "enrolment/A/P/837P"),
    ):
        assert keys(event, at) == [(0, name)]
        row = project(None, event, at)
        assert (row["name"], row["kind"]) == (name, name.partition("/")[0])


def test_a_listing_that_did_not_change_is_not_said_again() -> None:
    kept = EntryKept(name="enrolment/A/P/837P", digest="d")
    scenario(BOOKS, given=[], when=List(ENTRY, "d"), then=[kept, to(BROADCAST, ENTRY)])
    scenario(BOOKS, given=[kept], when=List(ENTRY, "d"), then=[])


def test_a_wrong_npi_is_refused() -> None:
    assert "NPI" in refused(BOOKS, [], List(ENTRY, "d", npi_is_right=False))


@pytest.mark.parametrize("what", ["ack_277ca_late_days", "remittance_late_days"])
@pytest.mark.parametrize("days", [-1, 0, 1_501, 10**12])
def test_a_payer_has_some_days_to_answer_and_not_for_ever(what: str, days: int) -> None:
    payer = PayerListed(
        payer="P",
        name="PAYER",
        payer_id="P1",
        filing_indicator="CI",
        receiver="R",
        replacement="yes",
        filing_limit_days=90,
        in_force_from=DAY,
        **{what: days},
    )
    assert what in refused(BOOKS, [], List(payer, "digest"))


def test_a_fee_schedule_is_of_a_payer_and_a_facility_that_are_listed() -> None:
    schedule = FeeSchedulePublished(
        payer="P",
        name="PPO",
        version="1",
        sha256="0" * 64,
        rates=1,
        effective_from=DAY,
        facility="F",
    )
    payer, facility = (
        EntryKept(name="payer/P", digest="p"),
        EntryKept(name="facility/F", digest="f"),
    )
    assert refused(BOOKS, [facility], List(schedule, "d")) == "no payer of that code is listed"
    assert refused(BOOKS, [payer], List(schedule, "d")) == "no facility of that code is listed"
    kept = EntryKept(name="fee-schedule/P/PPO/1", digest="d")
    scenario(
        BOOKS,
        given=[payer, facility],
        when=List(schedule, "d"),
        then=[kept, to(BROADCAST, schedule)],
    )
    scenario(BOOKS, given=[payer, facility, kept], when=List(schedule, "d"), then=[])


def test_a_fee_schedule_does_not_end_before_it_begins() -> None:
    schedule = FeeSchedulePublished(
        payer="P",
        name="PPO",
        version="1",
        sha256="0" * 64,
        rates=1,
        effective_from=NEXT,
        effective_to=DAY,
    )
    assert "before it begins" in refused(
        BOOKS, [EntryKept(name="payer/P", digest="p")], List(schedule, "d")
    )


RULE = PromptPayRuleListed(name="STATE", payer="P", days=30, effective_from=DAY)
OF_A_LINE = PromptPayRuleListed(name="US", filing_indicator="MB", days=30, effective_from=DAY)
LISTED = EntryKept(name="payer/P", digest="p")


def test_a_prompt_pay_rule_is_of_one_payer_or_of_a_line_of_business() -> None:
    for rule, name in (
        (RULE, "prompt-pay-rule/payer/P/STATE"),
        (OF_A_LINE, "prompt-pay-rule/line/MB/US"),
    ):
        said = [EntryKept(name=name, digest="d"), to(BROADCAST, rule)]
        scenario(BOOKS, given=[LISTED], when=List(rule, "d"), then=said)
        scenario(
            BOOKS, given=[LISTED, EntryKept(name=name, digest="d")], when=List(rule, "d"), then=[]
        )


def test_a_prompt_pay_rule_of_nobody_or_of_no_time_is_refused() -> None:
    for wrong, why in (
        (replace(RULE, payer=""), "about one payer, or about all"),
        (replace(RULE, filing_indicator="MB"), "about one payer, or about all"),
        (replace(RULE, payer="Q"), "no payer of that code is listed"),
        (replace(RULE, effective_to=date(2025, 1, 1)), "before it begins"),
        (replace(RULE, floor_days=31), "no sooner than it is late"),
    ):
        assert why in refused(BOOKS, [LISTED], List(wrong, "d"))


TERMS = StatementTermsListed(
    name="STD",
    remit_to=("A PRACTICE", "PO BOX 1", "TOWN NY 10001"),
    phone="(212) 555-0100",
    message="call us",
    effective_from=DAY,
)
SAID = [
    EntryKept(
        name="statement-words/STD",
        digest="2d160d7395c1975e8d4744ae5c959d659b62921f49c387291d30b1613f4431e6",
    ),
    EntryKept(name="statement-terms/all/STD", digest="d"),
]


def test_terms_of_statements_are_of_one_legal_entity_or_of_all() -> None:
    words, kept = SAID
    scenario(BOOKS, given=[], when=List(TERMS, "d"), then=[words, kept, to(BROADCAST, TERMS)])
    scenario(BOOKS, given=SAID, when=List(TERMS, "d"), then=[])
    own = replace(TERMS, legal_entity="A", cycle_days=14)
    of_one = EntryKept(name="statement-terms/A/STD", digest="e")
    scenario(BOOKS, given=SAID, when=List(own, "e"), then=[of_one, to(BROADCAST, own)])


def test_what_statements_print_of_their_terms_stays_under_that_name() -> None:
    slower = replace(TERMS, cycle_days=60)
    changed = EntryKept(name="statement-terms/all/STD", digest="e")
    scenario(BOOKS, given=SAID, when=List(slower, "e"), then=[changed, to(BROADCAST, slower)])
    for other in ({"phone": "(212) 555-0101"}, {"message": "write us"}, {"remit_to": ("B",)}):
        for legal_entity in ("", "A"):
            wrong = replace(TERMS, legal_entity=legal_entity, **other)
            assert "list these under another name" in refused(BOOKS, SAID, List(wrong, "e"))


def test_terms_that_no_statement_can_print_or_of_no_time_are_refused() -> None:
    for wrong, why in (
        ({"remit_to": ()}, "is 1 to 6 lines"),
        ({"remit_to": ("A", " ")}, "none of them blank"),
        ({"remit_to": ("A",) * 7}, "is 1 to 6 lines"),
        ({"phone": " "}, "whom to call"),
        ({"message": ""}, "of disputes and of help"),
        ({"effective_to": date(2025, 1, 1)}, "before it begins"),
    ):
        assert why in refused(BOOKS, [], List(replace(TERMS, **wrong), "d"))


def test_a_rule_may_be_in_force_for_one_day_and_pay_no_sooner_than_its_last_day() -> None:
    shortest = replace(RULE, effective_to=DAY, floor_days=RULE.days)
    assert said(BOOKS, [LISTED], List(shortest, "d"))[1] == (BROADCAST, shortest)


@pytest.mark.parametrize("days", [1, 1_500])
def test_a_payer_may_have_from_one_day_to_four_years_to_answer(days: int) -> None:
    payer = PayerListed(
        payer="P", name="PAYER", payer_id="P1", filing_indicator="CI", receiver="R",
        replacement="yes", filing_limit_days=90, in_force_from=DAY, remittance_late_days=days,
        ack_277ca_late_days=days,
    )  # fmt: skip
    assert said(BOOKS, [], List(payer, "d"))[1] == (BROADCAST, payer)
