"""A claim that waits in a queue when its charges, its codes or its person change goes as its account says it by then."""

from dataclasses import fields, replace
from typing import Any

import pytest
from msgspec import structs

from contracts.coding import ChargeCorrected
from contracts.phi import MemberDetails
from contracts.registration import PatientDemographicsCorrected
from contracts.submission import (
    ClaimHeld,
    ClaimQueued,
    ClaimRecalled,
    ClaimResubmitted,
    ClaimVoided,
    InterchangeBatched,
)
from contracts.values import Diagnosis, Sealed
from services.submission.domain import ACCOUNT, OUTBOUND
from services.submission.domain.account_state import Account
from services.submission.domain.commands import (
    AnswerSetAside,
    BillForwarded,
    BillNext,
    BuildClaim,
    ReleaseClaim,
    SendCorrection,
    VoidClaim,
    WithdrawVoid,
)
from services.submission.domain.compiled import ON_NO_CLAIM
from services.submission.domain.loops import Opened, claim
from services.submission.domain.queue import CloseQueue, GiveBack, SetAside
from services.submission.reactions import react
from shared.streams import outbound_stream
from tests.unit.scenario import fold, said
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    FORWARDED,
    READY,
    RECEIVER,
    SECOND,
    adjudicated,
    after,
    asked,
    books,
    captured,
    charge,
    coded,
    coverage,
    enrolled,
    payer,
    submitted,
)
from tests.unit.submission.lives import BUILT, HELD, SENT, tell
from tests.unit.submission.lives import QUEUE as PLACE
from tests.unit.submission.outside import PERSON, one_package
from tests.unit.submission.test_submission_recalled import set_anew
from tests.unit.submission.test_submission_rooms import ON_ACCOUNT
from tests.unit.submission.test_submission_second_payer import PAID_FIRST

RECALLED = ClaimRecalled(account=ACCOUNT_NO, claim=CLAIM, attempt=1)
ASKED_BACK = [RECALLED, (PLACE, RECALLED)]
(WAITING,) = [e[1] for e in said(ACCOUNT, READY, BuildClaim(), books()) if isinstance(e, tuple)]
(ASIDE,) = said(OUTBOUND, (WAITING,), GiveBack(CLAIM, 1), books())
BATCH: InterchangeBatched = said(OUTBOUND, (WAITING,), CloseQueue(DAY), books())[0]
(REFUSED,) = said(
    OUTBOUND, (WAITING, BATCH), SetAside("CLEARING", BATCH.isa13, CLAIM, 1, "no", "2010BA", "NM103"), books()
)  # fmt: skip

LATE = captured(charge(3))
LATE_CODED = coded((1,), (1, 2), (2,))
CODED_ANEW = replace(
    coded(), diagnoses=(Diagnosis(sequence=1, code="J02.9"), *coded().diagnoses[1:])
)
OTHER_NAME = PatientDemographicsCorrected(
    patient="patient-1",
    person=Sealed(key_id="key-1", box="bmV3"),
    changed=("last",),
    reason="married",
    proposed_by="staff",
)
OTHER_PHONE = replace(OTHER_NAME, changed=("phone", "mrn"))


def changed(number: int, **changes: Any) -> ChargeCorrected:
    """A charge corrected by coding; `units=0` voids it."""
    before = charge(number)
    return ChargeCorrected(
        account=ACCOUNT_NO, before=before, after=replace(before, **changes), reason="as documented"
    )


CHEAPER = changed(2, charge_cents=15_000)
CHANGES = pytest.mark.parametrize(
    "change",
    [LATE, CHEAPER, changed(2, units=0), changed(1, modifiers=("25",)), CODED_ANEW, OTHER_NAME],
)


def recalls(*given: Any) -> list[Any]:
    """What is asked back, on the account and of the queue."""
    told = said(ACCOUNT, given, BuildClaim(), books())
    return [e for e in told if isinstance(e, ClaimRecalled | tuple)]


def goes(*given: Any, aside: Any = ASIDE) -> ClaimQueued:
    """What goes of an attempt that the queue gave back, or that was set aside of its file."""
    own, queued = tell(given, AnswerSetAside(aside))
    assert [type(event) for event in own] == [ClaimResubmitted] and queued
    return queued


def held_for(*given: Any, aside: Any = ASIDE) -> list[str]:
    """The rules that hold it instead."""
    (_, held), nothing = tell(given, AnswerSetAside(aside))
    assert isinstance(held, ClaimHeld) and nothing is None
    return [reason.rule for reason in held.reasons]


# -- asked back


