"""A claim goes again: after transport or a 277CA refused it, and as a correction of what was decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.coding import CodingFailure, CorrectionJudged
from contracts.denial import CorrectionRequested
from contracts.submission import ClaimHeld, ClaimResubmitted, CorrectionDeclined
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import (
    AnswerTransport,
    BuildClaim,
    ReleaseClaim,
    ResubmitClaim,
    SendCorrection,
)
from services.submission.reactions import react
from shared.service import At, Scope
from shared.streams import account_stream
from tests.unit.scenario import refused, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    adjudicated,
    after,
    asked,
    books,
    charge,
    rejected,
    submitted,
    taken_back,
    transport_rejected,
)
from tests.unit.submission.lives import SENT, UNENROLLED, tell

AT = At(
    account_stream(ACCOUNT_NO),
    0,
    "e",
    "w",
    Scope("t"),
    DAY,
    datetime(2026, 3, 2, tzinfo=UTC),
    "a",
    "c",
    "coding/0",
    1,
)

# -- transport


def test_the_claims_of_a_rejected_set_go_again_as_another_attempt() -> None:
    no = transport_rejected()
    own, queued = tell((*SENT, no), AnswerTransport(no))
    assert [type(event) for event in own] == [ClaimResubmitted]
    assert (own[0].attempt, own[0].frequency, own[0].cause) == (2, "1", "transport")
    assert (queued.package.attempt, queued.package.frequency) == (2, "1")


def test_the_offender_of_a_rejected_set_is_held_with_what_was_named() -> None:
    no = transport_rejected(offender=True)
    own, queued = tell((*SENT, no), AnswerTransport(no))
    assert [type(event) for event in own] == [ClaimHeld]
    (reason,) = own[0].reasons
    assert reason.element == "SV101"
    assert queued is None


def test_an_offender_is_resubmitted_by_a_person_and_never_released() -> None:
    no = transport_rejected(offender=True)
    held = after((*SENT, no), AnswerTransport(no))
    scenario(ACCOUNT, given=held, when=BuildClaim(), then=[], book=books())
    assert "resubmit" in refused(ACCOUNT, held, ReleaseClaim(CLAIM, (), "x"), books())
    _, queued = tell(held, ResubmitClaim(CLAIM))
    assert queued.package.attempt == 2


def test_the_same_rejection_twice_sends_the_claim_once() -> None:
    no = transport_rejected()
    again = after((*SENT, no), AnswerTransport(no))
    scenario(ACCOUNT, given=(*again, no), when=AnswerTransport(no), then=[], book=books())


def test_a_rejection_of_an_earlier_attempt_changes_nothing() -> None:
    no = transport_rejected()
    given = (*after((*SENT, no), AnswerTransport(no)), submitted(2), no)
    scenario(ACCOUNT, given=given, when=AnswerTransport(no), then=[], book=books())


def test_a_set_that_is_rejected_again_and_again_without_an_offender_waits_for_a_person() -> None:
    given: tuple[Any, ...] = SENT
    for attempt in (1, 2, 3):
        no = transport_rejected(attempt)
        given = (*after((*given, no), AnswerTransport(no)), submitted(attempt + 1))
    no = transport_rejected(4)
    own, queued = tell((*given, no), AnswerTransport(no))
    assert isinstance(own[0], ClaimHeld) and queued is None


# -- rejected by 277CA


def test_a_rejected_claim_that_was_mended_goes_again_as_frequency_1() -> None:
    own, queued = tell((*SENT, rejected()), ResubmitClaim(CLAIM, "MENDED"))
    assert (own[0].attempt, own[0].frequency, own[0].payer_control) == (2, "1", "")
    assert queued.package.note == "MENDED"


def test_only_a_rejected_claim_is_resubmitted() -> None:
    assert "adjudicated" in refused(ACCOUNT, (*SENT, adjudicated()), ResubmitClaim(CLAIM), books())


def test_resubmitting_a_claim_that_is_on_its_way_says_nothing() -> None:
    scenario(ACCOUNT, given=SENT, when=ResubmitClaim(CLAIM), then=[], book=books())


def test_a_mended_claim_that_still_fails_is_held_as_its_next_attempt() -> None:
    own, queued = tell((*SENT, rejected()), ResubmitClaim(CLAIM), UNENROLLED)
    assert [type(event) for event in own] == [ClaimResubmitted, ClaimHeld]
    assert own[1].attempt == 2 and queued is None


def test_the_filing_limit_still_runs_for_a_rejected_claim() -> None:
    late = books(day=DAY + timedelta(days=91))
    own, _ = tell((*SENT, rejected()), ResubmitClaim(CLAIM), late)
    assert [reason.rule for reason in own[1].reasons] == ["FILING-LIMIT"]


# -- corrections


@pytest.mark.parametrize(
    ("route", "frequency", "control"),
    [("replacement", "7", "ICN-1"), ("new_claim", "1", "")],
)
def test_a_correction_goes_as_the_payer_takes_it(route: str, frequency: str, control: str) -> None:
    own, queued = tell((*SENT, adjudicated()), SendCorrection(asked(route)))
    assert isinstance(own[0], ClaimResubmitted)
    package = queued.package
    assert (package.attempt, package.frequency, package.payer_control) == (2, frequency, control)
    assert package.note == "MODIFIER ADDED"


def _changing(**changes: Any) -> CorrectionRequested:
    changed = charge(1, modifiers=("25",), **changes)
    return asked(correction=replace(asked().correction, charges=(changed,), authorization="AUTH1"))


def test_what_a_correction_says_of_charges_goes_once_coding_lets_it() -> None:
    ask = _changing()
    assert react(ask, AT) == []
    judged = CorrectionJudged(account=ACCOUNT_NO, claim=CLAIM, asked=ask)
    ((stream, command),) = react(judged, AT)
    own, queued = tell((*SENT, adjudicated(), ask, judged), command)
    assert stream == AT.stream
    assert queued.package.charges[0].modifiers == ("25",)
    assert queued.package.total_cents == own[0].total_cents == 30_000
    assert queued.package.authorization == "AUTH1"


def test_what_coding_does_not_let_go_is_declined_with_its_reason() -> None:
    why = CodingFailure(rule="PTP", field="-002", sentence="B is part of A")
    judged = CorrectionJudged(
        account=ACCOUNT_NO, claim=CLAIM, asked=_changing(), failures=(why,) * 30
    )
    ((_, command),) = react(judged, AT)
    (declined,), queued = tell((*SENT, adjudicated(), judged), command)
    assert isinstance(declined, CorrectionDeclined) and queued is None
    assert declined.denials == ("denial-1",)
    assert declined.reason.startswith(
        "Coding does not let the correction go. PTP, charge -002: B is part of A"
    )


def test_a_correction_that_says_nothing_of_charges_is_no_matter_of_coding() -> None:
    assert react(asked(), AT) == [(AT.stream, SendCorrection(asked()))]


def test_a_correction_that_answers_an_older_decision_is_declined() -> None:
    own, queued = tell((*SENT, adjudicated(), adjudicated("adj-2")), SendCorrection(asked()))
    assert isinstance(own[0], CorrectionDeclined) and own[0].newest == "adj-2"
    assert queued is None


def test_a_correction_of_a_decision_that_was_taken_back_is_declined() -> None:
    own, _ = tell((*SENT, adjudicated(), taken_back()), SendCorrection(asked()))
    assert isinstance(own[0], CorrectionDeclined)


def test_the_same_correction_twice_is_sent_once() -> None:
    given = after((*SENT, adjudicated()), SendCorrection(asked()))
    scenario(ACCOUNT, given=given, when=SendCorrection(asked()), then=[], book=books())


def test_a_rejected_set_sends_a_replacement_as_a_replacement() -> None:
    given = after((*SENT, adjudicated()), SendCorrection(asked()))
    no = transport_rejected(2)
    _, queued = tell((*given, submitted(2), no), AnswerTransport(no))
    package = queued.package
    assert (package.attempt, package.frequency, package.payer_control) == (3, "7", "ICN-1")
