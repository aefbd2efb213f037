"""What posting remembers of an account, and how each event changes it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import (
    OpeningBalancePosted,
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    TakebackPosted,
    WriteOffPosted,
)
from contracts.registration import AccountOpened, CoveragesSet
from services.posting.domain import patient_money
from services.posting.domain.balance import (
    BUCKET,
    CLAIM_LEVEL,
    Balance,
    Line,
    below_zero,
    fold_event,
    keep,
    opening_total,
)
from services.posting.domain.patient_money import Applied

REFUND = "refund|"
"""Before the name of a refund, where the key of a takeback could stand."""


class Cover(Struct, frozen=True, array_like=True):
    """A coverage's place in the order of benefits."""

    order: int
    payer: str
    effective_from: date
    effective_to: date | None = None


class Takeback(Struct, frozen=True, array_like=True):
    """What a payer kept back under one reference, all told, and the check that said so last."""

    payer: str
    tax_id: str
    reference: str
    cents: int = 0
    remittance: str = ""
    check_number: str = ""


class Recovered(Struct, frozen=True, array_like=True):
    """How much of an overpaid posting a takeback met, on which charge."""

    takeback: str
    charge: str
    cents: int


class Posted(Struct, frozen=True, array_like=True):
    """A posted adjudication, with the lines that a reversal mirrors; `moved_to` is a payer order, 0 the patient.

    `crossed` while a payer that it was sent on to may still answer.
    """

    claim: str
    payer: str
    order: int
    entry: str
    paid: int
    lines: tuple[Line, ...] = ()
    moves: tuple[Line, ...] = ()
    moved_to: int | None = None
    live: bool = True
    crossed: bool = False
    recovered: tuple[Recovered, ...] = ()

    def paid_for(self) -> set[str]:
        """The charges that it brought money for."""
        return {line.charge for line in self.lines if line.ledger == "remittance_clearing"}

    def overpaid(self) -> dict[str, int]:
        """What it brought too much and nobody took back, by charge."""
        return {charge: cents for charge, cents in self.owed_back().items() if cents > 0}

    def owed_to_us(self) -> dict[str, int]:
        """What its payer took back although we had refunded it, by charge."""
        return {charge: -cents for charge, cents in self.owed_back().items() if cents < 0}

    def owed_back(self) -> dict[str, int]:
        """What is owed back of it by charge; below zero it is the payer that owes."""
        left: dict[str, int] = {}
        for line in (*self.lines, *self.moves):
            if line.ledger == "overpayment":
                left[line.charge] = left.get(line.charge, 0) - line.cents
        for one in self.recovered:
            left[one.charge] = left.get(one.charge, 0) - one.cents
        return left


class Part(Struct, frozen=True, array_like=True):
    """What an adjudication left to whoever pays next, until it moves."""

    adjudication: str
    charge: str
    cents: int
    basis: str = ""
    protected: int = 0


class LetGo(Struct, frozen=True, array_like=True):
    """What a person wrote off, and out of which amount: it comes back when a payer pays it after all."""

    charge: str
    bucket: str
    kind: str
    cents: int