@CHANGES
def test_a_waiting_claim_is_asked_back_when_its_charges_its_codes_or_its_person_change(
    change: Any,
) -> None:
    assert recalls(*BUILT, change) == ASKED_BACK
    assert list(react(change, ON_ACCOUNT)) == [(ON_ACCOUNT.stream, BuildClaim())]


def test_nothing_is_asked_back_while_the_claim_says_the_same() -> None:
    voided_before = (*READY, LATE, changed(3, units=0), LATE_CODED)
    built = after(voided_before, BuildClaim())
    again = replace(coded(), coder="another", code_sets=("ICD-10-CM 2026",))
    back = ChargeCorrected(
        account=ACCOUNT_NO, before=CHEAPER.after, after=charge(2), reason="as it was"
    )
    assert recalls(*BUILT, OTHER_PHONE) == []
    assert recalls(*BUILT, again) == []
    assert recalls(*BUILT, CHEAPER, back) == []
    assert recalls(*built, changed(3, units=0, charge_cents=1)) == []
    assert recalls(*BUILT) == []


def test_what_a_claim_says_of_a_person_is_all_but_phone_and_record_number() -> None:
    package = one_package(1, payer="PAYER-A")
    members = {1: MemberDetails(member_id="XX0000001")}

    def as_written(**other: Any) -> Any:
        return claim(Opened(package, replace(PERSON, **other), members), {"PAYER-A": payer()})

    names = {field.name for field in fields(PERSON)} - {"born_on", "sex"}
    unsaid = {name for name in names if as_written(**{name: "60601"}) == as_written()}
    assert unsaid == ON_NO_CLAIM


def test_changes_while_the_recall_is_on_its_way_ask_once() -> None:
    given = (*BUILT, CHEAPER, RECALLED)
    assert recalls(*given) == []
    assert recalls(*given, LATE, LATE_CODED, OTHER_NAME, set_anew(coverage(payer="PAYER-B"))) == []
    queued = goes(*given, LATE, LATE_CODED, OTHER_NAME)
    assert queued.package.total_cents == 10_000 + 15_000 + 30_000
    assert queued.package.person == OTHER_NAME.person


def test_the_next_attempt_is_asked_back_for_the_next_change() -> None:
    given = (*BUILT, CHEAPER, RECALLED)
    own, _ = tell(given, AnswerSetAside(ASIDE))
    second = replace(RECALLED, attempt=2)
    assert recalls(*given, *own) == []
    assert recalls(*given, *own, OTHER_NAME) == [second, (PLACE, second)]


@CHANGES
def test_what_is_held_forwarded_or_has_left_is_not_asked_back(change: Any) -> None:
    assert recalls(*SENT, change) == []
    assert not any(
        isinstance(e, ClaimRecalled) for e in said(ACCOUNT, (*HELD, change), BuildClaim(), books())
    )
    two = (coverage(), coverage(2, "PAYER-B"))
    given = (*SENT, set_anew(*two), adjudicated(paid_cents=20_000), FORWARDED)
    assert recalls(*given, change) == []


# -- goes as the account says it, or is held


def test_a_claim_that_was_given_back_charges_what_its_account_charges_by_now() -> None:
    own, queued = tell((*BUILT, CHEAPER, RECALLED), AnswerSetAside(ASIDE))
    (event,) = own
    package = queued.package
    assert (package.attempt, package.frequency, package.total_cents) == (2, "1", 25_000)
    assert sum(one.charge_cents for one in package.charges) == event.total_cents == 25_000
    assert [line.charge_cents for line in event.lines] == [10_000, 15_000]
    (file,) = said(OUTBOUND, (WAITING, ASIDE, queued), CloseQueue(DAY), books())
    assert [c.cents for one in file.sets for c in one.claims] == [25_000]


def test_a_late_charge_goes_with_the_others_once_it_is_coded() -> None:
    given = (*BUILT, LATE, RECALLED)
    assert held_for(*given) == ["POINTERS"]
    own, _ = tell(given, AnswerSetAside(ASIDE))
    _, queued = tell((*given, *own, LATE_CODED), BuildClaim())
    assert (queued.package.attempt, len(queued.package.charges)) == (2, 3)


def test_a_claim_whose_charges_are_all_voided_is_ended_and_goes_once_there_are_any() -> None:
    given = (*BUILT, changed(1, units=0), changed(2, units=0))
    assert recalls(*given) == ASKED_BACK
    (voided,), nothing = tell(given, AnswerSetAside(ASIDE))
    assert isinstance(voided, ClaimVoided) and nothing is None
    (resent,), queued = tell((*given, voided, LATE, LATE_CODED), BuildClaim())
    assert (resent.cause, queued.package.attempt, queued.package.total_cents) == (
        "after_void",
        2,
        30_000,
    )


