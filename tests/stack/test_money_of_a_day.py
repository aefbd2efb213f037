"""Money as of a day, from posting's journal: the last day is what reporting says now, an earlier one what was posted by then."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.registration import CoveragesSet
from deploy.stack import Stack
from services.posting.api.money import money
from services.posting.app import SERVICE as POSTING
from services.reporting.api import money as reported
from tests.stack.reports import answer, database
from tests.unit.posting.facts import BOOK, captured, opened
from tests.unit.posting.story import Life
from tests.unit.reporting.facts import DENIED, PAID, adjudicated, taken_back
from tests.unit.reporting.rows import Rows

CAPTURED_ON = date(2026, 1, 6)
STEPS = (
    adjudicated(PAID),
    taken_back(12_000),
    adjudicated(DENIED, adjudication="adj-2", remittance="rem-2", check_number="CHK2"),
    adjudicated(PAID, adjudication="adj-3", remittance="rem-3", check_number="CHK3"),
)
"""One a day from the day after."""
NAMES = (
    "billed_cents", "insurance_paid_cents", "patient_paid_cents", "contractual_cents", "write_off_cents",
    "patient_owes_cents", "payers_owe_cents", "credit_cents", "opening_cents", "difference_cents",
)  # fmt: skip


@pytest.fixture(scope="module")
def servers(stack: Stack) -> Iterator[tuple[str, str]]:
    """The DSNs of a database with posting's tables, and of one with reporting's."""
    server = stack.postgres.start()
    with database(server, POSTING) as posting, database(server) as reporting:
        yield posting, reporting


def _told(rows: Rows, steps: int) -> Rows:
    """An account whose payer is another from the second day on, with so many steps after its charges."""
    account, charges = opened("OLD"), captured()
    anew = CoveragesSet(
        patient="p", coverages=opened("BLUE").coverages, set_on=CAPTURED_ON, reason="r"
    )
    rows.tell(charges, on=CAPTURED_ON).tell(account, anew, on=CAPTURED_ON)
    life = Life(opened("BLUE"), charges)
    for n, step in enumerate(STEPS[:steps], 1):
        before, on = len(life.said), CAPTURED_ON + timedelta(days=n)
        life.book = replace(BOOK, today=on)
        life = life.take_back(step) if hasattr(step, "reverses") else life.post(step)
        rows.tell(*life.said[before:], on=on)
    return rows


def _posted(dsn: str, steps: int, until: date | None) -> dict[str, Any]:
    async def ask(doors: Any) -> dict[str, Any]:
        return await money(doors, until)

    return answer(dsn, _told(Rows(POSTING), steps), ask)


def _reported(dsn: str, steps: int) -> list[dict[str, Any]]:
    async def ask(doors: Any) -> list[dict[str, Any]]:
        return await reported.money(doors)

    return answer(dsn, _told(Rows(), steps), ask)


def _same(posted: dict[str, Any], said: list[dict[str, Any]]) -> None:
    asked = ("facility", "payer", *NAMES)
    assert [[row[n] for n in asked] for row in posted["money"]] == [
        [row[n] for n in asked] for row in said
    ]
    assert all(posted["total"][n] == sum(row[n] for row in said) for n in NAMES)


@pytest.mark.parametrize("steps", range(len(STEPS) + 1))
def test_a_past_day_says_what_the_report_of_that_day_said(
    servers: tuple[str, str], steps: int
) -> None:
    posting, reporting = servers
    that_day = CAPTURED_ON + timedelta(days=steps)
    found = _posted(posting, len(STEPS), that_day)
    said = _reported(reporting, steps)
    assert said[0]["billed_cents"] == 20_000 and said[0]["payer"] == "BLUE"
    _same(found, said)


def test_without_a_day_all_counts_and_before_the_first_entry_nothing(
    servers: tuple[str, str],
) -> None:
    posting, reporting = servers
    _same(_posted(posting, len(STEPS), None), _reported(reporting, len(STEPS)))
    before = _posted(posting, len(STEPS), CAPTURED_ON - timedelta(days=1))
    assert before["money"] == [] and set(before["total"].values()) == {0}
