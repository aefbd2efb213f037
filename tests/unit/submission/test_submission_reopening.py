"""A reopening is asked of the payer by a person; it is no claim, least of all a first one."""

from datetime import date
from typing import Any

from contracts.submission import ReopeningAsked, ReopeningOpened
from services.submission.domain.account import ACCOUNT
from services.submission.domain.commands import BuildClaim, RecordReopening, SendCorrection
from services.submission.projections.claims import REOPENING, reopening_row
from tests.unit.scenario import fold, refused, said
from tests.unit.submission.facts import (
    CLAIM,
    READY,
    adjudicated,
    after,
    asked,
    books,
    submitted,
    taken_back,
)
from tests.unit.submission.test_submission_rooms import ON_ACCOUNT

DECIDED = (*after(READY, BuildClaim()), submitted(), adjudicated())
OPEN = after(DECIDED, SendCorrection(asked("reopening")))
ASK = RecordReopening(CLAIM, "portal", "REF-77", date(2025, 2, 1), "pat")


def _said(given: Any, command: Any) -> list[Any]:
    return said(ACCOUNT, given, command, books())


def test_a_correction_of_a_payer_that_reopens_is_work_for_a_person_and_no_claim() -> None:
    (opened,) = _said(DECIDED, SendCorrection(asked("reopening")))
    assert isinstance(opened, ReopeningOpened)
    assert (opened.adjudication, opened.payer_control) == ("adj-1", "ICN-1")
    assert opened.correction.note == "MODIFIER ADDED"
    assert _said(OPEN, SendCorrection(asked("reopening"))) == []


def test_that_it_was_asked_is_recorded_once() -> None:
    (told,) = _said(OPEN, ASK)
    assert isinstance(told, ReopeningAsked)
    assert (told.channel, told.reference, told.adjudication) == ("portal", "REF-77", "adj-1")
    assert _said((*OPEN, told), ASK) == []


def test_what_was_never_opened_or_is_answered_is_not_asked() -> None:
    assert "no reopening" in refused(ACCOUNT, DECIDED, ASK, books())
    for answer in (taken_back(), adjudicated("adj-2")):
        assert fold(ACCOUNT, (*OPEN, answer)).claims[CLAIM].reopening == ""
        assert "no reopening" in refused(ACCOUNT, (*OPEN, answer), ASK, books())


def test_a_reopening_is_listed_until_it_is_answered() -> None:
    (told,) = _said(OPEN, ASK)
    life = (*OPEN[len(DECIDED) :], told, taken_back("adj-0"), taken_back())
    states = []
    row = None
    for event in life:
        row = reopening_row(row, event, ON_ACCOUNT)
        assert row is not None and set(row) == set(REOPENING.columns)
        states.append(row["state"])
    assert states == ["open", "asked", "asked", "answered"]
