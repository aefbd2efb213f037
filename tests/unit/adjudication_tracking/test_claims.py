"""A payer's word on a claim: adjudicated, reversed only by its exact opposite, forwarded, or unknown here."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    AnswerLate,
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
from contracts.reference import BusinessDayOpened
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimResubmitted,
    ClaimSubmitted,
    CorrectionDeclined,
    TransportRejected,
)
from contracts.values import AdjudicatedLine, Charge, ClaimLine, ClaimPayment, Source
from services.adjudication_tracking.domain import ACCOUNT, Book
from services.adjudication_tracking.domain.account import (
    AnswerClaim,
    NobodyAnswered,
    TakeUpReversals,
)
from services.adjudication_tracking.domain.books import PayerFacts, evolve_book
from services.adjudication_tracking.domain.claim import Claim
from services.adjudication_tracking.domain.states import ALLOWED, LATE, STATES, step
from shared.service import Wake
from shared.streams import account_number, charge_number, claim_number
from tests.unit.scenario import fold, said

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


def test_a_forwarded_claim_tells_which_answer_is_expected() -> None:
    forwarded, adjudicated = _answer(SENT, _delivered(8_000, "19"))
    assert isinstance(adjudicated, ClaimAdjudicated)
    assert isinstance(forwarded, ClaimForwarded)


def test_a_payers_rejection_after_the_clearinghouse_took_it_is_a_rejection() -> None:
    state = fold(ACCOUNT, [*SENT, _ack("clearinghouse", "A1"), _rejected("payer")])
    assert state.claims[CLAIM].state == "rejected"


def test_a_late_acknowledgement_does_not_rewind() -> None:
    (adjudicated,) = _answer(SENT, _delivered(8_000))
    state = fold(ACCOUNT, [*SENT, adjudicated, _ack("payer", "A2"), _rejected("payer")])
    assert state.claims[CLAIM].state == "adjudicated"
    assert state.claims[CLAIM].forbidden == 0


def test_silence_is_told_once_when_the_answer_was_due() -> None:
    when = NobodyAnswered("277CA", CLAIM, 1, date(2026, 1, 9))
    (late,) = said(ACCOUNT, SENT, when, Book())
    assert isinstance(late, AnswerLate)
    assert said(ACCOUNT, [*SENT, late], when, Book()) == []
    assert said(ACCOUNT, [*SENT, _ack("payer", "A2"), late], when, Book()) == []


def test_an_acknowledgement_is_due_by_business_days_and_a_remittance_by_calendar_days() -> None:
    sent = DAY
    days = [sent + timedelta(days=n) for n in (0, 4, 5, 6)]  # A long weekend lies between.
    for told, late in ((2, False), (3, False), (4, True)):
        book = Book()
        for day in days[:told]:
            book = evolve_book(book, BusinessDayOpened(day=day))
        when = NobodyAnswered("277CA", CLAIM, 1, days[told - 1])
        answers = said(ACCOUNT, SENT, when, book)
        assert [a.due_on for a in answers] == ([days[2]] if late else [])
    when = NobodyAnswered("835", CLAIM, 1, sent + timedelta(days=31))
    (told_late,) = said(ACCOUNT, SENT, when, book)
    assert told_late.due_on == sent + timedelta(days=30)


def test_a_payer_with_more_time_is_asked_after_when_it_is_over_and_not_every_morning() -> None:
    state = fold(ACCOUNT, SENT)
    patient = Book(payers={"P": PayerFacts("P", (), 2, 60)})
    assert ACCOUNT.timers is not None and ACCOUNT.wake is not None
    (what,) = [name for name in ACCOUNT.timers(state) if name.startswith("835")]
    over = DAY + timedelta(days=61)
    assert ACCOUNT.wake(what, DAY + timedelta(days=31), state, patient) == Wake(over)
    asked = ACCOUNT.wake(what, over, state, patient)
    (late,) = said(ACCOUNT, SENT, asked, patient)
    assert (late.awaited, late.due_on) == ("835", DAY + timedelta(days=60))


OUTSIDE = ("received", "accepted", "rejected", "transport_rejected", "adjudicated", "reversed")


def test_a_step_that_is_not_allowed_is_never_taken() -> None:
    for state in STATES:
        for to in STATES:
            after, allowed = step(state, to)  # type: ignore[arg-type]
            assert after in (state, to)
            assert allowed or (after == state and to not in ALLOWED[state])


def test_whatever_the_outside_says_and_when_is_lawful_of_a_claim_that_we_sent() -> None:
    for state in STATES - {"history"}:
        for word in OUTSIDE:
            assert step(state, word)[1], (state, word)  # type: ignore[arg-type]


def test_a_payers_answer_is_taken_in_every_state_and_history_is_never_sent() -> None:
    assert all(step(state, "adjudicated") == ("adjudicated", True) for state in STATES)
    assert step("history", "submitted") == ("history", False)


def test_what_is_late_is_not_also_a_step() -> None:
    assert not [(to, state) for to in LATE for state in LATE[to] if to in ALLOWED[state]]


def _state(*more: Any) -> Claim:
    found: Claim = fold(ACCOUNT, [*SENT, *more]).claims[CLAIM]
    return found


def test_a_payers_rejection_stands_when_the_clearinghouse_takes_it_after() -> None:
    claim = _state(_rejected("payer"), _ack("clearinghouse", "A1"))
    assert (claim.state, claim.forbidden, claim.submitted_on) == ("rejected", 0, None)


def test_an_835_is_the_answer_of_a_claim_that_was_held_or_sent_again_meanwhile() -> None:
    (answer,) = _answer(SENT, _delivered(8_000))
    no = _transport_rejected()
    held = ClaimHeld(account=NUMBER, claim=CLAIM, attempt=1, reasons=())
    for before in ([no, held], [_rejected("payer"), _again(2)]):
        claim = _state(*before, answer)
        assert (claim.state, claim.forbidden) == ("adjudicated", 0)


def test_an_answer_that_overtakes_the_word_that_the_claim_left_is_not_rewound_by_it() -> None:
    for answer, state in ((_ack("payer", "A2"), "accepted"), (_rejected("payer"), "rejected")):
        claim = fold(ACCOUNT, [CAPTURED, CREATED, answer, SUBMITTED]).claims[CLAIM]
        assert (claim.state, claim.forbidden) == (state, 0)
        assert (claim.submitted_on is None) == (state == "rejected")


def test_what_is_said_of_an_attempt_that_another_replaced_changes_nothing() -> None:
    no = _transport_rejected()
    before = _state(no, _again(2), replace(SUBMITTED, attempt=2))
    held = ClaimHeld(account=NUMBER, claim=CLAIM, attempt=1, reasons=())
    after = _state(no, _again(2), replace(SUBMITTED, attempt=2), SUBMITTED, no, held)
    assert before == after and before.state == "submitted"


def test_a_decision_taken_back_while_its_correction_is_on_its_way_leaves_the_correction() -> None:
    (first,) = _answer(SENT, _delivered(0))
    given = [*SENT, first, _correcting(first), _again(2, "7"), replace(SUBMITTED, attempt=2)]
    (back,) = _answer(given, _delivered(0, "22", 1))
    claim = fold(ACCOUNT, [*given, back]).claims[CLAIM]
    assert isinstance(back, AdjudicationReversed)
    assert (claim.state, claim.forbidden) == ("submitted", 0)


def test_a_correction_that_was_declined_leaves_the_claim_as_the_payer_decided_it() -> None:
    (first,) = _answer(SENT, _delivered(0))
    declined = CorrectionDeclined(
        account=NUMBER, claim=CLAIM, adjudication=first.adjudication, reason="a later one is known"
    )
    assert _state(first, _correcting(first)).state == "correcting"
    assert _state(first, _correcting(first), declined).state == "adjudicated"


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


def test_a_claim_that_went_to_another_payer_is_awaited_from_that_one() -> None:
    given = [*SENT, replace(SUBMITTED, attempt=2, payer="Q", isa13=200)]
    (late,) = said(
        ACCOUNT, given, NobodyAnswered("835", CLAIM, 2, DAY + timedelta(days=31)), Book()
    )
    assert late.payer == "Q"


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
