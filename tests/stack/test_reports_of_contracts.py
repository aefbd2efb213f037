"""What was allowed other than contracted, asked of a real database: the work list, its sums, and how often it happens."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest

from deploy.stack import Stack
from services.posting.domain.commands import SettleUnderpayment
from services.reporting.api import underpayments
from services.reporting.api.kpis import kpis
from tests.stack.reports import answer, database
from tests.unit.posting.facts import ACCOUNT, adjudicated, charge, opened, taken_back
from tests.unit.posting.facts import captured as charged
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_contracted import TWO, contract, priced
from tests.unit.reporting.rows import Rows

MONDAY, FRIDAY = date(2026, 1, 19), date(2026, 1, 23)
KNOWN = (opened("BLUE"), charged(charge(), charge(TWO, 12_000)))
PAID = adjudicated(
    priced(8_000, ("CO", "45", 12_000)),
    priced(7_000, ("CO", "45", 5_000), charge=TWO),
    priced(10_500, ("CO", "45", 9_500)),
    priced(10_000, ("CO", "45", 10_000)),
)


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def _lived(*more: Any) -> Rows:
    life = Life(*KNOWN, book=contract()).post(PAID)
    for command in more:
        life.obey(command)
    return Rows().days(MONDAY, FRIDAY).tell(*KNOWN, *life.said, on=MONDAY)


def test_the_largest_comes_first_and_what_is_over_the_contract_last(server: str) -> None:
    found = answer(server, _lived(), underpayments.underpaid)
    assert [
        (r["standing"], r["line"], r["variance_cents"], r["days"], r["listed"]) for r in found
    ] == [
        ("under", 2, 3_000, 4, 3),
        ("under", 1, 2_000, 4, 3),
        ("over", 3, -500, 4, 3),
    ]
    assert found[0]["schedule"] == "PPO 2026"
    assert found[0]["next_step"].endswith(
        f"to correct it, or: claimlog fees settle {ACCOUNT} adj-1 --line 2"
    )


def test_what_a_person_settled_is_off_the_list_and_in_the_sums(server: str) -> None:
    told = _lived(SettleUnderpayment(ACCOUNT, "adj-1", "r", "mm", 2))
    assert [r["line"] for r in answer(server, told, underpayments.underpaid)] == [1, 3]
    under, over = answer(server, told, underpayments.underpaid_by_schedule)
    assert (under["payer"], under["schedule"], under["version"], under["month"]) == (
        "BLUE",
        "PPO",
        "2026",
        "2026-01",
    )
    assert (
        under["lines"],
        under["expected_cents"],
        under["allowed_cents"],
        under["variance_cents"],
    ) == (2, 20_000, 15_000, 5_000)
    assert (under["open_lines"], under["open_cents"], over["lines"], over["variance_cents"]) == (
        1,
        2_000,
        1,
        -500,
    )


def test_what_the_payer_took_back_is_in_neither(server: str) -> None:
    life = Life(*KNOWN, book=contract()).post(PAID).take_back(taken_back(35_500))
    told = Rows().days(MONDAY, FRIDAY).tell(*KNOWN, *life.said, on=MONDAY)
    assert answer(server, told, underpayments.underpaid) == []
    assert answer(server, told, underpayments.underpaid_by_schedule) == []


def test_how_often_a_payer_pays_as_expected(server: str) -> None:
    found = answer(server, _lived(), partial(kpis, by="payer"))
    shown = [k for k in found["kpis"] if k["kpi"] == "paid as expected"]
    assert [
        (k["name"], k["numerator"], k["denominator"], k["value"], k["counts"]) for k in shown
    ] == [
        ("BLUE", 1, 4, 2_500, "lines"),
        (None, 1, 4, 2_500, "lines"),
    ]
