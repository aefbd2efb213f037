"""What payers paid late, asked of a real database: the interest that is due, came and is missing, and how often it happens."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contracts.posting import ProviderAdjustmentPosted
from deploy.stack import Stack
from services.reporting.api.kpis import kpis
from services.reporting.api.late_payments import paid_late
from shared.service import Row
from shared.streams import payee_stream
from tests.stack.reports import answer, database
from tests.unit.posting.facts import ACCOUNT, CLAIM, SECOND_CLAIM, captured, opened
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_paid_late import SETTLE, life, paid
from tests.unit.reporting.rows import Rows

MONDAY, FRIDAY = date(2026, 2, 16), date(2026, 2, 20)
LATE = paid(40, payer_control="ICN1")


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def rows(made: Life, *plb: ProviderAdjustmentPosted) -> Rows:
    told = Rows().days(MONDAY, FRIDAY).tell(opened("BLUE"), captured(), *made.said, on=MONDAY)
    return told.tell(*plb, stream=payee_stream("BLUE", "990000001"), on=MONDAY)


def l6(cents: int, reference: str, payer: str = "BLUE") -> ProviderAdjustmentPosted:
    return ProviderAdjustmentPosted(
        payer=payer,
        tax_id="990000001",
        remittance="rem-1",
        check_number="CHK1",
        reason="L6",
        reference=reference,
        cents=-cents,
        posted_on=MONDAY,
        balance_forward_cents=0,
    )


def listed(server: str, made: Life, *plb: ProviderAdjustmentPosted) -> list[Row]:
    found: list[Row] = answer(server, rows(made, *plb), paid_late)
    return found


def test_what_is_missing_is_what_is_due_less_what_came(server: str) -> None:
    def money(found: list[Row]) -> list[tuple[Any, ...]]:
        return [(r["interest_cents"], r["came_cents"], r["missing_cents"]) for r in found]

    assert money(listed(server, life(LATE))) == [(26, 0, 26)]
    assert money(listed(server, life(LATE), l6(20, "ICN1"))) == [(26, 20, 6)]
    assert money(listed(server, life(LATE), l6(20, CLAIM))) == [(26, 20, 6)]
    others = (l6(20, "ICN2"), l6(20, "ICN1", "AETNA"), l6(20, ""))
    assert money(listed(server, life(LATE), *others)) == [(26, 0, 26)]


def test_what_the_payer_states_and_what_it_pays_beside_are_one_money(server: str) -> None:
    stated = life(paid(40, payer_control="ICN1", interest_cents=15))
    (found,) = listed(server, stated)
    assert found["came_cents"] == 15
    (found,) = listed(server, stated, l6(20, "ICN1"))
    assert found["came_cents"] == 20


def test_what_came_whole_or_was_settled_is_nobodys_work(server: str) -> None:
    assert listed(server, life(LATE), l6(26, "ICN1")) == []
    assert listed(server, life(LATE).obey(SETTLE)) == []


def test_what_is_missing_most_comes_first_and_says_what_to_do(server: str) -> None:
    other = paid(90, claim=SECOND_CLAIM, adjudication="adj-2")
    found = listed(server, life(LATE, other))
    assert [(r["claim"], r["days_late"], r["listed"]) for r in found] == [
        (SECOND_CLAIM, 60, 2),
        (CLAIM, 10, 2),
    ]
    assert found[1]["next_step"].endswith(f"or: claimlog prompt-pay settle {ACCOUNT} adj-1")


def test_how_often_a_payer_pays_in_time(server: str) -> None:
    others = [
        paid(20, claim=SECOND_CLAIM, adjudication="adj-2"),
        paid(20, claim=f"{CLAIM}X", adjudication="adj-3", received_on=None),
    ]
    found = answer(server, rows(life(LATE, *others)), partial(kpis, by="payer"))
    shown = [k for k in found["kpis"] if k["kpi"] == "paid on time"]
    assert [(k["name"], k["numerator"], k["denominator"], k["value"]) for k in shown] == [
        ("BLUE", 1, 2, 5_000),
        (None, 1, 2, 5_000),
    ]


def test_every_name_of_a_row_is_documented(server: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    section = page.split("\n`paid-late` is one row")[1].split("\n\n")[0]
    (found,) = listed(server, life(LATE))
    for name in set(found) - {"listed", "listed_cents"}:
        assert f"`{name}`" in section, name
