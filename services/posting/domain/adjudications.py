"""A payer's decision read by charge, and what of it can move what is left of that charge."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.posting import DeniedAmount, PatientPart
from contracts.values import Adjustment, JournalLine
from services.posting.domain.balance import CLAIM_LEVEL, Balance, draw
from services.posting.domain.classify import Rule, RuleSet, classify


class Item(NamedTuple):
    """One adjustment with what it means for us."""

    group: str
    carc: str
    rarcs: tuple[str, ...]
    cents: int
    rule: Rule


@dataclass(slots=True)
class Stated:
    """What the payer says of one charge, or of the claim as a whole. Informational amounts are left out."""

    paid: int = 0
    patient: int = 0
    protected: int = 0
    """Of the patient's part, what may not be collected from the patient."""
    allowed: int = 0
    basis: list[str] = field(default_factory=list)
    contractual: list[Item] = field(default_factory=list)
    denied: list[Item] = field(default_factory=list)

    def explained(self) -> int:
        """Everything that it says of the charge."""
        adjusted = sum(item.cents for item in (*self.contractual, *self.denied))
        return self.paid + self.patient + adjusted

    def above(self) -> int:
        """What it says was paid beyond the charge, such as interest: amounts below zero, which nobody else pays."""
        adjusted = (*self.contractual, *_merged(self.denied))
        return -sum(item.cents for item in adjusted if item.cents < 0)

    def add(self, items: Iterable[Item]) -> int:
        """Sort adjustments by meaning; the patient's part of them."""
        patient = 0
        for item in items:
            if item.rule.meaning in ("patient", "not_patient"):
                patient += item.cents
                self.protected += item.cents if item.rule.meaning == "not_patient" else 0
                self.basis.append(f"{item.group}-{item.carc}")
            elif item.rule.meaning == "contractual":
                self.contractual.append(item)
            elif item.rule.meaning == "denied":
                self.denied.append(item)
        self.patient += patient
        return patient


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payer stands: `sources` are the amounts its answer may take from, in turn.

    `later` is a payer after another; `patient_too` lets its money meet what the patient was thought to owe;
    `repeated` answers a claim that it has answered before.
    """

    sources: tuple[str, ...]
    later: bool
    patient_too: bool
    repeated: bool = False


@dataclass(slots=True)
class Settled:
    """What moves for one charge: the entry's lines, the patient's part, what came too much."""

    lines: list[JournalLine] = field(default_factory=list)
    part: PatientPart | None = None
    denied: list[DeniedAmount] = field(default_factory=list)
    contractual: int = 0
    over: int = 0


def read(adjudicated: ClaimAdjudicated, rules: RuleSet, known: Iterable[str]) -> dict[str, Stated]:
    """What is stated per charge. A line that leads to no charge of ours stays at claim level, never spread.

    What is said of the claim as a whole is about its charge where the account has only one.
    """
    charges, stated = set(known), dict[str, Stated]()
    in_lines = 0
    for line in adjudicated.lines:
        key = line.charge if line.charge in charges and line.charge else CLAIM_LEVEL
        one = stated.setdefault(key, Stated())
        remarks = line.remarks + adjudicated.remarks
        patient = one.add(_items(line.adjustments, remarks, adjudicated.payer, rules))
        one.paid += line.paid_cents
        one.allowed += (
            line.paid_cents + patient if line.allowed_cents is None else line.allowed_cents
        )
        in_lines += line.paid_cents
    rest = adjudicated.paid_cents - in_lines
    if rest or adjudicated.adjustments:
        only = charges - {CLAIM_LEVEL}
        alone = len(only) == 1 and CLAIM_LEVEL not in stated
        whole = stated.setdefault(only.pop() if alone else CLAIM_LEVEL, Stated())
        adjustments = _items(adjudicated.adjustments, adjudicated.remarks, adjudicated.payer, rules)
        whole.allowed += rest + whole.add(adjustments)
        whole.paid += rest
    return stated


def settle(key: str, stated: Stated, balance: Balance, room: int, standing: Standing) -> Settled:
    """What of this can move what is left (`room`); cash beyond it is an overpayment.

    Amounts that explain the room to the cent stand as stated. Otherwise they are taken in turn: a first
    payer's word on its own denial and contract goes before the patient's part, a later payer only adds to
    what was decided before, so there the patient's part goes first and a repeated contractual amount last.
    """
    out, charge = Settled(), key or None
    contractual, denied, patient, paid = _fit(stated, room, standing)
    from_patient = 0
    if standing.patient_too:
        from_patient = max(0, min(stated.paid - paid, balance.patient))
    out.over = stated.paid - paid - from_patient
    if stated.paid:
        out.lines.append(_line("remittance_clearing", stated.paid, charge, "payment"))
    if out.over:
        out.lines.append(_line("overpayment", -out.over, charge, "overpayment"))
    if from_patient:
        out.lines.append(_line("ar_patient", -from_patient, charge, "payment"))
    for item, cents in contractual:
        out.contractual += cents
        out.lines.append(_of("contractual", item, cents, charge))
    refused = 0
    for item, cents in denied:
        refused += cents
        out.denied.append(denied_amount(item, cents, charge))
        out.lines.append(_of("ar_denied", item, cents, charge))
    gone = paid + out.contractual + refused
    out.lines += draw(balance, standing.sources, gone, key, "adjudication")
    if patient:
        basis = ",".join(sorted(set(stated.basis)))[:48]
        protected = max(0, min(stated.protected, patient))
        out.part = PatientPart(charge=charge, cents=patient, basis=basis, protected_cents=protected)
    return out


def _fit(
    stated: Stated, room: int, standing: Standing
) -> tuple[list[tuple[Item, int]], list[tuple[Item, int]], int, int]:
    merged = _merged(stated.denied)
    denied = [(item, item.cents) for item in merged if item.cents > 0]
    # Less than nothing is denied by nobody: whatever the code means, so much was paid above the charge.
    contractual = [(item, item.cents) for item in stated.contractual]
    contractual += [(item, item.cents) for item in merged if item.cents < 0]
    explained = stated.paid + stated.patient + _sum(contractual) + _sum(denied)
    if stated.paid >= 0 and stated.patient >= 0 and explained == room:
        return contractual, denied, stated.patient, stated.paid
    fits = standing.sources and explained <= (0 if standing.repeated else room)
    above = stated.above() if fits else 0
    paid = min(stated.paid, room + above)
    above = max(0, min(above, paid))
    left = room - (paid - above)
    patient = 0
    if standing.later:
        patient = min(max(0, stated.patient), left)
        left -= patient
    denied, left = _clip(denied, left)
    raised, _ = _clip([(item, -cents) for item, cents in contractual], above)
    lowered, left = _clip(contractual, left)
    if not standing.later:
        patient = min(max(0, stated.patient), left)
    return [*((item, -cents) for item, cents in raised), *lowered], denied, patient, paid


def _clip(items: list[tuple[Item, int]], left: int) -> tuple[list[tuple[Item, int]], int]:
    kept = []
    for item, cents in items:
        part = min(max(0, cents), left)
        left -= part
        if part:
            kept.append((item, part))
    return kept, left


def _merged(items: list[Item]) -> list[Item]:
    merged: dict[tuple[str, str], Item] = {}
    for item in items:
        key = (item.group, item.carc)
        before = merged.get(key)
        merged[key] = item if before is None else item._replace(cents=item.cents + before.cents)
    return [item for item in merged.values() if item.cents]


def _items(
    adjustments: Iterable[Adjustment], remarks: tuple[str, ...], payer: str, rules: RuleSet
) -> list[Item]:
    rarcs = tuple(dict.fromkeys(remarks))
    return [
        Item(a.group, a.reason, rarcs, a.cents, classify(rules, a.group, a.reason, rarcs, payer))
        for a in adjustments
        if a.cents
    ]


def _line(ledger: str, cents: int, charge: str | None, kind: str) -> JournalLine:
    return JournalLine(ledger=ledger, cents=cents, charge=charge, kind=kind)


def _of(ledger: str, item: Item, cents: int, charge: str | None) -> JournalLine:
    return JournalLine(
        ledger=ledger,
        cents=cents,
        charge=charge,
        kind="denied" if ledger == "ar_denied" else item.rule.category or "contractual",
        group=item.group,
        carc=item.carc,
        rarcs=item.rarcs,
    )


def denied_amount(item: Item, cents: int, charge: str | None) -> DeniedAmount:
    """The adjustment as events say it, with whose work it is."""
    rule = item.rule
    return DeniedAmount(
        charge=charge,
        group=item.group,
        carc=item.carc,
        rarcs=item.rarcs,
        cents=cents,
        category=rule.category,
        owner=rule.owner,
        next_action=rule.next_action,
        correctable=rule.correctable,
    )


def _sum(items: Iterable[tuple[Item, int]]) -> int:
    return sum(cents for _, cents in items)
