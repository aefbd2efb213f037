"""What may be said to every partition: days only go forward, a listing is said again only when it changed."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from contracts.reference import (
    BusinessDayOpened,
    CodeEditsPublished,
    CodeSetPublished,
    CutoffReached,
    EnrolmentRecorded,
    EntryKept,
    FacilityListed,
    FeeSchedulePublished,
    LegalHoldLifted,
    LegalHoldPlaced,
    PayerListed,
    PeriodClosed,
    PromptPayRuleListed,
    ReceiverListed,
    RetentionSet,
    RuleSetPublished,
    StatementTermsListed,
)
from shared.errors import Refused
from shared.service import Say, to
from shared.streams import BROADCAST, books_stream

Listing = (
    FacilityListed
    | PayerListed
    | ReceiverListed
    | EnrolmentRecorded
    | CodeSetPublished
    | RuleSetPublished
    | FeeSchedulePublished
    | RetentionSet
    | PromptPayRuleListed
    | StatementTermsListed
    | CodeEditsPublished
)

STREAM = books_stream()


@dataclass(frozen=True)
class OpenBusinessDay:
    """Open a business day of the whole company."""

    day: date


@dataclass(frozen=True)
class ReachCutoff:
    """The day's sending cut-off passed."""

    day: date


@dataclass(frozen=True)
class ClosePeriod:
    """Close the books up to a day."""

    last_day: date
    next_open: date


@dataclass(frozen=True)
class List:
    """List or publish one entry of the books; `digest` is its content's, `npi_is_right` the door's check."""

    entry: Listing
    digest: str
    npi_is_right: bool = True


@dataclass(frozen=True)
class PlaceHold:
    """Keep what there is of a patient, or of everybody where none is named."""

    hold: str
    patient: str
    reason: str


@dataclass(frozen=True)
class LiftHold:
    """The matter is over."""

    hold: str
    reason: str


@dataclass(frozen=True)
class MayPublish:
    """Whether a fee schedule would be taken: asked before its file is kept. It says nothing."""

    entry: FeeSchedulePublished


class Books(msgspec.Struct, frozen=True):
    """What was said so far: the open day, the last cut-off, the closed period, digests by entry.

    A legal hold is an entry too: its digest is whom it is about, and is empty once it was lifted. So are the words that
    statements print, by the name of their terms: they stay.
    """

    today: date | None = None
    cutoff: date | None = None
    closed: date | None = None
    listed: dict[str, str] = {}


class Known(msgspec.Struct, frozen=True):
    """This service's own book: only the day, for the business date of what it says."""

    today: date | None = None


def name_of(entry: Any) -> str:
    """What an entry is known by: a second listing under the same name replaces the first from then on."""
    match entry:
        case FacilityListed():
            return f"facility/{entry.facility}"
        case PayerListed():
            return f"payer/{entry.payer}"
        case ReceiverListed():
            return f"receiver/{entry.receiver}"
        case EnrolmentRecorded():
            return f"enrolment/{entry.legal_entity}/{entry.payer}/{entry.transaction}"
        case CodeSetPublished():
            return f"code-set/{entry.name}/{entry.version}"
        case RuleSetPublished():
            return f"rule-set/{entry.name}/{entry.version}"
        case FeeSchedulePublished():
            return f"fee-schedule/{entry.payer}/{entry.name}/{entry.version}"
        case RetentionSet():
            return "retention/received-files"
        case LegalHoldPlaced() | LegalHoldLifted():
            return f"legal-hold/{entry.hold}"
        case PromptPayRuleListed():
            about = f"payer/{entry.payer}" if entry.payer else f"line/{entry.filing_indicator}"
            return f"prompt-pay-rule/{about}/{entry.name}"
        case StatementTermsListed():
            return f"statement-terms/{entry.legal_entity or 'all'}/{entry.name}"
        case CodeEditsPublished():
            return f"code-edits/{entry.kind}/{entry.setting}/{entry.name}/{entry.version}"
    raise TypeError(type(entry).__name__)


