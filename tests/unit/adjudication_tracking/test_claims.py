"""A payer's word on a claim: adjudicated, reversed only by its exact opposite, forwarded, or unknown here."""

from dataclasses import replace
from datetime import date
from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimPaymentDelivered,
    ClaimRejected,
    ClaimUnmatched,
    ReversalWaiting,
)
from contracts.coding import ChargesCaptured
from contracts.denial import ClaimCorrection, CorrectionRequested
from contracts.submission import (
    ClaimCreated,
    ClaimResubmitted,
    ClaimSubmitted,
    TransportRejected,
)
from contracts.values import AdjudicatedLine, Charge, ClaimLine, ClaimPayment, Source
from services.adjudication_tracking.domain import ACCOUNT, Book
from services.adjudication_tracking.domain.account import (
    AnswerClaim,
    TakeUpReversals,
)
from shared.streams import account_number, charge_number, claim_number
from tests.unit.scenario import said

NUMBER = account_number("t", "s", "tracking")
CLAIM = claim_number(NUMBER, 1)
CHARGE = charge_number(NUMBER, 1)
DAY = date(2026, 1, 5)
SOURCE = Source(sha256="a" * 64)
CAPTURED = ChargesCaptured(
    account=NUMBER,
    charges=(
        Charge(
            charge=CHARGE,
            service_on=DAY,
            procedure="G0438",
            units=1,
            charge_cents=10_000,
            place_of_service="11",
            rendering_npi="1999000009",
        ),
    ),
)
CREATED = ClaimCreated(
    account=NUMBER,
    claim=CLAIM,
    claim_no=1,
    payer="P",
    payer_order=1,
    form="837P",
    service_from=DAY,
    service_to=DAY,
    total_cents=10_000,
    lines=(ClaimLine(line=1, charge=CHARGE, charge_cents=10_000),),
    filing_limit_on=date(2027, 1, 5),
)
SUBMITTED = ClaimSubmitted(
    account=NUMBER,
    claim=CLAIM,
    attempt=1,
    frequency="1",
    payer="P",
    receiver="R",
    isa13=100,
    gs06=100,
    st02="0001",
    sha256="b" * 64,
    submitted_on=DAY,
    total_cents=10_000,
)
SENT = [CAPTURED, CREATED, SUBMITTED]


def _ack(by: str, category: str) -> ClaimAcknowledged:
    return ClaimAcknowledged(
        account=NUMBER,
        claim=CLAIM,
        by=by,  # type: ignore[arg-type]
        category=category,
        charge_cents=10_000,
        source=SOURCE,
    )


def _rejected(by: str) -> ClaimRejected:
    return ClaimRejected(
        account=NUMBER,
        claim=CLAIM,
        by=by,  # type: ignore[arg-type]
        category="A3",
        charge_cents=10_000,
        source=SOURCE,
    )


def _delivered(
    paid: int, status: str = "1", position: int = 0, **more: Any
) -> ClaimPaymentDelivered:
    sign = -1 if status == "22" else 1
    line = AdjudicatedLine(charge=CHARGE, charge_cents=sign * 10_000, paid_cents=paid)
    payment = ClaimPayment(
        claim=CLAIM,
        status=status,
        charge_cents=sign * 10_000,
        paid_cents=paid,
        payer_control="ICN1",
        lines=(line,),
    )
    facts: dict[str, Any] = {"payment": payment, "claim": CLAIM, **more}
    return ClaimPaymentDelivered(
        remittance="r1",
        payer="P",
        check_number="C1",
        paid_on=date(2026, 2, 1),
        source=SOURCE,
        position=position,
        **facts,
    )


def _answer(given: list[Any], delivered: ClaimPaymentDelivered) -> list[Any]:
    return said(ACCOUNT, given, AnswerClaim(delivered), Book())


def _again(attempt: int, frequency: str = "1") -> ClaimResubmitted:
    return ClaimResubmitted(
        account=NUMBER,
        claim=CLAIM,
        attempt=attempt,
        frequency=frequency,  # type: ignore[arg-type]
        payer="P",
        payer_order=1,
        cause="transport",
        total_cents=10_000,
    )


def _correcting(answered: ClaimAdjudicated) -> CorrectionRequested:
    return CorrectionRequested(
        account=NUMBER,
        denials=(f"{NUMBER}-D1",),
        claim=CLAIM,
        adjudication=answered.adjudication,
        payer="P",
        payer_control="ICN1",
        route="replacement",
        correction=ClaimCorrection(note="MENDED"),
        requested_by="biller",
    )


def _transport_rejected() -> TransportRejected:
    return TransportRejected(
        receiver="R",
        level="999",
        isa13=100,
        st02="0001",
        code="R",
        account=NUMBER,
        claim=CLAIM,
        attempt=1,
    )


def test_a_payment_is_led_to_its_charge() -> None:
    (adjudicated,) = _answer(SENT, _delivered(8_000))
    assert isinstance(adjudicated, ClaimAdjudicated)
    assert adjudicated.lines[0].charge == CHARGE
    assert adjudicated.flags == ("before_277ca",)


def test_the_same_delivery_again_is_quiet() -> None:
    (adjudicated,) = _answer(SENT, _delivered(8_000))
    assert _answer([*SENT, adjudicated], _delivered(8_000)) == []


def test_a_claim_that_is_not_here_goes_back_to_its_remittance() -> None:
    ((stream, unmatched),) = _answer([], _delivered(8_000))
    assert stream == "remittance/r1"
    assert isinstance(unmatched, ClaimUnmatched)


def test_a_reversal_takes_back_exactly_what_stands() -> None:
    (adjudicated,) = _answer(SENT, _delivered(8_000))
    (taken_back,) = _answer([*SENT, adjudicated], _delivered(-8_000, "22", 1))
    assert isinstance(taken_back, AdjudicationReversed)
    assert taken_back.reverses == adjudicated.adjudication


