"""Books close: whatever comes later is posted in the next open period, under the date that it bears itself."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from contracts.adjudication_tracking import RemittanceReleased
from contracts.posting import (
    EftMatched,
    OverpaymentRefunded,
    PatientPaymentApplied,
    PatientPaymentReceived,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.reference import BusinessDayOpened, PeriodClosed
from contracts.registry import wire_name
from services.posting.domain.book import evolve_book
from services.posting.domain.commands import RefundOverpayment, TransferDenied, WriteOff
from services.posting.projections.journal import journal_rows
from shared.service import At, Scope
from shared.streams import account_stream, trace_stream
from tests.unit.posting.facts import (
    ACCOUNT,
    BOOK,
    DAY,
    PAID_ON,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.test_posting_money import DEPOSITED, RELEASED
from tests.unit.posting.town import Town

CLOSED = PeriodClosed(last_day=date(2026, 1, 31), next_open=date(2026, 2, 1))
OPEN_AGAIN = date(2026, 2, 1)
HERE = account_stream(ACCOUNT)


def _closed() -> Town:
    return Town(opened("BLUE", "AETNA"), captured(), book=evolve_book(BOOK, CLOSED))


def _paid_and_more() -> Town:
    town = _closed()
    town.say(HERE, adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000))))
    town.say(HERE, adjudicated(line(8_000), adjudication="adj-2"))
    town.obey(HERE, RefundOverpayment(ACCOUNT, "adj-2", "ref-1", "r", "a"))
    town.say(HERE, taken_back(8_000, "adj-1"))
    town.say(HERE, adjudicated(line(0, ("CO", "197", 20_000)), adjudication="adj-3"))
    town.obey(HERE, TransferDenied(ACCOUNT, "payer", "r", "a", 500))
    town.obey(HERE, WriteOff(ACCOUNT, "denial", "r", "a", 700, None, "denied"))
    payment = PatientPaymentReceived(
        guarantor="g1",
        payment="p",
        tender="card",
        amount_cents=100,
        received_on=DAY,
        account=ACCOUNT,
    )
    town.say(HERE, payment)
    return town


def test_nothing_that_posting_says_is_posted_in_a_closed_period() -> None:
    said = [event for _, event in _paid_and_more().said if hasattr(event, "posted_on")]
    kinds = {type(event) for event in said}
    assert {PaymentPosted, PostingReversed, ResponsibilityMoved, WriteOffPosted} <= kinds
    assert OverpaymentRefunded in kinds and PatientPaymentApplied not in kinds
    assert {event.posted_on for event in said} == {OPEN_AGAIN}


def test_what_came_late_keeps_the_payers_date() -> None:
    said = [event for _, event in _paid_and_more().said]
    dated = [e.paid_on for e in said if isinstance(e, PaymentPosted | PostingReversed)]
    assert dated == [PAID_ON] * 4


def test_a_deposit_that_is_matched_late_keeps_its_day() -> None:
    town = _closed()
    town.say(f"remittance/{RELEASED.remittance}", RELEASED)
    town.say(trace_stream(DEPOSITED.trace, DEPOSITED.payer_trace_id), DEPOSITED)
    matched = town.of(EftMatched)
    assert {(m.posted_on, m.deposited_on) for m in matched} == {
        (OPEN_AGAIN, DEPOSITED.deposited_on)
    }


def test_a_day_in_an_open_period_is_posted_as_it_is() -> None:
    later = evolve_book(evolve_book(BOOK, CLOSED), BusinessDayOpened(day=date(2026, 2, 10)))
    assert later.posting_day(PAID_ON) == date(2026, 2, 10)


def test_a_period_that_was_closed_stays_closed_whatever_is_closed_after() -> None:
    book = evolve_book(evolve_book(BOOK, CLOSED), replace(CLOSED, next_open=date(2025, 12, 1)))
    assert book.posting_day(PAID_ON) == OPEN_AGAIN


def _row(event: Any) -> dict[str, Any]:
    stream = f"remittance/{RELEASED.remittance}" if isinstance(event, RemittanceReleased) else HERE
    at = At(
        stream, 0, "e", wire_name(type(event)), Scope("t", "L1", "F1"), date(2026, 1, 30),
        datetime(2026, 2, 1, tzinfo=UTC), "a", "c", "posting/0", 1,
    )  # fmt: skip
    row: dict[str, Any] = journal_rows(event, at)[0]
    return row


def test_the_journal_shows_both_dates() -> None:
    (posted, *_) = [e for _, e in _paid_and_more().said if isinstance(e, PaymentPosted)]
    assert (_row(posted)["posted_on"], _row(posted)["dated_on"]) == (OPEN_AGAIN, PAID_ON)
    moved = next(e for _, e in _paid_and_more().said if isinstance(e, ResponsibilityMoved))
    assert (_row(moved)["posted_on"], _row(moved)["dated_on"]) == (OPEN_AGAIN, date(2026, 1, 30))
    assert _row(RELEASED)["dated_on"] == RELEASED.paid_on
