"""What a biller is told to do next of a balance that a patient owes, and what of a plan is due next."""

from datetime import date
from typing import Any

import pytest

from services.posting.api.statements import _next_due, _next_step
from services.posting.domain.book import Book
from tests.unit.posting.household import Household, terms

BOOK = Household(terms()).book
ROW: dict[str, Any] = {
    "account": "0000000000000A",
    "legal_entity": "L1",
    "owed_cents": 4_000,
    "stated": 1,
    "dispute": "",
    "agency": "",
    "placed_on": None,
    "placed_cents": 0,
    "plan": "",
}
PLACED = {"agency": "AG", "placed_on": date(2026, 7, 1), "placed_cents": 4_000}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({}, "statements ask for it"),
        ({"stated": 3}, "all notices were sent: an agency, a payment plan, or a write-off"),
        (
            {"dispute": "D-1", **PLACED},
            "answer the dispute: claimlog statements answer 0000000000000A D-1",
        ),
        ({"plan": "P-1"}, "plan P-1 pays it"),
        (PLACED, "with agency AG since 2026-07-01"),
        (
            PLACED | {"owed_cents": 4_001},
            "with agency AG since 2026-07-01; more is owed than was placed: tell it, or recall it",
        ),
    ],
)
def test_what_is_next_of_a_balance(other: dict[str, Any], told: str) -> None:
    assert _next_step(ROW | other, BOOK) == told


@pytest.mark.parametrize("book", [Book(), Household(terms(legal_entity="L2")).book])
def test_without_terms_somebody_publishes_them(book: Book) -> None:
    assert _next_step(ROW, book).startswith("publish terms")


AGREED: dict[str, Any] = {
    "state": "in force",
    "plan": "P-1",
    "cents": 2_500,
    "instalment_cents": 1_000,
    "instalments": 3,
    "first_due_on": date(2026, 3, 31),
}


@pytest.mark.parametrize(
    ("today", "due_on", "cents"),
    [
        (date(2026, 3, 31), date(2026, 3, 31), 1_000),
        (date(2026, 4, 1), date(2026, 4, 30), 2_000),
        (date(2026, 7, 1), date(2026, 5, 31), 2_500),
    ],
)
def test_the_next_instalment_is_told_with_all_before_it(
    today: date, due_on: date, cents: int
) -> None:
    assert _next_due(AGREED, today) == {"next_due_on": due_on, "due_until_then_cents": cents}


def test_of_a_plan_that_is_over_nothing_is_due() -> None:
    nothing = {"next_due_on": None, "due_until_then_cents": None}
    assert _next_due(AGREED | {"state": "kept"}, date(2026, 4, 1)) == nothing
    assert _next_due(AGREED, None) == nothing
