"""The same claim answered more than once: paid on two checks, denied in two remittances, refused as a duplicate."""

from typing import Any

from contracts.posting import OverpaymentOpened, PaymentPosted
from contracts.reference import AdjustmentRule
from services.posting.domain.book import evolve_book
from tests.unit.posting.facts import (
    BOOK,
    ONE,
    RULES,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
)
from tests.unit.posting.story import Life

DUPLICATES = evolve_book(
    BOOK,
    type(RULES)(
        name="adjustments",
        version="2",
        sha256="1" * 64,
        effective_from=RULES.effective_from,
        rules=(
            *RULES.rules,
            AdjustmentRule(group="OA", carc="18", meaning="denied", category="DUP"),
            AdjustmentRule(group="CO", carc="18", meaning="denied", category="DUP"),
        ),
    ),
)
PAID = line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000))
REFUSED = line(0, ("CO", "197", 20_000))


def _life() -> Life:
    return Life(opened("BLUE"), captured(), book=DUPLICATES)


def _said(one: Any, name: str) -> Any:
    return adjudicated(one, adjudication=name, remittance=f"rem-{name}", check_number=name)


def _again(group: str = "OA") -> Any:
    return line(0, (group, "18", 20_000))


def test_a_duplicate_of_a_denied_claim_leaves_the_denial_and_its_reason() -> None:
    for group in ("OA", "CO"):
        life = _life().post(_said(REFUSED, "a")).post(_said(_again(group), "b"))
        assert life.balance(ONE).denied == 20_000
        assert [len(p.denied) for p in life.of(PaymentPosted)] == [1, 0]
        assert [len(p.duplicates) for p in life.of(PaymentPosted)] == [0, 1]


def test_a_duplicate_of_a_claim_that_is_still_in_part_open_denies_nothing() -> None:
    short = line(8_000, ("CO", "45", 5_000))
    life = _life().post(_said(short, "a")).post(_said(_again(), "b"))
    assert (life.balance(ONE).open, life.balance(ONE).denied) == (7_000, 0)


def test_a_duplicate_that_comes_before_the_decision_gives_way_to_it() -> None:
    life = _life().post(_said(_again(), "a"))
    assert life.balance(ONE).denied == 20_000
    life.post(_said(PAID, "b"))
    after = life.balance(ONE)
    assert (after.denied, after.insurance_paid, after.patient) == (0, 8_000, 2_000)


def test_a_claim_denied_in_two_remittances_is_denied_once() -> None:
    life = _life().post(_said(REFUSED, "a")).post(_said(REFUSED, "b"))
    assert life.balance(ONE).denied == 20_000


def test_a_claim_paid_on_two_checks_is_credit_to_the_cent_whatever_is_denied_of_it() -> None:
    part = line(8_000, ("CO", "45", 7_000), ("CO", "197", 5_000))
    life = _life().post(_said(part, "a")).post(_said(part, "b"))
    after = life.balance(ONE)
    assert (after.credit, after.denied, after.contractual) == (8_000, 5_000, 7_000)
    (over,) = life.of(OverpaymentOpened)
    assert (over.cents, over.adjudication) == (8_000, "b")


def test_two_parts_of_a_split_claim_with_the_same_amount_are_not_the_same_payment() -> None:
    both = captured(charge(), charge(TWO, 20_000))
    life = Life(opened("BLUE"), both, book=DUPLICATES)
    for number, name in ((ONE, "a"), (TWO, "b")):
        life.post(_said(line(8_000, ("CO", "45", 12_000), number=number), name))
    assert [life.balance(number).credit for number in (ONE, TWO)] == [0, 0]
    assert [life.balance(number).open for number in (ONE, TWO)] == [0, 0]
    life.post(_said(line(8_000, ("CO", "45", 12_000), number=TWO), "c"))
    assert life.balance(TWO).credit == 8_000


def test_two_halves_of_one_line_with_the_same_amount_are_not_the_same_payment() -> None:
    half = line(4_000, ("CO", "45", 6_000))
    life = _life().post(_said(half, "a")).post(_said(half, "b"))
    after = life.balance(ONE)
    assert (after.open, after.insurance_paid, after.contractual, after.credit) == (
        0,
        8_000,
        12_000,
        0,
    )
    assert life.post(_said(half, "c")).balance(ONE).credit == 4_000
