"""Whatever happens in an account's life, every cent of it is somewhere, once, and denial stands for what is denied."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.coding import ChargeCorrected
from contracts.registration import CoveragesSet
from services.posting.domain.commands import WriteOff
from tests.unit.posting.facts import ACCOUNT, DAY, adjudicated, captured, charge, line, opened
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_levels import totals
from tests.unit.posting.whole_lives import STEPS, WholeLife

VOID = ChargeCorrected(account=ACCOUNT, before=charge(), after=charge(units=0), reason="never done")
AGAIN = {"adjudication": "adj-2", "remittance": "rem-2"}


def test_a_corrected_denial_whose_charge_is_voided_leaves_nothing_to_the_next_payer() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(
        adjudicated(line(0, ("CO", "197", 20_000)))
    )
    life.post(adjudicated(line(0, ("CO", "45", 15_000), ("PR", "2", 5_000)), **AGAIN))
    assert totals(life) == {"contractual": 15_000, "next_payer": 5_000}
    assert totals(life.hear(VOID)) == {}


def test_a_lowered_charge_lowers_what_the_patient_owes_for_want_of_a_coverage() -> None:
    gone = CoveragesSet(patient="p1", coverages=(), set_on=DAY, reason="none")
    life = Life(opened("BLUE"), captured()).hear(gone)
    life.post(adjudicated(line(0, ("CO", "45", 20_000))))
    assert totals(life) == {"patient": 20_000}
    assert totals(life.hear(VOID)) == {}


def test_it_does_so_too_where_the_only_coverage_ended_before_the_service() -> None:
    cover = replace(opened("BLUE").coverages[0], effective_to=date(2025, 6, 30))
    over = CoveragesSet(patient="p1", coverages=(cover,), set_on=DAY, reason="ended")
    life = Life(opened(), captured()).hear(over)
    assert totals(life) == {"patient": 20_000}
    assert totals(life.hear(VOID)) == {}


def test_what_was_written_off_before_the_coverage_was_gone_is_taken_back_when_the_charge_is_voided() -> (
    None
):
    gone = CoveragesSet(patient="p1", coverages=(), set_on=DAY, reason="none")
    life = Life(opened("BLUE"), captured())
    life.obey(WriteOff(ACCOUNT, "bad_debt", "r", "a", None, None, "open")).hear(gone)
    assert totals(life.hear(VOID)) == {}


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.sampled_from(STEPS), max_size=8))
def test_every_cent_is_somewhere_once_when_payers_answer_by_line(
    data: Any, happening: list[str]
) -> None:
    life = WholeLife(levels=False)
    for step in happening:
        life.do(data.draw, step)
        life.check()


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.sampled_from(STEPS), max_size=8))
def test_every_cent_is_somewhere_once_when_payers_answer_at_either_level(
    data: Any, happening: list[str]
) -> None:
    life = WholeLife(levels=True)
    for step in happening:
        life.do(data.draw, step)
        life.check()
