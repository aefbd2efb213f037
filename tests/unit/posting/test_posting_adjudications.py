"""What an adjudication moves, and what it never moves."""

from dataclasses import replace
from datetime import date

from contracts.posting import (
    OverpaymentOpened,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
)
from contracts.reference import PeriodClosed
from contracts.registration import CoveragesSet
from contracts.values import Adjustment
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain.balance import CLAIM_LEVEL
from services.posting.domain.book import Book, evolve_book
from services.posting.domain.commands import PostAdjudication, ReversePosting
from tests.unit.posting.facts import (
    BOOK,
    DAY,
    ONE,
    SECOND_CLAIM,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.scenario import scenario

PAID = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))


def test_paid_contractual_and_patient_parts_leave_the_open_amount() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.contractual, after.patient) == (8_000, 10_000, 2_000)
    assert (after.open, after.denied, after.next_payer) == (0, 0, 0)
    (posted,) = life.of(PaymentPosted)
    assert (posted.paid_cents, posted.contractual_cents) == (8_000, 10_000)
    assert (posted.patient_part_cents, posted.allowed_cents) == (2_000, 10_000)
    assert posted.rule_set == "adjustments 1"


def test_the_same_adjudication_again_is_quiet() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID)
    scenario(
        DECIDER,
        given=[opened("BLUE"), captured(), *life.said],
        when=PostAdjudication(PAID),
        then=[],
        book=BOOK,
    )


def test_a_predetermination_moves_no_money() -> None:
    estimate = adjudicated(line(8_000, ("CO", "45", 12_000)), status="25")
    scenario(
        DECIDER,
        given=[opened("BLUE"), captured()],
        when=PostAdjudication(estimate),
        then=[],
        book=BOOK,
    )


def test_the_patient_waits_until_the_next_payer_has_answered() -> None:
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID)
    assert (life.balance(ONE).next_payer, life.balance(ONE).patient) == (2_000, 0)
    (moved,) = life.of(ResponsibilityMoved)
    assert (moved.to_party, moved.to_payer_order, moved.to_payer) == ("payer", 2, "AETNA")
    assert (moved.basis, moved.adjudication) == ("PR-2", "adj-1")


def test_a_second_payer_pays_from_what_waits_for_it_and_the_rest_is_the_patients() -> None:
    second = adjudicated(
        line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)),
        adjudication="adj-2",
        claim=SECOND_CLAIM,
        payer="AETNA",
        payer_order=2,
    )
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID).post(second)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.next_payer, after.patient) == (9_500, 0, 500)
    assert (after.contractual, after.credit) == (10_000, 0)


def test_a_second_payers_repeated_contractual_amount_takes_nothing_from_the_patient() -> None:
    second = adjudicated(
        line(0, ("OA", "23", 8_000), ("CO", "45", 10_000), ("PR", "2", 2_000)),
        adjudication="adj-2",
        claim=SECOND_CLAIM,
        payer="AETNA",
        payer_order=2,
    )
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID).post(second)
    assert (life.balance(ONE).contractual, life.balance(ONE).patient) == (10_000, 2_000)


def test_denied_is_not_adjusted_and_stays_in_insurance_receivables() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("CO", "197", 20_000))))
    after = life.balance(ONE)
    assert (after.denied, after.open, after.contractual) == (20_000, 0, 0)
    (denied,) = life.of(PaymentPosted)[0].denied
    assert (denied.charge, denied.carc, denied.cents) == (ONE, "197", 20_000)
    assert (denied.category, denied.correctable) == ("AUTH", True)


def test_what_no_rule_knows_is_denied() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("PI", "999", 20_000))))
    assert life.balance(ONE).denied == 20_000
    assert life.of(PaymentPosted)[0].denied[0].category == "unknown"


def test_a_denial_by_the_first_payer_does_not_move_to_the_second() -> None:
    life = Life(opened("BLUE", "AETNA"), captured())
    life.post(adjudicated(line(0, ("CO", "197", 20_000))))
    assert life.balance(ONE).denied == 20_000
    assert life.of(ResponsibilityMoved) == []


def test_a_corrected_claim_is_paid_out_of_the_denied_amount() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(0, ("CO", "197", 20_000))))
    life.post(
        adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)), adjudication="adj-2")
    )
    after = life.balance(ONE)
    assert (after.denied, after.insurance_paid, after.patient) == (0, 8_000, 2_000)


