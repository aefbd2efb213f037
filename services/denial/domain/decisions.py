"""The decisions about denials: opened per line from what was posted, corrected or accepted by a person, ended by money."""

from collections.abc import Container, Mapping
from datetime import date
from typing import Literal

from msgspec.structs import replace

from contracts.denial import CorrectionRequested, DenialResolved
from contracts.posting import (
    PaymentPosted,
    PostingReversed,
)
from services.denial.domain.appealing import appeal, decide_appeal
from services.denial.domain.commands import (
    Accept,
    Appeal,
    Correct,
    DecideAppeal,
    HearDeclined,
    HearDeniedAgain,
    HearMoved,
    HearPosting,
    HearReversal,
)
from services.denial.domain.opening import UNPROCESSABLE, Says, again, open_denials, with_the_rest
from services.denial.domain.state import Account, Book, Denial, drawn
from shared.errors import NotFound, Refused

Route = Literal["replacement", "reopening", "new_claim"]
TAKEN_FOR_A_DUPLICATE = "The payer took the corrected claim for a duplicate."


def decide(command: object, state: Account | None, book: Book | None) -> Says:
    """What follows for the account's denials; repeats are quiet."""
    account, books = state or Account(), book or Book()
    match command:
        case HearPosting(posted):
            ended = _end(account, posted)
            over = {said.denial for said in ended}
            opened = open_denials(account, posted, books, over)
            told = _taken_for_duplicates(account, posted, over, len(account.denials) + len(opened))
            return with_the_rest(account, [*ended, *opened, *told], posted.posted_on, books)
        case HearReversal(reversal):
            return with_the_rest(account, _reverse(account, reversal), reversal.posted_on, books)
        case HearMoved():
            return with_the_rest(account, _move(account, command), command.day, books)
        case HearDeniedAgain():
            return with_the_rest(account, _denied_again(account, command), command.day, books)
        case HearDeclined(denials):
            return _taken_back_meanwhile(account, denials, books)
        case Correct():
            return _correct(account, command, books)
        case Appeal(denial=name):
            return appeal(account, name, _find(account, name), command, books)
        case DecideAppeal(denial=name):
            return decide_appeal(account, name, _find(account, name), command, books)
        case Accept():
            return _accept(account, command, books)
    raise TypeError(f"{type(command).__name__} is nothing that denials do")


def _end(account: Account, posted: PaymentPosted) -> list[DenialResolved]:
    """Earlier denials whose money this posting took, or whose correction it answers after a reversal."""
    says: list[DenialResolved] = []
    taken = drawn(posted.entries)
    paid, owed = _paid(posted), _owed(posted)
    for name, denial in account.denials.items():
        if not denial.standing or denial.adjudication == posted.adjudication:
            continue
        answers = denial.adjudication in account.reversed and denial.claim == posted.claim
        # What the payer leaves to the patient moves by an event of its own, after the answer.
        moves = owed.get(denial.charge, 0)
        if answers or (denial.charge in taken and denial.left <= moves):
            owed[denial.charge] = max(moves - denial.left, 0)
            part = min(paid.get(denial.charge, 0), denial.cents)
            paid[denial.charge] = paid.get(denial.charge, 0) - part
            outcome = "paid" if part > 0 else _unpaid(denial, posted)
            cents = part or denial.cents
            says.append(_resolved(account, name, outcome, cents, posted.posted_on))
    return says


