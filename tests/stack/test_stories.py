"""The story of an account, from rows in a real database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.phi import PersonDetails
from contracts.submission import ClaimImported
from services.reporting.api import stories
from shared.errors import NotFound, Refused
from shared.streams import account_number, account_stream
from tests.stack.reports import ReadingDoors, answer
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY, opened
from tests.unit.reporting.facts import PAID, acknowledged, adjudicated, created, lived, submitted
from tests.unit.reporting.rows import Rows

OPENED = opened()
OTHER = account_number("t", "s", "another")
IMPORTED = ClaimImported(
    account=ACCOUNT,
    claim=CLAIM,
    foreign_number="756048Q",
    payer="BLUE",
    payer_order=1,
    lines=(),
    total_cents=20_000,
    opening=(),
)


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
    with pytest.raises(NotFound, match=r"no such account; looked for as .* and a check number"):
        _story(server, Rows())


def _found(server: str, rows: Rows, number: str, limit: int = 10) -> list[tuple[str, str, int]]:
    async def ask(doors: ReadingDoors) -> list[dict[str, Any]]:
        return await stories.accounts(doors, number, limit)

    return [(r["account"], r["found_as"], r["listed"]) for r in answer(server, rows, ask)]


@pytest.mark.parametrize(
    ("number", "found_as"),
    [
        (ACCOUNT.lower(), "account"),
        (CLAIM, "claim"),
        (f" {OPENED.encounter} ", "another system"),
        ("756048q", "another system"),
        ("icn1", "payer control number"),
        ("CHK1", "check"),
    ],
)
def test_an_account_is_found_by_every_number_that_a_person_may_hold(
    server: str, number: str, found_as: str
) -> None:
    rows = lived(adjudicated(PAID)).tell(acknowledged(), IMPORTED)
    assert _found(server, rows, number) == [(ACCOUNT, found_as, 1)]
    assert _story(server, rows, number)["account"] == ACCOUNT


def test_the_accounts_of_a_check_are_listed_and_a_story_asks_for_one(server: str) -> None:
    rows = lived(adjudicated(PAID))
    rows.tell(replace(adjudicated(PAID), account=OTHER), stream=account_stream(OTHER))
    assert {hit[0] for hit in _found(server, rows, "CHK1")} == {ACCOUNT, OTHER}
    assert [hit[2] for hit in _found(server, rows, "CHK1", limit=1)] == [2]
    with pytest.raises(Refused, match="2 accounts have this number"):
        _story(server, rows, "CHK1")


def test_nobody_is_found_by_the_name_or_the_member_id_that_an_account_holds(server: str) -> None:
    rows = lived()
    found = {row["number"] for row in rows.tables["account_number"].values()}
    assert found == {OPENED.encounter.upper()}
