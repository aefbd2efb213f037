"""How a claim goes on: what is late never rewinds it, silence is told once, and no step is taken that is not allowed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    AnswerLate,
)
from contracts.posting import DeniedAmount, PaymentPosted, ResponsibilityMoved
from contracts.reference import BusinessDayOpened
from contracts.submission import (
    ClaimHeld,
    CorrectionDeclined,
)
from services.adjudication_tracking.domain import ACCOUNT, Book
from services.adjudication_tracking.domain.account import (
    NobodyAnswered,
)
from services.adjudication_tracking.domain.books import PayerFacts, evolve_book
from services.adjudication_tracking.domain.claim import Claim
from services.adjudication_tracking.domain.states import ALLOWED, LATE, STATES, step
from shared.service import Wake
from tests.unit.adjudication_tracking.test_claims import (
    CAPTURED,
    CHARGE,
    CLAIM,
    CREATED,
    DAY,
    NUMBER,
    SENT,
    SUBMITTED,
    _ack,
    _again,
    _answer,
    _correcting,
    _delivered,
    _rejected,
    _transport_rejected,
)
from tests.unit.scenario import fold, said


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
    assert isinstance(late, AnswerLate) and late.due_on == DAY + timedelta(days=2)
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
    sent_again = (_correcting(first), _again(2, "7"), replace(SUBMITTED, attempt=2))
    assert _state(first, *sent_again, declined).state == "submitted"


def test_a_claim_that_went_to_another_payer_is_awaited_from_that_one() -> None:
    given = [*SENT, replace(SUBMITTED, attempt=2, payer="Q", isa13=200)]
    (late,) = said(
        ACCOUNT, given, NobodyAnswered("835", CLAIM, 2, DAY + timedelta(days=31)), Book()
    )
    assert late.payer == "Q"


def test_only_a_payer_that_says_so_has_accepted_the_claim() -> None:
    for by, category, state in (
        ("clearinghouse", "A2", "received"),
        ("payer", "A1", "received"),
        ("payer", "A2", "accepted"),
        ("payer", "A5", "accepted"),
    ):
        assert _state(_ack(by, category)).state == state


def test_a_claim_that_was_sent_waits_for_a_277ca_until_there_is_one_and_for_an_835() -> None:
    def waits(*more: Any) -> list[str]:
        assert ACCOUNT.timers is not None
        return [name.split()[0] for name in ACCOUNT.timers(fold(ACCOUNT, [*SENT, *more]))]

    late = AnswerLate(
        account=NUMBER, claim=CLAIM, attempt=1, awaited="277CA", payer="P", due_on=DAY
    )
    assert waits() == ["277CA", "835"]
    assert waits(_ack("clearinghouse", "A1")) == waits(late) == ["835"]


def test_a_morning_asks_after_the_answer_that_its_timer_waits_for() -> None:
    state = fold(ACCOUNT, SENT)
    assert ACCOUNT.timers is not None and ACCOUNT.wake is not None
    patient = Book(payers={"P": PayerFacts("P", (), 9, 99)}, opened=(DAY - timedelta(days=1),))
    day = DAY + timedelta(days=120)
    asked = [ACCOUNT.wake(name, day, state, patient) for name in ACCOUNT.timers(state)]
    assert asked == [NobodyAnswered("277CA", CLAIM, 1, day), NobodyAnswered("835", CLAIM, 1, day)]


def _booked(denied: int = 0, patient: int = 0) -> PaymentPosted:
    cut = DeniedAmount(
        charge=CHARGE, group="CO", carc="197", cents=denied, category="AUTH", owner="o",
        next_action="n", correctable=True,
    )  # fmt: skip
    return PaymentPosted(
        account=NUMBER, claim=CLAIM, adjudication="a", payer="P", payer_order=1, remittance="r1",
        check_number="C1", entry="e", posted_on=DAY, paid_cents=8_000, contractual_cents=0,
        denied=(cut,) if denied else (), allowed_cents=8_000, patient_part_cents=patient,
        entries=(), rule_set="r",
    )  # fmt: skip


def _moved(to: str) -> ResponsibilityMoved:
    return ResponsibilityMoved(
        account=NUMBER, claim=CLAIM, from_payer_order=1, to_party=to, cents=2_000, amounts=(),
        basis="remainder", entry="e", posted_on=DAY, entries=(),
    )  # fmt: skip


def test_a_decided_claim_is_settled_when_nothing_of_it_is_left_or_what_is_left_has_moved() -> None:
    (answer,) = _answer(SENT, _delivered(8_000))
    for words, state in (
        ((_booked(),), "settled"),
        ((_booked(denied=2_000),), "adjudicated"),
        ((_booked(patient=2_000),), "adjudicated"),
        ((_booked(patient=2_000), _moved("patient")), "settled"),
        ((_booked(patient=2_000), _moved("payer")), "next_payer"),
    ):
        assert _state(answer, *words).state == state
        assert _state(answer, _correcting(answer), *words).state == "correcting"
