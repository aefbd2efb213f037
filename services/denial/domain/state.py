"""What denial remembers of an account and of the payers' policies, and how each event changes it."""

from collections.abc import Container, Iterable
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.denial import (
    AppealDecided,
    AppealFiled,
    CorrectionRequested,
    DenialOpened,
    DenialResolved,
)
from contracts.posting import (
    DeniedAmount,
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
    level_days: tuple[int, ...] = ()
    answer_days: int = 60

    def level(self, level: int) -> int | None:
        """Days from the decision before to an appeal at this level; None where there is no such level."""
        if level == 1 or not self.level_days:
            return self.days(correctable=False)
        return self.level_days[level - 2] if level - 2 < len(self.level_days) else None

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
    taken: dict[str, int] = {}
    """What each decision took of it, to be given back when that is taken back."""
    level: int = 0
    """The level of its newest appeal."""
    appealed: bool = False
    """Whether that appeal is undecided."""

    @property
    def standing(self) -> bool:
        """Whether it is still somebody's work."""
        return self.status in ("open", "requested")

    @property
    def waits(self) -> bool:
        """Whether it ended by a decision whose patient's part, still denied in the journal, did not move yet."""
        return bool(not self.standing and self.ended_by and self.left) and self.status != "accepted"


class Answer(Struct, frozen=True, array_like=True):
    """What a correction names of the payer's decision."""

    payer_control: str
    paid_on: date


class Account(Struct, frozen=True, array_like=True):
    """The denials of one account, and the decisions they come from."""

    number: str = ""
    denials: dict[str, Denial] = {}
    answers: dict[str, Answer] = {}
    reversed: tuple[str, ...] = ()
    returned: dict[str, int] = {}
    """What the last reversal returned of each charge and no standing denial lost to it."""
    last: str = ""
    """The adjudication that was posted last: what a denial ended by it is ended by."""
    denied: dict[str, int] | None = None
    """The denied receivables by charge, as the journal has them; None where an older version's state began without."""
    said: tuple[Denial, ...] = ()
    """What decisions that still hold denied, as they said it, whether or not a denial was opened for all of it."""

    def unworked(self) -> dict[str, int]:
        """Denied money by charge that is nobody's work: no denial stands for it, waits to move or was accepted."""
        found: dict[str, int] = {}
        for charge, denied in (self.denied or {}).items():
            others = sum(
                denial.left
                for denial in self.denials.values()
                if denial.charge == charge
                and (self.stands(denial) or denial.waits or denial.status == "accepted")
            )
            if denied > others:
                found[charge] = denied - others
        return found

    def nobodys(self, charge: str, ended: Container[str] = ()) -> int | None:
        """What of a charge's denied money no standing denial is for; below zero they stand for more than there is."""
        if self.denied is None:
            return None
        stand = sum(
            denial.left
            for name, denial in self.denials.items()
            if denial.charge == charge and name not in ended and self.stands(denial)
        )
        return max(0, self.denied.get(charge, 0)) - stand

    def stands(self, denial: Denial) -> bool:
        """Whether it is for denied money, not only for a correction on its way after its decision was reversed."""
        return denial.standing and denial.adjudication not in self.reversed


def evolve(state: Account | None, event: Any) -> Account:
    """The account's denials after an event."""
    account = _kept(state or Account(denied={}), getattr(event, "entries", ()))
    match event:
        case ClaimAdjudicated():
            answer = Answer(event.payer_control, event.paid_on)
            account = replace(account, answers={**account.answers, event.adjudication: answer})
        case PaymentPosted():
            said = (*account.said, *(_said(event, denied) for denied in event.denied))
            account = replace(account, last=event.adjudication, said=said)
            account = _lowered(account, event.entries, event.adjudication)
        case WriteOffPosted():
            account = _lowered(replace(account, last=""), event.entries)
            account = _owed_again(account, event)
        case ResponsibilityMoved():
            account = _moved(replace(account, last=""), event)
        case PostingReversed():
            said = tuple(denial for denial in account.said if denial.adjudication != event.reverses)
            gone = (*account.reversed, event.reverses)
            account = replace(account, reversed=gone, last="", said=said)
            account = _raised(account, event)
        case DenialOpened():
            before = account.denials.get(event.continues)
            account = _change(account, {event.denial: _opened(event, before)})
            if before is not None:
                account = _change(account, {event.continues: replace(before, taken={}, left=0)})
        case CorrectionRequested():
            account = _status(account, event.denials, "open", "requested")
        case AppealFiled():
            filed = {"status": "requested", "level": event.level, "appealed": True}
            account = _changed(account, event.denial, filed)
        case AppealDecided():
            over = "requested" if event.outcome == "overturned" else "open"
            level = event.level - (event.outcome == "withdrawn")
            told = {"status": over, "appealed": False, "level": level, "deadline_on": event.due_on}
            account = _changed(account, event.denial, told)
        case CorrectionDeclined():
            account = _status(account, event.denials, "requested", "open")
        case DenialResolved():
            before = account.denials[event.denial]
            ended = replace(before, status=event.outcome, ended_by=account.last)
            account = _change(account, {event.denial: ended})
    account = _not_more(account) if drawn(getattr(event, "entries", ())) else account
    return account if account.number else replace(account, number=event.account)


def _kept(account: Account, entries: Iterable[JournalLine]) -> Account:
    denied = account.denied
    for line in entries if denied is not None else ():
        if line.ledger == "ar_denied":
            key = line.charge or ""
            denied = {**(denied or {}), key: (denied or {}).get(key, 0) + line.cents}
    return replace(account, denied=denied)


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
                event.appeal_level_days,
                event.appeal_answer_days,
            )
            known = book.payers.get(event.payer, ())
            kept = [p for p in known if p.in_force_from != fresh.in_force_from]
            policies = tuple(sorted([*kept, fresh], key=lambda p: p.in_force_from))
            return replace(book, payers={**book.payers, event.payer: policies})
    return book


