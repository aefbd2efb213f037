"""A claim that was billed to a payer that does not cover the person goes to the one that does, as an original."""

import pytest

from contracts.denial import CorrectionRequested
from contracts.registration import CoveragesSet
from contracts.submission import ClaimHeld, ClaimReleased, ClaimResubmitted, ReopeningOpened
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import (
    BuildClaim,
    ReleaseClaim,
    ResubmitClaim,
    SendCorrection,
    VoidClaim,
)
from tests.unit.scenario import refused
from tests.unit.submission.facts import (
    CLAIM,
    DAY,
    READY,
    adjudicated,
    after,
    asked,
    benefits,
    books,
    coverage,
    enrolled,
    rejected,
    submitted,
)
from tests.unit.submission.lives import HELD, SENT, tell
from tests.unit.submission.test_submission_void import ACCEPTED, VOID, acknowledged

FOUND = CoveragesSet(
    patient="patient-1", coverages=(coverage(payer="PAYER-B"),), set_on=DAY, reason="the right card"
)
DENIED = (*SENT, adjudicated(paid_cents=0, patient_cents=0))
UNENROLLED_B = books(enrolled("PAYER-B", yes=False))


@pytest.mark.parametrize("route", ["replacement", "reopening", "new_claim"])
def test_a_correction_that_goes_to_another_payer_is_an_original_whatever_the_first_one_takes(
    route: str,
) -> None:
    own, queued = tell((*DENIED, FOUND), SendCorrection(asked(route)))
    assert [type(event) for event in own] == [ClaimResubmitted]
    package = queued.package
    assert (package.payer, package.frequency, package.payer_control) == ("PAYER-B", "1", "")
    assert (own[0].frequency, own[0].payer_control) == ("1", "")


def test_the_payer_that_got_the_newest_attempt_is_replaced_at_under_its_own_number() -> None:
    given = after((*DENIED, FOUND), SendCorrection(asked()))
    decided = adjudicated("adj-2", payer="PAYER-B", payer_control="ICN-B", paid_cents=0)
    given = (*given, submitted(2, payer="PAYER-B", isa13=200), decided)
    _, queued = tell(given, SendCorrection(asked("replacement", "adj-2", payer="PAYER-B")))
    package = queued.package
    assert (package.payer, package.frequency, package.payer_control) == ("PAYER-B", "7", "ICN-B")


def test_a_claim_that_was_held_and_then_went_to_another_payer_is_that_payers() -> None:
    given = (*after((*HELD, FOUND), BuildClaim()), submitted(payer="PAYER-B"))
    decided = adjudicated(payer="PAYER-B", payer_control="ICN-B", paid_cents=0)
    _, queued = tell((*given, decided), SendCorrection(asked(payer="PAYER-B")))
    assert (queued.package.frequency, queued.package.payer_control) == ("7", "ICN-B")


def test_a_replacement_that_is_held_goes_to_another_payer_as_an_original() -> None:
    given = after(DENIED, SendCorrection(asked()), books(enrolled(yes=False)))
    own, queued = tell((*given, FOUND), BuildClaim())
    assert [type(event) for event in own] == [ClaimResubmitted]
    assert (queued.package.payer, queued.package.frequency) == ("PAYER-B", "1")
    still, nothing = tell((*given, FOUND), BuildClaim(), UNENROLLED_B)
    assert [type(event) for event in still] == [ClaimResubmitted, ClaimHeld] and nothing is None
    assert tell((*given, FOUND, *still), BuildClaim(), UNENROLLED_B) == ([], None)


def test_a_replacement_that_is_held_goes_as_the_replacement_that_it_is_to_its_own_payer() -> None:
    given = after(DENIED, SendCorrection(asked()), books(enrolled(yes=False)))
    assert tell(given, BuildClaim(), books(enrolled(yes=False))) == ([], None)
    own, queued = tell(given, BuildClaim())
    assert [type(event) for event in own] == [ClaimReleased]
    assert (queued.package.frequency, queued.package.attempt) == ("7", 2)


def test_a_replacement_that_a_gate_rejects_goes_to_another_payer_as_an_original() -> None:
    given = (
        *after(DENIED, SendCorrection(asked())),
        submitted(2, frequency="7"),
        rejected(),
        FOUND,
    )
    _, queued = tell(given, ResubmitClaim(CLAIM))
    assert (queued.package.payer, queued.package.frequency) == ("PAYER-B", "1")


def test_a_person_who_releases_a_held_claim_sends_it_to_the_payer_of_now() -> None:
    given = (*after((*READY, benefits(active=False)), BuildClaim()), FOUND)
    own, queued = tell(given, ReleaseClaim(CLAIM, ("ELIGIBILITY",), "asked by phone"))
    assert [type(event) for event in own] == [ClaimReleased]
    assert queued.package.payer == "PAYER-B"


def test_no_payer_is_asked_to_void_what_another_one_has() -> None:
    assert "set it back" in refused(ACCOUNT, (*DENIED, FOUND), VOID, books())


def test_a_void_that_was_held_never_goes_to_another_payer() -> None:
    given = after(DENIED, VoidClaim(CLAIM, "r", "biller"), books(enrolled(yes=False)))
    (held,), nothing = tell((*given, FOUND), BuildClaim())
    assert isinstance(held, ClaimHeld) and nothing is None
    assert [reason.rule for reason in held.reasons] == ["PAYER-COVERED"]


def test_the_payer_that_decided_is_asked_to_reopen_while_the_coverage_is_its_own() -> None:
    question: CorrectionRequested = asked("reopening")
    own, nothing = tell(DENIED, SendCorrection(question))
    assert [type(event) for event in own] == [ReopeningOpened] and nothing is None


def test_a_claim_that_waits_at_a_payer_that_covers_nobody_goes_to_the_one_that_does() -> None:
    own, queued = tell((*ACCEPTED, FOUND), ResubmitClaim(CLAIM))
    assert [type(event) for event in own] == [ClaimResubmitted]
    package = queued.package
    assert (package.payer, package.frequency, package.payer_control) == ("PAYER-B", "1", "")
    elsewhere = adjudicated(status="23", paid_cents=0, patient_cents=0, adjustments=())
    assert tell((*ACCEPTED, elsewhere, FOUND), ResubmitClaim(CLAIM)) == (own, queued)


def test_a_claim_that_waits_at_its_own_payer_is_not_sent_twice() -> None:
    assert tell(ACCEPTED, ResubmitClaim(CLAIM)) == ([], None)


def test_the_number_of_the_payer_that_had_it_is_no_number_of_the_one_that_has_it() -> None:
    anew = after((*ACCEPTED, FOUND), ResubmitClaim(CLAIM))
    at_b = (*anew, submitted(2, payer="PAYER-B", isa13=200))
    taken = acknowledged("clearinghouse", isa13="000000200")
    assert "control number" in refused(ACCOUNT, (*at_b, taken), VOID, books())
    decided_by_a = (*ACCEPTED, adjudicated(), FOUND)
    anew = after(decided_by_a, SendCorrection(asked()))
    at_b = (*anew, submitted(2, payer="PAYER-B", isa13=200))
    assert "control number" in refused(ACCOUNT, (*at_b, taken), VOID, books())
    own, _ = tell((*at_b, acknowledged(isa13="000000200", payer_control="B-1")), VOID)
    assert (own[0].frequency, own[0].payer_control) == ("8", "B-1")
