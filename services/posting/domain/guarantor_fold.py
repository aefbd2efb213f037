"""How each event changes what posting remembers of a guarantor."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from contracts.posting import (
    BalanceDisputed,
    BalancePlaced,
    BalanceRecalled,
    DisputeAnswered,
    InstalmentMissed,
    PatientBalanceTold,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
    PaymentPlanAgreed,
    PaymentPlanEnded,
    StatementIssued,
)
from services.posting.domain.guarantor_state import Entity, Guarantor, Owed, Plan


def evolve_guarantor(state: Guarantor | None, event: Any) -> Guarantor:
    """The guarantor after an event."""
    guarantor = state or Guarantor()
    if not guarantor.name:
        guarantor = replace(guarantor, name=event.guarantor)
    match event:
        case PatientPaymentReceived():
            known = {**guarantor.payments, event.payment: event.amount_cents}
            loose = guarantor.loose
            if not event.account:
                loose = {**loose, event.payment: event.amount_cents}
            unapplied = guarantor.unapplied + event.amount_cents
            return replace(guarantor, unapplied=unapplied, payments=known, loose=loose)
        case PatientPaymentAssigned():
            left = guarantor.loose.get(event.payment, 0) - event.cents
            return replace(
                guarantor,
                loose={**guarantor.loose, event.payment: left},
                assignments=(*guarantor.assignments, event.assignment),
            )
        case PatientPaymentApplied():
            return replace(guarantor, unapplied=guarantor.unapplied - event.cents)
        case PatientPaymentRefunded():
            loose = guarantor.loose
            if event.payment in loose and not event.account:  # Else it was an account's by then.
                loose = {**loose, event.payment: loose[event.payment] - event.cents}
            return replace(
                guarantor,
                unapplied=guarantor.unapplied - event.cents,
                loose=loose,
                refunds=(*guarantor.refunds, event.refund),
            )
        case PatientBalanceTold():
            return _told(guarantor, event)
        case StatementIssued():
            return _stated(guarantor, event)
        case BalanceDisputed():
            guarantor = replace(guarantor, disputes=(*guarantor.disputes, event.dispute))
            return _owed(guarantor, event.account, event.opened_on, dispute=event.dispute)
        case DisputeAnswered():
            return _answered(guarantor, event)
        case BalancePlaced():
            return _owed(guarantor, event.account, event.placed_on, agency=event.agency)
        case BalanceRecalled():
            fresh = {"agency": "", "stated": 0, "last_notice": None}
            return _owed(guarantor, event.account, event.recalled_on, **fresh)
        case PaymentPlanAgreed():
            plan = Plan(
                event.plan,
                event.accounts,
                event.cents,
                event.instalment_cents,
                event.instalments,
                event.first_due_on,
            )
            guarantor = replace(guarantor, plans=(*guarantor.plans, event.plan))
            return _entity(guarantor, event.legal_entity, event.agreed_on, plan=plan)
        case InstalmentMissed():
            return _missed(guarantor, event)
        case PaymentPlanEnded():
            return _ended(guarantor, event)
    return guarantor


def _told(guarantor: Guarantor, event: PatientBalanceTold) -> Guarantor:
    """More is owed than before: that is asked for from the first notice on. Nothing is: nothing was asked for any more.

    What was paid on an account of a plan came for it, whoever paid.
    """
    before = guarantor.owed.get(event.account) or Owed(event)
    plan = guarantor.in_plan(event.account)
    if plan is not None:
        came = event.patient_paid_cents - before.told.patient_paid_cents
        more = replace(plan, came=plan.came + came)
        guarantor = _entity(guarantor, before.told.legal_entity, None, plan=more)
    after = replace(before, told=event)
    if event.owed_cents <= 0:
        after = Owed(event, dispute=before.dispute)
    elif event.owed_cents > before.cents:
        after = replace(after, stated=0, last_notice=None)
    guarantor = replace(guarantor, owed={**guarantor.owed, event.account: after})
    return _entity(guarantor, event.legal_entity, event.told_on)


def _stated(guarantor: Guarantor, event: StatementIssued) -> Guarantor:
    owed = dict(guarantor.owed)
    for one in event.accounts:
        before = owed.get(one.account)
        if before is not None and one.notice > before.stated:
            owed[one.account] = replace(
                before,
                stated=one.notice,
                first_stated=before.first_stated or event.issued_on,
                last_notice=event.issued_on,
            )
    came = guarantor.received_before + event.received_cents
    counted = guarantor.statements + 1
    guarantor = replace(guarantor, owed=owed, statements=counted, received_before=came)
    if event.on_demand:
        return guarantor
    turn = event.next_on
    return _entity(guarantor, event.legal_entity, None, look_on=turn, next_on=turn)


def _answered(guarantor: Guarantor, event: DisputeAnswered) -> Guarantor:
    """It is asked for again, also after its last notice: the last that asked for it counts no more."""
    plan, owed = guarantor.in_plan(event.account), guarantor.owed.get(event.account)
    stated = max(0, owed.stated - 1) if owed else 0
    guarantor = _owed(guarantor, event.account, event.answered_on, dispute="", stated=stated)
    if plan is None or event.first_due_on is None:
        return guarantor
    legal_entity = guarantor.owed[event.account].told.legal_entity
    later = replace(plan, first_due=event.first_due_on)
    return _entity(guarantor, legal_entity, None, plan=later)


def _ended(guarantor: Guarantor, event: PaymentPlanEnded) -> Guarantor:
    """What is left is asked for from the first notice on, as what an agency gave back."""
    fresh = {
        account: replace(guarantor.owed[account], stated=0, last_notice=None)
        for account in event.accounts
        if account in guarantor.owed
    }
    guarantor = replace(guarantor, owed={**guarantor.owed, **fresh})
    return _entity(guarantor, event.legal_entity, event.ended_on, plan=None)


def _missed(guarantor: Guarantor, event: InstalmentMissed) -> Guarantor:
    plan = guarantor.plan(event.legal_entity)
    if plan is None:
        return guarantor
    in_a_row = plan.missed + 1 if event.instalment == plan.judged + 1 else 1
    plan = replace(plan, judged=event.instalment, missed=in_a_row)
    return _entity(guarantor, event.legal_entity, None, plan=plan)


def _owed(guarantor: Guarantor, account: str, day: date, **changed: Any) -> Guarantor:
    before = guarantor.owed.get(account)
    if before is None:
        return guarantor
    owed = {**guarantor.owed, account: replace(before, **changed)}
    return _entity(replace(guarantor, owed=owed), before.told.legal_entity, day)


def _entity(guarantor: Guarantor, legal_entity: str, day: date | None, **changed: Any) -> Guarantor:
    """What changed on a day lets a statement be thought of the day after, never before its turn.

    Not on that day: one that was thought of this morning and put off would stay put off.
    """
    entity = guarantor.entities.get(legal_entity) or Entity(day or date.min)
    if day is not None:
        changed["look_on"] = max(_days(day + timedelta(days=1), entity.next_on))
    entity = replace(entity, **changed)
    return replace(guarantor, entities={**guarantor.entities, legal_entity: entity})


def _days(*days: date | None) -> Iterable[date]:
    return (day for day in days if day is not None)
