"""The decisions about an account's money: posting, reversal, who pays next, payments and write-offs."""

from collections.abc import Iterable
from datetime import date

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.posting import (
    DeniedAmount,
    MovedAmount,
    OpeningBalancePosted,
    OverpaymentOpened,
    PatientPart,
    PatientPaymentApplied,
    PaymentPosted,
    PostingReversed,
    WriteOffPosted,
)
from contracts.submission import ClaimImported
from contracts.values import JournalLine
from services.posting.domain import adjudications as read_as
from services.posting.domain.account_state import Account, evolve
from services.posting.domain.adjudications import Settled, Standing, settle
from services.posting.domain.balance import CLAIM_LEVEL, LEDGER, fold_lines, mirror
from services.posting.domain.book import Book
from services.posting.domain.commands import (
    ApplyPayments,
    MoveOn,
    PostAdjudication,
    PostOpening,
    ReversePosting,
    WriteOff,
)
from services.posting.domain.responsibility import move_on, sources_of
from shared.errors import Refused
from shared.service import Event, Say, to
from shared.streams import guarantor_stream

SENT_ON = frozenset({"19", "20", "21"})
CROSSED_OVER = frozenset({"MA18", "N89"})
"""CLP02 and RARCs of a claim that the payer passed on to the next one."""
NO_MONEY = frozenset({"23", "25"})
"""CLP02 of a claim that is not this payer's, or of a predetermination: neither is an answer in money."""


def decide(command: object, state: Account | None, book: Book | None) -> list[Event | Say]:
    """What follows for the account; repeats are quiet."""
    account, books = state or Account(), book or Book()
    match command:
        case PostAdjudication(adjudicated):
            return _post(account, adjudicated, books)
        case ReversePosting(reversal):
            return _reverse(account, reversal, books)
        case PostOpening(imported):
            return _open(account, imported, books)
        case MoveOn():
            return list(move_on(account, books.posting_day(account.service_on or date.min)))
        case ApplyPayments():
            return _apply(account, books)
        case WriteOff():
            return _write_off(account, command, books)
    raise TypeError(f"{type(command).__name__} is nothing that an account does")


def _post(account: Account, said: ClaimAdjudicated, book: Book) -> list[Event | Say]:
    if said.adjudication in account.posted or said.status in NO_MONEY:
        return []
    rules = book.rules_on(said.paid_on)
    stated = read_as.read(said, rules, account.balances)
    settled = _settle(account, said, stated)
    parts = [s.part for s in settled if s.part is not None]
    posted = PaymentPosted(
        account=account.number or said.account,
        claim=said.claim,
        adjudication=said.adjudication,
        payer=said.payer,
        payer_order=said.payer_order,
        remittance=said.remittance,
        check_number=said.check_number,
        entry=account.next_entry() if account.number else f"{said.account}-J00001",
        posted_on=book.posting_day(said.paid_on),
        paid_cents=said.paid_cents,
        contractual_cents=sum(s.contractual for s in settled),
        denied=_denied(settled),
        allowed_cents=sum(one.allowed for one in stated.values()),
        patient_part_cents=sum(part.cents for part in parts),
        entries=tuple(line for s in settled for line in s.lines),
        rule_set=rules.version,
        patient_parts=_parts(parts),
        crossed_to=_crossed(said),
    )
    says: list[Event | Say] = [
        Say(
            posted,
            rule_set=rules.version,
            source_sha256=said.source.sha256,
            source_segment=said.source.segment,
        )
    ]
    over = sum(s.over for s in settled)
    if over > 0:
        says.append(_overpaid(posted, said, over))
    return says + list(move_on(evolve(account, posted), posted.posted_on))


def _settle(
    account: Account, said: ClaimAdjudicated, stated: dict[str, read_as.Stated]
) -> list[Settled]:
    standing = _standing(account, said)
    settled: list[Settled] = []
    balances = dict(account.balances)
    for key in sorted(stated, key=lambda k: (k == CLAIM_LEVEL, k)):
        balance = account.balance(key)
        among = balances.values() if key == CLAIM_LEVEL else [balance]
        room = max(0, sum(getattr(b, source) for b in among for source in standing.sources))
        one = settle(key, stated[key], balance, room, standing)
        settled.append(one)
        balances = fold_lines(balances, one.lines) if CLAIM_LEVEL in stated else balances
    return settled


def _standing(account: Account, said: ClaimAdjudicated) -> Standing:
    """A claim's first answer may take what waits for its payer; a second one only what is open or denied."""
    live = [p for p in account.posted.values() if p.live]
    order, payer = said.payer_order, said.payer
    later = any(p.order < order or (p.order == order and p.payer != payer) for p in live)
    if any((p.claim, p.order, p.payer) == (said.claim, order, payer) for p in live):
        return Standing(("open", "denied"), later, False)
    return Standing(sources_of(said.payer_order, not later), later, True)


def _crossed(said: ClaimAdjudicated) -> str:
    passed = said.status in SENT_ON or CROSSED_OVER.intersection(said.remarks)
    return said.forwarded_to or ("unnamed" if passed else "")


def _overpaid(posted: PaymentPosted, said: ClaimAdjudicated, over: int) -> OverpaymentOpened:
    twice = "other_check" in said.flags
    return OverpaymentOpened(
        account=posted.account,
        claim=said.claim,
        adjudication=said.adjudication,
        payer=said.payer,
        cents=over,
        suspected_on=posted.posted_on,
        reason="The claim was paid on another check before."
        if twice
        else "More was paid than is left of the charges.",
    )


