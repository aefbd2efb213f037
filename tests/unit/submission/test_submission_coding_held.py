"""What coding holds after it was coded does not leave: it is asked back from the queue, and goes once it is coded again."""

from contracts.coding import CodingFailure, CodingHeld
from contracts.submission import ClaimHeld, ClaimReleased
from services.submission.domain.commands import AnswerSetAside, BuildClaim, VoidClaim
from services.submission.reactions import react
from tests.unit.submission.facts import ACCOUNT_NO, CLAIM, READY, adjudicated, coded
from tests.unit.submission.lives import BUILT, HELD, QUEUE, SENT, tell
from tests.unit.submission.test_submission_recalled import ASIDE, RECALLED, recalls
from tests.unit.submission.test_submission_rooms import ON_ACCOUNT

FOUND = CodingHeld(
    account=ACCOUNT_NO,
    failures=(CodingFailure(rule="PTP", field="x", sentence="it is part of another service"),),
    coder="c",
)


def test_a_waiting_claim_is_asked_back_when_coding_holds_its_encounter() -> None:
    assert recalls((*BUILT, FOUND)) == [(QUEUE, RECALLED)]
    assert recalls((*BUILT, FOUND, coded())) == []
    assert recalls((*SENT, FOUND)) == []
    assert list(react(FOUND, ON_ACCOUNT)) == [(ON_ACCOUNT.stream, BuildClaim())]


def test_it_is_held_with_what_coding_found_and_goes_by_itself_once_it_is_coded() -> None:
    (event, held), nothing = tell((*BUILT, FOUND), AnswerSetAside(ASIDE))
    assert isinstance(held, ClaimHeld) and nothing is None
    (reason,) = held.reasons
    assert reason.rule == "CODING-HELD"
    assert reason.sentence == "Coding holds the encounter: it is part of another service"
    own, queued = tell((*BUILT, FOUND, event, held, coded()), BuildClaim())
    assert [type(one) for one in own] == [ClaimReleased]
    assert (queued.package.claim, queued.package.attempt) == (CLAIM, 2)


def test_a_claim_that_coding_let_go_before_it_was_given_back_goes_again() -> None:
    _, queued = tell((*BUILT, FOUND, coded()), AnswerSetAside(ASIDE))
    assert queued.package.attempt == 2


def test_a_claim_that_is_built_while_coding_holds_is_held() -> None:
    (_, held), nothing = tell((*READY, FOUND), BuildClaim())
    assert [one.rule for one in held.reasons] == ["CODING-HELD"] and nothing is None
    (again,), nothing = tell((*HELD, FOUND), BuildClaim())
    assert [one.rule for one in again.reasons] == ["CODING-HELD"] and nothing is None


def test_a_void_goes_whatever_coding_holds() -> None:
    void = VoidClaim(CLAIM, "billed in error", "mm")
    _, queued = tell((*SENT, adjudicated(), FOUND), void)
    assert queued.package.frequency == "8"
