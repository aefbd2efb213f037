"""What is left of a charge and who owes it; every journal line moves exactly one of these amounts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import OpeningBalancePosted
from contracts.submission import OpeningBalance
from contracts.values import Charge, JournalLine

CLAIM_LEVEL = ""
"""The key of money that names no charge: it is never spread over charges."""


class Balance(Struct, frozen=True, array_like=True):
    """The amounts of one charge (or of claim level) in cents; `credit` is what came too much."""

    charged: int = 0
    open: int = 0
    denied: int = 0
    next_payer: int = 0
    patient: int = 0
    insurance_paid: int = 0
    patient_paid: int = 0
    contractual: int = 0
    credit: int = 0
    written_off: dict[str, int] = {}
    service_on: date | None = None


NOTHING = Balance()


class Line(Struct, frozen=True, array_like=True):
    """A journal line as kept for its mirror image."""

    ledger: str
    cents: int
    charge: str = CLAIM_LEVEL
    kind: str = ""
    group: str = ""
    carc: str = ""
    rarcs: tuple[str, ...] = ()


MOVES: Mapping[str, tuple[str, int]] = {
    "ar_open": ("open", 1),
    "ar_denied": ("denied", 1),
    "ar_next_payer": ("next_payer", 1),
    "ar_patient": ("patient", 1),
    "remittance_clearing": ("insurance_paid", 1),
    "recovery_clearing": ("insurance_paid", 1),
    "patient_clearing": ("patient_paid", 1),
    "contractual": ("contractual", 1),
    "charges": ("charged", -1),
    "overpayment": ("credit", -1),
}
"""Ledger -> the amount it moves, and the sign of a debit. `write_off` goes by its kind."""

LEDGER = {
    "open": "ar_open",
    "denied": "ar_denied",
    "next_payer": "ar_next_payer",
    "patient": "ar_patient",
}
BUCKET = {ledger: bucket for bucket, ledger in LEDGER.items()}


def equation(balance: Balance) -> int:
    """By how much a charge is not its parts: 0, always.

    charged = insurance paid + patient paid + contractual + write-offs + patient owes + insurance open
    (in process, denied, awaiting the next payer) - credits.
    """
    explained = (
        balance.insurance_paid
        + balance.patient_paid
        + balance.contractual
        + sum(balance.written_off.values())
        + balance.patient
        + balance.open
        + balance.denied
        + balance.next_payer
        - balance.credit
    )
    return balance.charged - explained


def below_zero(balance: Balance) -> bool:
    """Whether more was taken of what is owed than there was."""
    return min(balance.open, balance.denied, balance.next_payer, balance.patient) < 0


def fold_event(balances: Mapping[str, Balance], event: Any) -> dict[str, Balance]:
    """The balances after an event that moves money on an account; others change nothing."""
    match event:
        case ChargesCaptured():
            after = dict(balances)
            for charge in event.charges:
                after[charge.charge] = _charge(after, charge, amount(charge))
            return after
        case ChargeCorrected():
            more = amount(event.after) - amount(event.before)
            return {**balances, event.after.charge: _charge(balances, event.after, more)}
    after = fold_lines(balances, getattr(event, "entries", ()))
    return _opening(after, event) if isinstance(event, OpeningBalancePosted) else after


def amount(charge: Charge) -> int:
    """What a charge adds to A/R: nothing once it is voided."""
    return charge.charge_cents if charge.units else 0


def opening_total(opening: OpeningBalance) -> int:
    """What another system's charge was: its parts, paid and owed."""
    return (
        opening.insurance_paid_cents
        + opening.patient_paid_cents
        + opening.contractual_cents
        + opening.patient_owes_cents
        + opening.insurance_open_cents
    )


def _charge(balances: Mapping[str, Balance], charge: Charge, cents: int) -> Balance:
    before = balances.get(charge.charge, Balance())
    return replace(
        before,
        charged=before.charged + cents,
        open=before.open + cents,
        service_on=charge.service_on,
    )


def _opening(balances: dict[str, Balance], event: OpeningBalancePosted) -> dict[str, Balance]:
    """Another system's charge counts as what that system says of it; only what is left was in the lines."""
    for b in event.balances:
        before = balances.get(b.charge, Balance())
        balances[b.charge] = replace(
            before,
            charged=before.charged + opening_total(b),
            insurance_paid=before.insurance_paid + b.insurance_paid_cents,
            patient_paid=before.patient_paid + b.patient_paid_cents,
            contractual=before.contractual + b.contractual_cents,
        )
    return balances


def fold_lines(balances: Mapping[str, Balance], lines: Iterable[JournalLine]) -> dict[str, Balance]:
    """The balances after these journal lines."""
    moving: dict[str, list[JournalLine]] = {}
    off: dict[str, list[JournalLine]] = {}
    for line in lines:
        if line.ledger in MOVES:
            moving.setdefault(line.charge or CLAIM_LEVEL, []).append(line)
        elif line.ledger == "write_off":
            off.setdefault(line.charge or CLAIM_LEVEL, []).append(line)
    after = dict(balances)
    for key, some in (*moving.items(), *off.items()):
        after[key] = moved(after.get(key, NOTHING), some)
    return after


def moved(balance: Balance, lines: Iterable[JournalLine]) -> Balance:
    """A balance after these journal lines, whatever charges they name."""
    more: dict[str, Any] = {}
    off: dict[str, int] = {}
    for line in lines:
        ledger = line.ledger
        if ledger in MOVES:
            name, sign = MOVES[ledger]
            before = more[name] if name in more else getattr(balance, name)
            more[name] = before + sign * line.cents
        elif ledger == "write_off":
            off[line.kind] = off.get(line.kind, 0) + line.cents
    if off:
        more["written_off"] = _sum(balance.written_off, off)
    return replace(balance, **more)


def draw(
    balance: Balance, sources: Iterable[str], cents: int, charge: str, kind: str
) -> list[JournalLine]:
    """Credit lines that take `cents` out of these amounts in turn; what they do not hold falls on `open`."""
    taken: dict[str, int] = {}
    left = cents
    for source in sources:
        part = max(0, min(left, getattr(balance, source)))
        taken[source] = part
        left -= part
    taken["open"] = taken.get("open", 0) + left
    return [
        JournalLine(ledger=LEDGER[source], cents=-part, charge=charge or None, kind=kind)
        for source, part in taken.items()
        if part
    ]


def keep(line: JournalLine) -> Line:
    """The line as kept in the state."""
    return Line(
        line.ledger,
        line.cents,
        line.charge or CLAIM_LEVEL,
        line.kind,
        line.group,
        line.carc,
        line.rarcs,
    )


def mirror(line: Line) -> JournalLine:
    """The line that undoes it."""
    return JournalLine(
        ledger=line.ledger,
        cents=-line.cents,
        charge=line.charge or None,
        kind=line.kind,
        group=line.group,
        carc=line.carc,
        rarcs=line.rarcs,
    )


def _sum(before: dict[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {k: before.get(k, 0) + more.get(k, 0) for k in {**before, **more}}