def test_a_reversal_of_another_amount_waits() -> None:
    (adjudicated,) = _answer(SENT, _delivered(8_000))
    (waits,) = _answer([*SENT, adjudicated], _delivered(-7_999, "22", 1))
    assert isinstance(waits, ReversalWaiting)


def test_a_reversal_of_a_payment_made_twice_takes_the_second_back() -> None:
    (first,) = _answer(SENT, _delivered(8_000))
    other = replace(_delivered(8_000), remittance="r2", check_number="C2")
    (second,) = _answer([*SENT, first], other)
    (back,) = _answer([*SENT, first, second], _delivered(-8_000, "22", 1))
    assert back.reverses == second.adjudication


def test_a_waiting_reversal_says_what_is_missing() -> None:
    (first,) = _answer(SENT, _delivered(8_000))
    (back,) = _answer([*SENT, first], _delivered(-8_000, "22", 1))
    other = _delivered(-8_000, "22", 2)
    other = replace(other, payment=replace(other.payment, payer_control="ICN9"))
    for given, delivered, words in (
        ([], _delivered(-8_000, "22", 1), "No decision of this payer"),
        ([first], other, "control numbers"),
        ([first], _delivered(-7_999, "22", 1), "another amount"),
        ([first, back], _delivered(-8_000, "22", 2), "taken back before"),
    ):
        (waits,) = _answer([*SENT, *given], delivered)
        assert words in waits.reason


def test_a_reversal_before_its_original_is_taken_up_when_it_comes() -> None:
    (waits,) = _answer(SENT, _delivered(-8_000, "22", 1))
    (adjudicated,) = _answer([*SENT, waits], _delivered(8_000))
    given = [*SENT, waits, adjudicated]
    (taken_back,) = said(ACCOUNT, given, TakeUpReversals(), Book())
    assert isinstance(taken_back, AdjudicationReversed)
    assert said(ACCOUNT, [*given, taken_back], TakeUpReversals(), Book()) == []


def test_a_second_payment_on_another_check_is_flagged() -> None:
    (first,) = _answer(SENT, _delivered(8_000))
    other = replace(_delivered(8_000), remittance="r2", check_number="C2")
    (second,) = _answer([*SENT, first], other)
    assert "other_check" in second.flags


def test_neither_a_payment_of_nothing_nor_one_that_was_taken_back_is_another_check() -> None:
    (first,) = _answer(SENT, _delivered(8_000))
    (back,) = _answer([*SENT, first], _delivered(-8_000, "22", 1))
    other = replace(_delivered(8_000), remittance="r2", check_number="C2")
    (second,) = _answer([*SENT, first, back], other)
    nothing = replace(_delivered(0), remittance="r3", check_number="C3")
    (third,) = _answer([*SENT, first], nothing)
    (fourth,) = _answer([*SENT, third], other)
    (twice,) = _answer([*SENT, first], _delivered(1_000, position=1))
    for one in (second, third, fourth, twice):
        assert "other_check" not in one.flags


def test_an_answer_after_a_rejection_and_one_that_was_awaited_are_told_apart() -> None:
    (after,) = _answer([*SENT, _rejected("payer")], _delivered(8_000))
    (awaited,) = _answer([*SENT, _ack("payer", "A2")], _delivered(8_000))
    assert (after.flags, awaited.flags) == (("after_rejection",), ())


def test_the_decision_of_another_payer_is_none_that_a_reversal_takes_back() -> None:
    (first,) = _answer(SENT, _delivered(8_000))
    (waits,) = _answer([*SENT, first], replace(_delivered(-8_000, "22", 1), payer="Q"))
    assert "No decision of this payer" in waits.reason


def test_of_several_decisions_only_the_one_that_was_reversed_is_taken_back() -> None:
    (first,) = _answer(SENT, _delivered(8_000))
    other = _delivered(5_000, position=1)
    other = replace(other, payment=replace(other.payment, payer_control="ICN2"))
    (second,) = _answer([*SENT, first], other)
    (back,) = _answer([*SENT, first, second], _delivered(-8_000, "22", 2))
    of_second = _delivered(-5_000, "22", 3)
    of_second = replace(of_second, payment=replace(of_second.payment, payer_control="ICN2"))
    (other_back,) = _answer([*SENT, first, second, back], of_second)
    assert other_back.reverses == second.adjudication


def test_a_reversal_that_waits_is_said_once() -> None:
    (waits,) = _answer(SENT, _delivered(-8_000, "22", 1))
    assert _answer([*SENT, waits], _delivered(-8_000, "22", 1)) == []


def test_a_forwarded_claim_tells_which_answer_is_expected() -> None:
    forwarded, adjudicated = _answer(SENT, _delivered(8_000, "19"))
    assert isinstance(adjudicated, ClaimAdjudicated)
    assert isinstance(forwarded, ClaimForwarded)


def test_a_charge_that_came_late_is_led_back_by_its_own_number() -> None:
    late = replace(CAPTURED.charges[0], charge=charge_number(NUMBER, 2), charge_cents=3_000)
    lines = tuple(
        AdjudicatedLine(
            charge=one.charge, charge_cents=one.charge_cents, paid_cents=one.charge_cents
        )
        for one in (CAPTURED.charges[0], late)
    )
    given = [*SENT, replace(CAPTURED, charges=(late,))]
    delivered = _delivered(13_000)
    payment = replace(delivered.payment, charge_cents=13_000, lines=lines)
    (decided,) = said(ACCOUNT, given, AnswerClaim(replace(delivered, payment=payment)), Book())
    assert [line.charge for line in decided.lines] == [CAPTURED.charges[0].charge, late.charge]
