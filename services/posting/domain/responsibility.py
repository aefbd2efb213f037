"""Who pays what is left: the next coverage that has not answered, and the patient only after all of them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from contracts.posting import MovedAmount, ResponsibilityMoved
from contracts.values import JournalLine
from services.posting.domain.account_state import Account, Part, Posted
from services.posting.domain.balance import CLAIM_LEVEL, draw, fold_lines
from services.posting.domain.cash import unapply
from services.posting.domain.telling import Telling

PROTECTED = "protected"
"""The kind of a line whose amount may not be collected from the patient."""
PATIENT = 0
"""The payer order that stands for the patient."""


class Target(NamedTuple):
    """Who pays next."""

    order: int
    payer: str = ""


def move_on(telling: Telling) -> None:
    """Every amount that can move now, moved."""
    day = telling.day
    _covered_after_all(telling)
    for moved in _self_pay(telling.account, day):
        telling.say(moved)
    _found_later(telling)
    by_adjudication: dict[str, list[Part]] = {}
    for part in (*telling.account.parts, *_stranded(telling.account)):
        by_adjudication.setdefault(part.adjudication, []).append(part)
    for adjudication, waiting in by_adjudication.items():
        account = telling.account
        posted = account.posted[adjudication]
        from_order = posted.order if posted.moved_to is None else posted.moved_to
        target = target_of(account, posted, from_order, waiting)
        parts = [] if target is None else _still_there(account, waiting)
        if target is not None and parts:
            moved = _move(
                account,
                adjudication,
                posted,
                from_order=from_order,
                target=target,
                parts=parts,
                day=day,
            )
            telling.say(moved)


def sources_of(order: int, first: bool) -> tuple[str, ...]:
    """From which amounts what a payer decided is taken, in turn."""
    return ("open", "denied", "next_payer") if first else ("next_payer", "open", "denied")


def _still_there(account: Account, parts: Iterable[Part]) -> list[Part]:
    """Parts that waited are worth no more than what later answers left of their charge."""
    limited: list[Part] = []
    left: dict[str, int] = {}
    for part in parts:
        charge = CLAIM_LEVEL if account.as_a_whole() else part.charge
        there = left.get(charge, account.insurance(charge))
        cents = min(part.cents, there)
        left[charge] = there - cents
        limited.append(replace(part, charge=charge, cents=cents))
    return [part for part in limited if part.cents > 0]


def target_of(account: Account, posted: Posted, order: int, parts: Iterable[Part]) -> Target | None:
    """The next coverage still to answer, else the patient; None while nobody can tell yet.

    A corrected decision goes to the coverage that answered the one before it: its answer is restated by it.
    """
    restated = any(account.balance(part.charge).next_payer < 0 for part in parts)
    if not account.opened:
        return None
    covers = account.in_force()
    for cover in covers:
        if cover.order > order and (restated or not account.answered(cover.order)):
            return Target(cover.order, cover.payer)
    if posted.crossed and not any(
        p.live and p.payer != posted.payer for p in account.posted.values()
    ):
        return None  # Sent on to a payer that we do not know: its answer is still to come.
    earlier_open = any(c.order < order and not account.answered(c.order) for c in covers)
    return None if earlier_open and not account.history else Target(PATIENT)


def _move(
    account: Account,
    adjudication: str,
    posted: Posted,
    *,
    from_order: int,
    target: Target,
    parts: list[Part],
    day: date,
) -> ResponsibilityMoved:
    first = from_order == posted.order and not any(
        p.live and p.order < posted.order for p in account.posted.values()
    )
    lines: list[JournalLine] = []
    for part in parts:
        lines += _to(target, part)
        balance = account.answering(part.charge)
        drawn = draw(balance, sources_of(from_order, first), part.cents, part.charge, "moved")
        account = replace(account, balances=fold_lines(account.balances, drawn))
        lines += drawn
    return ResponsibilityMoved(
        account=account.number,
        claim=posted.claim,
        adjudication=adjudication,
        from_payer_order=from_order,
        to_party=_party(target, parts),
        to_payer_order=target.order or None,
        to_payer=target.payer,
        cents=sum(part.cents for part in parts),
        amounts=tuple(MovedAmount(charge=p.charge or None, cents=p.cents) for p in parts),
        basis=",".join(sorted({p.basis for p in parts if p.basis}))[:48] or "patient part",
        entry=account.next_entry(),
        posted_on=day,
        entries=tuple(lines),
    )


def _to(target: Target, part: Part) -> list[JournalLine]:
    """Debits of whoever pays next; what may not be collected from the patient stays marked, and ends as our loss."""
    protected = min(part.protected, part.cents)
    amounts = (
        ("ar_next_payer" if target.order else "ar_patient", part.cents - protected, "moved"),
        ("ar_next_payer" if target.order else "contractual", protected, PROTECTED),
    )
    return [
        JournalLine(ledger=ledger, cents=cents, charge=part.charge or None, kind=kind)
        for ledger, cents, kind in amounts
        if cents
    ]


def _party(target: Target, parts: Iterable[Part]) -> str:
    if target.order:
        return "payer"
    return "patient" if any(part.cents > part.protected for part in parts) else "contractual"


def _stranded(account: Account) -> list[Part]:
    """What waits for a coverage that is no longer there: it looks for somebody else."""
    freed: list[Part] = []
    for adjudication, posted in account.posted.items():
        order = posted.moved_to
        if not posted.live or not order or account.is_covered(order) or account.answered(order):
            continue
        waits: dict[str, int] = {}
        protected: dict[str, int] = {}
        for line in posted.moves:
            if line.ledger == "ar_next_payer" and line.kind != "transferred":
                waits[line.charge] = waits.get(line.charge, 0) + line.cents
                if line.kind == PROTECTED:
                    protected[line.charge] = protected.get(line.charge, 0) + line.cents
        for charge, cents in waits.items():
            left = min(cents, account.balance(charge).next_payer)
            if left > 0:
                kept = min(left, protected.get(charge, 0))
                freed.append(Part(adjudication, charge, left, "coverage gone", kept))
    return freed


def _found_later(telling: Telling) -> None:
    """A later coverage found when the patient was asked already is asked first; what the patient paid of it waits."""
    for adjudication, posted in telling.account.posted.items():
        if not posted.live or posted.moved_to != PATIENT or telling.account.history:
            continue
        target = target_of(telling.account, posted, posted.order, ())
        if target is None or target.order == PATIENT:
            continue
        asked: dict[str, int] = {}
        for line in posted.moves:
            if line.ledger == "ar_patient":
                asked[line.charge] = asked.get(line.charge, 0) + line.cents
        parts: dict[str, int] = {}
        for charge, cents in asked.items():
            unapply(telling, charge, cents - telling.account.balance(charge).patient)
            parts[charge] = min(cents, telling.account.balance(charge).patient)
        parts = {charge: cents for charge, cents in parts.items() if cents > 0}
        if parts:
            telling.say(_from_patient(telling, adjudication, target, parts))


def _from_patient(
    telling: Telling, adjudication: str, target: Target, parts: dict[str, int]
) -> ResponsibilityMoved:
    account = telling.account
    posted = account.posted[adjudication]
    pairs = (("ar_next_payer", 1), ("ar_patient", -1))
    return ResponsibilityMoved(
        account=account.number,
        claim=posted.claim,
        adjudication=adjudication,
        from_payer_order=posted.order,
        to_party="payer",
        to_payer_order=target.order,
        to_payer=target.payer,
        cents=sum(parts.values()),
        amounts=tuple(MovedAmount(charge=k or None, cents=c) for k, c in parts.items()),
        basis="coverage found",
        entry=account.next_entry(),
        posted_on=telling.day,
        entries=tuple(
            JournalLine(ledger=ledger, cents=sign * c, charge=k or None, kind="moved")
            for k, c in parts.items()
            for ledger, sign in pairs
        ),
    )


def _covered_after_all(telling: Telling) -> None:
    """A coverage found before anybody answered: what the patient paid waits until it is known what the patient owes."""
    account = telling.account
    if account.self_pay and account.in_force() and not any(p.live for p in account.posted.values()):
        for one in account.applied:
            unapply(telling, one.charge, one.cents)


def _self_pay(account: Account, day: date) -> list[ResponsibilityMoved]:
    """No coverage: all of it is the patient's. A coverage found before anybody answered takes it back."""
    if not account.opened or account.history or any(p.live for p in account.posted.values()):
        return []
    if not account.covers:
        patient = Target(PATIENT)
        return _shift(account, "open", "ar_patient", target=patient, basis="self-pay", day=day)
    if account.self_pay:
        first = account.in_force()[:1]
        if first:
            target = Target(first[0].order, first[0].payer)
            return _shift(
                account, "patient", "ar_open", target=target, basis="coverage found", day=day
            )
    return []


def _shift(
    account: Account, bucket: str, ledger: str, *, target: Target, basis: str, day: date
) -> list[ResponsibilityMoved]:
    amounts = {key: getattr(b, bucket) for key, b in account.balances.items()}
    amounts = {key: cents for key, cents in amounts.items() if cents}
    if not amounts:
        return []
    lines: list[JournalLine] = []
    source = "ar_open" if bucket == "open" else "ar_patient"
    for key, cents in amounts.items():
        for name, signed in ((ledger, cents), (source, -cents)):
            lines.append(JournalLine(ledger=name, cents=signed, charge=key or None, kind="moved"))
    return [
        ResponsibilityMoved(
            account=account.number,
            from_payer_order=0,
            to_party="payer" if target.order else "patient",
            to_payer_order=target.order or None,
            to_payer=target.payer,
            cents=sum(amounts.values()),
            amounts=tuple(MovedAmount(charge=k or None, cents=c) for k, c in amounts.items()),
            basis=basis,
            entry=account.next_entry(),
            posted_on=day,
            entries=tuple(lines),
        )
    ]