def _taken_for_duplicates(
    account: Account, posted: PaymentPosted, over: Container[str], number: int
) -> Says:
    """A corrected claim that was taken for a duplicate was not looked at: what it was about is work again."""
    duplicates = {told.charge or "": told for told in posted.duplicates}
    says: Says = []
    for name, denial in account.denials.items():
        told = duplicates.get(denial.charge) or duplicates.get("")
        about = (denial.claim, denial.payer) == (posted.claim, posted.payer) and name not in over
        asked = denial.status == "requested" and not denial.appealed
        if told and about and asked and account.stands(denial) and denial.left:
            number += 1
            says.append(
                _resolved(
                    account, name, "upheld", denial.left, posted.posted_on, TAKEN_FOR_A_DUPLICATE
                )
            )
            # The next correction answers the newest decision.
            step = f"{TAKEN_FOR_A_DUPLICATE} Next: {told.next_action}"
            fresh = replace(
                denial, adjudication=posted.adjudication, cents=denial.left, next_action=step
            )
            says.append(again(account, name, fresh, number, posted.posted_on))
    return says


def _paid(posted: PaymentPosted) -> dict[str, int]:
    paid: dict[str, int] = {}
    for line in posted.entries:
        if line.ledger == "remittance_clearing":
            paid[line.charge or ""] = paid.get(line.charge or "", 0) + line.cents
    return paid


def _owed(posted: PaymentPosted) -> dict[str, int]:
    owed: dict[str, int] = {}
    for part in posted.patient_parts:
        owed[part.charge or ""] = owed.get(part.charge or "", 0) + part.cents
    return owed


def _unpaid(denial: Denial, posted: PaymentPosted) -> str:
    """Denied again or cut by contract, the payer upheld it; else what is left is the patient's part."""
    if any((d.charge or "") == denial.charge for d in posted.denied):
        return "upheld"
    patient = any((p.charge or "") == denial.charge for p in posted.patient_parts)
    return "patient" if patient else "upheld"


def _reverse(account: Account, reversal: PostingReversed) -> Says:
    """Its denials end, but for those whose correction is on its way: the correcting decision ends them.

    Denials that have ended meanwhile are open again, as new ones, for what it had taken of them and returns.
    """
    says: Says = [
        _resolved(account, name, "reversed", denial.cents, reversal.posted_on)
        for name, denial in account.denials.items()
        if denial.status == "open" and denial.adjudication == reversal.reverses
    ]
    says += [
        _resolved(account, name, "reversed", denial.cents, reversal.posted_on)
        for name, denial in account.denials.items()
        if account.stands(denial) and not denial.left
    ]
    back = _journalled(account, account.returned)
    number = len(account.denials)
    for name, denial in account.denials.items():
        part = min(denial.taken.get(reversal.reverses, 0), back.get(denial.charge, 0))
        gone = denial.adjudication in account.reversed
        # What was to be the patient's, and did not move before the decision was taken back, is denied as it was.
        waited = denial.left if denial.waits and denial.ended_by == reversal.reverses else 0
        waited = _journalled(account, {denial.charge: part + waited})[denial.charge] - part
        if not denial.standing and not gone and part + waited > 0:
            back[denial.charge] = back.get(denial.charge, 0) - part
            number += 1
            fresh = replace(denial, cents=part + waited)
            says.append(again(account, name, fresh, number, reversal.posted_on))
    return says


def _taken_back_meanwhile(account: Account, names: Container[str], book: Book) -> Says:
    """With its correction a denial waited for the decision that follows a reversal; without one it ends with that."""
    return [
        _resolved(account, name, "reversed", denial.cents, book.today or denial.deadline_on)
        for name, denial in account.denials.items()
        if name in names and denial.status == "open" and denial.adjudication in account.reversed
    ]


def _denied_again(account: Account, command: HearDeniedAgain) -> Says:
    """Denials that had ended with the money are open again, the last one first, for what came back of each charge.

    What comes back to an amount that was below zero, because it had left by another way as well, is nobody's work.
    """
    returned = {charge: -cents for charge, cents in drawn(command.entries, net=True).items()}
    back = _journalled(account, returned)
    says: Says = []
    number = len(account.denials)
    for name, denial in reversed(account.denials.items()):
        part = min(denial.cents, back.get(denial.charge, 0))
        meant = command.adjudication in ("", denial.adjudication)
        gone = denial.adjudication in account.reversed
        if meant and denial.status == command.ended and not gone and part > 0:
            back[denial.charge] -= part
            number += 1
            fresh = replace(denial, cents=part)
            says.append(again(account, name, fresh, number, command.day))
    return says


