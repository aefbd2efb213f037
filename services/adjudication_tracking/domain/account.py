"""What a payer's word does to a claim: adjudicated, reversed, forwarded, or unknown here; and when nobody answers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    AnswerLate,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimPaymentDelivered,
    ClaimUnmatched,
    ReversalWaiting,
)
from contracts.values import ClaimPayment
from services.adjudication_tracking.domain.account_state import (
    Account,
    Adjudged,
    evolve,
    reversal_id,
)
from services.adjudication_tracking.domain.balancing import NO_MONEY
from services.adjudication_tracking.domain.books import UNKNOWN, Book
from services.adjudication_tracking.domain.claim import Claim
from services.adjudication_tracking.domain.matching import matched_lines
from shared.service import Decider, Wake, to
from shared.streams import claim_number, read_claim_number, remittance_stream

ACK_DAYS = 2
"""Business days after sending within which a 277CA is due (the claim's payer may allow more)."""
REMITTANCE_DAYS = 30
"""Calendar days, the same for an 835: payers promise these in calendar days."""
FORWARDED = frozenset({"19", "20", "21", "23"})
CROSSED_OVER = frozenset({"MA18", "N89"})
NOT_OURS = "23"
PROCESSED_AS = {"2": 2, "20": 2, "3": 3, "21": 3}
"""CLP02 of a claim that was processed as secondary or tertiary."""


@dataclass(frozen=True)
class AnswerClaim:
    """A released remittance's word on a claim of this account."""

    delivered: ClaimPaymentDelivered


@dataclass(frozen=True)
class TakeUpReversals:
    """An adjudication came: a reversal may have waited for it."""


@dataclass(frozen=True)
class NobodyAnswered:
    """The day an answer was due is here."""

    awaited: Literal["277CA", "835"]
    claim: str
    attempt: int
    day: date


Command = AnswerClaim | TakeUpReversals | NobodyAnswered


def decide(command: Command, state: Account | None, book: Book) -> list[Any]:
    """What follows from a command on an account."""
    account = state or Account()
    match command:
        case AnswerClaim(delivered):
            return _answer(delivered, account, book)
        case TakeUpReversals():
            return _take_up(account)
        case NobodyAnswered():
            return _late(command, account, book)


def _answer(d: ClaimPaymentDelivered, account: Account, book: Book) -> list[Any]:
    claim = account.claim_at(d.claim or d.payment.claim)
    if claim is None:
        return [_unmatched(d, "there is no such claim in that account")]
    if d.payment.status == "22":
        return _reverse(d, claim, account)
    return _adjudicate(d, claim, account, book)


def _unmatched(d: ClaimPaymentDelivered, reason: str) -> Any:
    said = ClaimUnmatched(
        remittance=d.remittance,
        position=d.position,
        claim=d.payment.claim,
        cents=d.payment.paid_cents,
        reason=reason,
    )
    return to(remittance_stream(d.remittance), said)


def _order(d: ClaimPaymentDelivered, claim: Claim, account: Account) -> int:
    """Which coverage answered: the claim's own payer, or another of the account's by crossover."""
    said_as = PROCESSED_AS.get(d.payment.status, 0)
    if account.payers.get(said_as) == d.payer:
        return said_as  # Primary and secondary of a couple may be one payer.
    if d.payer == claim.payer:
        return claim.payer_order
    orders = [n for n, payer in sorted(account.payers.items()) if payer == d.payer]
    return orders[0] if orders else claim.payer_order


def _expected(claim: Claim, order: int) -> str:
    """The number of the claim of another payer order that was never sent."""
    number = read_claim_number(claim.claim)
    if number is None or order == claim.payer_order:
        return claim.claim
    return claim_number(number[0], order)


def adjudication_id(d: ClaimPaymentDelivered) -> str:
    """Known by claim, payer, payer control number and remittance; the place tells several in one apart."""
    parts = (d.payment.claim, d.payer, d.payment.payer_control, d.remittance, str(d.position))
    return "ADJ" + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()


def _adjudicate(d: ClaimPaymentDelivered, claim: Claim, account: Account, book: Book) -> list[Any]:
    p, order = d.payment, _order(d, claim, account)
    identity = adjudication_id(d)
    if any(a.id == identity for a in account.adjudged):
        return []
    number = _expected(claim, order)
    # First where it went: who hears the decision must know already who will not be billed.
    return [
        *_forward(d, claim, order, account, book),
        ClaimAdjudicated(
            account=claim.claim[:14] if read_claim_number(claim.claim) else d.claim[:14],
            claim=number,
            adjudication=identity,
            attempt=claim.attempt if order == claim.payer_order else None,
            payer=d.payer,
            payer_order=order,
            remittance=d.remittance,
            check_number=d.check_number,
            paid_on=d.paid_on,
            status=p.status,
            charge_cents=p.charge_cents,
            paid_cents=p.paid_cents,
            patient_cents=p.patient_cents,
            payer_control=p.payer_control,
            adjustments=p.adjustments,
            remarks=p.remarks,
            lines=matched_lines(p, claim, account),
            forwarded_to=p.forwarded_to,
            flags=_flags(d, claim, order, account),
            people=p.people,
            source=d.source,
            received_on=claim.received_on if order == claim.payer_order else None,
            interest_cents=p.interest_cents,
        ),
    ]


def _flags(d: ClaimPaymentDelivered, claim: Claim, order: int, account: Account) -> tuple[str, ...]:
    flags = ["no_money"] if d.payment.status in NO_MONEY else []
    if order != claim.payer_order:
        flags.append("crossover")
    elif claim.state in ("transport_rejected", "rejected"):
        flags.append("after_rejection")
    elif not claim.acknowledged_by_payer:
        flags.append("before_277ca")
    standing = [
        a
        for a in account.adjudged
        if a.payer == d.payer
        and not a.reversed
        and a.remittance != d.remittance
        and a.paid_cents > 0
    ]
    if standing and d.payment.paid_cents > 0:
        flags.append("other_check")
    return tuple(flags)


def _forward(
    d: ClaimPaymentDelivered, claim: Claim, order: int, account: Account, book: Book
) -> list[Any]:
    p = d.payment
    forwarded = p.status in FORWARDED or bool(CROSSED_OVER & set(p.remarks))
    if not forwarded or order != claim.payer_order:
        return []
    payer, to_order = _whither(p, order, account, book)
    return [
        ClaimForwarded(
            account=claim.claim[:14],
            claim=claim.claim,
            by_payer=d.payer,
            forwarded_to=p.forwarded_to or payer,
            expected_claim=_expected(claim, to_order) if to_order else None,
            payer_order=to_order,
            to_payer=payer,
            forwarded_on=d.paid_on,
        )
    ]


def _whither(p: ClaimPayment, order: int, account: Account, book: Book) -> tuple[str, int | None]:
    """Our code of the payer that the claim went to, and which coverage that is.

    A payer that nobody knows by this id or name is taken for the next coverage: better watched than billed twice.
    """
    named = book.payer_named(p.forwarded_id, p.forwarded_to)
    orders = [n for n, payer in sorted(account.payers.items()) if payer == named and n != order]
    if orders:
        return named, next((n for n in orders if n > order), orders[0])
    if not named.startswith(UNKNOWN) or p.status == NOT_OURS:
        return ("" if named.startswith(UNKNOWN) else named), None
    following = account.payers.get(order + 1, "")
    return following, order + 1 if following else None


def _original(d: ClaimPaymentDelivered, account: Account) -> Adjudged | None:
    """The adjudication that a reversal takes back: same payer, exactly the opposite money, the same control number."""
    p = d.payment
    fitting = [
        a
        for a in account.adjudged
        if a.payer == d.payer
        and a.decides
        and not a.reversed
        and a.paid_cents == -p.paid_cents
        and a.charge_cents == -p.charge_cents
    ]
    controls = {p.payer_control, p.original_control} - {""}
    named = [a for a in fitting if a.payer_control in controls]
    found = named or ([] if controls else fitting)
    # Of one payment made twice under one control number, it is the second that is taken back.
    return found[-1] if found else None


def _missing(d: ClaimPaymentDelivered, account: Account) -> str:
    """Why a reversal has nothing to take back yet."""
    p = d.payment
    controls = {p.payer_control, p.original_control} - {""}
    of_payer = [a for a in account.adjudged if a.payer == d.payer and a.decides]
    named = [a for a in of_payer if a.payer_control in controls] if controls else of_payer
    if not of_payer:
        return "No decision of this payer on the account is known."
    if not named:
        return "No decision under the payer's control numbers is known."
    if all(a.reversed for a in named):
        return "What it takes back was taken back before."
    return "The decision that it names paid or charged another amount."


def _reverse(d: ClaimPaymentDelivered, claim: Claim, account: Account) -> list[Any]:
    if any(reversal_id(w) == reversal_id(d) for w in account.waiting):
        return []
    original = _original(d, account)
    if original is None:
        return [
            ReversalWaiting(
                account=claim.claim[:14],
                claim=claim.claim,
                adjudication=reversal_id(d),
                remittance=d.remittance,
                payer_control=d.payment.payer_control,
                paid_cents=d.payment.paid_cents,
                delivered=d,
                payer=d.payer,
                reason=_missing(d, account),
            )
        ]
    return [_reversed(d, claim, original, account)]


def _reversed(
    d: ClaimPaymentDelivered, claim: Claim, original: Adjudged, account: Account
) -> AdjudicationReversed:
    p = d.payment
    return AdjudicationReversed(
        account=claim.claim[:14],
        claim=_expected(claim, _order(d, claim, account)),
        adjudication=reversal_id(d),
        reverses=original.id,
        payer=d.payer,
        remittance=d.remittance,
        check_number=d.check_number,
        paid_on=d.paid_on,
        charge_cents=p.charge_cents,
        paid_cents=p.paid_cents,
        payer_control=p.payer_control,
        adjustments=p.adjustments,
        lines=matched_lines(p, claim, account),
        source=d.source,
    )


def _take_up(account: Account) -> list[Any]:
    for d in account.waiting:
        claim = account.claim_at(d.claim or d.payment.claim)
        original = _original(d, account)
        if claim is not None and original is not None:
            return [_reversed(d, claim, original, account)]
    return []


def _late(c: NobodyAnswered, account: Account, book: Book) -> list[Any]:
    claim = account.claims.get(c.claim)
    if claim is None or claim.submitted_on is None or c.awaited in claim.late:
        return []
    if claim.attempt != c.attempt:
        return []
    due_on = _answer_due_on(claim.submitted_on, claim.payer, c.awaited, book)
    if due_on is None or c.day <= due_on:
        return []
    return [
        AnswerLate(
            account=claim.claim[:14],
            claim=claim.claim,
            attempt=claim.attempt,
            awaited=c.awaited,
            payer=claim.payer,
            due_on=due_on,
        )
    ]


def _answer_due_on(
    submitted_on: date, payer: str, awaited: Literal["277CA", "835"], book: Book
) -> date | None:
    """The last day on which an answer is not late; None while so many business days did not come."""
    facts = book.payers.get(payer)
    if awaited == "277CA":
        days = facts.ack_late_days if facts is not None else ACK_DAYS
        return book.business_day_after(submitted_on, days)
    days = facts.remittance_late_days if facts is not None else REMITTANCE_DAYS
    return submitted_on + timedelta(days=days)


def timers(account: Account) -> Mapping[str, Wake]:
    """Every submitted claim waits for a 277CA and for an 835, until it was told late or answered whole."""
    found: dict[str, Wake] = {}
    for claim in account.claims.values():
        if claim.submitted_on is None:
            continue
        if not claim.acknowledged and "277CA" not in claim.late:
            day = claim.submitted_on + timedelta(days=ACK_DAYS + 1)
            found[f"277CA {claim.claim} {claim.attempt}"] = Wake(day)
        if "835" not in claim.late:
            day = claim.submitted_on + timedelta(days=REMITTANCE_DAYS + 1)
            found[f"835 {claim.claim} {claim.attempt}"] = Wake(day)
    return found


def wake(what: str, day: date, account: Account, book: Book) -> Command | Wake:
    """The command of a timer; a payer who has more time is asked after again when it is over."""
    awaited: Literal["277CA", "835"] = "277CA" if what.startswith("277CA ") else "835"
    _, number, attempt = what.split(" ")
    claim = account.claims.get(number)
    if claim is not None and claim.submitted_on is not None:
        due_on = _answer_due_on(claim.submitted_on, claim.payer, awaited, book)
        if due_on is not None and day <= due_on:
            return Wake(due_on + timedelta(days=1))
    return NobodyAnswered(awaited, number, int(attempt), day)


ACCOUNT = Decider("account", Account, decide, evolve, timers, wake)
