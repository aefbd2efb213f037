"""A charge that is lowered or voided after a payer answered: nobody owes what was not done, and its payer is owed back."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.coding import ChargeCorrected
from contracts.posting import OverpaymentOpened
from tests.unit.posting.facts import (
    ACCOUNT,
    ONE,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_corrections import CHARGES, STEPS, Story
from tests.unit.posting.test_posting_found_later import payment
from tests.unit.posting.test_posting_levels import AtEitherLevel, totals

PAID = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))
VOID = ChargeCorrected(account=ACCOUNT, before=charge(), after=charge(units=0), reason="never done")


def test_what_was_paid_for_a_voided_charge_is_owed_back_to_the_payer_and_nothing_by_the_patient() -> (
    None
):
    life = Life(opened("BLUE"), captured()).post(PAID).hear(payment(500)).hear(VOID)
    after = life.balance(ONE)
    assert (after.charged, after.open, after.patient, after.contractual, after.credit) == (
        0,
        0,
        0,
        0,
        8_000,
    )
    assert [event.cents for event in life.of(OverpaymentOpened)] == [8_000]
    assert life.state is not None
    assert life.state.payments == {"pay-1": ("g1", 500)}
    life.take_back(taken_back(8_000))
    assert totals(life) == {}


def test_a_denial_of_a_voided_charge_is_nobodys_work() -> None:
    life = (
        Life(opened("BLUE"), captured())
        .post(adjudicated(line(0, ("CO", "197", 20_000))))
        .hear(VOID)
    )
    assert totals(life) == {}


def test_a_lowered_charge_lowers_the_contractual_amount_and_not_what_the_payer_allowed() -> None:
    less = ChargeCorrected(
        account=ACCOUNT, before=charge(), after=charge(cents=15_000), reason="units"
    )
    life = Life(opened("BLUE"), captured()).post(PAID).hear(less)
    assert totals(life) == {"insurance_paid": 8_000, "contractual": 5_000, "patient": 2_000}


class Lowering:
    """Beside what payers do, a charge is captured anew with another amount."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.now = dict(CHARGES)

    def do(self, draw: Any, step: str) -> None:
        if step != "lower":
            self.story.do(draw, step)
            return
        number = draw(st.sampled_from([ONE, TWO]))
        before, self.now[number] = self.now[number], draw(st.integers(0, CHARGES[number]))
        corrected = ChargeCorrected(
            account=ACCOUNT,
            before=charge(number, before),
            after=charge(number, self.now[number]),
            reason="captured wrong",
        )
        self.story.life.hear(corrected)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.sampled_from((*STEPS, "lower", "lower")), max_size=9))
def test_nothing_is_lost_when_charges_change_beneath_answers_by_line(
    data: Any, happening: list[str]
) -> None:
    lowering = Lowering(Story())
    for step in happening:
        lowering.do(data.draw, step)
        lowering.story.check()


@settings(max_examples=150, deadline=None)
@given(
    st.data(),
    st.lists(
        st.sampled_from(("first", "second", "first again", "second again", "lower", "pay")),
        max_size=8,
    ),
)
def test_nothing_is_lost_when_charges_change_beneath_answers_of_either_level(
    data: Any, happening: list[str]
) -> None:
    lowering = Lowering(AtEitherLevel())
    for step in happening:
        lowering.do(data.draw, step)
        lowering.story.check()
