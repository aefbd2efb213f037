"""The coders' work list: whose facility it is, and what a coder does next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.coding import ChargesCaptured, CodingFailure, CodingHeld
from contracts.registry import wire_name
from services.coding.domain.rules import next_step
from services.coding.projections import CHARGES, WORK_LIST
from shared.changes import tell
from shared.service import At, Projection, Row, Scope
from shared.streams import account_stream
from tests.unit.coding.test_coding import CHARGE, NUMBER
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
