"""Payers that answer by line and as a whole, one after the other: the account as a whole is right either way."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.posting import OverpaymentOpened
from contracts.values import Adjustment
from tests.unit.posting.facts import (
    CLAIM,
    ONE,
    SECOND_CLAIM,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
)
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_corrections import CHARGES, STEPS, Story

HALF = (("CO", "45", 5_000), ("PR", "2", 1_000))
LINES = adjudicated(line(4_000, *HALF, number=ONE), line(4_000, *HALF, number=TWO))
AGAIN = replace(LINES, adjudication="adj-2", remittance="rem-2")
SECOND: dict[str, Any] = {
    "adjudication": "adj-2", "remittance": "rem-2", "claim": SECOND_CLAIM,
    "payer": "AETNA", "payer_order": 2, "status": "2",
}  # fmt: skip


def whole(paid: int, *cas: tuple[Any, str, int], **more: Any) -> Any:
    """An answer without lines to a claim of 200.00."""
    adjustments = tuple(Adjustment(group=g, reason=r, cents=c) for g, r, c in cas)
    return adjudicated(charge_cents=20_000, paid_cents=paid, adjustments=adjustments, **more)


PAID = whole(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000))


def two_charges(*payers: str) -> Life:
    """An account of two charges of 100.00."""
    return Life(opened(*payers), captured(charge(ONE, 10_000), charge(TWO, 10_000)))


def totals(life: Life) -> dict[str, int]:
    """What of the account is not zero."""
    state = life.state
    assert state is not None
    names = ("open", "denied", "next_payer", "patient", "insurance_paid", "contractual", "credit")
    return {name: state.total(name) for name in names if state.total(name)}


def test_a_denial_of_the_whole_claim_ends_when_its_lines_are_paid() -> None:
    life = two_charges("BLUE").post(whole(0, ("CO", "197", 20_000), status="4")).post(AGAIN)
    assert totals(life) == {"insurance_paid": 8_000, "contractual": 10_000, "patient": 2_000}


def test_what_was_paid_as_a_whole_and_again_by_line_is_an_overpayment() -> None:
    life = two_charges("BLUE").post(PAID).post(AGAIN)
    assert totals(life) == {
        **{"insurance_paid": 16_000, "credit": 8_000},
        **{"contractual": 10_000, "patient": 2_000},
    }
    assert [event.cents for event in life.of(OverpaymentOpened)] == [8_000]


def test_a_second_payer_that_answers_at_the_other_level_takes_what_waits_for_it() -> None:
    by_line = adjudicated(
        line(1_000, ("OA", "23", 8_500), ("PR", "2", 500), number=ONE),
        line(500, ("OA", "23", 9_500), number=TWO),
        **SECOND,
    )
    as_a_whole = whole(1_500, ("OA", "23", 18_000), ("PR", "2", 500), **SECOND)
    for one, other in ((PAID, by_line), (LINES, as_a_whole)):
        life = two_charges("BLUE", "AETNA").post(one).post(other)
        assert totals(life) == {"insurance_paid": 9_500, "contractual": 10_000, "patient": 500}


class AtEitherLevel(Story):
    """The story of two payers, each of whose answers has lines or none."""

    draw: Any = None

    def do(self, draw: Any, step: str) -> None:
        self.draw = draw
        super().do(draw, step)

    def _post(self, order: int, lines: tuple[Any, ...]) -> None:
        self.count += 1
        more: dict[str, Any] = {
            "adjudication": f"adj-{self.count}", "remittance": f"rem-{self.count}", "payer_order": order,
            "claim": CLAIM if order == 1 else SECOND_CLAIM, "payer": "BLUE" if order == 1 else "AETNA",
        }  # fmt: skip
        if self.draw(st.booleans()):
            more["charge_cents"] = sum(one.charge_cents for one in lines)
            more["paid_cents"] = sum(one.paid_cents for one in lines)
            more["adjustments"] = tuple(a for one in lines for a in one.adjustments)
            lines = ()
        said = adjudicated(*lines, **more)
        self.standing[order].append(said)
        self.life.post(said)

    def check(self) -> None:
        state = self.life.state
        assert state is not None
        paid = sum(said.paid_cents for both in self.standing.values() for said in both)
        assert state.total("insurance_paid") == paid - self.refunded
        waiting = sum(left for _, left in state.payments.values())
        assert state.total("patient_paid") + waiting == self.received
        owed = {name: state.total(name) for name in ("open", "denied", "next_payer", "patient")}
        assert owed["open"] > 0 or min(owed.values()) >= 0, (owed, state.balances)
        assert state.total("contractual") <= sum(CHARGES.values())


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.sampled_from(STEPS), max_size=8))
def test_nothing_is_lost_whichever_level_they_answer_at(data: Any, happening: list[str]) -> None:
    story = AtEitherLevel()
    for step in happening:
        story.do(data.draw, step)
        story.check()
