"""Every coverage of a new account is asked about once, at the cut-off; a payer that is down is asked again."""

from datetime import date

from contracts.eligibility import (
    BatchedInquiry,
    InquiriesBatched,
    InquiryFileSent,
    InquiryQueued,
    InquiryRejected,
    InquirySent,
)
from contracts.reference import EnrolmentRecorded, PayerListed, ReceiverListed
from contracts.registration import AccountOpened
from contracts.values import Coverage, Sealed, Source
from services.eligibility.domain import ACCOUNT, OUTBOUND, Book, evolve_book
from services.eligibility.domain.account import AskAgain, Inquire, read_trace, trace_of
from services.eligibility.domain.queue import CloseBatch, RecordSent, TellSent
from shared.streams import account_number
from tests.unit.scenario import said

DAY = date(2026, 1, 5)
NUMBER = account_number("t", "s", "eligibility")
BOX = Sealed(key_id="k", box="b")
COVERAGE = Coverage(order=1, payer="P", filing_indicator="CI", member=BOX, effective_from=DAY)
OPENED = AccountOpened(
    account=NUMBER,
    patient="p",
    guarantor="g",
    source_system="s",
    encounter="e",
    encounter_class="c",
    facility="F",
    legal_entity="L",
    service_from=DAY,
    service_to=DAY,
    person=BOX,
    coverages=(COVERAGE,),
)
TRACE = trace_of(NUMBER, 1)


def _book() -> Book:
    book = Book()
    for event in (
        PayerListed(
            payer="P",
            name="N",
            payer_id="ID",
            filing_indicator="CI",
            receiver="R",
            replacement="yes",
            filing_limit_days=90,
            in_force_from=DAY,
        ),
        ReceiverListed(
            receiver="R", name="N", receiver_id="RID", submitter_id="SID", submitter_name="S"
        ),
        EnrolmentRecorded(
            legal_entity="L", payer="P", transaction="270", enrolled=True, effective_from=DAY
        ),
    ):
        book = evolve_book(book, event)
    return book


BOOK = _book()
SENT = InquirySent(account=NUMBER, trace=TRACE, payer="P", coverage_order=1, isa13=1)
DOWN = InquiryRejected(
    account=NUMBER, trace=TRACE, payer="P", reason="42", source=Source(sha256="a" * 64)
)
QUEUED = InquiryQueued(
    account=NUMBER,
    trace=TRACE,
    payer="P",
    coverage_order=1,
    facility="F",
    service_on=DAY,
    relation="18",
    person=BOX,
    member=BOX,
    receiver="R",
)


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


def test_the_cutoff_closes_what_waits_into_a_file_and_tells_the_accounts_when_it_left() -> None:
    (batched,) = said(OUTBOUND, [QUEUED], CloseBatch(DAY), BOOK)
    assert isinstance(batched, InquiriesBatched)
    assert batched.inquiries == (BatchedInquiry(account=NUMBER, trace=TRACE, payer="P"),)
    (sent,) = said(OUTBOUND, [QUEUED, batched], RecordSent(batched.isa13, "c" * 64, 9), BOOK)
    assert isinstance(sent, InquiryFileSent)
    told = said(OUTBOUND, [QUEUED, batched, sent], TellSent(batched.isa13), BOOK)
    assert [stream for stream, _ in told] == [f"account/{NUMBER}"]


def test_an_empty_queue_makes_no_file() -> None:
    assert said(OUTBOUND, [], CloseBatch(DAY), BOOK) == []
    assert said(OUTBOUND, [], RecordSent(1, "c" * 64, 9), BOOK) == []