def test_what_is_in_a_file_leaves_as_it_was_and_once() -> None:
    assert said(OUTBOUND, (WAITING, BATCH, RECALLED), GiveBack(CLAIM, 1), books()) == []
    given = (*BUILT, CHEAPER, RECALLED, submitted())
    assert recalls(*given) == [] and tell(given, AnswerSetAside(ASIDE)) == ([], None)
    left = fold(ACCOUNT, given).claims[CLAIM]
    assert (left.status, left.waits_under, left.waits_with, left.recalled) == (
        "submitted",
        (),
        None,
        False,
    )


def test_a_claim_that_the_writer_refused_goes_with_the_person_that_was_corrected_meanwhile() -> (
    None
):
    queued = goes(*BUILT, OTHER_NAME, RECALLED, REFUSED, aside=REFUSED)
    assert (queued.package.person, queued.package.attempt) == (OTHER_NAME.person, 2)


# -- corrections, voids, later payers


def test_a_replacement_that_waits_goes_with_the_charges_of_now_as_the_replacement_that_it_is() -> (
    None
):
    given = after((*SENT, adjudicated(paid_cents=0, patient_cents=0)), SendCorrection(asked()))
    second = replace(RECALLED, attempt=2)
    assert recalls(*given, CHEAPER) == [second, (PLACE, second)]
    package = goes(*given, CHEAPER, second, aside=replace(ASIDE, attempt=2)).package
    assert (package.frequency, package.payer_control, package.attempt) == ("7", "ICN-1", 3)
    assert (package.total_cents, package.note) == (25_000, "MODIFIER ADDED")


def test_coding_has_the_last_word_on_a_charge_that_a_waiting_correction_says_differently() -> None:
    mended = charge(2, modifiers=("25",))
    correction = replace(asked().correction, charges=(mended,))
    given = after((*SENT, adjudicated(paid_cents=0)), SendCorrection(asked(correction=correction)))
    assert fold(ACCOUNT, given).claims[CLAIM].corrected == {mended.charge: mended}
    second = replace(RECALLED, attempt=2)
    assert recalls(*given, changed(2, charge_cents=20_000)) == [second, (PLACE, second)]
    package = goes(*given, CHEAPER, aside=replace(ASIDE, attempt=2)).package
    assert package.charges[1] == CHEAPER.after


@CHANGES
def test_a_void_that_waits_says_what_its_payer_has_and_is_not_asked_back(change: Any) -> None:
    given = after((*SENT, adjudicated(paid_cents=0)), VoidClaim(CLAIM, "r", "biller"))
    assert recalls(*given, change) == []
    every = (*given, changed(1, units=0), changed(2, units=0))
    assert recalls(*every) == []


def test_a_next_payers_claim_is_held_where_the_earlier_payer_did_not_decide_what_is_charged_by_now() -> (
    None
):
    given = after(PAID_FIRST, BillNext(2))
    recalled, aside = replace(RECALLED, claim=SECOND), replace(ASIDE, claim=SECOND)
    assert recalls(*given, CHEAPER) == [recalled, (PLACE, recalled)]
    assert "PRIOR-BALANCE" in held_for(*given, CHEAPER, recalled, aside=aside)
    assert "PRIOR-BALANCE" in held_for(*given, LATE, LATE_CODED, recalled, aside=aside)


def test_a_next_payers_claim_goes_where_what_changed_leaves_its_lines_balanced() -> None:
    given = after(PAID_FIRST, BillNext(2))
    aside = replace(ASIDE, claim=SECOND)
    for change in (changed(1, modifiers=("25",)), CODED_ANEW, OTHER_NAME):
        package = goes(*given, change, replace(RECALLED, claim=SECOND), aside=aside).package
        assert (package.claim, package.attempt, bool(package.prior)) == (SECOND, 2, True)


def test_what_was_given_back_goes_although_a_payer_decided_the_attempt_before_meanwhile() -> None:
    given = after((*SENT, adjudicated(paid_cents=0, patient_cents=0)), SendCorrection(asked()))
    second = replace(RECALLED, attempt=2)
    decided = adjudicated("adj-2", paid_cents=0, patient_cents=0)
    package = goes(*given, CHEAPER, second, decided, aside=replace(ASIDE, attempt=2)).package
    assert (package.attempt, package.total_cents) == (3, 25_000)