def drawn(entries: Iterable[JournalLine], *, net: bool = False) -> dict[str, int]:
    """What an entry took out of the denied receivables, by charge ('' is claim level); `net` of what it put there."""
    taken: dict[str, int] = {}
    for line in entries:
        if line.ledger == "ar_denied" and (net or line.cents < 0):
            key = line.charge or ""
            taken[key] = taken.get(key, 0) - line.cents
    return taken


def _said(event: PaymentPosted, denied: DeniedAmount) -> Denial:
    return Denial(
        claim=event.claim,
        adjudication=event.adjudication,
        payer=event.payer,
        charge=denied.charge or "",
        group=denied.group,
        carc=denied.carc,
        rarcs=denied.rarcs,
        cents=denied.cents,
        left=0,
        category=denied.category,
        owner=denied.owner,
        next_action=denied.next_action,
        correctable=denied.correctable,
        deadline_on=event.posted_on,
        status="said",
    )


def _opened(event: DenialOpened, before: Denial | None) -> Denial:
    lost = before.taken if before is not None else {}
    ended_by = before.ended_by if before is not None else ""
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
        taken={by: cents for by, cents in lost.items() if by != ended_by},
        level=before.level if before is not None else 0,
    )


def _lowered(account: Account, entries: Iterable[JournalLine], by: str = "") -> Account:
    """Denied money that left lowers the standing denials of its charge, the oldest first; then what ended ones wait for."""
    stand = [name for name, denial in account.denials.items() if denial.standing]
    waits = [name for name, denial in account.denials.items() if denial.waits]
    return _taken(account, drawn(entries), by, [*stand, *waits])


def _owed_again(account: Account, event: WriteOffPosted) -> Account:
    """What was written off of a denial that still stands, and is taken back, is that denial's again."""
    changed = dict[str, Denial]()
    back = {charge: -cents for charge, cents in drawn(event.entries, net=True).items()}
    there = {charge: min(cents, account.nobodys(charge) or 0) for charge, cents in back.items()}
    for name, denial in account.denials.items():
        part = min(denial.cents - denial.left, there.get(denial.charge, 0))
        if account.stands(denial) and part > 0:
            there[denial.charge] -= part
            changed[name] = replace(denial, left=denial.left + part)
    return _change(account, changed)


def _moved(account: Account, event: ResponsibilityMoved) -> Account:
    """The same of what moved on, which was first what is left of denials that its decision ended."""
    by, denials = event.adjudication, account.denials
    waits = [
        name for name, denial in denials.items() if by and denial.waits and denial.ended_by == by
    ]
    stand = [name for name, denial in denials.items() if denial.standing]
    return _taken(account, drawn(event.entries), by, [*waits, *stand])


def _taken(account: Account, taken: dict[str, int], by: str, names: Iterable[str]) -> Account:
    changed = dict[str, Denial]()
    for name in names:
        denial = account.denials[name]
        part = min(denial.left, taken.get(denial.charge, 0))
        if part > 0:
            taken[denial.charge] -= part
            told = denial.taken
            if by and by != denial.adjudication:
                told = {**told, by: told.get(by, 0) + part}
            changed[name] = replace(denial, left=denial.left - part, taken=told)
    return _change(account, changed)


def _raised(account: Account, event: PostingReversed) -> Account:
    """What a decision took of denials that still stand is theirs again when it is taken back.

    It returns what stands of its own denials, for it had replaced others by them, and what its entries give back.
    """
    back = {charge: -cents for charge, cents in drawn(event.entries, net=True).items()}
    for denial in account.denials.values():
        if denial.status == "open" and denial.adjudication == event.reverses:
            back[denial.charge] = back.get(denial.charge, 0) + denial.left
    changed = dict[str, Denial]()
    for name, denial in account.denials.items():
        part = min(denial.taken.get(event.reverses, 0), back.get(denial.charge, 0))
        if denial.standing and part > 0:
            back[denial.charge] -= part
            others = {by: cents for by, cents in denial.taken.items() if by != event.reverses}
            changed[name] = replace(denial, left=denial.left + part, taken=others)
    return _not_more(replace(_change(account, changed), returned=back))


def _not_more(account: Account) -> Account:
    """However denied money leaves, what stands is for no more than is still denied: the oldest first."""
    changed = dict[str, Denial]()
    over = {charge: -(account.nobodys(charge) or 0) for charge in account.denied or ()}
    for name, denial in account.denials.items():
        part = min(denial.left, over.get(denial.charge, 0))
        if account.stands(denial) and part > 0:
            over[denial.charge] -= part
            changed[name] = replace(denial, left=denial.left - part)
    return _change(account, changed)


def _status(account: Account, names: Iterable[str], before: str, after: str) -> Account:
    changed = {
        name: replace(account.denials[name], status=after)
        for name in names
        if name in account.denials and account.denials[name].status == before
    }
    return _change(account, changed)


def _changed(account: Account, name: str, what: dict[str, Any]) -> Account:
    denial = account.denials.get(name)
    if denial is None or not denial.standing:
        return account
    return _change(account, {name: replace(denial, **what)})


def _change(account: Account, changed: dict[str, Denial]) -> Account:
    return replace(account, denials={**account.denials, **changed}) if changed else account
