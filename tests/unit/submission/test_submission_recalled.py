"""A claim that waits in a queue when its coverages are set anew goes with those of now, unless it is in a file already."""

from dataclasses import replace
from typing import Any

from contracts.registration import CoveragesSet
from contracts.submission import (
    ClaimHeld,
    ClaimQueued,
    ClaimRecalled,
    ClaimResubmitted,
    ClaimSetAside,
    InterchangeBatched,
)
from contracts.values import Coverage, Sealed
from services.submission.domain import ACCOUNT, OUTBOUND
from services.submission.domain.account_state import Account
from services.submission.domain.commands import (
    AnswerSetAside,
    BillNext,
    BuildClaim,
    SendCorrection,
    VoidClaim,
)
from services.submission.domain.queue import CloseQueue, GiveBack, SetAside, TellSetAside
from services.submission.projections.outbound import INTERCHANGE, QUEUE
from services.submission.reactions import react
from shared.streams import account_stream
from tests.unit.scenario import fold, said
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    READY,
    SECOND,
    adjudicated,
    after,
    asked,
    books,
    coverage,
    enrolled,
    submitted,
)
from tests.unit.submission.lives import BUILT, HELD, SENT, tell
from tests.unit.submission.lives import QUEUE as PLACE
from tests.unit.submission.test_submission_rooms import AT, ON_ACCOUNT, rows
from tests.unit.submission.test_submission_second_payer import PAID_FIRST

RECALLED = ClaimRecalled(account=ACCOUNT_NO, claim=CLAIM, attempt=1)
(WAITING,) = [e[1] for e in said(ACCOUNT, READY, BuildClaim(), books()) if isinstance(e, tuple)]
GIVE_BACK = GiveBack(CLAIM, 1)
(ASIDE,) = said(OUTBOUND, (WAITING,), GIVE_BACK, books())
BATCH: InterchangeBatched = said(OUTBOUND, (WAITING,), CloseQueue(DAY), books())[0]
OTHER_MEMBER = coverage(member=Sealed(key_id="key-1", box="b3RoZXI="))


def set_anew(*coverages: Coverage) -> CoveragesSet:
    """The coverages as a biller sets them."""
    return CoveragesSet(
        patient="patient-1", coverages=coverages, set_on=DAY, reason="the right card"
    )


def recalls(given: tuple[Any, ...]) -> list[Any]:
    """What is asked back."""
    return [e for e in said(ACCOUNT, given, BuildClaim(), books()) if isinstance(e, tuple)]


FOUND = set_anew(coverage(payer="PAYER-B"))


# -- the account


def test_a_waiting_claim_is_asked_back_when_its_payer_its_member_or_its_relation_is_another() -> (
    None
):
    for now in (coverage(payer="PAYER-B"), OTHER_MEMBER, coverage(relation="01")):
        assert recalls((*BUILT, set_anew(now))) == [(PLACE, RECALLED)]


def test_the_same_coverages_set_again_ask_nothing_back() -> None:
    assert recalls((*BUILT, set_anew(coverage()))) == []
    assert recalls((*BUILT, FOUND, set_anew(coverage()))) == []
    ended = coverage(2, "PAYER-B", effective_to=DAY.replace(year=2024))
    assert recalls((*BUILT, set_anew(coverage(), ended))) == []


def test_what_is_held_or_has_left_is_not_asked_back() -> None:
    assert recalls((*SENT, FOUND)) == []
    own, queued = tell((*HELD, FOUND), BuildClaim())
    assert queued.package.payer == "PAYER-B" and own


def test_a_claim_is_asked_back_where_it_waits_however_often_its_coverages_are_set() -> None:
    given = (*after(HELD, BuildClaim()), FOUND, set_anew(coverage(payer="PAYER-UNKNOWN")))
    assert recalls(given) == [(PLACE, RECALLED)]


def test_a_claim_that_was_given_back_goes_with_the_coverages_of_now_as_its_next_attempt() -> None:
    own, queued = tell((*BUILT, FOUND), AnswerSetAside(ASIDE))
    (event,) = own
    assert isinstance(event, ClaimResubmitted) and "coverages" in event.reason
    package = queued.package
    assert (package.payer, package.attempt, package.frequency) == ("PAYER-B", 2, "1")
    assert package.coverages == FOUND.coverages
    given = (*BUILT, FOUND, *own)
    assert tell(given, AnswerSetAside(ASIDE)) == ([], None)
    assert recalls(given) == []


def test_a_claim_that_was_given_back_is_held_for_what_the_edits_find_of_it_now() -> None:
    unenrolled = books(enrolled("PAYER-B", yes=False))
    (event, held), nothing = tell((*BUILT, FOUND), AnswerSetAside(ASIDE), unenrolled)
    assert isinstance(event, ClaimResubmitted) and isinstance(held, ClaimHeld) and nothing is None
    assert (held.attempt, [r.rule for r in held.reasons]) == (2, ["ENROLMENT"])
    _, queued = tell((*BUILT, FOUND, event, held), BuildClaim())
    assert (queued.package.payer, queued.package.attempt) == ("PAYER-B", 2)