def test_a_void_that_was_given_back_after_another_decision_still_stands_for_what_was_voided() -> (
    None
):
    given = after((*SENT, adjudicated(paid_cents=0)), VoidClaim(CLAIM, "r", "biller"))
    decided = (*given, set_anew(coverage(payer="PAYER-B")), adjudicated("adj-2", paid_cents=0))
    (event, held), _ = tell(decided, AnswerSetAside(replace(ASIDE, attempt=2)))
    (withdrawn,) = said(
        ACCOUNT, (*decided, event, held), WithdrawVoid(CLAIM, "r", "biller"), books()
    )
    assert (event.frequency, withdrawn.frequency, withdrawn.stands) == ("8", "1", "adjudicated")


# -- set aside of a file


ELSEWHERE = books(
    replace(RECEIVER, receiver="OTHER"), payer("PAYER-C", receiver="OTHER"), enrolled("PAYER-C")
)


def test_a_claim_that_was_set_aside_goes_to_another_receiver_as_its_next_attempt() -> None:
    own, nothing = tell((*BUILT, REFUSED), AnswerSetAside(REFUSED))
    assert isinstance(own[0], ClaimHeld) and nothing is None
    given = (*BUILT, REFUSED, *own, set_anew(coverage(payer="PAYER-C")))
    told = said(ACCOUNT, given, BuildClaim(), ELSEWHERE)
    (stream, queued), mended = told[-1], told[:-1]
    assert [type(event) for event in mended] == [ClaimResubmitted]
    assert stream == outbound_stream("OTHER", 0)
    assert (queued.package.payer, queued.package.attempt) == ("PAYER-C", 2)


def test_no_package_is_made_twice_under_one_number() -> None:
    own, _ = tell((*BUILT, REFUSED), AnswerSetAside(REFUSED))
    given = (*BUILT, REFUSED, *own, OTHER_NAME)
    for mended in (BuildClaim(), ReleaseClaim(CLAIM, (), "mended")):
        told, queued = tell(given, mended)
        assert queued.package.attempt == 2
        again = replace(REFUSED, attempt=2)
        more, _ = tell((*given, *told, again), AnswerSetAside(again))
        assert isinstance(more[0], ClaimHeld) and more[0].attempt == 2
        _, third = tell((*given, *told, again, *more), mended)
        assert third.package.attempt == 3
    unsent = fold(ACCOUNT, (*HELD, CHEAPER))
    assert isinstance(unsent, Account) and unsent.claims[CLAIM].aside == 0


def test_a_claim_that_was_set_aside_and_sent_on_by_the_earlier_payer_is_billed_as_its_next_attempt() -> (
    None
):
    given = after(PAID_FIRST, BillNext(2))
    refused = replace(REFUSED, claim=SECOND)
    own, _ = tell((*given, refused), AnswerSetAside(refused))
    sent_on = (*given, refused, *own, FORWARDED)
    _, queued = tell(sent_on, BillForwarded(SECOND, "nobody answered", "biller"))
    assert (queued.package.claim, queued.package.attempt) == (SECOND, 2)


def test_a_void_that_was_set_aside_goes_again_as_the_void_that_it_is() -> None:
    given = after((*SENT, adjudicated(paid_cents=0)), VoidClaim(CLAIM, "r", "biller"))
    refused = replace(REFUSED, attempt=2)
    own, _ = tell((*given, refused), AnswerSetAside(refused))
    assert isinstance(own[0], ClaimHeld)
    told, queued = tell((*given, refused, *own, OTHER_NAME), BuildClaim())
    package = queued.package
    assert (package.attempt, package.frequency, package.payer_control) == (3, "8", "ICN-1")
    state: Account = fold(ACCOUNT, (*given, refused, *own, OTHER_NAME, *told))
    assert state.claims[CLAIM].before_void is not None


# -- the lane


def test_many_that_are_asked_back_at_once_are_each_found_where_they_wait() -> None:
    queue = tuple(_numbered(n) for n in range(200))
    lane: Any = fold(OUTBOUND, queue)
    for waiting in queue[::2]:
        (aside,) = OUTBOUND.decide(GiveBack(waiting.package.claim, 1), lane, books())
        lane = OUTBOUND.evolve(lane, aside)
    assert [w.claim.claim for w in lane.queue] == [w.package.claim for w in queue[1::2]]


def _numbered(n: int) -> ClaimQueued:
    return replace(WAITING, package=replace(WAITING.package, claim=f"{CLAIM}{n}"))


def test_what_an_older_version_kept_of_set_coverages_alone_is_asked_back() -> None:
    state: Account = fold(ACCOUNT, (*BUILT, set_anew(coverage(payer="PAYER-B"))))
    kept = structs.replace(state.claims[CLAIM], waits_with=None)
    told = ACCOUNT.decide(BuildClaim(), structs.replace(state, claims={CLAIM: kept}), books())
    assert [e for e in told if isinstance(e, ClaimRecalled)] == [RECALLED]
