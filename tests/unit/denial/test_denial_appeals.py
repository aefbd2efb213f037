"""Appeals go level by level, each by the payer's clock; while one is undecided nothing else is asked."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.denial import AppealDecided, AppealFiled
from services.denial.domain import ACCOUNT as DECIDER
from services.denial.domain.commands import Accept, Appeal, Correct, DecideAppeal, HearPosting
from services.denial.domain.state import Book, evolve_book
from services.denial.projections import denial_row
from tests.unit.denial.facts import (
    ACCOUNT,
    BOOK,
    CHANGE,
    CLAIM,
    D1,
    POSTED_ON,
    denied,
    ended,
    heard,
    listed,
    opened,
    paid,
    posted,
)
from tests.unit.scenario import refused, said, scenario

DENIED = posted(denied("50", correctable=False))
OPEN = [heard(), DENIED, opened(denied("50", correctable=False))]
MEDICARE = listed(appeal_days=120, appeal_level_days=(180, 60), appeal_answer_days=45)
BY_LEVELS = evolve_book(BOOK, MEDICARE)
FILE = Appeal(D1, "the records show the need", "LETTER 7", POSTED_ON, "pat")
FILED = AppealFiled(
    account=ACCOUNT,
    denial=D1,
    claim=CLAIM,
    adjudication="adj-1",
    payer="BLUE",
    level=1,
    basis="the records show the need",
    reference="LETTER 7",
    cents=20_000,
    filed_on=POSTED_ON,
    answer_by=POSTED_ON + timedelta(days=45),
    filed_by="pat",
)
DECIDED_ON = date(2026, 3, 2)


def decide(outcome: Any) -> DecideAppeal:
    return DecideAppeal(D1, outcome, "their letter says so", DECIDED_ON, "pat")


def decided(outcome: Any, due_on: date, level: int = 1) -> AppealDecided:
    return AppealDecided(
        account=ACCOUNT, denial=D1, claim=CLAIM, payer="BLUE", level=level, outcome=outcome,
        reason="their letter says so", decided_on=DECIDED_ON, due_on=due_on, recorded_by="pat",
    )  # fmt: skip


UPHELD = decided("upheld", DECIDED_ON + timedelta(days=180))
WON = decided("overturned", DECIDED_ON + timedelta(days=45))


def _scenario(given: list[Any], when: Any, then: list[Any], book: Book = BY_LEVELS) -> None:
    scenario(DECIDER, given=given, when=when, then=then, book=book)


def test_an_appeal_says_its_level_and_by_when_it_is_answered() -> None:
    _scenario(OPEN, FILE, [FILED])


def test_an_upheld_appeal_is_work_again_by_the_next_levels_days() -> None:
    _scenario([*OPEN, FILED], decide("upheld"), [UPHELD])
    (second,) = said(DECIDER, [*OPEN, FILED, UPHELD], FILE, BY_LEVELS)
    assert second.level == 2
    third = decided("upheld", DECIDED_ON + timedelta(days=60), level=2)
    _scenario([*OPEN, FILED, UPHELD, second], decide("upheld"), [third])


def test_after_the_last_level_there_is_none() -> None:
    given = [*OPEN, FILED, UPHELD, replace(FILED, level=2), replace(UPHELD, level=2)]
    given += [replace(FILED, level=3), replace(UPHELD, level=3)]
    assert "no further level" in refused(DECIDER, given, FILE, BY_LEVELS)


def test_a_payer_whose_levels_nobody_listed_gives_its_appeal_days_each_time() -> None:
    book = evolve_book(BOOK, listed(days=90, appeal_days=70))
    (told,) = said(DECIDER, [*OPEN, FILED], decide("upheld"), book)
    assert told.due_on == DECIDED_ON + timedelta(days=70)


def test_an_appeal_that_is_won_waits_for_the_money_which_ends_the_denial() -> None:
    _scenario([*OPEN, FILED], decide("overturned"), [WON])
    given = [*OPEN, FILED, WON, heard("adj-2"), paid(8_000)]
    _scenario(given, HearPosting(paid(8_000)), [ended("paid", 8_000)])


def test_an_appeal_that_is_withdrawn_leaves_its_own_deadline_and_its_level() -> None:
    (told,) = said(DECIDER, [*OPEN, FILED], decide("withdrawn"), BY_LEVELS)
    assert told.due_on == opened(denied("50")).deadline_on
    again = replace(FILED, reference="LETTER 8")
    _scenario([*OPEN, FILED, told], replace(FILE, reference="LETTER 8"), [again])


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([*OPEN, FILED], "not decided yet"),
        ([*OPEN, FILED, WON], "asked about it already"),
        ([*OPEN, ended("accepted")], "has ended"),
        (
            [
                heard(),
                posted(denied("16", rarcs=("MA130",))),
                opened(denied("16", rarcs=("MA130",))),
            ],
            "never processed",
        ),
    ],
)
def test_only_an_open_denial_of_a_processed_claim_is_appealed(given: list[Any], why: str) -> None:
    assert why in refused(DECIDER, given, FILE, BY_LEVELS)


def test_an_appeal_is_not_filed_in_the_future() -> None:
    late = replace(FILE, filed_on=POSTED_ON + timedelta(days=1))
    assert "has not come" in refused(DECIDER, OPEN, late, BY_LEVELS)


def test_what_was_not_appealed_or_is_decided_is_decided_by_nobody() -> None:
    for given in (OPEN, [*OPEN, FILED, UPHELD], [*OPEN, FILED, WON]):
        assert "no undecided appeal" in refused(DECIDER, given, decide("upheld"), BY_LEVELS)


def test_an_appealed_denial_is_not_corrected_but_may_be_given_up() -> None:
    given = [heard(), posted(denied()), opened(denied()), FILED]
    assert "it is appealed" in refused(DECIDER, given, Correct(D1, CHANGE, "pat"), BY_LEVELS)
    (gone,) = said(DECIDER, given, Accept(D1, "too little"), BY_LEVELS)
    assert gone.outcome == "accepted"


def test_the_work_list_shows_an_appeal_until_it_is_decided() -> None:
    at: Any = SimpleNamespace(
        occurred_on=POSTED_ON, scope=SimpleNamespace(facility="F", legal_entity="L")
    )
    row = None
    shown = []
    for event in (
        opened(denied("50")),
        FILED,
        UPHELD,
        replace(FILED, level=2),
        replace(WON, level=2),
    ):
        row = denial_row(row, event, at)
        assert row is not None
        shown.append((row["state"], row["level"], row["answer_by"], row["deadline_on"]))
    first, later = opened(denied("50")).deadline_on, UPHELD.due_on
    assert shown == [
        ("open", 0, None, first),
        ("requested", 1, FILED.answer_by, first),
        ("open", 1, None, later),
        ("requested", 2, FILED.answer_by, later),
        ("requested", 2, WON.due_on, later),
    ]