class Account(Struct, frozen=True, array_like=True):
    """The money of one encounter account."""

    number: str = ""
    opened: bool = False
    history: bool = False
    legal_entity: str = ""
    guarantor: str = ""
    service_on: date | None = None
    covers: tuple[Cover, ...] = ()
    balances: dict[str, Balance] = {}
    posted: dict[str, Posted] = {}
    parts: tuple[Part, ...] = ()
    payments: dict[str, tuple[str, int]] = {}
    self_pay: bool = False
    entries: int = 0
    controls: dict[str, tuple[str, ...]] = {}
    """Payer -> the control numbers under which it decided claims of this account."""
    takebacks: dict[str, Takeback] = {}
    opened_with: dict[str, int] = {}
    """Charges taken over from another system, each with the amount that it opened with."""
    let_go: tuple[LetGo, ...] = ()
    applied: tuple[Applied, ...] = ()
    refunds: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()

    def next_entry(self) -> str:
        """The id of the next journal entry: account and running number."""
        return f"{self.number}-J{self.entries + 1:05d}"

    def balance(self, charge: str) -> Balance:
        """The amounts of a charge, or of claim level."""
        return self.balances.get(charge, Balance())

    def answering(self, charge: str) -> Balance:
        """The amounts that an answer about this charge is taken from; one at claim level answers for all of them."""
        if charge != CLAIM_LEVEL:
            return self.balance(charge)
        return Balance(
            open=self.total("open"),
            denied=self.total("denied"),
            next_payer=self.total("next_payer"),
            patient=self.total("patient"),
        )

    def as_a_whole(self) -> bool:
        """Whether claim-level answers took what stands at charges: then no charge alone says what is left of it."""
        return below_zero(self.balance(CLAIM_LEVEL))

    def total(self, bucket: str) -> int:
        """One amount over the whole account."""
        return sum(getattr(balance, bucket) for balance in self.balances.values())

    def answered(self, order: int) -> bool:
        """Whether a payer order has a posted answer that stands."""
        return any(p.live and p.order == order for p in self.posted.values())

    def insurance(self, charge: str) -> int:
        """What insurance may still owe on a charge; at claim level, on the whole account."""
        return self.room(charge, ("open", "denied", "next_payer"))

    def room(self, charge: str, sources: Iterable[str]) -> int:
        """What is left in these amounts of a charge; at claim level, of the whole account.

        Denied or next-payer amounts below zero were taken twice (written off, or answered by a later payer,
        before a reversal) and are restated: they leave no less room for the correction.
        """
        among = [self.balance(charge)] if charge else self.balances.values()
        left = 0
        for source in sources:
            cents: int = sum(getattr(b, source) for b in among)
            left += cents if source == "open" else max(0, cents)
        if charge and self.as_a_whole():
            left = min(left, self.room(CLAIM_LEVEL, sources))
        return max(0, left)

    def asked_again(self, order: int) -> bool:
        """Whether an earlier payer's corrected decision left something to a payer that had answered."""
        asked = False
        for posted in self.posted.values():
            if posted.live and posted.order == order:
                asked = False
            elif posted.live and posted.moved_to == order:
                asked = True
        return asked

    def in_force(self) -> list[Cover]:
        """The coverages in force on the date of service, in their order."""
        day = self.service_on
        covers = [
            c
            for c in self.covers
            if day is None
            or (c.effective_from <= day and (c.effective_to is None or day <= c.effective_to))
        ]
        return sorted(covers, key=lambda c: c.order)

    def is_covered(self, order: int) -> bool:
        """Whether a coverage of this place is in force."""
        return any(cover.order == order for cover in self.in_force())


def evolve(state: Account | None, event: Any) -> Account:
    """The account after an event; charges may come before the account was opened."""
    account = state or Account()
    match event:
        case AccountOpened():
            account = replace(
                account,
                opened=True,
                history=event.billing == "history",
                legal_entity=event.legal_entity,
                guarantor=event.guarantor,
                service_on=event.service_from,
                covers=_covers(event.coverages),
            )
        case CoveragesSet():
            account = replace(
                account,
                covers=_covers(event.coverages),
                posted={k: replace(p, crossed=False) for k, p in account.posted.items()},
            )
        case ChargesCaptured() | ChargeCorrected():
            account = replace(account, balances=fold_event(account.balances, event))
        case ClaimAdjudicated():
            account = _known_as(account, event)
        case TakebackPosted():
            account = _kept_back(account, event)
        case PatientPaymentReceived():
            account = patient_money.waits(account, event, event.amount_cents)
        case PatientPaymentAssigned():
            account = patient_money.assigned(account, event)
        case PatientPaymentRefunded():
            account = patient_money.sent_back(account, event)
        case _:
            return _evolve_money(account, event)
    number = getattr(event, "account", "") or account.number
    return account if account.number else replace(account, number=number)


def _evolve_money(account: Account, event: Any) -> Account:
    if not hasattr(event, "entries"):
        return account
    account = replace(
        account,
        number=account.number or event.account,
        balances=fold_event(account.balances, event),
        entries=account.entries + 1,
    )
    match event:
        case PaymentPosted():
            return _posted(account, event)
        case PostingReversed():
            return _reversed(account, event)
        case ResponsibilityMoved():
            return _moved(account, event)
        case PatientPaymentApplied():
            return patient_money.applied(account, event)
        case OverpaymentRecovered():
            return _recovered(account, event, takeback_key(event))
        case OverpaymentRefunded():
            account = replace(account, refunds=(*account.refunds, event.refund))
            return _recovered(account, event, f"{REFUND}{event.refund}")
        case WriteOffPosted():
            return replace(account, let_go=_let_go(account, event))
        case OpeningBalancePosted():
            opened = {b.charge: opening_total(b) for b in event.balances}
            return replace(account, opened_with={**account.opened_with, **opened})
    return account