Command = OpenBusinessDay | ReachCutoff | ClosePeriod | List | MayPublish | PlaceHold | LiftHold

EVERYBODY = "everybody"
MOST_HOLDS = 1_000
"""In force at a time: every service that erases knows them all."""

MOST_LINES = 6
"""Of an address: so many show in the window of an envelope."""

MOST_DAYS_SKIPPED = 366
"""A mistyped year would pass every deadline there is, for good."""
MOST_DAYS_TO_ANSWER = 1_500
"""Of a payer. Its contract has no bounds for them, and a day that no calendar has would stop whoever waits for it."""


def decide(command: Command, state: Books | None, book: Any = None) -> list[Say | EntryKept]:
    """What follows from a command on the books: the broadcast, and our own record that it was said."""
    books = state or Books()
    match command:
        case OpenBusinessDay(day):
            return _open(day, books)
        case ReachCutoff(day):
            return _cutoff(day, books)
        case ClosePeriod(last_day, next_open):
            return _close(last_day, next_open, books)
        case List():
            return _list(command, books)
        case PlaceHold():
            return _place(command, books)
        case LiftHold():
            return _lift(command, books)
        case MayPublish(entry):
            _is_about_something(entry, books)
            return []


def _open(day: date, books: Books) -> list[Say | EntryKept]:
    if books.today is not None and day < books.today:
        raise Refused(f"business days only go forward; {books.today} is open")
    if day == books.today:
        return []
    if books.today is not None and (day - books.today).days > MOST_DAYS_SKIPPED:
        raise Refused(
            f"it is more than a year after {books.today}, which is open, and days never go back"
        )
    said = Say(BusinessDayOpened(day=day), stream=BROADCAST, occurred_on=day)
    return [EntryKept(name="day", day=day), said]


def _cutoff(day: date, books: Books) -> list[Say | EntryKept]:
    if books.today is None or day != books.today:
        raise Refused("a cut-off belongs to the open business day")
    if books.cutoff is not None and day <= books.cutoff:
        return []
    return [EntryKept(name="cutoff", day=day), to(BROADCAST, CutoffReached(day=day))]


def _close(last_day: date, next_open: date, books: Books) -> list[Say | EntryKept]:
    if next_open <= last_day:
        raise Refused("the next open day lies after the closed period")
    if books.today is None or last_day >= books.today:
        raise Refused("only a past period can be closed")
    if books.closed is not None and last_day <= books.closed:
        return []
    said = PeriodClosed(last_day=last_day, next_open=next_open)
    return [EntryKept(name="period", day=last_day), to(BROADCAST, said)]


def _list(command: List, books: Books) -> list[Say | EntryKept]:
    if not command.npi_is_right:
        raise Refused("the NPI's check digit is wrong")
    entry = command.entry
    if isinstance(entry, PayerListed):
        for what in ("ack_277ca_late_days", "remittance_late_days"):
            if not 1 <= getattr(entry, what) <= MOST_DAYS_TO_ANSWER:
                raise Refused(f"{what} is from 1 to {MOST_DAYS_TO_ANSWER:,}")
    if isinstance(entry, FeeSchedulePublished | CodeEditsPublished):
        _is_about_something(entry, books)
    if isinstance(entry, PromptPayRuleListed):
        _is_about_somebody(entry, books)
    kept = _words_stay(entry, books) if isinstance(entry, StatementTermsListed) else []
    name = name_of(command.entry)
    if books.listed.get(name) == command.digest:
        return []
    return [*kept, EntryKept(name=name, digest=command.digest), to(BROADCAST, command.entry)]


