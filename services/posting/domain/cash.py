"""The patient's payments and our own write-offs: what a person lets meet a balance, charge by charge."""

from contracts.posting import MovedAmount, PatientPaymentApplied, WriteOffPosted
from contracts.values import JournalLine
from services.posting.domain.account_state import Account
from services.posting.domain.balance import LEDGER
from services.posting.domain.commands import WriteOff
from services.posting.domain.telling import Telling
from shared.errors import Refused
from shared.streams import guarantor_stream


def apply_payments(telling: Telling) -> None:
    """Each waiting payment meets what the patient owes, the oldest first."""
    for payment, (guarantor, cents) in telling.account.payments.items():
        account = telling.account
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
