"""What was said of a patient's balance is told in the story of its account, though it stands on the guarantor's stream."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.posting import (
    BalancePlaced,
    InstalmentMissed,
    PatientPaymentReceived,
    StatedAccount,
    StatementIssued,
)
from contracts.registry import wire_name
from services.reporting.projections.story import STORY
from shared.service import At, Row, Scope

ONE, TWO = "0000000000000A", "0000000000000B"
DAY = date(2026, 3, 3)


def rows(event: Any) -> dict[str, Row]:
    at = At(
        "guarantor/g1",
        0,
        "e1",
        wire_name(type(event)),
        Scope(),
        DAY,
        datetime(2026, 3, 3, tzinfo=UTC),
        "service:posting",
        "",
        "",
        7,
    )
    assert STORY.rows is not None
    return {row["account"]: row for row in STORY.rows(event, at)}


def stated(account: str, cents: int, **other: Any) -> StatedAccount:
    facts: dict[str, Any] = {
        "account": account,
        "charged_cents": 20_000,
        "insurance_paid_cents": 20_000 - cents,
        "adjusted_cents": 0,
        "patient_paid_cents": 0,
        "with_payers_cents": 0,
        "owed_cents": cents,
        "notice": 2,
    }
    return StatedAccount(**(facts | other))


def test_a_statement_is_a_step_of_every_account_that_it_shows() -> None:
    said = StatementIssued(
        guarantor="g1",
        statement="S1",
        legal_entity="L1",
        issued_on=DAY,
        due_on=date(2026, 3, 24),
        next_on=date(2026, 4, 2),
        terms="HOUSE",
        accounts=(stated(ONE, 4_000), stated(TWO, 900, disputed=True, notice=0)),
        owed_cents=4_900,
        disputed_cents=900,
        asked_cents=4_000,
        unapplied_cents=0,
        received_cents=0,
        notice=2,
    )
    told = rows(said)
    assert {account: row["facts"]["owed_cents"] for account, row in told.items()} == {
        ONE: 4_000,
        TWO: 900,
    }
    assert told[ONE]["facts"]["statement"] == "S1"
    assert told[TWO]["facts"]["disputed"] is True
    assert all(row["change_cents"] == 0 for row in told.values())


def test_what_a_plan_missed_is_told_in_each_of_its_accounts() -> None:
    missed = InstalmentMissed(
        guarantor="g1",
        plan="P1",
        legal_entity="L1",
        accounts=(ONE, TWO),
        instalment=1,
        due_on=DAY,
        short_cents=500,
    )
    assert set(rows(missed)) == {ONE, TWO}


def test_an_agency_is_told_in_the_account_that_it_has() -> None:
    placed = BalancePlaced(
        guarantor="g1",
        account=ONE,
        agency="AGENCY",
        cents=4_000,
        first_stated_on=DAY,
        last_notice_on=DAY,
        placed_on=DAY,
        reason="",
        approver="lead",
    )
    assert {a: r["facts"]["agency"] for a, r in rows(placed).items()} == {ONE: "AGENCY"}


def test_other_events_of_a_guarantor_are_nobodys_story() -> None:
    paid = PatientPaymentReceived(
        guarantor="g1", payment="P1", tender="card", amount_cents=500, received_on=DAY, account=ONE
    )
    assert rows(paid) == {}