def _denied(settled: Iterable[Settled]) -> tuple[DeniedAmount, ...]:
    return tuple(denied for s in settled for denied in s.denied)


def _parts(parts: list[PatientPart]) -> tuple[PatientPart, ...]:
    return tuple(part for part in parts if part.cents)


def _reverse(account: Account, said: AdjudicationReversed, book: Book) -> list[Event | Say]:
    posted = account.posted.get(said.reverses)
    if posted is None or not posted.live:
        return []  # Tracking lets a reversal without its original wait; twice reversed is once.
    fits = said.paid_cents == -posted.paid
    return [
        PostingReversed(
            account=account.number,
            claim=posted.claim,
            adjudication=said.adjudication,
            reverses=said.reverses,
            payer=said.payer,
            remittance=said.remittance,
            check_number=said.check_number,
            entry=account.next_entry(),
            reversed_entry=posted.entry,
            posted_on=book.posting_day(said.paid_on),
            paid_cents=-posted.paid,
            entries=tuple(mirror(line) for line in (*posted.lines, *posted.moves)),
            reason="The payer took it back."
            if fits
            else "The payer took back another amount than was posted; the rest stays in clearing.",
        )
    ]


def _open(account: Account, said: ClaimImported, book: Book) -> list[Event | Say]:
    fresh = tuple(b for b in said.opening if b.charge not in account.balances)
    if not fresh:
        return []
    lines: list[JournalLine] = []
    for b in fresh:
        owed = (("ar_open", b.insurance_open_cents), ("ar_patient", b.patient_owes_cents))
        both = b.insurance_open_cents + b.patient_owes_cents
        for ledger, cents in (*owed, ("opening", -both)):
            if cents:
                lines.append(
                    JournalLine(ledger=ledger, cents=cents, charge=b.charge, kind="opening")
                )
    return [
        OpeningBalancePosted(
            account=said.account,
            claim=said.claim,
            balances=fresh,
            entry=f"{said.account}-J{account.entries + 1:05d}",
            posted_on=book.posting_day(said.first_billed_on or account.service_on or date.min),
            entries=tuple(lines),
        )
    ]


def _apply(account: Account, book: Book) -> list[Event | Say]:
    says: list[Event | Say] = []
    for payment, (guarantor, cents) in account.payments.items():
        taken = _take(account, "patient", cents)
        total = sum(taken.values())
        if not total:
            continue
        applied = PatientPaymentApplied(
            guarantor=guarantor,
            payment=payment,
            account=account.number,
            cents=total,
            amounts=tuple(MovedAmount(charge=k or None, cents=c) for k, c in taken.items()),
            entry=account.next_entry(),
            posted_on=book.posting_day(account.service_on or date.min),
            entries=_pair("patient_clearing", "patient", taken, "patient payment"),
        )
        says.append(applied)
        says.append(to(guarantor_stream(guarantor), _at_guarantor(applied)))
        account = evolve(account, applied)
    return says


def _at_guarantor(applied: PatientPaymentApplied) -> PatientPaymentApplied:
    cents = applied.cents
    return PatientPaymentApplied(
        guarantor=applied.guarantor,
        payment=applied.payment,
        account=applied.account,
        cents=cents,
        entry=f"{applied.entry}-G",
        posted_on=applied.posted_on,
        entries=(
            JournalLine(ledger="patient_unapplied", cents=cents, kind="patient payment"),
            JournalLine(ledger="patient_clearing", cents=-cents, kind="patient payment"),
        ),
    )


def _write_off(account: Account, command: WriteOff, book: Book) -> list[Event | Say]:
    if command.cents is not None and command.cents <= 0:
        raise Refused("a write-off is of more than nothing")
    there = sum(_take(account, command.bucket, 10**13, command.charge).values())
    if command.cents is not None and command.cents > there:
        raise Refused("there is less in that balance than should be written off")
    taken = _take(account, command.bucket, command.cents or there, command.charge)
    total = sum(taken.values())
    if not total:
        return []
    return [
        WriteOffPosted(
            account=account.number,
            kind=command.kind,
            reason=command.reason,
            approver=command.approver,
            cents=total,
            entry=account.next_entry(),
            posted_on=book.posting_day(account.service_on or date.min),
            entries=_pair("write_off", command.bucket, taken, command.kind),
        )
    ]


def _take(account: Account, bucket: str, cents: int, charge: str | None = None) -> dict[str, int]:
    """Up to `cents` out of one amount, charge by charge; never more than the account as a whole has of it."""
    left = max(0, min(cents, account.total(bucket)))
    taken: dict[str, int] = {}
    for key in sorted(account.balances):
        part = min(left, getattr(account.balances[key], bucket))
        if part > 0 and charge in (None, key):
            taken[key] = part
            left -= part
    return taken


def _pair(debit: str, bucket: str, taken: dict[str, int], kind: str) -> tuple[JournalLine, ...]:
    return tuple(
        JournalLine(ledger=ledger, cents=cents, charge=key or None, kind=kind)
        for key, part in taken.items()
        for ledger, cents in ((debit, part), (LEDGER[bucket], -part))
    )
