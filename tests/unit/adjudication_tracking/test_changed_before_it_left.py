"""A claim whose charges changed before it left is awaited, and its lines are led back, as it left."""

from dataclasses import replace
from typing import Any

from contracts.coding import ChargeCorrected
from contracts.values import AdjudicatedLine, ClaimLine
from services.adjudication_tracking.app import SERVICE
from services.adjudication_tracking.domain import ACCOUNT, Book
from services.adjudication_tracking.domain.account import AnswerClaim
from shared.streams import account_stream, charge_number
from tests.unit.adjudication_tracking.test_answered_in_part import _awaited, _lived, _part
from tests.unit.adjudication_tracking.test_claims import (
    CAPTURED,
    CLAIM,
    CREATED,
    NUMBER,
    SENT,
    SUBMITTED,
    _again,
    _delivered,
)
from tests.unit.reporting.rows import Rows
from tests.unit.scenario import said

(ONE,) = CAPTURED.charges
LATE = replace(ONE, charge=charge_number(NUMBER, 2), procedure="99214", charge_cents=3_000)
LINES = tuple(
    ClaimLine(line=n, charge=c.charge, charge_cents=c.charge_cents)
    for n, c in enumerate((ONE, LATE), 1)
)
AGAIN = replace(_again(2), cause="correction", total_cents=13_000, lines=LINES)
LEFT = replace(SUBMITTED, attempt=2, total_cents=13_000)
CHANGED: list[Any] = [
    *(e for e in SENT if e is not SUBMITTED),
    replace(CAPTURED, charges=(LATE,)),
    AGAIN,
    LEFT,
]


def test_all_that_left_is_awaited() -> None:
    assert _awaited(_lived(CHANGED, _part(10_000))) == [f"835 {CLAIM} 2"]
    assert _awaited(_lived(CHANGED, _part(10_000), _part(3_000, 1))) == []


def test_a_line_without_a_number_of_ours_leads_to_a_charge_that_came_late() -> None:
    line = AdjudicatedLine(charge=None, procedure="99214", charge_cents=3_000, paid_cents=3_000)
    payment = replace(_delivered(3_000).payment, charge_cents=3_000, lines=(line,))
    answer = AnswerClaim(replace(_delivered(3_000), payment=payment))
    (decided,) = said(ACCOUNT, CHANGED, answer, Book())
    assert [one.charge for one in decided.lines] == [LATE.charge]


def test_such_a_line_leads_to_no_charge_that_was_voided_before_the_claim_left() -> None:
    anew = replace(ONE, charge=LATE.charge)
    voided = ChargeCorrected(
        account=NUMBER, before=ONE, after=replace(ONE, units=0), reason="twice"
    )
    again = replace(AGAIN, total_cents=10_000, lines=(replace(LINES[1], charge_cents=10_000),))
    given = [
        *CHANGED[:-3],
        replace(CAPTURED, charges=(anew,)),
        voided,
        again,
        replace(LEFT, total_cents=10_000),
    ]
    line = AdjudicatedLine(
        charge=None, procedure=ONE.procedure, charge_cents=10_000, paid_cents=10_000
    )
    payment = replace(_delivered(10_000).payment, lines=(line,))
    (decided,) = said(
        ACCOUNT, given, AnswerClaim(replace(_delivered(10_000), payment=payment)), Book()
    )
    assert [one.charge for one in decided.lines] == [anew.charge]


def test_its_row_charges_what_goes() -> None:
    rows = Rows(SERVICE)
    (number,) = {(CLAIM,)}

    def charged(*events: Any) -> int:
        rows.tell(*events, stream=account_stream(NUMBER))
        return int(rows.tables["claim_status"][number]["charge_cents"])

    assert charged(CREATED) == 10_000
    assert charged(AGAIN) == 13_000
    assert charged(LEFT) == 13_000
    assert (
        charged(replace(AGAIN, attempt=3, total_cents=9_000)) == 13_000
    )  # The payer has the other one yet.
    assert charged(replace(LEFT, attempt=3, total_cents=9_000, isa13=200)) == 9_000
