"""The decisions about an account's money: what payers decided and took back, and what follows from it."""

from collections.abc import Iterable

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.posting import (
    DeniedAmount,
    PatientPart,
    PaymentPosted,
    PostingReversed,
)
from services.posting.domain import adjudications as read_as
from services.posting.domain.account_state import Account
from services.posting.domain.adjudications import Settled, Standing, settle
from services.posting.domain.balance import CLAIM_LEVEL, fold_lines, mirror
from services.posting.domain.book import Book
from services.posting.domain.cash import apply_payments, write_off
from services.posting.domain.commands import (
    ApplyPayments,
    MoveOn,
    PostAdjudication,
    PostOpening,
    RecoverOverpayments,
    ReversePosting,
    WriteOff,
)
from services.posting.domain.opening import set_aside, take_over
from services.posting.domain.recovery import TOO_MUCH, TWICE, open_overpayment, recover, undo
from services.posting.domain.responsibility import move_on, sources_of
from services.posting.domain.telling import Telling
from shared.service import Event, Say

SENT_ON = frozenset({"19", "20", "21"})
CROSSED_OVER = frozenset({"MA18", "N89"})
"""CLP02 and RARCs of a claim that the payer passed on to the next one."""
NO_MONEY = frozenset({"23", "25"})
"""CLP02 of a claim that is not this payer's, or of a predetermination: neither is an answer in money."""


def decide(command: object, state: Account | None, book: Book | None) -> list[Event | Say]:
    """What follows for the account; repeats are quiet."""
    telling = Telling(state or Account(), book or Book())
    match command:
        case PostAdjudication(adjudicated):
            _post(telling, adjudicated)
        case ReversePosting(reversal):
            _reverse(telling, reversal)
        case PostOpening(imported):
            take_over(telling, imported)
            set_aside(telling)
        case MoveOn():
            set_aside(telling)
            move_on(telling)
        case ApplyPayments():
            apply_payments(telling)
        case WriteOff():
            write_off(telling, command)
        case RecoverOverpayments():
            pass
        case _:
            raise TypeError(f"{type(command).__name__} is nothing that an account does")
    recover(telling)
    return telling.says


def _post(telling: Telling, said: ClaimAdjudicated) -> None:
    account, book = telling.account, telling.book
    if said.adjudication in account.posted or said.status in NO_MONEY:
        return
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
    about = Say(
        posted,
        rule_set=rules.version,
        source_sha256=said.source.sha256,
        source_segment=said.source.segment,
    )
    telling.say(posted, about)
    over = sum(s.over for s in settled)
    if over > 0:
        twice = "other_check" in said.flags
        open_overpayment(telling, said.adjudication, over, TWICE if twice else TOO_MUCH)
    move_on(telling)


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


def _denied(settled: Iterable[Settled]) -> tuple[DeniedAmount, ...]:
    return tuple(denied for s in settled for denied in s.denied)


def _parts(parts: list[PatientPart]) -> tuple[PatientPart, ...]:
    return tuple(part for part in parts if part.cents)


def _reverse(telling: Telling, said: AdjudicationReversed) -> None:
    account = telling.account
    posted = account.posted.get(said.reverses)
    if posted is None or not posted.live:
        return  # Tracking lets a reversal without its original wait; twice reversed is once.
    undo(telling, said.reverses)
    fits = said.paid_cents == -posted.paid
    telling.say(
        PostingReversed(
            account=account.number,
            claim=posted.claim,
            adjudication=said.adjudication,
            reverses=said.reverses,
            payer=said.payer,
            remittance=said.remittance,
            check_number=said.check_number,
            entry=telling.account.next_entry(),
            reversed_entry=posted.entry,
            posted_on=telling.book.posting_day(said.paid_on),
            paid_cents=-posted.paid,
            entries=tuple(mirror(line) for line in (*posted.lines, *posted.moves)),
            reason="The payer took it back."
            if fits
            else "The payer took back another amount than was posted; the rest stays in clearing.",
        )
    )
