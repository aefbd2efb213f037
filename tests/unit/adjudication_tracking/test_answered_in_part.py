"""A payer that decides a part of a claim is still asked for the rest, and one that decided all of it never again."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec

from contracts.adjudication_tracking import AnswerLate, ClaimPaymentDelivered
from contracts.submission import VoidWithdrawn
from services.adjudication_tracking.domain import ACCOUNT, Book
from services.adjudication_tracking.domain.account import AnswerClaim, NobodyAnswered
from services.adjudication_tracking.domain.claim import Claim
from tests.unit.adjudication_tracking.test_claims import (
    CAPTURED,
    CLAIM,
    CREATED,
    DAY,
    NUMBER,
    SENT,
    SUBMITTED,
    _again,
    _delivered,
    _rejected,
)
from tests.unit.scenario import fold, said

AWAITED = f"835 {CLAIM} 1"
LATE = NobodyAnswered("835", CLAIM, 1, DAY + timedelta(days=31))


def _part(cents: int, position: int = 0, status: str = "1") -> ClaimPaymentDelivered:
    """An answer about this much of a claim of 100.00, all of it paid."""
    payment = replace(_delivered(cents).payment, charge_cents=cents, status=status, lines=())
    return _delivered(
        cents, position=position, payment=replace(payment, payer_control=f"I{abs(cents)}")
    )


def _lived(given: list[Any], *parts: ClaimPaymentDelivered) -> list[Any]:
    for one in parts:
        given = [*given, *said(ACCOUNT, given, AnswerClaim(one), Book())]
    return given


def _awaited(given: list[Any]) -> list[str]:
    assert ACCOUNT.timers is not None
    return list(ACCOUNT.timers(fold(ACCOUNT, given)))


def test_the_rest_of_a_claim_that_was_answered_in_part_is_awaited_and_told_late_once() -> None:
    given = _lived(SENT, _part(6_000))
    assert _awaited(given) == [AWAITED]  # No 277CA: who decides has it.
    (late,) = said(ACCOUNT, given, LATE, Book())
    assert isinstance(late, AnswerLate)
    assert (late.awaited, late.due_on) == ("835", DAY + timedelta(days=30))
    assert _awaited([*given, late]) == []


def test_the_second_part_ends_the_wait() -> None:
    assert _awaited(_lived(SENT, _part(6_000), _part(4_000, 1))) == []
    assert _awaited(_lived(SENT, _part(10_000))) == []
    assert _awaited(_lived(SENT, _delivered(8_000))) == []


def test_an_answer_about_nothing_or_less_leaves_the_rest_awaited() -> None:
    for charge in (0, -6_000):
        more = _part(0, 1)
        more = replace(more, payment=replace(more.payment, charge_cents=charge))
        assert _awaited(_lived(SENT, _part(6_000), more)) == [AWAITED]


def test_a_part_that_is_taken_back_and_decided_anew_counts_once() -> None:
    given = _lived(SENT, _part(6_000), _part(-6_000, 1, "22"))
    assert _awaited(given) == [AWAITED]
    given = _lived(given, _part(6_000, 2))
    assert _awaited(given) == [AWAITED]
    assert _awaited(_lived(given, _part(4_000, 3))) == []


def test_a_claim_that_was_answered_whole_is_not_awaited_anew_by_a_reversal_or_a_part() -> None:
    given = _lived(SENT, _part(10_000), _part(-10_000, 1, "22"))
    assert _awaited(given) == []
    assert _awaited(_lived(given, _part(6_000, 2))) == []


def test_what_decides_nothing_is_no_part_of_the_claim() -> None:
    given = _lived(SENT, _part(6_000), _part(4_000, 1, "25"))
    assert _awaited(given) == [AWAITED]


def test_a_part_that_overtakes_the_word_that_the_claim_left_leaves_the_rest_awaited() -> None:
    given = _lived([CAPTURED, CREATED], _part(6_000))
    assert _awaited(given) == []
    assert _awaited([*given, SUBMITTED]) == [AWAITED]
    assert _awaited([*_lived(given, _part(4_000, 1)), SUBMITTED]) == []


def test_a_late_rejection_leaves_the_rest_of_what_the_payer_decides_awaited() -> None:
    assert _awaited([*_lived(SENT, _part(6_000)), _rejected("clearinghouse")]) == [AWAITED]


def test_the_next_attempt_is_awaited_whole_by_what_it_was_sent_for() -> None:
    again = replace(SUBMITTED, attempt=2, isa13=101, total_cents=9_000)
    given = [*_lived(SENT, _part(6_000)), _again(2, "7"), again]
    awaited = f"835 {CLAIM} 2"
    assert awaited in _awaited(given)
    given = _lived(given, _part(6_000, 1))
    assert _awaited(given) == [awaited]
    assert _awaited(_lived(given, _part(3_000, 2))) == []


def test_a_void_that_is_withdrawn_leaves_the_rest_awaited_as_long_as_it_did_not_come() -> None:
    void = replace(_again(2, "8"), cause="void")
    sent = replace(SUBMITTED, attempt=2, isa13=101, frequency="8", submitted_on=date(2026, 2, 2))
    back = VoidWithdrawn(
        account=NUMBER, claim=CLAIM, attempt=2, payer="P", payer_order=1, stands="accepted", frequency="1",
        reason="not meant", withdrawn_by="b",
    )  # fmt: skip
    given = [*_lived(SENT, _part(6_000)), void, sent]
    assert fold(ACCOUNT, [*given, back]).claims[CLAIM].submitted_on == DAY
    assert _awaited([*given, back]) == [f"835 {CLAIM} 2"]
    assert _awaited([*_lived(given, _part(4_000, 1)), back]) == []


def test_a_claim_that_an_older_version_kept_awaits_as_it_did() -> None:
    kept = msgspec.json.decode(msgspec.json.encode(fold(ACCOUNT, SENT).claims[CLAIM]))[:-1]
    assert msgspec.convert(kept, Claim) == fold(ACCOUNT, SENT).claims[CLAIM]
