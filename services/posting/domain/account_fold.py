"""How each event changes what posting remembers of an account."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import (
    LatePaymentFound,
    LatePaymentSettled,
    OpeningBalancePosted,
    OverpaymentIdentified,
    OverpaymentInvestigationConcluded,
    OverpaymentInvestigationOpened,
    OverpaymentOpened,
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
    UnderpaymentFound,
    UnderpaymentSettled,
    WriteOffPosted,
)
from contracts.registration import AccountOpened, CoveragesSet
from services.posting.domain import patient_money
from services.posting.domain.account_state import (
    Account,
    Cover,
    LetGo,
    Part,
    Posted,
    Recovered,
    Takeback,
)
from services.posting.domain.balance import (
    BUCKET,
    CLAIM_LEVEL,
    LEDGER,
    fold_event,
    keep,
    opening_total,
)
from services.posting.domain.sixty_days import Known

PATIENT = LEDGER["patient"]
REFUND = "refund|"
"""Before the name of a refund, where the key of a takeback could stand."""


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
                told=account.total("patient"),
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
        case OverpaymentOpened():
            account = _owed_anew(account, event)
        case (
            OverpaymentIdentified()
            | OverpaymentInvestigationOpened()
            | OverpaymentInvestigationConcluded()
        ):
            account = _known_since(account, event)
        case LatePaymentFound() | LatePaymentSettled():
            posted = account.posted[event.adjudication]
            late = replace(posted, late=isinstance(event, LatePaymentFound))
            account = replace(account, posted={**account.posted, event.adjudication: late})
        case UnderpaymentFound():
            account = _off(account, event.adjudication, lambda off: (*off, event.line))
        case UnderpaymentSettled():
            account = _off(
                account, event.adjudication, lambda off: tuple(n for n in off if n != event.line)
            )
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
    if account.guarantor and any(line.ledger == PATIENT for line in event.entries):
        account = replace(account, told=account.total("patient"))
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


def _off(
    account: Account, adjudication: str, after: Callable[[tuple[int, ...]], tuple[int, ...]]
) -> Account:
    posted = account.posted[adjudication]
    posted = replace(posted, off=after(posted.off))
    return replace(account, posted={**account.posted, adjudication: posted})


def _owed_anew(account: Account, event: OverpaymentOpened) -> Account:
    """What comes when nothing of that decision is owed any more is another overpayment: nobody knows of it yet."""
    posted = account.posted.get(event.adjudication)
    if posted is None or posted.known is None or sum(posted.overpaid().values()) > event.cents:
        return account
    fresh = replace(posted, known=None)
    return replace(account, posted={**account.posted, event.adjudication: fresh})


def _known_since(
    account: Account,
    event: OverpaymentIdentified
    | OverpaymentInvestigationOpened
    | OverpaymentInvestigationConcluded,
) -> Account:
    posted = account.posted[event.adjudication]
    match event, posted.known:
        case OverpaymentIdentified(), None:
            known = Known(event.identified_on)
        case OverpaymentIdentified(), Known() as before:
            known = replace(before, identified_on=event.identified_on)
        case OverpaymentInvestigationOpened(), Known() as before:
            known = replace(before, looked_from=event.looked_from)
        case OverpaymentInvestigationConcluded(), Known() as before:
            known = replace(before, concluded_on=event.concluded_on)
        case _:
            return account
    posted = replace(posted, known=known)
    return replace(account, posted={**account.posted, event.adjudication: posted})


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
        paid_on=event.paid_on,
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
