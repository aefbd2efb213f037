"""What a payer forbids to collect from the patient goes to the next payer, or is our loss, and never to the patient."""

from typing import Any

from contracts.posting import ResponsibilityMoved
from contracts.reference import AdjustmentRule
from contracts.registration import CoveragesSet
from contracts.values import AdjudicatedLine
from services.posting.domain.book import evolve_book
from tests.unit.posting.facts import (
    BOOK,
    DAY,
    ONE,
    RULES,
    SECOND_CLAIM,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life

FORBIDDEN = tuple(
    AdjustmentRule(group="PR", carc=carc, remark=remark, meaning="not_patient", category="QMB")
    for carc in ("1", "2")
    for remark in ("N781", "N782")
)
QMB_BOOK = evolve_book(
    BOOK,
    type(RULES)(
        name="adjustments",
        version="2",
        sha256="1" * 64,
        effective_from=RULES.effective_from,
        rules=(*RULES.rules, *FORBIDDEN),
    ),
)


def _qmb(*more: Any) -> AdjudicatedLine:
    one = line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000), *more)
    return AdjudicatedLine(
        charge=one.charge,
        charge_cents=one.charge_cents,
        paid_cents=one.paid_cents,
        adjustments=one.adjustments,
        remarks=("N782",),
    )


def _life(*payers: str) -> Life:
    return Life(opened(*payers), captured(), book=QMB_BOOK).post(adjudicated(_qmb()))


def test_without_another_payer_it_is_our_loss_and_nothing_is_the_patients() -> None:
    after = (life := _life("BLUE")).balance(ONE)
    assert (after.patient, after.contractual, after.open) == (0, 12_000, 0)
    (moved,) = life.of(ResponsibilityMoved)
    assert (moved.to_party, moved.cents) == ("contractual", 2_000)


def test_the_next_payer_is_asked_for_it_first() -> None:
    life = _life("BLUE", "CAID")
    assert (life.balance(ONE).next_payer, life.balance(ONE).contractual) == (2_000, 10_000)
    second = adjudicated(
        line(0, ("CO", "45", 2_000)),
        adjudication="adj-2",
        claim=SECOND_CLAIM,
        payer="CAID",
        payer_order=2,
    )
    after = life.post(second).balance(ONE)
    assert (after.next_payer, after.patient, after.contractual) == (0, 0, 12_000)


def test_it_is_not_the_patients_either_when_the_next_payer_turns_out_not_to_be_one() -> None:
    life = _life("BLUE", "CAID")
    only = opened("BLUE").coverages
    life.hear(CoveragesSet(patient="p1", coverages=only, set_on=DAY, reason="ended"))
    after = life.balance(ONE)
    assert (after.next_payer, after.patient, after.contractual) == (0, 0, 12_000)


def test_the_same_amount_without_the_remark_is_the_patients() -> None:
    plain = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))
    life = Life(opened("BLUE"), captured(), book=QMB_BOOK).post(plain)
    assert life.balance(ONE).patient == 2_000


def test_a_part_that_is_forbidden_leaves_the_rest_of_it_to_the_patient() -> None:
    rules = (*RULES.rules, AdjustmentRule(group="PR", carc="1", meaning="not_patient"))
    book = evolve_book(
        BOOK,
        type(RULES)(
            name="adjustments",
            version="3",
            sha256="2" * 64,
            effective_from=RULES.effective_from,
            rules=tuple(r for r in rules if (r.carc, r.meaning) != ("1", "patient")),
        ),
    )
    both = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "1", 500), ("PR", "2", 1_500)))
    life = Life(opened("BLUE"), captured(), book=book).post(both)
    assert (life.balance(ONE).patient, life.balance(ONE).contractual) == (1_500, 10_500)


def test_a_reversal_takes_it_back_whole() -> None:
    after = _life("BLUE").take_back(taken_back(8_000)).balance(ONE)
    assert (after.open, after.contractual, after.patient) == (20_000, 0, 0)
