"""Appeals: a person asks for another decision, level after level, each with the day it is due and the day it is answered by."""

from datetime import date, timedelta

from contracts.denial import AppealDecided, AppealFiled
from services.denial.domain.commands import Appeal, DecideAppeal
from services.denial.domain.opening import UNPROCESSABLE, Says
from services.denial.domain.state import Account, Book, Denial, Policy
from shared.errors import Refused


def appeal(account: Account, name: str, denial: Denial, command: Appeal, book: Book) -> Says:
    """Once at a level, while nothing else was asked of the payer."""
    if denial.appealed:
        raise Refused(f"its appeal at level {denial.level} is not decided yet")
    if denial.status == "requested":
        raise Refused("the payer was asked about it already: wait for its answer")
    if denial.status != "open":
        raise Refused(f"this denial has ended: {denial.status}")
    if UNPROCESSABLE in denial.rarcs:
        raise Refused(
            "the claim was never processed: it has no appeal and goes again as a new claim"
        )
    if book.today is not None and command.filed_on > book.today:
        raise Refused("the day on which it was filed has not come yet")
    level, policy = denial.level + 1, _policy(account, denial, book, command.filed_on)
    if policy.level(level) is None:
        raise Refused("this payer's decision was the last: it has no further level of appeal")
    return [
        AppealFiled(
            account=account.number,
            denial=name,
            claim=denial.claim,
            adjudication=denial.adjudication,
            payer=denial.payer,
            level=level,
            basis=command.basis,
            reference=command.reference,
            cents=denial.left,
            filed_on=command.filed_on,
            answer_by=command.filed_on + timedelta(days=policy.answer_days),
            filed_by=command.by,
        )
    ]


def decide_appeal(
    account: Account, name: str, denial: Denial, command: DecideAppeal, book: Book
) -> Says:
    """Overturned, its money is awaited; upheld, the next level's days begin; withdrawn, its own deadline stands."""
    if not (denial.standing and denial.appealed):
        raise Refused("there is no undecided appeal of this denial")
    policy = _policy(account, denial, book, command.decided_on)
    next_days = policy.level(denial.level + 1)
    due = {
        "overturned": command.decided_on + timedelta(days=policy.answer_days),
        "upheld": command.decided_on + timedelta(days=next_days or policy.answer_days),
        "withdrawn": denial.deadline_on,
    }
    return [
        AppealDecided(
            account=account.number,
            denial=name,
            claim=denial.claim,
            payer=denial.payer,
            level=denial.level,
            outcome=command.outcome,
            reason=command.reason,
            decided_on=command.decided_on,
            due_on=due[command.outcome],
            recorded_by=command.by,
        )
    ]


def _policy(account: Account, denial: Denial, book: Book, otherwise: date) -> Policy:
    """That of the day on which the claim was decided."""
    answer = account.answers.get(denial.adjudication)
    return book.policy(denial.payer, answer.paid_on if answer else otherwise)
