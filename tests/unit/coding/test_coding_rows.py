"""The coders' work list: whose facility it is, and what a coder does next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    CodingFailure,
    CodingHeld,
    EncounterCoded,
)
from contracts.registry import wire_name
from services.coding.domain.rules import next_step
from services.coding.projections import CHARGES, WORK_LIST
from shared.changes import tell
from shared.service import At, Projection, Row, Scope
from shared.streams import account_stream, charge_number
from tests.unit.coding.test_coding import CHARGE, DIAGNOSES, LINES, NUMBER
from tests.unit.posting.facts import opened

DAY = date(2026, 3, 2)
HELD = CodingHeld(
    account=NUMBER,
    failures=(CodingFailure(rule="POINTER", field="x", sentence="a pointer names nothing"),),
    coder="c",
    diagnoses=(),
    lines=(),
)
CAPTURED = ChargesCaptured(account=NUMBER, charges=(CHARGE,))
OPENED = replace(opened(), account=NUMBER)


def row_after(projection: Projection, events: Sequence[tuple[Any, str]]) -> Row | None:
    rows: dict[tuple[Any, ...], Row | None] = {}
    for n, (event, facility) in enumerate(events):
        at = At(
            account_stream(NUMBER),
            0,
            f"e{n}",
            wire_name(type(event)),
            Scope("t", "", facility),
            DAY,
            datetime(2026, 3, 2, tzinfo=UTC),
            "somebody",
            "c",
            "coding/0",
            n,
        )
        assert at.wire in projection.hears
        tell(projection, rows, event, at)
    return rows[(NUMBER,)]


@pytest.mark.parametrize(("projection", "came"), [(WORK_LIST, HELD), (CHARGES, CAPTURED)])
@pytest.mark.parametrize("account_first", [True, False])
def test_a_row_names_the_facility_whether_account_or_charges_came_first(
    projection: Projection, came: Any, account_first: bool
) -> None:
    facility = OPENED.facility
    told = (
        [(OPENED, facility), (came, facility)]
        if account_first
        else [(came, ""), (OPENED, facility)]
    )
    row = row_after(projection, told)
    assert row is not None and row["facility"] == facility


@pytest.mark.parametrize("projection", [WORK_LIST, CHARGES])
def test_an_account_without_charges_has_no_row(projection: Projection) -> None:
    assert row_after(projection, [(OPENED, OPENED.facility)]) is None


@pytest.mark.parametrize(
    ("rules", "begins"),
    [
        (["NO-CODE-SET", "NO-CODE-SET"], "publish the code set"),
        (["NO-CODE-SET", "NOT-IN-FORCE"], "code it again"),
        (["POINTER", "NPI"], "correct the charge, then"),
    ],
)
def test_a_coder_is_told_what_to_do(rules: list[str], begins: str) -> None:
    assert next_step(rules).startswith(begins)


def test_a_row_of_charges_counts_what_was_not_voided_and_says_whether_it_is_coded() -> None:
    other = replace(CHARGE, charge=charge_number(NUMBER, 2), charge_cents=5_000)
    both = ChargesCaptured(account=NUMBER, charges=(CHARGE, other))
    gone = ChargeCorrected(
        account=NUMBER, before=other, after=replace(other, units=0), reason="not done"
    )
    coded = EncounterCoded(
        account=NUMBER, diagnoses=DIAGNOSES, lines=LINES, code_sets=("HCPCS 1",), coder="c"
    )
    for events, cents, done in (
        ((both,), 15_000, False),
        ((both, gone), 10_000, False),
        ((both, coded, gone), 10_000, True),
    ):
        row = row_after(CHARGES, [(event, "F1") for event in events])
        assert row is not None
        assert (row["total_cents"], row["coded"], len(row["charges"])) == (cents, done, 2)
        assert row["code_sets"] == (["HCPCS 1"] if done else [])


def test_an_encounter_is_on_the_work_list_since_it_was_first_held_until_it_is_coded() -> None:
    row = row_after(WORK_LIST, [(HELD, "F1")])
    since = {"since": date(2026, 1, 1)}
    at = At(
        account_stream(NUMBER), 0, "e", wire_name(CodingHeld), Scope("t", "", "F1"), DAY,
        datetime(2026, 3, 2, tzinfo=UTC), "somebody", "c", "coding/0", 1,
    )  # fmt: skip
    rows: dict[tuple[Any, ...], Row | None] = {(NUMBER,): {**(row or {}), **since}}
    tell(WORK_LIST, rows, HELD, at)
    found = rows[(NUMBER,)]
    assert row is not None and found is not None
    assert (row["since"], found["since"]) == (DAY, date(2026, 1, 1))
