"""Disputes of guarantors, and balances that are given to collection agencies."""

from datetime import date, timedelta
from typing import Any

from contracts.posting import BalanceDisputed, BalancePlaced, BalanceRecalled, DisputeAnswered
from services.posting.domain.book import Book
from services.posting.domain.commands import AnswerDispute, Dispute, PlaceBalance, RecallBalance
from services.posting.domain.guarantor_state import Guarantor, Owed
from services.posting.domain.plans import first_due_after_rest
from services.posting.domain.stating import NO_TERMS
from services.posting.domain.terms import Terms, in_force
from shared.errors import Refused


def dispute(guarantor: Guarantor, command: Dispute, book: Book) -> list[BalanceDisputed]:
    """Nothing is asked for the account from now on; a plan that pays it rests."""
    if command.dispute in guarantor.disputes:
        return []
    owed = _owed(guarantor, command.account)
    if owed.dispute:
        raise Refused(f"dispute {owed.dispute} of this account is not answered yet")
    return [
        BalanceDisputed(
            guarantor=command.guarantor,
            account=command.account,
            dispute=command.dispute,
            cents=owed.cents,
            opened_on=book.business_day(),
            reason=command.reason,
            approver=command.approver,
        )
    ]


def answer(guarantor: Guarantor, command: AnswerDispute, book: Book) -> list[DisputeAnswered]:
    """What is still owed is asked for again; a plan that rested goes on with what came due meanwhile."""
    for account, owed in guarantor.owed.items():
        if owed.dispute != command.dispute:
            continue
        if account != command.account:
            raise Refused(f"dispute {command.dispute} is of another account")
        day = book.business_day()
        return [
            DisputeAnswered(
                guarantor=command.guarantor,
                account=account,
                dispute=command.dispute,
                outcome=command.outcome,
                answered_on=day,
                reason=command.reason,
                approver=command.approver,
                **_goes_on(guarantor, account, day),
            )
        ]
    if command.dispute in guarantor.disputes:
        return []
    raise Refused("there is no such dispute")


def place(guarantor: Guarantor, command: PlaceBalance, book: Book) -> list[BalancePlaced]:
    """Only what all notices asked for, long enough ago, and nobody disputes or pays by a plan."""
    owed = _owed(guarantor, command.account)
    if owed.agency == command.agency:
        return []
    if owed.agency:
        raise Refused(f"agency {owed.agency} has this balance; recall it first")
    if owed.dispute:
        raise Refused(f"dispute {owed.dispute} of this account is not answered yet")
    plan = guarantor.in_plan(command.account)
    if plan is not None:
        raise Refused(f"plan {plan.plan} pays this account")
    day = book.business_day()
    terms = in_force(book.statement_terms, owed.told.legal_entity, day)
    if terms is None:
        raise Refused(NO_TERMS)
    first, last = _asked_for(owed, terms)
    since = max(last + timedelta(days=terms.notice_days), first + timedelta(days=terms.agency_days))
    if day < since:
        raise Refused(
            f"an agency may have it from {since} on: {terms.notice_days} days after the last notice "
            f"({last}), {terms.agency_days} after the first ({first})"
        )
    return [
        BalancePlaced(
            guarantor=command.guarantor,
            account=command.account,
            agency=command.agency,
            cents=owed.cents,
            first_stated_on=first,
            last_notice_on=last,
            placed_on=day,
            reason=command.reason,
            approver=command.approver,
        )
    ]


def recall(guarantor: Guarantor, command: RecallBalance, book: Book) -> list[BalanceRecalled]:
    """It is asked for by statements again, as if it were new."""
    owed = guarantor.owed.get(command.account)
    if owed is None or not owed.agency:
        raise Refused("no agency has this account's balance")
    return [
        BalanceRecalled(
            guarantor=command.guarantor,
            account=command.account,
            agency=owed.agency,
            recalled_on=book.business_day(),
            reason=command.reason,
            approver=command.approver,
        )
    ]


def _goes_on(guarantor: Guarantor, account: str, day: date) -> dict[str, Any]:
    """The plan that no dispute lets rest any more, with the first instalment's new day, where it has one."""
    plan = guarantor.in_plan(account)
    others = (guarantor.owed[a].dispute for a in plan.accounts if a != account) if plan else ()
    first = first_due_after_rest(plan, day) if plan and not any(others) else None
    return {"plan": plan.plan, "first_due_on": first} if plan and first else {}


def _owed(guarantor: Guarantor, account: str) -> Owed:
    owed = guarantor.owed.get(account)
    if owed is None or owed.cents <= 0:
        raise Refused("the patient owes nothing on this account")
    return owed


def _asked_for(owed: Owed, terms: Terms) -> tuple[date, date]:
    """The days of the first and the last notice."""
    if owed.stated < terms.notices or owed.first_stated is None or owed.last_notice is None:
        raise Refused(
            f"it was asked for {owed.stated} times: an agency may have it after {terms.notices} notices"
        )
    return owed.first_stated, owed.last_notice
