"""One check or EFT: staged claim by claim, balanced, released whole or refused whole, handed to its accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.adjudication_tracking import (
    ClaimMatched,
    ClaimPaymentDelivered,
    ClaimUnmatched,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.values import ClaimPayment, Source
from services.adjudication_tracking.domain.balancing import claim_faults, faults
from services.adjudication_tracking.domain.books import Book
from services.adjudication_tracking.domain.remittance_state import Remittance, evolve, mark
from shared.errors import Refused
from shared.service import Decider, to
from shared.streams import account_stream, read_claim_number

DISPATCH_AT_ONCE = 200
REVERSAL = "22"
"""CLP02 of a decision that is taken back."""


@dataclass(frozen=True)
class Stage:
    """An 835 of this payment came in."""

    received: RemittanceReceived


@dataclass(frozen=True)
class Balance:
    """A chunk of its claims is there: when all are, it is balanced."""


@dataclass(frozen=True)
class Dispatch:
    """Hand the next claims to their accounts."""


@dataclass(frozen=True)
class Release:
    """A named person releases what does not balance: balanced claims post, the rest stays in suspense."""

    by: str
    reason: str


@dataclass(frozen=True)
class Close:
    """A named person closes what was refused: nothing of it posts, unless the payer sends it mended."""

    by: str
    reason: str


@dataclass(frozen=True)
class MatchClaim:
    """A named person leads an unmatched claim payment to one of our claims."""

    position: int
    claim: str
    matched_on: str
    by: str


Command = Stage | Balance | Dispatch | Release | Close | MatchClaim


def decide(command: Command, state: Remittance | None, book: Book) -> list[Any]:
    """What follows from a command on a remittance."""
    remit = state or Remittance()
    match command:
        case Stage(received):
            return _stage(received, remit, book)
        case Balance():
            return _balance(remit, book)
        case Dispatch():
            return _dispatch(remit)
        case Release():
            return _release(command, remit)
        case Close():
            return _close(command, remit)
        case MatchClaim():
            return _match(command, remit)


def _stage(received: RemittanceReceived, remit: Remittance, book: Book) -> list[Any]:
    """Hearing it staged it, unless the payment was decided: then it is a repeat, told once."""
    own = mark(received.source)
    stands = remit.received is None or own == mark(remit.received.source)
    if stands or own in remit.beside:
        return _balance(remit, book)
    return [] if own in remit.repeats else [_repeated(received, remit)]


def _repeated(received: RemittanceReceived, remit: Remittance) -> RemittanceRepeated:
    first = remit.received
    return RemittanceRepeated(
        remittance=received.remittance,
        source=received.source,
        conflict=first is not None and received.amount_cents != first.amount_cents,
        amount_cents=received.amount_cents,
    )


def _balance(remit: Remittance, book: Book) -> list[Any]:
    r = remit.received
    if r is None or remit.state or not remit.complete():
        return []
    claims = remit.claims()
    wrong = faults(r, claims, book)
    if wrong:
        refused = RemittanceRefused(
            remittance=r.remittance,
            payer=r.payer,
            check_number=r.check_number,
            amount_cents=r.amount_cents,
            faults=wrong,
            source=r.source,
        )
        return [refused]
    repeats = [_repeated(one.received, remit) for one in remit.beside.values()]
    return [_released(r, len(claims), sum(c.paid_cents for c in claims), book, 0), *repeats]


def _released(
    r: RemittanceReceived, count: int, cents: int, book: Book | None, suspense: int
) -> RemittanceReleased:
    entity = r.legal_entity or (book.payee(r.payee_npi, r.payee_tax_id) if book else "")
    return RemittanceReleased(
        remittance=r.remittance,
        payer=r.payer,
        legal_entity=entity,
        payee_tax_id=r.payee_tax_id,
        check_number=r.check_number,
        payer_trace_id=r.payer_trace_id,
        paid_on=r.paid_on,
        amount_cents=r.amount_cents,
        claims=count,
        claims_cents=cents,
        provider_adjustments=r.provider_adjustments,
        suspense_cents=suspense,
    )


def _release(command: Release, remit: Remittance) -> list[Any]:
    r = remit.received
    if r is None or remit.state != "refused":
        raise Refused("only a refused remittance is released by a person")
    good = [c for c in remit.claims() if not any(claim_faults(c))]
    cents = sum(c.paid_cents for c in good)
    provider = sum(p.cents for p in r.provider_adjustments)
    suspense = r.amount_cents + provider - cents
    return [_released(r, len(good), cents, None, suspense)]


def _close(command: Close, remit: Remittance) -> list[Any]:
    r = remit.received
    if remit.state == "closed":
        return []
    if r is None or remit.state == "released":
        raise Refused("only a remittance that was not released is closed by a person")
    return [
        RemittanceClosed(
            remittance=r.remittance,
            payer=r.payer,
            check_number=r.check_number,
            amount_cents=r.amount_cents,
            closed_by=command.by,
            reason=command.reason,
            source=r.source,
        )
    ]


def _deliver(
    r: RemittanceReceived, position: int, claim: ClaimPayment, number: str, matched_on: str
) -> Any:
    account = read_claim_number(number)
    assert account is not None
    return to(
        account_stream(account[0]),
        ClaimPaymentDelivered(
            remittance=r.remittance,
            payer=r.payer,
            check_number=r.check_number,
            paid_on=r.paid_on,
            payment=claim,
            source=Source(
                sha256=r.source.sha256,
                isa13=r.source.isa13,
                gs06=r.source.gs06,
                st02=r.source.st02,
                segment=claim.segment,
                entered_by=r.source.entered_by,
            ),
            matched_on=matched_on,
            position=position,
            claim=number.upper(),
        ),
    )


def _in_turn(claims: Sequence[ClaimPayment]) -> list[int]:
    """The positions as they are handed out: a reversal before what corrects it, wherever the payer put it.

    One that takes back what stands before it in the same file stays behind that.
    """
    first, others, before = list[int](), list[int](), set[tuple[str, int, int]]()
    for position, one in enumerate(claims):
        opposite = (one.claim, -one.charge_cents, -one.paid_cents)
        if one.status == REVERSAL and opposite not in before:
            first.append(position)
        else:
            before.add((one.claim, one.charge_cents, one.paid_cents))
            others.append(position)
    return first + others


def _dispatch(remit: Remittance) -> list[Any]:
    r = remit.received
    if r is None or remit.state != "released":
        return []
    claims = remit.claims()
    if remit.sent >= len(claims):
        return []
    upto = min(remit.sent + DISPATCH_AT_ONCE, len(claims))
    said: list[Any] = []
    for position in _in_turn(claims)[remit.sent : upto]:
        claim = claims[position]
        if position in remit.skipped:
            continue
        found = remit.matched.get(position)
        if found is not None:
            said.append(_deliver(r, position, claim, found[0], found[2]))
        elif read_claim_number(claim.claim) is not None:
            said.append(_deliver(r, position, claim, claim.claim.strip(), "claim number"))
        else:
            said.append(
                ClaimUnmatched(
                    remittance=r.remittance,
                    position=position,
                    claim=claim.claim,
                    cents=claim.paid_cents,
                    reason="the claim number is not one of ours",
                )
            )
    said.append(RemittanceDispatched(remittance=r.remittance, sent=upto, claims=len(claims)))
    return said


def _match(command: MatchClaim, remit: Remittance) -> list[Any]:
    r = remit.received
    if r is None or command.position not in remit.unmatched:
        raise Refused("no claim payment waits at that position")
    account = read_claim_number(command.claim)
    if account is None:
        raise Refused("that is not a claim number of ours")
    matched = ClaimMatched(
        remittance=r.remittance,
        position=command.position,
        claim=command.claim.upper(),
        account=account[0],
        matched_on=command.matched_on,
        matched_by=command.by,
    )
    claim = remit.claims()[command.position]
    return [matched, _deliver(r, command.position, claim, command.claim, command.matched_on)]


REMITTANCE = Decider("remittance", Remittance, decide, evolve)
