"""Rows of what payers paid late, and which payments count as in time."""

from datetime import date

from tests.unit.posting.facts import ACCOUNT, captured, opened
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_paid_late import SETTLE, life, paid
from tests.unit.reporting.rows import Rows

FOUND, LATER = date(2026, 2, 12), date(2026, 3, 2)


def rows(made: Life) -> Rows:
    return Rows().tell(opened("BLUE"), captured(), *made.said, on=FOUND)


def test_a_row_says_how_late_it_was_and_what_interest_is_due() -> None:
    row = rows(life(paid(40, interest_cents=12))).tables["late_payment_view"][ACCOUNT, "adj-1"]
    assert (row["days_late"], row["paid_cents"], row["interest_cents"], row["stated_cents"]) == (
        10,
        8_000,
        26,
        12,
    )
    assert (row["payer"], row["facility"], row["rule"], row["since"], row["state"]) == (
        "BLUE",
        "F1",
        "STATE",
        FOUND,
        "open",
    )


def test_what_a_person_settled_keeps_its_reason() -> None:
    made = life(paid(40))
    before = len(made.said)
    told = rows(made)
    made.obey(SETTLE)
    told.tell(*made.said[before:], on=LATER)
    row = told.tables["late_payment_view"][ACCOUNT, "adj-1"]
    assert (row["state"], row["reason"], row["ended_on"]) == (
        "settled",
        "They had to ask for records.",
        LATER,
    )


def test_a_payment_counts_as_in_time_late_or_not_at_all() -> None:
    def counted(made: Life) -> list[bool | None]:
        return [row["in_time"] for row in rows(made).tables["check_posted"].values()]

    assert counted(life(paid(30))) == [True]
    assert counted(life(paid(31))) == [False]
    assert counted(life(paid(31, received_on=None))) == [None]
