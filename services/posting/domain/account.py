"""The decisions about an account's money: what payers decided and took back, and what follows from it."""

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.posting import (
    DeniedAmount,
    OverpaymentCause,
    PatientPart,
    PaymentPosted,
    PostingReversed,
)
from services.posting.domain import adjudications as read_as
from services.posting.domain import contracted, identifying, paid_late
from services.posting.domain.account_state import Account
from services.posting.domain.adjudications import Settled, Standing, settle
from services.posting.domain.balance import CLAIM_LEVEL, fold_lines, mirror
from services.posting.domain.book import Book
from services.posting.domain.cash import (
    apply_payments,
    owed_after_all,
    take_back_write_offs,
    unapply,
    unassign,
    write_off,
)
from services.posting.domain.commands import (
    AnswerErasure,
    ApplyPayments,
    ConcludeInvestigation,
    IdentifyOverpayment,
    InvestigateOverpayment,
    MoveOn,
    PostAdjudication,
    PostOpening,
    RecoverOverpayments,
    RefundOverpayment,
    RefundPatient,
    ReversePosting,
    SettleLatePayment,
    SettleUnderpayment,
    TakeBackWriteOff,
    TellBalance,
    TransferDenied,
    UnassignPayment,
    WriteOff,
)
from services.posting.domain.erasing import answer as answer_erasure
from services.posting.domain.opening import set_aside, take_over
from services.posting.domain.recovery import TOO_MUCH, TWICE, open_overpayment, recover, undo
from services.posting.domain.refunds import refund_overpayment, refund_patient
from services.posting.domain.responsibility import move_on, sources_of
from services.posting.domain.restating import owed_no_more, restate
from services.posting.domain.telling import Telling, tell_guarantor
from services.posting.domain.transfers import denied_again, transfer_denied
from shared.service import Event, Say

SENT_ON = frozenset({"19", "20", "21"})
CROSSED_OVER = frozenset({"MA18", "N89"})
"""CLP02 and RARCs of a claim that the payer passed on to the next one."""
DUPLICATE = "DUP"
"""The category of adjustments that say: we decided this claim before."""
INSURANCE = ("open", "denied", "next_payer")
PAID_AFTER_ALL = "The payer paid after all what was written off."
NO_MONEY = frozenset({"23", "25"})
"""CLP02 of a claim that is not this payer's, or of a predetermination: neither is an answer in money."""


def decide(command: object, state: Account | None, book: Book | None) -> list[Event | Say]:
    """What follows for the account; repeats are quiet."""
    telling = Telling(state or Account(), book or Book())
    told = 0 if isinstance(command, MoveOn) and command.opened else telling.account.told
    match command:
        case PostAdjudication():
            _post(telling, command)
        case ReversePosting(reversal):
            _reverse(telling, reversal)
        case PostOpening(imported):
            take_over(telling, imported)
            set_aside(telling)
        case MoveOn():
            set_aside(telling)
            denied_again(telling)
            owed_no_more(telling)
            move_on(telling)
        case ApplyPayments():
            apply_payments(telling)
        case WriteOff():
            write_off(telling, command)
        case TakeBackWriteOff():
            owed_after_all(telling, command)
        case TransferDenied():
            transfer_denied(telling, command)
        case SettleUnderpayment():
            contracted.settle(telling, command)
        case SettleLatePayment():
            paid_late.settle(telling, command)
        case IdentifyOverpayment():
            identifying.identify(telling, command)
        case InvestigateOverpayment():
            identifying.investigate(telling, command)
        case ConcludeInvestigation():
            identifying.conclude(telling, command)
        case RefundOverpayment():
            refund_overpayment(telling, command)
        case UnassignPayment():
            unassign(telling, command)
        case RefundPatient():
            refund_patient(telling, command)
        case RecoverOverpayments():
            pass
        case TellBalance():
            tell_guarantor(telling)
            return telling.says
        case AnswerErasure(asked):
            answer_erasure(telling, asked)
            return telling.says
        case _:
            raise TypeError(f"{type(command).__name__} is nothing that an account does")
    restate(telling)
    recover(telling)
    if telling.account.guarantor and telling.account.total("patient") != told:
        tell_guarantor(telling)
    return telling.says