def test_a_claim_whose_coverages_are_all_gone_is_held_and_goes_once_there_are_any() -> None:
    given = (*BUILT, set_anew())
    assert recalls(given) == [(PLACE, RECALLED)]
    (event, held), nothing = tell(given, AnswerSetAside(ASIDE))
    assert isinstance(held, ClaimHeld) and nothing is None
    _, queued = tell((*given, event, held, FOUND), BuildClaim())
    assert (queued.package.payer, queued.package.attempt) == ("PAYER-B", 2)


def test_a_claim_that_left_before_it_was_asked_back_is_the_old_payers_and_goes_once() -> None:
    given = (*BUILT, FOUND, submitted())
    assert recalls(given) == [] and tell(given, AnswerSetAside(ASIDE)) == ([], None)
    state: Account = fold(ACCOUNT, given)
    claim = state.claims[CLAIM]
    assert (claim.status, claim.payer, claim.waits_under) == ("submitted", "PAYER-A", ())


def test_a_claim_that_the_writer_refused_with_coverages_of_before_goes_with_those_of_now() -> None:
    command = SetAside("CLEARING", BATCH.isa13, CLAIM, 1, "no", "2010BA", "NM103")
    (aside,) = said(OUTBOUND, (WAITING, BATCH), command, books())
    _, queued = tell((*BUILT, FOUND), AnswerSetAside(aside))
    assert (queued.package.payer, queued.package.attempt) == ("PAYER-B", 2)


def test_a_replacement_that_waited_goes_to_another_payer_as_an_original() -> None:
    given = after((*SENT, adjudicated(paid_cents=0, patient_cents=0)), SendCorrection(asked()))
    assert recalls((*given, FOUND)) == [(PLACE, replace(RECALLED, attempt=2))]
    _, queued = tell((*given, FOUND), AnswerSetAside(replace(ASIDE, attempt=2)))
    package = queued.package
    assert (package.payer, package.frequency, package.payer_control) == ("PAYER-B", "1", "")


def test_a_void_that_waited_is_held_for_its_own_payer() -> None:
    given = after((*SENT, adjudicated(paid_cents=0)), VoidClaim(CLAIM, "r", "biller"))
    assert recalls((*given, FOUND)) == [(PLACE, replace(RECALLED, attempt=2))]
    (event, held), nothing = tell((*given, FOUND), AnswerSetAside(replace(ASIDE, attempt=2)))
    assert (event.frequency, event.payer, nothing) == ("8", "PAYER-A", None)
    assert [reason.rule for reason in held.reasons] == ["PAYER-COVERED"]


def test_a_next_payers_claim_that_waited_goes_to_the_next_payer_of_now_or_is_held_where_there_is_none() -> (
    None
):
    given = after(PAID_FIRST, BillNext(2))
    aside = replace(ASIDE, claim=SECOND)
    other = set_anew(coverage(), coverage(2, "PAYER-B", relation="01"))
    assert recalls((*given, other)) == [(PLACE, replace(RECALLED, claim=SECOND))]
    _, queued = tell((*given, other), AnswerSetAside(aside))
    assert (queued.package.claim, queued.package.attempt) == (SECOND, 2)
    assert queued.package.coverages == other.coverages and queued.package.prior
    alone = set_anew(coverage())
    assert recalls((*given, alone)) == [(PLACE, replace(RECALLED, claim=SECOND))]
    own, nothing = tell((*given, alone), AnswerSetAside(aside))
    assert isinstance(own[-1], ClaimHeld) and nothing is None


def test_coverages_ask_back_before_they_do_what_any_change_does() -> None:
    assert list(react(FOUND, ON_ACCOUNT)) == [(ON_ACCOUNT.stream, BuildClaim())]


# -- the lane


def test_a_claim_that_is_asked_back_leaves_the_queue_and_its_account_is_told() -> None:
    assert isinstance(ASIDE, ClaimSetAside) and (ASIDE.isa13, ASIDE.cents) == (0, 30_000)
    given = (WAITING, RECALLED, ASIDE)
    assert said(OUTBOUND, given, CloseQueue(DAY), books()) == []
    told = said(OUTBOUND, given, TellSetAside(ASIDE, "tenant"), books())
    assert told == [(account_stream(ACCOUNT_NO), ASIDE)]
    assert said(OUTBOUND, given, GIVE_BACK, books()) == []


def test_a_claim_that_is_in_a_file_is_not_given_back() -> None:
    assert said(OUTBOUND, (WAITING, BATCH, RECALLED), GIVE_BACK, books()) == []


def test_the_next_attempt_is_not_given_back_for_the_one_before() -> None:
    again = replace(WAITING, package=replace(WAITING.package, attempt=2))
    given = (WAITING, ASIDE, again)
    assert said(OUTBOUND, given, GIVE_BACK, books()) == []
    (file,) = said(OUTBOUND, given, CloseQueue(DAY), books())
    assert [claim.attempt for one in file.sets for claim in one.claims] == [2]


def test_what_was_given_back_is_no_longer_counted_in_its_queue_and_is_in_no_file() -> None:
    other: ClaimQueued = replace(WAITING, package=replace(WAITING.package, claim=SECOND))
    ((_, row),) = rows(QUEUE, (WAITING, other, ASIDE), AT).items()
    assert (row["claims"], row["cents"]) == (1, 30_000)
    assert rows(INTERCHANGE, (ASIDE,), AT) == {}
