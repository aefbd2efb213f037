"""The story of an account, from rows in a real database."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from contracts.phi import PersonDetails
from deploy.stack import Stack
from services.reporting.api import stories
from shared.errors import NotFound
from tests.stack.reports import ReadingDoors, answer, database
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY
from tests.unit.reporting.facts import PAID, adjudicated, created, lived, submitted
from tests.unit.reporting.rows import Rows


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def _story(server: str, rows: Rows, number: str = ACCOUNT, **people: Any) -> dict[str, Any]:
    async def ask(doors: ReadingDoors) -> dict[str, Any]:
        doors.people = people
        return await stories.story(doors, number)

    return answer(server, rows, ask)


def test_a_story_is_told_by_day_and_then_in_the_order_of_the_record(server: str) -> None:
    rows = Rows().tell(submitted(DAY), on=date(2026, 1, 9)).tell(created(), on=date(2026, 1, 6))
    found = _story(server, rows)
    assert [step["wire"].split(".")[1] for step in found["steps"]] == [
        "claim_created",
        "claim_submitted",
    ]


def test_a_story_gives_the_balance_after_each_step(server: str) -> None:
    found = _story(server, lived(adjudicated(PAID)))
    balances = [(s["wire"].split(".")[1], s["balance_cents"]) for s in found["steps"]]
    assert balances == [
        ("account_opened", 0),
        ("charges_captured", 20_000),
        ("claim_created", 20_000),
        ("claim_adjudicated", 20_000),
        ("payment_posted", 3_000),
        ("responsibility_moved", 3_000),
    ]


def test_a_story_is_found_by_a_claims_number_too(server: str) -> None:
    assert _story(server, lived(), CLAIM.lower())["account"] == ACCOUNT


def test_a_story_shows_initials_and_what_was_erased(server: str) -> None:
    person = PersonDetails(
        last="Synthetic",
        first="Zoe",
        born_on=DAY,
        sex="F",
        street="1 Way",
        city="Town",
        state="NY",
        zip="00000",
    )
    assert _story(server, lived(), k=person)["patient"] == "Z.S."
    assert _story(server, lived())["patient"] == "[erased]"


def test_an_account_that_is_not_there_is_not_found(server: str) -> None:
    with pytest.raises(NotFound, match="no such account"):
        _story(server, Rows())
