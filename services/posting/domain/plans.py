"""Payment plans: agreed by a person, judged some days after each instalment, kept, broken or ended."""

from datetime import date, timedelta
from typing import Literal

from msgspec.structs import replace

from contracts.posting import InstalmentMissed, PaymentPlanAgreed, PaymentPlanEnded
from services.posting.domain.book import Book
from services.posting.domain.cash import BY_RULE
from services.posting.domain.commands import AgreePlan, EndPlan
from services.posting.domain.guarantor_state import Guarantor, Plan
from services.posting.domain.stating import NO_TERMS
from services.posting.domain.terms import Terms, in_force
from shared.errors import Refused

KEPT = "Nothing is owed on its accounts any more."
ALL_CAME = "All that was agreed has come."
BROKEN = "Too many instalments in a row did not come."
OVER = "The last instalment did not come."


def agree(guarantor: Guarantor, command: AgreePlan, book: Book) -> list[PaymentPlanAgreed]:
    """All that is owed to a legal entity and not disputed, in equal instalments; the last is the rest."""
    if command.plan in guarantor.plans:
        return []
    day = book.business_day()
    if in_force(book.statement_terms, command.legal_entity, day) is None:
        raise Refused(NO_TERMS)
    if guarantor.plan(command.legal_entity) is not None:
        raise Refused("a plan is in force with this legal entity; end it first")
    if command.first_due_on < day:
        raise Refused(f"{command.first_due_on} is over: today is {day}")
    listed = [(a, o) for a, o in guarantor.of(command.legal_entity) if not o.dispute]
    cents = sum(owed.cents for _, owed in listed)
    if not cents:
        raise Refused("nothing is owed to this legal entity that is not disputed or an agency's")
    count = -(-cents // command.instalment_cents)
    if count > 120:
        raise Refused(f"that would be {count} instalments; a plan has 120 at most")
    return [
        PaymentPlanAgreed(
            guarantor=command.guarantor,
            plan=command.plan,
            legal_entity=command.legal_entity,
            accounts=tuple(sorted(account for account, _ in listed)),
            cents=cents,
            instalment_cents=command.instalment_cents,
            instalments=count,
            first_due_on=command.first_due_on,
            agreed_on=day,
            reason=command.reason,
            approver=command.approver,
        )
    ]


def end(guarantor: Guarantor, command: EndPlan, book: Book) -> list[PaymentPlanEnded]:
    """A person ends it: what is left is asked for as before."""
    for legal_entity, entity in guarantor.entities.items():
        if entity.plan is not None and entity.plan.plan == command.plan:
            day = book.business_day()
            return [
                _ended(
                    command.guarantor,
                    legal_entity,
                    entity.plan,
                    "ended",
                    day,
                    command.reason,
                    command.approver,
                )
            ]
    if command.plan in guarantor.plans:
        return []
    raise Refused("there is no such plan")


def judge(
    guarantor: Guarantor, legal_entity: str, day: date, book: Book
) -> list[InstalmentMissed | PaymentPlanEnded]:
    """A plan is kept when all of it came or nothing is left; else each instalment whose grace is over was missed, or came.

    None follows the last one: what is short of it then is asked for by statements. What lies unapplied is the guarantor's money: while it would be enough, nothing was missed.
    """
    plan = guarantor.plan(legal_entity)
    if plan is None:
        return []
    if guarantor.is_kept(plan):
        why = KEPT if guarantor.left_of(plan) <= 0 else ALL_CAME
        return [_ended(guarantor.name, legal_entity, plan, "kept", day, why, BY_RULE)]
    terms = in_force(book.statement_terms, legal_entity, day)
    if terms is None or guarantor.paused(plan):
        return []
    said: list[InstalmentMissed | PaymentPlanEnded] = []
    missed = plan.missed
    for n in range(plan.judged + 1, plan.due_by(day - timedelta(days=terms.grace + 1)) + 1):
        short = plan.due_until(n) - plan.came
        if short <= max(0, guarantor.unapplied):
            missed = 0
            continue
        missed += 1
        said.append(
            InstalmentMissed(
                guarantor=guarantor.name,
                plan=plan.plan,
                legal_entity=legal_entity,
                accounts=plan.accounts,
                instalment=n,
                due_on=plan.due_on(n),
                short_cents=min(short, guarantor.left_of(plan)),
            )
        )
        if missed >= terms.missed or n == plan.instalments:
            why = BROKEN if missed >= terms.missed else OVER
            return [*said, _ended(guarantor.name, legal_entity, plan, "broken", day, why, BY_RULE)]
    return said


def look_again(guarantor: Guarantor, plan: Plan, day: date, terms: Terms | None) -> date:
    """When a plan of which nothing is to be said today is looked at again: the day after the next grace, or in a week."""
    week = day + timedelta(days=7)
    if terms is None or guarantor.paused(plan):
        return week
    ends = (
        plan.due_on(n) + timedelta(days=terms.grace + 1)
        for n in range(plan.judged + 1, plan.instalments + 1)
    )
    return next((end for end in ends if end > day), week)


def next_look(guarantor: Guarantor, plan: Plan) -> date:
    """When a plan is to be looked at: at once where it is kept, else on the day of its next instalment."""
    if guarantor.is_kept(plan):
        return date.min
    return plan.due_on(min(plan.judged + 1, plan.instalments))


def first_due_after_rest(plan: Plan, day: date) -> date | None:
    """The first instalment's new day, where one came due while a plan rested: it is due on the next such day, the others after it."""
    waits = (
        n for n in range(plan.judged + 1, plan.instalments + 1) if plan.due_until(n) > plan.came
    )
    n = next(waits, None)
    if n is None or plan.due_on(n) > day:
        return None
    while plan.due_on(n) <= day:
        plan = replace(plan, first_due=plan.due_on(2))
    return plan.first_due


def _ended(
    name: str,
    legal_entity: str,
    plan: Plan,
    how: Literal["kept", "broken", "ended"],
    day: date,
    reason: str,
    approver: str,
) -> PaymentPlanEnded:
    return PaymentPlanEnded(
        guarantor=name,
        plan=plan.plan,
        legal_entity=legal_entity,
        accounts=plan.accounts,
        how=how,
        received_cents=plan.came,
        ended_on=day,
        reason=reason,
        approver=approver,
    )