def _journalled(account: Account, back: Mapping[str, int]) -> dict[str, int]:
    """No more of each charge than is denied in the journal and no other denial stands for."""
    there = {charge: account.nobodys(charge) for charge in back}
    known = {charge: cents for charge, cents in there.items() if cents is not None}
    return {charge: min(cents, known.get(charge, cents)) for charge, cents in back.items()}


def _move(account: Account, command: HearMoved) -> Says:
    taken = drawn(command.entries)
    says: Says = [
        _resolved(account, name, command.outcome, denial.cents, command.day)
        for name, denial in account.denials.items()
        if denial.standing and denial.left == 0 and denial.charge in taken
    ]
    return says + _not_the_patients(account, command)


def _not_the_patients(account: Account, command: HearMoved) -> Says:
    """What ended by a decision for its patient's part, which then was taken from another amount, is denied as before."""
    says: Says = []
    for name, denial in account.denials.items() if account.denied is not None else ():
        ended = denial.waits and denial.ended_by == command.adjudication
        left = _journalled(account, {denial.charge: denial.left})[denial.charge] if ended else 0
        if left > 0:
            number = len(account.denials) + len(says) + 1
            says.append(again(account, name, replace(denial, cents=left), number, command.day))
    return says


def _correct(account: Account, command: Correct, book: Book) -> Says:
    denial = _find(account, command.denial)
    if denial.appealed:
        raise Refused("it is appealed: wait for the decision, or withdraw the appeal")
    if denial.status == "requested":
        return []
    if denial.status != "open":
        raise Refused(f"this denial has ended: {denial.status}")
    if not denial.correctable and UNPROCESSABLE not in denial.rarcs:
        raise Refused("a corrected claim does not mend this denial")
    change = command.correction
    if not (change.charges or change.authorization or change.note):
        raise Refused("say what is different in the corrected claim")
    answer = account.answers.get(denial.adjudication)
    control = answer.payer_control if answer else ""
    route = _route(denial, book)
    if route != "new_claim" and not control:
        raise Refused(f"a {route} needs the payer's control number, and none is known")
    together = [
        name
        for name, other in account.denials.items()
        if other.adjudication == denial.adjudication and other.status == "open"
    ]
    return [
        CorrectionRequested(
            account=account.number,
            denials=tuple(together),
            claim=denial.claim,
            adjudication=denial.adjudication,
            payer=denial.payer,
            payer_control=control,
            route=route,
            correction=change,
            requested_by=command.by,
        )
    ]


def _route(denial: Denial, book: Book) -> Route:
    if UNPROCESSABLE in denial.rarcs:
        return "new_claim"
    policy = book.policy(denial.payer, book.today or date.max).replacement
    if policy == "yes":
        return "replacement"
    return "reopening" if policy == "reopening" else "new_claim"


def _accept(account: Account, command: Accept, book: Book) -> Says:
    denial = _find(account, command.denial)
    if denial.status == "accepted":
        return []
    if not denial.standing:
        raise Refused(f"this denial has ended: {denial.status}")
    day = book.today or denial.deadline_on
    return [_resolved(account, command.denial, "accepted", denial.left, day, command.reason)]


def _find(account: Account, name: str) -> Denial:
    denial = account.denials.get(name)
    if denial is None:
        raise NotFound("there is no such denial")
    return denial


def _resolved(
    account: Account, name: str, outcome: str, cents: int, day: date, reason: str = ""
) -> DenialResolved:
    return DenialResolved(
        account=account.number,
        denial=name,
        outcome=outcome,
        cents=cents,
        resolved_on=day,
        reason=reason,
    )
