"""Denials are opened: for what a decision denied, and for whatever else of it is denied and nobody's work."""

from collections.abc import Container
from dataclasses import replace as copied
from datetime import date, timedelta

from msgspec.structs import replace

from contracts.denial import DenialOpened
from contracts.posting import DeniedAmount, PaymentPosted
from services.denial.domain.state import Account, Book, Denial, evolve
from shared.service import Event, Say

UNPROCESSABLE = "MA130"
"""The RARC of a claim that was never processed: it has no appeal and goes again as a new claim."""
Says = list[Event | Say]


def open_denials(
    account: Account, posted: PaymentPosted, book: Book, ended: Container[str]
) -> Says:
    """One a denied amount, for what of it is denied in the journal: what left before by another way is nobody's work."""
    if any(d.adjudication == posted.adjudication for d in account.denials.values()):
        return []
    answer = account.answers.get(posted.adjudication)
    day = answer.paid_on if answer else posted.posted_on
    policy = book.policy(posted.payer, day)
    return [
        DenialOpened(
            account=posted.account,
            denial=f"{posted.account}-D{number}",
            claim=posted.claim,
            adjudication=posted.adjudication,
            payer=posted.payer,
            charge=denied.charge,
            group=denied.group,
            carc=denied.carc,
            rarcs=denied.rarcs,
            cents=denied.cents,
            category=denied.category,
            owner=denied.owner,
            next_action=denied.next_action,
            correctable=denied.correctable,
            opened_on=posted.posted_on,
            deadline_on=day + timedelta(days=policy.days(_mends(denied))),
        )
        for number, denied in enumerate(_there(account, posted, ended), len(account.denials) + 1)
    ]


def _there(account: Account, posted: PaymentPosted, ended: Container[str]) -> list[DeniedAmount]:
    """The denied amounts, none of them for more than the journal has and no other denial stands for."""
    found: list[DeniedAmount] = []
    left: dict[str, int] = {}
    for denied in posted.denied:
        charge = denied.charge or ""
        there = left.get(charge, account.nobodys(charge, ended))
        part = denied.cents if there is None else min(denied.cents, there)
        if there is not None:
            left[charge] = there - part
        if part > 0:
            found.append(denied if part == denied.cents else copied(denied, cents=part))
    return found


def _mends(denied: DeniedAmount | Denial) -> bool:
    """Whether a corrected claim answers it; an unprocessable one always goes again."""
    return denied.correctable or UNPROCESSABLE in denied.rarcs


def with_the_rest(account: Account, says: Says, day: date, book: Book) -> Says:
    """With them, a denial for money that is denied in the journal and would be nobody's work.

    A decision denied more than was there, and what was missing came back later.
    """
    if not account.said:
        return says
    after = account
    for event in says:
        after = evolve(after, event)
    more: Says = []
    for charge, cents in after.unworked().items():
        said = next((one for one in reversed(after.said) if one.charge == charge), None)
        if said is not None:
            number = len(after.denials) + len(more) + 1
            answer = after.answers.get(said.adjudication)
            decided_on = answer.paid_on if answer else day
            days = book.policy(said.payer, decided_on).days(_mends(said))
            fresh = replace(said, cents=cents, deadline_on=decided_on + timedelta(days=days))
            more.append(again(after, "", fresh, number, day))
    return [*says, *more]


def again(account: Account, name: str, denial: Denial, number: int, day: date) -> DenialOpened:
    return DenialOpened(
        account=account.number,
        denial=f"{account.number}-D{number}",
        claim=denial.claim,
        adjudication=denial.adjudication,
        payer=denial.payer,
        charge=denial.charge or None,
        group=denial.group,
        carc=denial.carc,
        rarcs=denial.rarcs,
        cents=denial.cents,
        category=denial.category,
        owner=denial.owner,
        next_action=denial.next_action,
        correctable=denial.correctable,
        opened_on=day,
        deadline_on=denial.deadline_on,
        continues=name,
    )
