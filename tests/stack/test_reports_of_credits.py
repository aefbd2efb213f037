"""The credit balance report of a quarter, asked of a real database: payers' and patients' apart, patients by initials."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.phi import PersonDetails
from contracts.posting import PatientPaymentReceived
from deploy.stack import Stack
from services.reporting.api.credits import credit_balances
from shared.service import Row
from shared.streams import guarantor_stream
from tests.stack.reports import answer, database
from tests.unit.posting.facts import ACCOUNT, CLAIM, PAID_ON, opened
from tests.unit.posting.test_posting_sixty_days import IDENTIFY, REFUND, overpaid
from tests.unit.posting.town import TODAY, Town
from tests.unit.reporting.rows import Rows

PERSON = PersonDetails(last="Doe", first="Ann", sex="F", street="s", city="c", state="TX", zip="1")
PAID = PatientPaymentReceived(
    guarantor="g1",
    payment="p1",
    account="",
    tender="card",
    amount_cents=700,
    received_on=TODAY,
)


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def listed(server: str, town: Town, *more: Any, until: date = TODAY, known: bool = True) -> Any:
    rows = Rows().days(TODAY, until).tell(opened("BLUE"), on=TODAY)
    for stream, event in [*town.said, *more]:
        rows.tell(event, stream=stream, on=TODAY)

    async def ask(doors: Any) -> list[Row]:
        doors.people = {"k": PERSON} if known else {}
        return await credit_balances(doors)

    return answer(server, rows, ask)


def test_what_is_open_says_whose_it_is_why_and_since_when_it_is_known(server: str) -> None:
    (found,) = listed(server, overpaid(IDENTIFY))
    names = ("quarter", "whose", "account", "patient", "claim", "payer", "received_on")
    assert [found[name] for name in names] == [
        "2026-Q1",
        "payer",
        ACCOUNT,
        "A.D.",
        CLAIM,
        "BLUE",
        PAID_ON,
    ]
    assert (found["cause"], found["reason_code"], found["identified_on"]) == (
        "paid twice",
        1,
        TODAY,
    )
    assert (found["cents"], found["returned_cents"], found["left_cents"]) == (8_000, 0, 8_000)


def test_a_person_who_was_erased_is_nobody(server: str) -> None:
    (found,) = listed(server, overpaid(), known=False)
    assert found["patient"] == "[erased]"
    assert not {"key_id", "box"} & set(found)


def test_what_was_refunded_stands_in_the_report_of_its_quarter_and_in_no_later_one(
    server: str,
) -> None:
    part = overpaid(IDENTIFY, replace(REFUND, cents=3_000))
    (found,) = listed(server, part)
    assert (found["returned_cents"], found["left_cents"], found["how"]) == (3_000, 5_000, "")
    (found,) = listed(server, overpaid(IDENTIFY, REFUND))
    assert (found["returned_cents"], found["left_cents"], found["how"], found["ended_on"]) == (
        8_000,
        0,
        "refunded",
        TODAY,
    )
    assert listed(server, overpaid(IDENTIFY, REFUND), until=date(2026, 4, 1)) == []
    assert len(listed(server, overpaid(IDENTIFY), until=date(2026, 4, 1))) == 1


def test_patients_credits_stand_apart_behind_the_payers(server: str) -> None:
    loose = (guarantor_stream("g1"), PAID)
    of_account = (guarantor_stream("g1"), replace(PAID, payment="p2", account=ACCOUNT))
    found = listed(server, overpaid(), loose, of_account)
    assert [(r["whose"], r["cause"], r["patient"], r["left_cents"]) for r in found] == [
        ("payer", "paid twice", "A.D.", 8_000),
        ("patient", "for no account", "", 700),
        ("patient", "nothing owed", "A.D.", 700),
    ]
    assert [(r["listed"], r["listed_cents"]) for r in found] == [(3, 8_000), (3, 1_400), (3, 1_400)]


def test_every_name_of_a_row_is_documented(server: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    section = page.split("\n`credit-balances` is the report")[1].split("\n\n")[0]
    (found,) = listed(server, overpaid(IDENTIFY))
    for name in set(found) - {"listed"}:
        assert f"`{name}`" in section, name
