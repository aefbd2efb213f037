"""Facts that the tests of eligibility begin with."""

from dataclasses import replace
from datetime import date

from contracts.eligibility import InquiryQueued, InquiryRejected, InquirySent
from contracts.reference import EnrolmentRecorded, PayerListed, ReceiverListed
from contracts.registration import AccountOpened
from contracts.values import Coverage, Sealed, Source
from services.eligibility.domain import Book, evolve_book
from services.eligibility.domain.account import trace_of
from shared.streams import account_number

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
PAYER = PayerListed(
    payer="P",
    name="N",
    payer_id="PID1",
    filing_indicator="CI",
    receiver="R",
    replacement="yes",
    filing_limit_days=90,
    in_force_from=DAY,
)


def _book() -> Book:
    book = Book()
    for event in (
        PAYER,
        replace(PAYER, payer="OTHER", payer_id="OTH01"),
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
PLACE = Source(sha256="a" * 64)
SENT = InquirySent(account=NUMBER, trace=TRACE, payer="P", coverage_order=1, isa13=1)
DOWN = InquiryRejected(account=NUMBER, trace=TRACE, payer="P", reason="42", source=PLACE)
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
