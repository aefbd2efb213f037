"""Statements: who is asked for what, how often, and when no other follows."""

from collections.abc import Iterator
from datetime import date, timedelta

from contracts.posting import StatedAccount, StatementIssued
from services.posting.domain.book import Book
from services.posting.domain.guarantor_state import Guarantor, Owed, Plan
from services.posting.domain.terms import Terms, in_force
from shared.errors import Refused
from shared.streams import statement_number

MOST_ACCOUNTS = 200
"""On one statement; what is asked for goes first, the fewest times before, so that all of them come to a turn."""
NO_TERMS = "no terms of statements are in force for this legal entity"


def issue(
    guarantor: Guarantor, legal_entity: str, day: date, book: Book, on_demand: bool
) -> StatementIssued | None:
    """The statement of a day; None where there is nothing to ask for yet. One on demand shows whatever is owed, and is no notice."""
    terms = in_force(book.statement_terms, legal_entity, day)
    if terms is None:
        if on_demand:
            raise Refused(NO_TERMS)
        return None
    due_on = terms.due_after(day)
    turns = sorted(guarantor.of(legal_entity), key=lambda one: _turn(guarantor, *one))
    listed = turns[:MOST_ACCOUNTS]
    shown = [_stated(guarantor, account, owed, terms, on_demand) for account, owed in listed]
    fresh = [
        one.notice for one, (_, owed) in zip(shown, listed, strict=True) if one.notice > owed.stated
    ]
    plan = guarantor.plan(legal_entity)
    instalments = instalments_due(guarantor, plan, due_on) if plan else 0
    asked = instalments + sum(one.owed_cents for one in shown if _is_asked(one))
    if on_demand:
        if not shown:
            raise Refused("nothing is owed to this legal entity")
    elif not (fresh or instalments) or asked < terms.smallest:
        return None
    return StatementIssued(
        guarantor=guarantor.name,
        statement=statement_number(guarantor.name, guarantor.statements + 1),
        legal_entity=legal_entity,
        issued_on=day,
        due_on=due_on,
        next_on=terms.next_after(day),
        terms=terms.name,
        accounts=tuple(shown),
        owed_cents=sum(one.owed_cents for one in shown),
        disputed_cents=sum(one.owed_cents for one in shown if one.disputed),
        asked_cents=asked,
        unapplied_cents=guarantor.unapplied,
        received_cents=sum(guarantor.payments.values()) - guarantor.received_before,
        notice=max(fresh, default=0),
        final=bool(fresh) and min(fresh) >= terms.notices,
        on_demand=on_demand,
        plan=plan.plan if plan else "",
        instalments_cents=instalments,
    )


def look_again(guarantor: Guarantor, legal_entity: str, day: date, book: Book) -> date | None:
    """A later day on which a statement is to be thought of; None where today is the day."""
    terms = in_force(book.statement_terms, legal_entity, day)
    if terms is None:
        return date.fromordinal(day.toordinal() + 7)
    entity = guarantor.entities[legal_entity]
    if entity.next_on is not None and day < entity.next_on:
        return entity.next_on
    if issue(guarantor, legal_entity, day, book, on_demand=False) is None:
        return min(
            [terms.next_after(day), *_before_instalments(guarantor, legal_entity, day, terms)]
        )
    return None


def instalments_due(guarantor: Guarantor, plan: Plan, until: date) -> int:
    """What of a plan's instalments is due by a day and has not come; nothing while a dispute lets it rest."""
    if guarantor.paused(plan):
        return 0
    short = plan.due_until(plan.due_by(until)) - plan.came
    return max(0, min(short, guarantor.left_of(plan)))


def _before_instalments(
    guarantor: Guarantor, legal_entity: str, day: date, terms: Terms
) -> Iterator[date]:
    """The days on which a statement asks for a plan's instalments in time: nobody misses what was asked for too late."""
    plan = guarantor.plan(legal_entity)
    if plan is not None and not guarantor.paused(plan):
        asked_until = terms.due_after(day)
        due = (plan.due_on(n) for n in range(1, plan.instalments + 1))
        yield from (on - timedelta(days=terms.due) for on in due if on > asked_until)


def _is_asked(one: StatedAccount) -> bool:
    return not one.disputed and not one.in_plan


def _stated(
    guarantor: Guarantor, account: str, owed: Owed, terms: Terms, on_demand: bool
) -> StatedAccount:
    """A balance that had all its notices brings no other statement; on one that comes it is asked for, and counts no more."""
    told, disputed, plan = owed.told, bool(owed.dispute), guarantor.in_plan(account)
    counts = not (disputed or plan or on_demand)
    return StatedAccount(
        account=account,
        service_on=told.service_on,
        charged_cents=told.charged_cents,
        insurance_paid_cents=told.insurance_paid_cents,
        adjusted_cents=told.adjusted_cents,
        patient_paid_cents=told.patient_paid_cents,
        with_payers_cents=told.with_payers_cents,
        owed_cents=told.owed_cents,
        notice=min(owed.stated + 1, terms.notices) if counts else 0,
        disputed=disputed,
        in_plan=plan is not None,
    )


def _turn(guarantor: Guarantor, account: str, owed: Owed) -> tuple[bool, int, date, str]:
    only_shown = bool(owed.dispute) or guarantor.in_plan(account) is not None
    return (only_shown, owed.stated, owed.told.service_on or date.min, account)
