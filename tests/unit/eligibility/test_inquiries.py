"""Every coverage of a new account is asked about once, at the cut-off; a payer that is down is asked again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contracts.eligibility import (
    BatchedInquiry,
    BenefitsConfirmed,
    BenefitsUnclear,
    InquiriesBatched,
    InquiryFileSent,
)
from contracts.reference import BusinessDayOpened
from contracts.registration import CoveragesSet
from services.eligibility.domain import ACCOUNT, OUTBOUND, Book, evolve_book
from services.eligibility.domain.account import AskAgain, Inquire, read_trace
from services.eligibility.domain.queue import (
    INQUIRIES_IN_FILE,
    CloseBatch,
    CloseIfFull,
    RecordSent,
    TellSent,
)
from services.eligibility.reactions import react
from shared.service import At, Scope
from tests.unit.eligibility.facts import (
    BOOK,
    COVERAGE,
    DAY,
    DOWN,
    NUMBER,
    OPENED,
    PLACE,
    QUEUED,
    SENT,
    TRACE,
)
from tests.unit.scenario import said

YES = BenefitsConfirmed(account=NUMBER, trace=TRACE, payer="P", active=True, source=PLACE)
NO = BenefitsConfirmed(account=NUMBER, trace=TRACE, payer="P", active=False, source=PLACE)
UNCLEAR = BenefitsUnclear(account=NUMBER, trace=TRACE, payer="P", codes=("V",), source=PLACE)
AT = At(
    "outbound/R/270-0",
    0,
    "e",
    "eligibility.inquiry_file_sent.v1",
    Scope("demo"),
    DAY,
    datetime(2026, 1, 6, tzinfo=UTC),
    "a",
    "c",
    "eligibility/0",
    1,
)
SET_ANEW = CoveragesSet(patient="p", coverages=(COVERAGE,), set_on=DAY, reason="id mended")


def test_a_trace_leads_back_to_its_account() -> None:
    assert read_trace(TRACE) == NUMBER
    assert read_trace("93175-012547") is None


def test_a_coverage_is_asked_about() -> None:
    ((stream, queued),) = said(ACCOUNT, [OPENED], Inquire(NUMBER), BOOK)
    assert stream == "outbound/R/270-0"
    assert queued == QUEUED


def test_nobody_asks_without_enrolment_or_twice() -> None:
    assert said(ACCOUNT, [OPENED], Inquire(NUMBER), Book()) == []
    assert said(ACCOUNT, [OPENED, SENT], Inquire(NUMBER), BOOK) == []
    assert said(ACCOUNT, [], Inquire(NUMBER), BOOK) == []


def test_a_payer_that_is_down_is_asked_again_but_not_for_ever() -> None:
    assert len(said(ACCOUNT, [OPENED, SENT, DOWN], AskAgain(TRACE), BOOK)) == 1
    assert said(ACCOUNT, [OPENED, SENT, SENT, SENT, DOWN], AskAgain(TRACE), BOOK) == []


def test_a_coverage_that_was_set_anew_is_asked_again_unless_its_payer_said_yes() -> None:
    for answer in (NO, UNCLEAR):
        given = [OPENED, SENT, answer]
        assert said(ACCOUNT, given, Inquire(NUMBER), BOOK) == []
        assert len(said(ACCOUNT, [*given, SET_ANEW], Inquire(NUMBER), BOOK)) == 1
    for heard in ([], [YES]):
        given = [OPENED, SENT, *heard, SET_ANEW]
        assert said(ACCOUNT, given, Inquire(NUMBER), BOOK) == []


def test_a_payer_that_is_down_is_asked_again_about_a_coverage_that_was_set_anew() -> None:
    given = [OPENED, SENT, NO, SET_ANEW, SENT, DOWN]
    assert len(said(ACCOUNT, given, AskAgain(TRACE), BOOK)) == 1
    assert said(ACCOUNT, [*given, YES], AskAgain(TRACE), BOOK) == []


def test_the_cutoff_closes_what_waits_into_a_file_and_tells_the_accounts_when_it_left() -> None:
    (batched,) = said(OUTBOUND, [QUEUED], CloseBatch(DAY), BOOK)
    assert isinstance(batched, InquiriesBatched)
    assert batched.inquiries == (BatchedInquiry(account=NUMBER, trace=TRACE, payer="P"),)
    (sent,) = said(OUTBOUND, [QUEUED, batched], RecordSent(batched.isa13, "c" * 64, 9), BOOK)
    assert isinstance(sent, InquiryFileSent)
    told = said(OUTBOUND, [QUEUED, batched, sent], TellSent(sent.isa13, sent.left), BOOK)
    assert [stream for stream, _ in told] == [f"account/{NUMBER}"]


def test_the_accounts_of_a_file_are_told_although_the_next_one_left_before_that_was_heard() -> None:
    other = replace(QUEUED, account="B" * 14, trace="B" * 14 + "1")
    (first,) = said(OUTBOUND, [QUEUED], CloseBatch(DAY), BOOK)
    (second,) = said(OUTBOUND, [QUEUED, first, other], CloseBatch(DAY), BOOK)
    given = [QUEUED, first, other, second]
    (one,) = said(OUTBOUND, given, RecordSent(first.isa13, "c" * 64, 9), BOOK)
    (two,) = said(OUTBOUND, [*given, one], RecordSent(second.isa13, "d" * 64, 9), BOOK)
    given += [one, two]
    for sent, account in ((one, NUMBER), (two, "B" * 14)):
        ((_, command),) = react(sent, AT)
        assert [stream for stream, _ in said(OUTBOUND, given, command, BOOK)] == [
            f"account/{account}"
        ]


def test_an_empty_queue_makes_no_file() -> None:
    assert said(OUTBOUND, [], CloseBatch(DAY), BOOK) == []
    assert said(OUTBOUND, [], RecordSent(1, "c" * 64, 9), BOOK) == []


def waiting(many: int) -> list[Any]:
    traces = [f"{n:014d}" for n in range(many)]
    return [replace(QUEUED, account=trace, trace=f"{trace}1") for trace in traces]


def test_an_inquiry_in_the_queue_asks_whether_it_is_full() -> None:
    assert react(QUEUED, AT) == [(AT.stream, CloseIfFull("demo"))]


def test_a_file_that_is_full_leaves_before_the_cutoff_and_the_rest_waits_on() -> None:
    book = evolve_book(BOOK, BusinessDayOpened(day=DAY))
    given = waiting(2 * INQUIRIES_IN_FILE + 1)
    first, second = said(OUTBOUND, given, CloseIfFull("demo"), book)
    assert [len(file.inquiries) for file in (first, second)] == [INQUIRIES_IN_FILE] * 2
    assert (second.isa13 - first.isa13, first.batched_on) == (100, DAY)
    given += [first, second]
    assert said(OUTBOUND, given, CloseIfFull("demo"), book) == []
    (rest,) = said(OUTBOUND, given, CloseBatch(DAY), book)
    assert [i.trace for i in rest.inquiries] == [given[2 * INQUIRIES_IN_FILE].trace]
    assert rest.isa13 > second.isa13


def test_a_queue_that_is_not_full_waits_for_its_cutoff() -> None:
    book = evolve_book(BOOK, BusinessDayOpened(day=DAY))
    assert said(OUTBOUND, waiting(INQUIRIES_IN_FILE - 1), CloseIfFull("demo"), book) == []


def test_no_file_is_made_before_a_first_business_day() -> None:
    assert said(OUTBOUND, waiting(INQUIRIES_IN_FILE), CloseIfFull("demo"), BOOK) == []