def test_the_same_claim_on_another_check_is_cash_and_an_overpayment() -> None:
    again = adjudicated(
        line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)),
        adjudication="adj-2",
        flags=("other_check",),
    )
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID).post(again)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.credit, after.next_payer) == (16_000, 8_000, 2_000)
    (over,) = life.of(OverpaymentOpened)
    assert (over.cents, over.adjudication) == (8_000, "adj-2")


def test_a_reversal_mirrors_the_stored_entry_and_what_moved_from_it() -> None:
    life = Life(opened("BLUE"), captured()).post(PAID).take_back(taken_back(8_000))
    after = life.balance(ONE)
    assert (after.open, after.insurance_paid, after.contractual, after.patient) == (20_000, 0, 0, 0)
    (back,) = life.of(PostingReversed)
    posted, moved = life.of(PaymentPosted)[0], life.of(ResponsibilityMoved)[0]
    stated = [(e.ledger, -e.cents, e.charge) for e in (*posted.entries, *moved.entries)]
    assert [(e.ledger, e.cents, e.charge) for e in back.entries] == stated
    assert back.reversed_entry == posted.entry


def test_a_correction_after_a_reversal_posts_anew_beside_the_second_payers_answer() -> None:
    second = adjudicated(
        line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)),
        adjudication="adj-2",
        claim=SECOND_CLAIM,
        payer="AETNA",
        payer_order=2,
    )
    corrected = adjudicated(
        line(9_000, ("CO", "45", 9_000), ("PR", "2", 2_000)), adjudication="adj-3"
    )
    life = Life(opened("BLUE", "AETNA"), captured()).post(PAID).post(second)
    life.take_back(taken_back(8_000)).post(corrected)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.contractual) == (10_500, 9_000)
    assert (after.patient, after.open + after.next_payer + after.denied) == (500, 0)


def test_a_reversal_of_nothing_or_of_what_was_taken_back_is_quiet() -> None:
    given = [opened("BLUE"), captured()]
    scenario(DECIDER, given=given, when=ReversePosting(taken_back(8_000)), then=[], book=BOOK)
    life = Life(*given).post(PAID).take_back(taken_back(8_000))
    scenario(
        DECIDER,
        given=[*given, *life.said],
        when=ReversePosting(taken_back(8_000)),
        then=[],
        book=BOOK,
    )


def test_claim_level_money_is_never_spread_over_charges() -> None:
    whole = adjudicated(
        paid_cents=8_000,
        adjustments=(
            Adjustment(group="CO", reason="45", cents=20_000),
            Adjustment(group="PR", reason="1", cents=2_000),
        ),
    )
    life = Life(opened("BLUE"), captured(charge(), charge(TWO, 10_000))).post(whole)
    assert (life.balance(ONE).open, life.balance(TWO).open) == (20_000, 10_000)
    at_claim = life.balance(CLAIM_LEVEL)
    assert (at_claim.insurance_paid, at_claim.contractual, at_claim.patient) == (
        8_000,
        20_000,
        2_000,
    )
    assert life.state is not None and life.state.total("open") == 0


def test_what_is_said_of_a_whole_claim_is_about_the_only_charge_of_its_account() -> None:
    denied = adjudicated(line(0, ("CO", "16", 20_000)))
    whole = adjudicated(
        paid_cents=12_000,
        adjustments=(Adjustment(group="CO", reason="45", cents=8_000),),
        adjudication="adj-2",
    )
    life = Life(opened("BLUE"), captured()).post(denied)
    assert life.balance(ONE).denied == 20_000
    life.post(whole)
    one = life.balance(ONE)
    assert (one.open, one.denied, one.insurance_paid, one.contractual) == (0, 0, 12_000, 8_000)
    assert life.balance(CLAIM_LEVEL).insurance_paid == 0


def test_a_line_without_a_charge_of_ours_stays_at_claim_level() -> None:
    life = Life(opened("BLUE"), captured())
    life.post(adjudicated(line(8_000, ("CO", "45", 12_000), number=None)))
    assert life.balance(ONE).open == 20_000
    assert life.balance(CLAIM_LEVEL).open == -20_000


def test_a_payer_that_pays_above_the_charge_leaves_a_negative_contractual_amount() -> None:
    life = Life(opened("BLUE"), captured()).post(adjudicated(line(22_000, ("CO", "94", -2_000))))
    after = life.balance(ONE)
    assert (after.insurance_paid, after.contractual, after.open, after.credit) == (
        22_000,
        -2_000,
        0,
        0,
    )