def _post(telling: Telling, command: PostAdjudication) -> None:
    account, book, said = telling.account, telling.book, command.adjudicated
    if said.adjudication in account.posted or said.status in NO_MONEY:
        return
    rules = book.rules_on(said.paid_on)
    # What was answered as a whole is answered as a whole again: its charges do not say what is left of them.
    stated = read_as.read(said, rules, () if account.as_a_whole() else account.balances)
    standing = _standing(account, said, stated)
    beside = contracted.compared(command, account, book, rules, standing.later)
    in_time = paid_late.held(said, account, book.pay_rules, book.lines.get(said.payer, ""))
    duplicates = _without_duplicates(stated) if standing.repeated else ()
    _patient_paid_before(telling, stated, standing)
    account = _paid_after_all(telling, stated, standing)
    settled = _settle(account, stated, standing)
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
        paid_on=said.paid_on,
        duplicates=duplicates,
        compared=len(beside),
        as_contracted=sum(not one.standing for one in beside),
        pay_by=in_time.pay_by if in_time else None,
    )
    about = Say(
        posted,
        rule_set=rules.version,
        source_sha256=said.source.sha256,
        source_segment=said.source.segment,
    )
    telling.say(posted, about)
    contracted.tell_findings(telling, said, beside)
    paid_late.tell_late(telling, said, in_time)
    over = sum(s.over for s in settled)
    if over > 0:
        twice = "other_check" in said.flags
        reason = TWICE if twice else TOO_MUCH
        open_overpayment(telling, said.adjudication, over, reason, _cause(twice, standing))
    move_on(telling)


def _cause(twice: bool, standing: Standing) -> OverpaymentCause:
    if twice or standing.repeated:
        return "paid twice"
    return "another payer paid" if standing.later else "above the charges"


def _settle(
    account: Account, stated: dict[str, read_as.Stated], standing: Standing
) -> list[Settled]:
    settled: list[Settled] = []
    for key in sorted(stated, key=lambda k: (k == CLAIM_LEVEL, k)):
        room = account.room(key, standing.sources)
        one = settle(key, stated[key], account.answering(key), room, standing)
        settled.append(one)
        account = replace(account, balances=fold_lines(account.balances, one.lines))
    return settled


def _standing(
    account: Account, said: ClaimAdjudicated, stated: dict[str, read_as.Stated]
) -> Standing:
    """A claim's first answer may take what waits for its payer; a second one only what is open, denied or asked anew.

    The same amount for the same charges again, with no reversal before it, was paid twice: it takes nothing. The same
    amount for others is another part of a claim that the payer split.
    """
    live = [p for p in account.posted.values() if p.live]
    order, payer = said.payer_order, said.payer
    later = any(p.order < order or (p.order == order and p.payer != payer) for p in live)
    before = [p for p in live if (p.claim, p.order, p.payer) == (said.claim, order, payer)]
    if not before:
        return Standing(sources_of(said.payer_order, not later), later, True)
    charges = {key for key, one in stated.items() if one.paid}
    left = ("open", "denied")
    # What explains to the cent what is left of each charge is the rest of it, not the same again.
    rest = all(one.explained() == account.room(key, left) for key, one in stated.items())
    if not rest and any(
        (p.paid, p.paid_for()) == (said.paid_cents, charges) for p in before if p.paid > 0
    ):
        return Standing((), later, False, True)
    again = ("next_payer",) if account.asked_again(order) else ()
    return Standing((*again, "open", "denied"), later, False, True)


def _without_duplicates(stated: dict[str, read_as.Stated]) -> tuple[DeniedAmount, ...]:
    """That a claim is a duplicate of one that this payer decided denies nothing: the first decision stands."""
    found: list[DeniedAmount] = []
    for key, one in stated.items():
        twice = [item for item in one.denied if item.rule.category == DUPLICATE]
        found += [read_as.denied_amount(item, item.cents, key or None) for item in twice]
        one.denied = [item for item in one.denied if item.rule.category != DUPLICATE]
    return tuple(found)


def _paid_after_all(
    telling: Telling, stated: dict[str, read_as.Stated], standing: Standing
) -> Account:
    """A payer that pays what we wrote off as its own is paid for it: the write-off is taken back, and no credit arises."""
    for key, one in stated.items():
        missing = one.explained() - telling.account.room(key, standing.sources)
        if one.paid > 0 and missing > 0 and standing.sources:
            take_back_write_offs(telling, key, INSURANCE, missing, PAID_AFTER_ALL)
    return telling.account


def _patient_paid_before(
    telling: Telling, stated: dict[str, read_as.Stated], standing: Standing
) -> None:
    """A later payer that pays what the patient has paid already: the patient's money is credit again, not the payer's."""
    for key, one in stated.items() if standing.later and standing.patient_too else ():
        account = telling.account
        there = account.room(key, standing.sources) + max(0, account.answering(key).patient)
        unapply(telling, key, one.paid - one.above() - there)


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
    contracted.taken_back(telling, said.reverses)
    paid_late.taken_back(telling, said.reverses)
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
            paid_on=said.paid_on,
        )
    )
