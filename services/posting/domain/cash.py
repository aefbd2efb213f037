"""The patient's payments and our own write-offs: what a person lets meet a balance, charge by charge."""

from collections.abc import Container

from contracts.posting import (
    MovedAmount,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    WriteOffPosted,
)
from contracts.values import JournalLine
from services.posting.domain.account_state import Account
from services.posting.domain.balance import CLAIM_LEVEL, LEDGER
from services.posting.domain.commands import TakeBackWriteOff, UnassignPayment, WriteOff
from services.posting.domain.telling import Telling
from shared.errors import Refused
from shared.streams import guarantor_stream

BY_RULE = "service:posting"
"""Who approves what follows from a payer's decision and from no person's."""


def apply_payments(telling: Telling) -> None:
    """Each waiting payment meets what the patient owes, the oldest first."""
    for payment, (guarantor, cents) in telling.account.payments.items():
        taken = _take(telling.account, "patient", cents)
        if taken:
            _apply(telling, guarantor, payment, taken)


def _apply(telling: Telling, guarantor: str, payment: str, taken: dict[str, int]) -> None:
    account = telling.account
    applied = PatientPaymentApplied(
        guarantor=guarantor,
        payment=payment,
        account=account.number,
        cents=sum(taken.values()),
        amounts=tuple(MovedAmount(charge=k or None, cents=c) for k, c in taken.items()),
        entry=account.next_entry(),
        posted_on=telling.day,
        entries=_pair("patient_clearing", "patient", taken, "patient payment"),
    )
    telling.say(applied)
    telling.tell(guarantor_stream(guarantor), _at_guarantor(applied))


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


def unassign(telling: Telling, command: UnassignPayment) -> None:
    """Money that is not meant for this account: what met a balance is taken off it, the last first, and all goes back."""
    account = telling.account
    if command.assignment in account.assignments:
        return
    guarantor, waiting = account.payments.get(command.payment, ("", 0))
    met = [one for one in account.applied if one.payment == command.payment]
    if not 0 < command.cents <= waiting + sum(one.cents for one in met):
        raise Refused("there is less of that payment on this account than should go back")
    short = command.cents - waiting
    for one in reversed(met):
        guarantor, part = one.guarantor, min(short, one.cents)
        if part > 0:
            _apply(telling, guarantor, command.payment, {one.charge: -part})
            short -= part
    back = PatientPaymentAssigned(
        guarantor=guarantor,
        payment=command.payment,
        assignment=command.assignment,
        account=account.number,
        cents=-command.cents,
        reason=command.reason,
        approver=command.approver,
        posted_on=telling.day,
    )
    telling.say(back)
    telling.tell(guarantor_stream(guarantor), back)


def write_off(telling: Telling, command: WriteOff) -> None:
    """A person lets go of a balance; never of more than there is."""
    account = telling.account
    if command.cents is not None and command.cents <= 0:
        raise Refused("a write-off is of more than nothing")
    there = sum(_take(account, command.bucket, 10**13, command.charge).values())
    if command.cents is not None and command.cents > there:
        raise Refused("there is less in that balance than should be written off")
    taken = _take(account, command.bucket, command.cents or there, command.charge)
    total = sum(taken.values())
    if not total:
        return
    telling.say(
        WriteOffPosted(
            account=account.number,
            kind=command.kind,
            reason=command.reason,
            approver=command.approver,
            cents=total,
            entry=account.next_entry(),
            posted_on=telling.day,
            entries=_pair("write_off", command.bucket, taken, command.kind),
        )
    )


def owed_after_all(telling: Telling, command: TakeBackWriteOff) -> None:
    """A person takes a write-off back, or a part of it: it is owed again, and meets what the patient paid meanwhile."""
    if command.cents is not None and command.cents <= 0:
        raise Refused("what is taken back is more than nothing")
    let_go: dict[str, int] = {}
    for off in telling.account.let_go:
        if (off.kind, off.bucket) == (command.kind, command.bucket) and command.charge in (
            None,
            off.charge,
        ):
            let_go[off.charge] = let_go.get(off.charge, 0) + off.cents
    there = sum(let_go.values())
    if (command.cents or 0) > there:
        raise Refused("there is less of that written off than should be taken back")
    left, back = command.cents or there, dict[str, int]()
    for charge, cents in let_go.items():
        part = min(left, cents)
        left -= part
        if part:
            back[charge] = -part
    if not back:
        return
    telling.say(
        WriteOffPosted(
            account=telling.account.number,
            kind=command.kind,
            reason=command.reason,
            approver=command.approver,
            cents=sum(back.values()),
            entry=telling.account.next_entry(),
            posted_on=telling.day,
            entries=_pair("write_off", command.bucket, back, command.kind),
        )
    )
    apply_payments(telling)


def take_back_write_offs(
    telling: Telling, key: str, buckets: Container[str], cents: int, reason: str
) -> None:
    """Up to `cents` of what was let go of these amounts is owed again, the last write-off first.

    At claim level it may be any charge's: claim-level money is not spread, but it answers for the whole account.
    """
    for off in reversed(telling.account.let_go):
        part = min(cents, off.cents)
        if part <= 0 or off.bucket not in buckets or key not in (CLAIM_LEVEL, off.charge):
            continue
        cents -= part
        telling.say(
            WriteOffPosted(
                account=telling.account.number,
                kind=off.kind,
                reason=reason,
                approver=BY_RULE,
                cents=-part,
                entry=telling.account.next_entry(),
                posted_on=telling.day,
                entries=_pair("write_off", off.bucket, {off.charge: -part}, off.kind),
            )
        )


def unapply(telling: Telling, key: str, cents: int) -> int:
    """Up to `cents` of what the patient paid on a charge is unapplied credit again; how much it was."""
    given = 0
    for one in reversed(telling.account.applied):
        part = min(cents - given, one.cents)
        if part > 0 and one.charge == key:
            given += part
            _apply(telling, one.guarantor, one.payment, {key: -part})
    return given


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