def _words_stay(entry: StatementTermsListed, books: Books) -> list[Say | EntryKept]:
    """A statement names its terms, and is printed again years later: what it prints of them does not change."""
    if not 1 <= len(entry.remit_to) <= MOST_LINES or not all(map(str.strip, entry.remit_to)):
        raise Refused(f"an address to pay to is 1 to {MOST_LINES} lines, none of them blank")
    if not entry.phone.strip() or not entry.message.strip():
        raise Refused("a statement says whom to call, and what of disputes and of help")
    if entry.effective_to is not None and entry.effective_to < entry.effective_from:
        raise Refused("it would end before it begins")
    words = msgspec.json.encode((entry.remit_to, entry.phone, entry.message))
    name, digest = f"statement-words/{entry.name}", hashlib.sha256(words).hexdigest()
    known = books.listed.get(name)
    if known is None:
        return [EntryKept(name=name, digest=digest)]
    if known != digest:
        raise Refused(
            "terms of that name print another address, phone or message: statements that went out keep "
            "theirs, so list these under another name"
        )
    return []


def _is_about_something(entry: FeeSchedulePublished | CodeEditsPublished, books: Books) -> None:
    """A table of a payer or facility that nobody knows would be held against nothing, without a word."""
    if isinstance(entry, FeeSchedulePublished):
        named: dict[str, tuple[str, ...]] = {"payer": (entry.payer,), "facility": (entry.facility,)}
    else:
        named = {"payer": entry.payers, "facility": entry.facilities}
        if entry.kind == "mue" and len(entry.parts) > 1:
            raise Refused("a table of unit limits is one file")
        if entry.setting != "practitioner" and not entry.facilities:
            raise Refused(
                "edits of hospitals and of suppliers name the facilities that bill as such"
            )
    for kind, names in named.items():
        if any(name and f"{kind}/{name}" not in books.listed for name in names):
            raise Refused(f"no {kind} of that code is listed")
    if entry.effective_to is not None and entry.effective_to < entry.effective_from:
        raise Refused("it would end before it begins")


def _place(c: PlaceHold, books: Books) -> list[Say | EntryKept]:
    said = LegalHoldPlaced(hold=c.hold, patient=c.patient, reason=c.reason)
    name, about = name_of(said), c.patient or EVERYBODY
    known = books.listed.get(name)
    if known == about:
        return []
    if known:
        raise Refused("a hold of that number is in force for somebody else: place it under another")
    in_force = [n for n, whom in books.listed.items() if n.startswith("legal-hold/") and whom]
    if len(in_force) >= MOST_HOLDS:
        raise Refused(f"{MOST_HOLDS:,} holds are in force: place one for everybody")
    return [EntryKept(name=name, digest=about), to(BROADCAST, said)]


def _lift(c: LiftHold, books: Books) -> list[Say | EntryKept]:
    name = f"legal-hold/{c.hold}"
    if name not in books.listed:
        raise Refused("there is no hold of that number")
    if not books.listed[name]:
        return []
    said = LegalHoldLifted(hold=c.hold, reason=c.reason)
    return [EntryKept(name=name, digest=""), to(BROADCAST, said)]


def _is_about_somebody(entry: PromptPayRuleListed, books: Books) -> None:
    if bool(entry.payer) == bool(entry.filing_indicator):
        raise Refused("it is about one payer, or about all of one filing indicator")
    if entry.payer and f"payer/{entry.payer}" not in books.listed:
        raise Refused("no payer of that code is listed")
    if entry.effective_to is not None and entry.effective_to < entry.effective_from:
        raise Refused("it would end before it begins")
    if entry.floor_days > entry.days:
        raise Refused("it would be paid no sooner than it is late")


def evolve(state: Books | None, event: Any) -> Books:
    """The books after one of their own records."""
    books = state or Books()
    if not isinstance(event, EntryKept):
        return books
    match event.name:
        case "day":
            return msgspec.structs.replace(books, today=event.day)
        case "cutoff":
            return msgspec.structs.replace(books, cutoff=event.day)
        case "period":
            return msgspec.structs.replace(books, closed=event.day)
    return msgspec.structs.replace(books, listed={**books.listed, event.name: event.digest})


def evolve_book(book: Known, event: Any) -> Known:
    """The open day."""
    return Known(event.day) if isinstance(event, BusinessDayOpened) else book
