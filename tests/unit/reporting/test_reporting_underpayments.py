"""Rows of what payers allowed other than their contracts say: one a line, until it ends."""

from datetime import date
from typing import Any

from contracts.posting import PaymentPosted
from services.posting.domain.commands import SettleUnderpayment
from tests.unit.posting.facts import ACCOUNT, adjudicated, captured, charge, opened, taken_back
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_contracted import TWO as SECOND
from tests.unit.posting.test_posting_contracted import TWO_LINES, UNDER, contract, priced
from tests.unit.reporting.rows import Rows

FOUND, LATER = date(2026, 1, 21), date(2026, 2, 2)
KNOWN = (opened("BLUE"), captured(charge(), charge(SECOND, 12_000)))


def life() -> Life:
    return Life(*KNOWN, book=contract()).post(TWO_LINES)


def rows(*events: Any) -> Rows:
    return Rows().tell(*KNOWN, *life().said, on=FOUND).tell(*events, on=LATER)


def states(told: Rows) -> list[tuple[int, str]]:
    return sorted((row["line"], row["state"]) for row in told.tables["underpayment_view"].values())


def test_a_row_says_what_was_expected_what_was_allowed_and_since_when() -> None:
    row = rows().tables["underpayment_view"][ACCOUNT, "adj-1", 1]
    assert (
        row["standing"],
        row["expected_cents"],
        row["allowed_cents"],
        row["variance_cents"],
    ) == ("under", 10_000, 8_000, 2_000)
    assert (row["payer"], row["facility"], row["schedule"], row["version"]) == (
        "BLUE",
        "F1",
        "PPO",
        "2026",
    )
    assert (row["procedure"], row["state"], row["since"], row["ended_on"]) == (
        "T0001",
        "open",
        FOUND,
        None,
    )


def test_what_a_person_settled_keeps_its_reason() -> None:
    went_on = life()
    before = len(went_on.said)
    went_on.obey(SettleUnderpayment(ACCOUNT, "adj-1", "The amendment says so.", "mm", 2))
    told = rows(*went_on.said[before:])
    assert states(told) == [(1, "open"), (2, "settled")]
    row = told.tables["underpayment_view"][ACCOUNT, "adj-1", 2]
    assert (row["reason"], row["ended_on"]) == ("The amendment says so.", LATER)


def test_what_the_payer_took_back_is_reversed() -> None:
    went_on = life()
    before = len(went_on.said)
    went_on.take_back(taken_back(13_000))
    assert states(rows(*went_on.said[before:])) == [(1, "reversed"), (2, "reversed")]


def test_a_payment_counts_the_lines_that_a_contract_was_held_against() -> None:
    went_on = life().take_back(taken_back(13_000))
    went_on.post(
        adjudicated(priced(9_000, ("CO", "45", 10_000), ("PR", "2", 1_000)), adjudication="adj-2")
    )
    told = Rows().tell(*KNOWN, *went_on.said)
    counts = [
        (row["compared"], row["as_contracted"]) for row in told.tables["check_posted"].values()
    ]
    assert counts == [(2, 0), (None, None), (1, 1)]
    assert [p.compared for p in Life(*KNOWN).post(adjudicated(UNDER)).of(PaymentPosted)] == [0]


def test_a_story_tells_what_was_expected_and_why_it_ended() -> None:
    went_on = life().obey(SettleUnderpayment(ACCOUNT, "adj-1", "The amendment says so.", "mm", 1))
    told = Rows().tell(*KNOWN, *went_on.said).tables["story"].values()
    found, *_, ended = [row["facts"] for row in told if "underpayment" in row["wire"]]
    assert found == {
        "payer": "BLUE",
        "check_number": "CHK1",
        "remittance": "rem-1",
        "paid_on": "2026-01-20",
        "charge_cents": 20_000,
        "expected_cents": 10_000,
        "allowed_cents": 8_000,
        "variance_cents": 2_000,
        "standing": "under",
        "procedure": "T0001",
        "schedule": "PPO",
        "version": "2026",
    }
    assert (ended["outcome"], ended["reason"]) == ("settled", "The amendment says so.")
    assert not any(row["change_cents"] for row in told if "underpayment" in row["wire"])
