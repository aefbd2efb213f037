"""A 277CA answers the attempt whose file it names, and no newer one."""

from dataclasses import replace
from typing import Any

from services.submission.domain.account import ACCOUNT
from services.submission.domain.commands import ResubmitClaim, VoidClaim
from tests.unit.scenario import fold
from tests.unit.submission.facts import CLAIM, after, rejected, submitted
from tests.unit.submission.lives import BUILT, HELD

FIRST = submitted()
SENT = (*BUILT, FIRST)
AGAIN = after((*SENT, rejected()), ResubmitClaim(CLAIM))
SECOND = submitted(2, isa13=FIRST.isa13 + 100)


def _no(of: Any) -> Any:
    return replace(rejected(), answers_isa13=of.isa13, answers_st02=of.st02)


def _status(*events: Any) -> str:
    status: str = fold(ACCOUNT, events).claims[CLAIM].status
    return status


def test_a_late_rejection_of_an_earlier_attempt_leaves_the_newer_one_on_its_way() -> None:
    assert _status(*AGAIN, _no(FIRST)) == "queued"
    assert _status(*AGAIN, SECOND, _no(FIRST)) == "submitted"
    assert _status(*AGAIN, SECOND, _no(SECOND)) == "rejected"


def test_a_rejection_may_overtake_the_word_that_a_later_attempt_left() -> None:
    assert _status(*AGAIN, _no(SECOND)) == "rejected"
    assert _status(*AGAIN, rejected()) == "queued"


def test_a_rejection_that_names_no_file_may_overtake_the_word_that_the_first_attempt_left() -> None:
    assert _status(*BUILT, rejected()) == "rejected"


def test_a_rejection_of_a_file_that_nobody_knows_leaves_what_is_held_or_ended_as_it_is() -> None:
    assert _status(*HELD, _no(SECOND)) == "held"
    ended = after(HELD, VoidClaim(CLAIM, "the patient pays for it", "biller"))
    assert _status(*ended, _no(SECOND)) == "voided"