def takeback_key(event: TakebackPosted | OverpaymentRecovered) -> str:
    """Takebacks of one payee under one reference are one: what is put off and then taken is taken once."""
    return f"{event.payer}|{event.tax_id}|{event.reference}"


def _known_as(account: Account, event: ClaimAdjudicated) -> Account:
    known = account.controls.get(event.payer, ())
    if not event.payer_control or event.payer_control in known:
        return account
    controls = {**account.controls, event.payer: (*known, event.payer_control)}
    return replace(account, controls=controls)


def _kept_back(account: Account, event: TakebackPosted) -> Account:
    key = takeback_key(event)
    before = account.takebacks.get(key, Takeback(event.payer, event.tax_id, event.reference))
    after = replace(
        before,
        cents=before.cents + event.cents,
        remittance=event.remittance,
        check_number=event.check_number,
    )
    return replace(account, takebacks={**account.takebacks, key: after})


def _recovered(
    account: Account, event: OverpaymentRecovered | OverpaymentRefunded, by: str
) -> Account:
    before = account.posted[event.adjudication]
    met = tuple(
        Recovered(by, line.charge or CLAIM_LEVEL, line.cents)
        for line in event.entries
        if line.ledger == "overpayment"
    )
    after = replace(before, recovered=before.recovered + met)
    return replace(account, posted={**account.posted, event.adjudication: after})


def _posted(account: Account, event: PaymentPosted) -> Account:
    posted = Posted(
        event.claim,
        event.payer,
        event.payer_order,
        event.entry,
        event.paid_cents,
        tuple(keep(line) for line in event.entries),
        crossed=bool(event.crossed_to),
    )
    parts = tuple(
        Part(event.adjudication, p.charge or CLAIM_LEVEL, p.cents, p.basis, p.protected_cents)
        for p in event.patient_parts
    )
    return replace(
        account,
        posted={**account.posted, event.adjudication: posted},
        parts=account.parts + parts,
    )


def _reversed(account: Account, event: PostingReversed) -> Account:
    before = account.posted[event.reverses]
    # Takebacks went back to the payee; what we refunded of it stays refunded.
    refunded = tuple(one for one in before.recovered if one.takeback.startswith(REFUND))
    taken = replace(before, lines=(), moves=(), moved_to=None, live=False, recovered=refunded)
    return replace(
        account,
        posted={**account.posted, event.reverses: taken},
        parts=tuple(p for p in account.parts if p.adjudication != event.reverses),
    )


def _moved(account: Account, event: ResponsibilityMoved) -> Account:
    if not event.adjudication:
        return replace(account, self_pay=event.to_party == "patient")
    before = account.posted[event.adjudication]
    after = replace(before, moves=before.moves + tuple(keep(line) for line in event.entries))
    if event.to_payer_order:
        after = replace(after, moved_to=event.to_payer_order)
    if event.approver or event.to_party in ("restated", "denied"):
        return replace(account, posted={**account.posted, event.adjudication: after})
    after = replace(after, moved_to=event.to_payer_order or 0)
    return replace(
        account,
        posted={**account.posted, event.adjudication: after},
        parts=tuple(p for p in account.parts if p.adjudication != event.adjudication),
    )


def _let_go(account: Account, event: WriteOffPosted) -> tuple[LetGo, ...]:
    known = {(o.charge, o.bucket, o.kind): o.cents for o in account.let_go}
    for line in event.entries:
        if line.ledger in BUCKET:
            key = (line.charge or CLAIM_LEVEL, BUCKET[line.ledger], event.kind)
            known[key] = known.get(key, 0) - line.cents
    return tuple(LetGo(*key, cents) for key, cents in known.items() if cents > 0)


def _covers(coverages: Any) -> tuple[Cover, ...]:
    return tuple(Cover(c.order, c.payer, c.effective_from, c.effective_to) for c in coverages)
