"""What payers paid too much, asked of a real database: by when it is due back, and what nobody has looked at."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.stack import Stack
from services.reporting.api.kpis import kpis
from services.reporting.api.overpayments import overpayments
from shared.service import Row
from tests.stack.reports import answer, database
from tests.unit.posting.facts import ACCOUNT
from tests.unit.posting.test_posting_sixty_days import (
    CONCLUDE,
    IDENTIFY,
    INVESTIGATE,
    REFUND,
    overpaid,
)
from tests.unit.posting.town import TODAY, Town
from tests.unit.reporting.rows import Rows

FRIDAY = date(2026, 1, 23)


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def rows(town: Town, until: date = FRIDAY) -> Rows:
    made = Rows().days(TODAY, until)
    for stream, event in town.said:
        made.tell(event, stream=stream, on=TODAY)
    return made


def listed(server: str, *commands: Any, until: date = FRIDAY) -> list[Row]:
    return answer(server, rows(overpaid(*commands), until), overpayments)


def test_what_nobody_has_looked_at_has_no_day_and_says_what_to_do(server: str) -> None:
    (found,) = listed(server)
    assert (found["state"], found["cents"], found["due_on"], found["days_left"]) == (
        "suspected",
        8_000,
        None,
        None,
    )
    assert found["next_step"].endswith(f"claimlog overpayments identify {ACCOUNT} adj-2")


def test_days_are_counted_down_and_a_day_that_is_over_is_past(server: str) -> None:
    (found,) = listed(server, IDENTIFY)
    assert (found["state"], found["days_left"], found["past"]) == ("identified", 58, False)
    (late,) = listed(server, IDENTIFY, until=TODAY + timedelta(days=62))
    assert (late["days_left"], late["past"]) == (-2, True)


def test_an_investigation_is_told_as_over_after_180_days(server: str) -> None:
    (found,) = listed(server, IDENTIFY, INVESTIGATE)
    assert (found["state"], found["days_left"]) == ("under investigation", 238)
    (over,) = listed(server, IDENTIFY, INVESTIGATE, until=TODAY + timedelta(days=181))
    assert (over["state"], over["days_left"]) == ("investigated over 180 days", 59)
    (concluded,) = listed(server, IDENTIFY, INVESTIGATE, CONCLUDE)
    assert concluded["state"] == "identified"


def test_what_went_back_is_off_the_list(server: str) -> None:
    assert listed(server, IDENTIFY, REFUND) == []


def test_the_nearest_day_comes_first_and_what_has_none_last(server: str) -> None:
    made = rows(overpaid(IDENTIFY))
    view = made.tables["overpayment_view"]
    (((_, _), one),) = view.items()
    for decision, due in (("adj-7", TODAY), ("adj-8", None)):
        view[ACCOUNT, decision] = {**one, "adjudication": decision, "due_on": due}
    found = answer(server, made, overpayments)
    assert [r["adjudication"] for r in found] == ["adj-7", "adj-2", "adj-8"]
    assert (found[0]["listed"], found[0]["listed_cents"]) == (3, 24_000)


def test_how_many_are_gone_by_the_day_on_which_they_are_due(server: str) -> None:
    def returned(*commands: Any, until: date = FRIDAY) -> tuple[Any, ...]:
        found = answer(server, rows(overpaid(*commands), until), partial(kpis, by="payer"))
        shown = [k for k in found["kpis"] if k["kpi"] == "overpayments returned in time"]
        assert {k["counts"] for k in shown} == {"overpayments"}
        return (shown[-1]["numerator"], shown[-1]["denominator"])

    over = TODAY + timedelta(days=65)
    assert returned() == returned(IDENTIFY) == returned(REFUND) == (0, 0)
    assert returned(IDENTIFY, REFUND) == (1, 1)
    assert returned(IDENTIFY, until=over) == (0, 1)
    assert returned(IDENTIFY, INVESTIGATE, until=over) == (0, 0)


def test_every_name_of_a_row_is_documented(server: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    section = page.split("\n`overpayments` is one row")[1].split("\n\n")[0]
    (found,) = listed(server, IDENTIFY)
    for name in set(found) - {"listed", "listed_cents"}:
        assert f"`{name}`" in section, name
