"""What posting keeps of the broadcasts: the day, the first open day of the books, rule sets, payers' fee schedules, prompt-pay rules, terms of statements."""

from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contracts.reference import (
    BusinessDayOpened,
    FeeRate,
    FeeSchedulePublished,
    PayerListed,
    PeriodClosed,
    PromptPayRuleListed,
    RuleSetPublished,
    StatementTermsListed,
)
from services.posting.domain import fees, prompt_pay, terms
from services.posting.domain.classify import RuleSet, in_force, publish
from shared.errors import FileGone, Malformed, NotFound, Refused


class Book(Struct, frozen=True):
    """`posting_day` is never in a closed period. `rates` are those of the schedules by hash, after hydration."""

    today: date | None = None
    next_open: date | None = None
    sets: tuple[RuleSet, ...] = ()
    schedules: dict[str, tuple[fees.Schedule, ...]] = {}
    rates: dict[str, dict[str, tuple[fees.Rate, ...]]] = {}
    pay_rules: tuple[prompt_pay.Rule, ...] = ()
    lines: dict[str, str] = {}
    """Payer -> the line of business of its claims (SBR09)."""
    statement_terms: tuple[terms.Terms, ...] = ()

    def business_day(self) -> date:
        """The business day that is open; Refused before the first."""
        if self.today is None:
            raise Refused("no business day was opened yet")
        return self.today

    def posting_day(self, otherwise: date) -> date:
        """The day on which money is posted now."""
        day = self.today or otherwise
        return day if self.next_open is None else max(day, self.next_open)

    def rules_on(self, day: date) -> RuleSet:
        """The adjustment rules in force on a day."""
        return in_force(self.sets, day)


def evolve_book(book: Book, event: object) -> Book:
    """The book after a broadcast."""
    match event:
        case BusinessDayOpened():
            return replace(book, today=event.day)
        case PeriodClosed():
            later = max(book.next_open or event.next_open, event.next_open)
            return replace(book, next_open=later)
        case RuleSetPublished() if event.rules:
            return replace(book, sets=publish(book.sets, event))
        case FeeSchedulePublished():
            return replace(book, schedules=fees.publish(book.schedules, event))
        case PromptPayRuleListed():
            return replace(book, pay_rules=prompt_pay.publish(book.pay_rules, event))
        case StatementTermsListed():
            return replace(book, statement_terms=terms.publish(book.statement_terms, event))
        case PayerListed():
            return replace(book, lines={**book.lines, event.payer: event.filing_indicator})
    return book


_cache: dict[str, dict[str, tuple[fees.Rate, ...]]] = {}


async def hydrate(book: Book, objects: Any) -> Book:
    """The book with the rates of its schedules; each file is read once a process, its hash is its name."""
    named = {
        s.sha256: f"fee schedule {s.name} {s.version} of payer {payer}"
        for payer, listed in book.schedules.items()
        for s in listed
    }
    for sha256, what in named.items():
        if sha256 not in _cache:
            try:
                data: bytes = await objects.read(sha256)
            except (NotFound, Malformed):
                raise FileGone(what) from None
            _cache[sha256] = fees.tabled(msgspec.json.decode(data, type=list[FeeRate]))
    return replace(book, rates={sha256: _cache[sha256] for sha256 in named})


def shelve(book: Book) -> Book:
    """The book as it is kept: rates come back by hash."""
    return replace(book, rates={})