def test_interest_that_is_told_as_a_line_of_its_own_lowers_nobodys_part() -> None:
    decided = line(17_000, ("CO", "45", 2_000), ("PR", "2", 1_000))
    interest = line(57, ("OA", "225", -57), number=None)
    life = Life(opened("BLUE"), captured()).post(adjudicated(decided, interest))
    assert life.balance(ONE).patient == 1_000
    whole = life.balance(CLAIM_LEVEL)
    assert (whole.insurance_paid, whole.contractual, whole.credit) == (57, -57, 0)


def test_interest_of_the_rest_of_a_split_claim_takes_nothing_of_what_is_denied() -> None:
    life = Life(opened("BLUE"), captured(charge(), charge(TWO, 9_900)))
    life.post(adjudicated(line(0, ("CO", "197", 20_000))))
    rest = (line(9_900, number=TWO), line(57, ("OA", "225", -57), number=None))
    life.post(adjudicated(*rest, adjudication="adj-2", remittance="rem-2"))
    assert (life.balance(ONE).denied, life.balance(CLAIM_LEVEL).credit) == (20_000, 0)


def test_a_bonus_that_no_rule_knows_is_paid_above_the_charge_and_lowers_nobodys_part() -> None:
    decided = line(17_500, ("CO", "45", 2_000), ("CO", "144", -500), ("PR", "2", 1_000))
    after = Life(opened("BLUE"), captured()).post(adjudicated(decided)).balance(ONE)
    assert (after.insurance_paid, after.contractual, after.patient) == (17_500, 1_500, 1_000)
    dearer = captured(charge(cents=21_000))
    rest = Life(opened("BLUE"), dearer).post(adjudicated(decided)).balance(ONE)
    assert (rest.contractual, rest.patient, rest.open, rest.credit) == (1_500, 1_000, 1_000, 0)


def test_no_money_is_posted_in_a_closed_period() -> None:
    closed = evolve_book(BOOK, PeriodClosed(last_day=date(2026, 1, 31), next_open=date(2026, 2, 1)))
    life = Life(opened("BLUE"), captured(), book=closed).post(PAID)
    assert {event.posted_on for event in life.said} == {date(2026, 2, 1)}


def test_the_patients_part_waits_while_nobody_knows_the_coverages() -> None:
    life = Life(captured()).post(PAID)
    assert (life.balance(ONE).patient, life.balance(ONE).open) == (0, 2_000)
    life.hear(opened("BLUE"))
    assert (life.balance(ONE).patient, life.balance(ONE).open) == (2_000, 0)


def test_a_claim_sent_on_to_a_payer_we_do_not_know_waits_for_its_answer() -> None:
    life = Life(opened("BLUE"), captured()).post(replace(PAID, status="19", forwarded_to="MEDIGAP"))
    assert (life.balance(ONE).patient, life.balance(ONE).open) == (0, 2_000)
    answer = adjudicated(
        line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)), adjudication="adj-2", payer="MEDIGAP"
    )
    life.post(answer)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.patient, after.open, after.credit) == (9_500, 500, 0, 0)


def test_a_crossover_that_is_ruled_out_leaves_its_part_to_the_patient() -> None:
    life = Life(opened("BLUE"), captured()).post(replace(PAID, status="19"))
    coverages = opened("BLUE").coverages
    life.hear(CoveragesSet(patient="p1", coverages=coverages, set_on=DAY, reason="no medigap"))
    assert (life.balance(ONE).patient, life.balance(ONE).open) == (2_000, 0)


def test_a_payer_we_did_not_know_pays_what_the_patient_was_thought_to_owe() -> None:
    answer = adjudicated(
        line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)), adjudication="adj-2", payer="MEDIGAP"
    )
    life = Life(opened("BLUE"), captured()).post(PAID).post(answer)
    after = life.balance(ONE)
    assert (after.insurance_paid, after.patient, after.credit) == (9_500, 500, 0)


def test_a_part_that_waited_is_worth_no_more_than_what_is_left() -> None:
    second = adjudicated(
        line(1_500, ("OA", "23", 18_000), ("PR", "2", 500)),
        adjudication="adj-2",
        claim=SECOND_CLAIM,
        payer="AETNA",
        payer_order=2,
    )
    life = Life(opened("BLUE", "AETNA"), captured()).post(second).post(PAID)
    after = life.balance(ONE)
    assert (after.patient, after.open + after.next_payer) == (500, 0)


def test_without_any_rule_set_everything_is_denied() -> None:
    life = Life(opened("BLUE"), captured(), book=Book()).post(PAID)
    assert life.balance(ONE).denied == 12_000
    assert life.of(PaymentPosted)[0].rule_set == "none"
