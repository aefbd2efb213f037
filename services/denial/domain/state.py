"""What denial remembers of an account and of the payers' policies, and how each event changes it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.denial import CorrectionRequested, DenialOpened, DenialResolved
from contracts.posting import (
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.reference import BusinessDayOpened, PayerListed
from contracts.submission import CorrectionDeclined
from contracts.values import JournalLine

CORRECTION_DAYS = 120
"""Until a payer's policy is known; unsourced."""


class Policy(Struct, frozen=True, array_like=True):
    """How a payer takes a correction, in force from a day."""

    in_force_from: date
    replacement: str
    correction_days: int
    appeal_days: int = 0
    reopening_days: int = 0

    def days(self, correctable: bool) -> int:
        """Days from the decision to answer it: by a corrected claim, by a reopening, or else by an appeal."""
        if not correctable:
            return self.appeal_days or self.correction_days
        reopens = self.replacement == "reopening"
        return (self.reopening_days if reopens else 0) or self.correction_days


class Book(Struct, frozen=True):
    """The day, and the payers' policies by date."""

    today: date | None = None
    payers: dict[str, tuple[Policy, ...]] = {}

    def policy(self, payer: str, day: date) -> Policy:
        """The policy in force; a payer we know nothing of takes only a new claim."""
        found = Policy(date.min, "new_claim", CORRECTION_DAYS)
        for policy in self.payers.get(payer, ()):
            if policy.in_force_from <= day:
                found = policy
        return found


class Denial(Struct, frozen=True, array_like=True):
    """One denied amount; `left` is what of it still stands in the denied receivables."""

    claim: str
    adjudication: str
    payer: str
    charge: str
    group: str
    carc: str
    rarcs: tuple[str, ...]
    cents: int
    left: int
    category: str
    owner: str
    next_action: str
    correctable: bool
    deadline_on: date
    status: str = "open"
    ended_by: str = ""

    @property
    def standing(self) -> bool:
        """Whether it is still somebody's work."""
        return self.status in ("open", "requested")


class Answer(Struct, frozen=True, array_like=True):
    """What a correction names of the payer's decision."""

    payer_control: str
    paid_on: date


class Account(Struct, frozen=True):
    """The denials of one account, and the decisions they come from."""

    number: str = ""
    denials: dict[str, Denial] = {}
    answers: dict[str, Answer] = {}
    reversed: tuple[str, ...] = ()
    last: str = ""
    """The adjudication that was posted last: what a denial ended by it is ended by."""


def evolve(state: Account | None, event: Any) -> Account:
    """The account's denials after an event."""
    account = state or Account()
    match event:
        case ClaimAdjudicated():
            answer = Answer(event.payer_control, event.paid_on)
            account = replace(account, answers={**account.answers, event.adjudication: answer})
        case PaymentPosted():
            account = _lowered(replace(account, last=event.adjudication), event.entries)
        case WriteOffPosted() | ResponsibilityMoved():
            account = _lowered(replace(account, last=""), event.entries)
        case PostingReversed():
            account = replace(account, reversed=(*account.reversed, event.reverses), last="")
        case DenialOpened():
            account = _change(account, {event.denial: _opened(event)})
        case CorrectionRequested():
            account = _status(account, event.denials, "open", "requested")
        case CorrectionDeclined():
            account = _status(account, event.denials, "requested", "open")
        case DenialResolved():
            before = account.denials[event.denial]
            ended = replace(before, status=event.outcome, ended_by=account.last)
            account = _change(account, {event.denial: ended})
    return account if account.number else replace(account, number=event.account)


def evolve_book(book: Book, event: object) -> Book:
    """The book after a broadcast."""
    match event:
        case BusinessDayOpened():
            return replace(book, today=event.day)
        case PayerListed():
            fresh = Policy(
                event.in_force_from,
                event.replacement,
                event.correction_days,
                event.appeal_days or 0,
                event.reopening_days or 0,
            )
            known = book.payers.get(event.payer, ())
            kept = [p for p in known if p.in_force_from != fresh.in_force_from]
            policies = tuple(sorted([*kept, fresh], key=lambda p: p.in_force_from))
            return replace(book, payers={**book.payers, event.payer: policies})
    return book


def drawn(entries: Iterable[JournalLine]) -> dict[str, int]:
    """What an entry took out of the denied receivables, by charge ('' is claim level)."""
    taken: dict[str, int] = {}
    for line in entries:
        if line.ledger == "ar_denied" and line.cents < 0:
            key = line.charge or ""
            taken[key] = taken.get(key, 0) - line.cents
    return taken


def _opened(event: DenialOpened) -> Denial:
    return Denial(
        claim=event.claim,
        adjudication=event.adjudication,
        payer=event.payer,
        charge=event.charge or "",
        group=event.group,
        carc=event.carc,
        rarcs=event.rarcs,
        cents=event.cents,
        left=event.cents,
        category=event.category,
        owner=event.owner,
        next_action=event.next_action,
        correctable=event.correctable,
        deadline_on=event.deadline_on,
    )


def _lowered(account: Account, entries: Iterable[JournalLine]) -> Account:
    """Denied money that left lowers the standing denials of its charge, the oldest first."""
    taken, changed = drawn(entries), dict[str, Denial]()
    for name, denial in account.denials.items():
        part = min(denial.left, taken.get(denial.charge, 0))
        if denial.standing and part > 0:
            taken[denial.charge] -= part
            changed[name] = replace(denial, left=denial.left - part)
    return _change(account, changed)


def _status(account: Account, names: Iterable[str], before: str, after: str) -> Account:
    changed = {
        name: replace(account.denials[name], status=after)
        for name in names
        if name in account.denials and account.denials[name].status == before
    }
    return _change(account, changed)


def _change(account: Account, changed: dict[str, Denial]) -> Account:
    return replace(account, denials={**account.denials, **changed}) if changed else account
