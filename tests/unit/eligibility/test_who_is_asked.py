"""Who may be asked, in which file an inquiry leaves and under which number, and what a person sees of the answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from contracts.eligibility import (
    BenefitsConfirmed,
    BenefitsUnclear,
    FileRefused,
    InquiryRejected,
    ResponseFileReceived,
)
from contracts.reference import EnrolmentRecorded, ReceiverListed
from contracts.registration import CoveragesSet
from services.eligibility.app import SERVICE
from services.eligibility.domain import ACCOUNT, OUTBOUND, Book, evolve_book
from services.eligibility.domain.account import AskAgain, Inquire, read_trace, trace_of
from services.eligibility.domain.queue import CloseBatch, RecordSent
from services.eligibility.reactions import react
from shared.service import Row
from shared.streams import account_stream
from tests.unit.eligibility.facts import (
    BOOK,
    COVERAGE,
    DAY,
    DOWN,
    NUMBER,
    OPENED,
    PAYER,
    PLACE,
    QUEUED,
    SENT,
    TRACE,
)
from tests.unit.eligibility.test_inquiries import AT, YES
from tests.unit.reporting.rows import Rows
from tests.unit.scenario import fold, said

RECEIVER = ReceiverListed(
    receiver="R", name="N", receiver_id="RID", submitter_id="SID", submitter_name="S"
)
ENROLLED = EnrolmentRecorded(
    legal_entity="L", payer="P", transaction="270", enrolled=True, effective_from=DAY
)


# -- who is asked


@pytest.mark.parametrize(
    "listed",
    [
        (RECEIVER, ENROLLED),
        (PAYER, ENROLLED),
        (PAYER, RECEIVER, replace(ENROLLED, transaction="837P")),
        (PAYER, RECEIVER, replace(ENROLLED, legal_entity="ANOTHER")),
        (PAYER, RECEIVER, ENROLLED, replace(ENROLLED, enrolled=False)),
    ],
    ids=["payer", "receiver", "for claims alone", "another entity", "withdrawn"],
)
def test_nobody_is_asked_without_a_listing_of_payer_and_receiver_and_an_enrolment_for_270(
    listed: tuple[Any, ...],
) -> None:
    book = Book()
    for event in listed:
        book = evolve_book(book, event)
    assert said(ACCOUNT, [OPENED], Inquire(NUMBER), book) == []


def test_another_systems_history_is_asked_about_by_nobody() -> None:
    assert said(ACCOUNT, [replace(OPENED, billing="history")], Inquire(NUMBER), BOOK) == []


def test_a_payer_that_was_down_is_asked_again_about_the_coverage_that_it_did_not_answer() -> None:
    two = replace(OPENED, coverages=(COVERAGE, replace(COVERAGE, order=2)))
    ((_, again),) = said(ACCOUNT, [two, SENT, DOWN], AskAgain(TRACE), BOOK)
    assert (again.trace, again.coverage_order, again.tries) == (TRACE, 1, 2)
    assert said(ACCOUNT, [two, SENT, DOWN], AskAgain(trace_of(NUMBER, 3)), BOOK) == []


@pytest.mark.parametrize("strange", [TRACE[:-1], f"{TRACE}1", f"{TRACE[:-1]}X", f"-{TRACE[1:]}"])
def test_only_a_trace_of_ours_leads_to_an_account(strange: str) -> None:
    assert read_trace(f" {TRACE.lower()} ") == NUMBER
    assert read_trace(strange) is None


def test_what_an_account_hears_asks_and_asks_again_and_a_patient_asks_nobody() -> None:
    at = structs.replace(AT, stream=account_stream(NUMBER))
    covered = CoveragesSet(patient="p", coverages=(COVERAGE,), set_on=DAY, reason="r")
    for event in (OPENED, covered):
        assert react(event, at) == [(at.stream, Inquire(NUMBER))]
    assert react(covered, structs.replace(AT, stream="patient/p")) == []
    assert react(DOWN, at) == [(at.stream, AskAgain(TRACE))]
    assert react(replace(DOWN, reason="75"), at) == []


# -- which file


def test_an_inquiry_that_is_queued_again_before_it_left_leaves_once() -> None:
    other = replace(QUEUED, account="B" * 14, trace="B" * 14 + "1")
    (file,) = said(OUTBOUND, [QUEUED, other, QUEUED], CloseBatch(DAY), BOOK)
    assert [one.trace for one in file.inquiries] == [other.trace, TRACE]


def test_control_numbers_of_inquiries_carry_batch_and_lane_and_are_never_used_twice() -> None:
    given: list[Any] = []
    numbers = []
    for _ in range(2):
        given.append(replace(QUEUED, lane=3))
        (file,) = said(OUTBOUND, given, CloseBatch(DAY), BOOK)
        given.append(file)
        numbers.append((file.isa13, file.gs06))
    assert numbers == [(500_000_103, 500_000_103), (500_000_203, 500_000_203)]


def test_a_file_is_told_of_once_and_the_others_wait_for_their_own_word() -> None:
    (first,) = said(OUTBOUND, [QUEUED], CloseBatch(DAY), BOOK)
    (second,) = said(OUTBOUND, [QUEUED, first, QUEUED], CloseBatch(DAY), BOOK)
    given = [QUEUED, first, QUEUED, second]
    told = said(OUTBOUND, given, RecordSent(first.isa13, "c" * 64, 9), BOOK)
    assert said(OUTBOUND, [*given, *told], RecordSent(first.isa13, "c" * 64, 9), BOOK) == []
    (other,) = said(OUTBOUND, [*given, *told], RecordSent(second.isa13, "d" * 64, 9), BOOK)
    assert other.isa13 == second.isa13


def test_a_queue_waits_for_its_cutoff_while_there_is_anything_in_it() -> None:
    assert OUTBOUND.timers is not None
    (due,) = OUTBOUND.timers(fold(OUTBOUND, [QUEUED])).values()
    assert due.moment == "cutoff"
    (file,) = said(OUTBOUND, [QUEUED], CloseBatch(DAY), BOOK)
    assert OUTBOUND.timers(fold(OUTBOUND, [QUEUED, file])) == {}


# -- what a person sees

REJECTED = InquiryRejected(
    account=NUMBER, trace=TRACE, payer="P", reason="75", follow_up="C", source=PLACE
)
UNCLEAR = BenefitsUnclear(account=NUMBER, trace=TRACE, payer="P", codes=("V", "U"), source=PLACE)
NO: BenefitsConfirmed = replace(YES, active=False)


def shown(*events: Any) -> Row:
    """The row of the coverage, each event a day after the one before."""
    rows = Rows(SERVICE)
    for n, event in enumerate(events):
        rows.tell(event, stream=account_stream(NUMBER), on=DAY + timedelta(days=n))
    return rows.tables["coverage_benefits"][(TRACE,)]


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (YES, "active", ""),
        (NO, "inactive", ""),
        (UNCLEAR, "unclear", "V U"),
        (REJECTED, "rejected", "75"),
    ],
)
def test_a_coverage_shows_when_it_was_asked_about_and_what_was_answered(
    answer: Any, state: str, reason: str
) -> None:
    row = shown(SENT, answer)
    assert (row["state"], row["reason"]) == (state, reason)
    assert (row["asked_on"], row["answered_on"]) == (DAY, DAY + timedelta(days=1))
    assert shown(SENT)["answered_on"] is None
    assert shown(SENT, DOWN, SENT)["state"] == "asked"
    assert shown(SENT, REJECTED, answer)["state"] == state


def test_who_covers_an_account_is_what_was_set_last_on_the_account() -> None:
    rows = Rows(SERVICE).tell(OPENED, stream=account_stream(NUMBER))
    other = replace(COVERAGE, payer="OTHER")
    moved = CoveragesSet(patient="p", coverages=(other,), set_on=DAY, reason="r")
    rows.tell(moved, stream="patient/p")
    assert rows.tables["account_payers"][(NUMBER,)]["payers"] == {"1": "P"}
    rows.tell(moved, stream=account_stream(NUMBER))
    assert rows.tables["account_payers"] == {
        (NUMBER,): {"account": NUMBER, "payers": {"1": "OTHER"}}
    }


def test_a_refused_file_of_answers_says_why_until_it_is_taken() -> None:
    no = FileRefused(sha256="f" * 64, size_bytes=9, reason="no 271")
    yes = ResponseFileReceived(sha256="f" * 64, answers=2, unmatched=1)
    stream = f"inbound/{'f' * 64}"
    rows = Rows(SERVICE).tell(no, stream=stream)
    row = rows.tables["received_file"][("f" * 64,)]
    assert (row["state"], row["reason"], row["size_bytes"]) == ("refused", "no 271", 9)
    rows.tell(yes, stream=stream)
    row = rows.tables["received_file"][("f" * 64,)]
    assert (row["state"], row["reason"], row["size_bytes"]) == ("received", "", 9)
    assert (row["answers"], row["unmatched"]) == (2, 1)
