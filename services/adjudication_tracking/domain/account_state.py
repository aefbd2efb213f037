"""What an account's claims look like to tracking: state, attempts, answers, and adjudications so far."""

from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    AnswerLate,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimPaymentDelivered,
    ClaimRejected,
    ReversalWaiting,
)
from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.denial import CorrectionRequested
from contracts.posting import PaymentPosted, ResponsibilityMoved
from contracts.registration import AccountOpened, CoveragesSet
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimImported,
    ClaimReleased,
    ClaimResubmitted,
    ClaimSubmitted,
    ClaimVoided,
    CorrectionDeclined,
    TransportRejected,
    VoidWithdrawn,
)
from services.adjudication_tracking.domain.balancing import NO_MONEY
from services.adjudication_tracking.domain.charged import Charged, charged
from services.adjudication_tracking.domain.claim import (
    VOID,
    Claim,
    next_attempt,
    of_an_earlier_attempt,
    sent_in,
)
from services.adjudication_tracking.domain.states import DECIDED, ON_ITS_WAY, State

RECEIVED = frozenset({"A1", "A2", "A5"})
"""Categories of a payer's 277CA that say it has the claim."""


class Adjudged(msgspec.Struct, frozen=True, array_like=True):
    """An adjudication that stands or was taken back."""

    id: str
    payer: str
    remittance: str
    payer_control: str
    charge_cents: int
    paid_cents: int
    reversed: bool = False
    decides: bool = True
    """Not so for a predetermination, or another payer's claim: no reversal takes it back."""


class Account(msgspec.Struct, frozen=True, array_like=True):
    """An account's coverages by order, charges, claims, and payers' answers."""

    opened: bool = False
    payers: dict[int, str] = {}
    charges: dict[str, Charged] = {}
    claims: dict[str, Claim] = {}
    adjudged: tuple[Adjudged, ...] = ()
    waiting: tuple[ClaimPaymentDelivered, ...] = ()
    forwarded: dict[str, str] = {}

    def claim_at(self, number: str) -> Claim | None:
        """The claim with this number, however the payer spelt it."""
        return self.claims.get(number.strip().upper()) or self.claims.get(number.strip())


def _put(account: Account, claim: Claim) -> Account:
    return msgspec.structs.replace(account, claims={**account.claims, claim.claim: claim})


def _step(account: Account, number: str, state: State, **more: Any) -> Account:
    claim = account.claims.get(number)
    if claim is None:
        return account
    moved = claim.to(state)
    return _put(account, msgspec.structs.replace(moved, **more) if more else moved)


def evolve(state: Account | None, event: Any) -> Account:
    """The account after an event; events of others may come in any order."""
    account = state or Account()
    found = _FOLDS.get(type(event))
    return account if found is None else found(account, event)


def _opened(account: Account, e: AccountOpened) -> Account:
    payers = {c.order: c.payer for c in e.coverages}
    return msgspec.structs.replace(account, opened=True, payers=payers)


def _coverages(account: Account, e: CoveragesSet) -> Account:
    return msgspec.structs.replace(account, payers={c.order: c.payer for c in e.coverages})


def _captured(account: Account, e: ChargesCaptured) -> Account:
    charges = {**account.charges, **{c.charge: charged(c) for c in e.charges}}
    return msgspec.structs.replace(account, charges=charges)


def _corrected(account: Account, e: ChargeCorrected) -> Account:
    charges = {**account.charges, e.after.charge: charged(e.after)}
    return msgspec.structs.replace(account, charges=charges)


def _created(account: Account, e: ClaimCreated) -> Account:
    before = account.claims.get(e.claim)
    claim = Claim(
        e.claim,
        e.payer,
        e.payer_order,
        tuple(line.charge for line in e.lines),
        e.total_cents,
        before.state if before else "",
    )
    return _put(account, claim.to("editing"))


def _imported(account: Account, e: ClaimImported) -> Account:
    charges = tuple(line.charge for line in e.lines)
    claim = Claim(e.claim, e.payer, e.payer_order, charges, e.total_cents).to("history")
    return _put(account, claim)


def _at(account: Account, number: str, attempt: int) -> Claim | None:
    """The claim, unless what is said speaks of an attempt that a later one has replaced."""
    claim = account.claims.get(number)
    return claim if claim is not None and claim.attempt <= attempt else None


def _held(account: Account, e: ClaimHeld) -> Account:
    return _step(account, e.claim, "held") if _at(account, e.claim, e.attempt) else account


def _released(account: Account, e: ClaimReleased) -> Account:
    return _step(account, e.claim, "editing") if _at(account, e.claim, e.attempt) else account


def _again(account: Account, e: ClaimResubmitted) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None or e.attempt <= claim.attempt:
        return account
    after = next_attempt(claim, e.attempt, e.frequency)
    if e.lines:
        after = msgspec.structs.replace(after, charges=tuple(line.charge for line in e.lines))
    if e.cause == "void":
        # A correction that came to nothing is not what stands: the void's withdrawal says what does.
        stood = "" if claim.state in ("held", "rejected") else claim.state
        since = claim.submitted_on
        after = msgspec.structs.replace(after, stood=stood, stood_since=since)
    elif e.frequency != VOID:
        after = msgspec.structs.replace(after, stood="", stood_since=None)
    return _put(account, after)


def _submitted(account: Account, e: ClaimSubmitted) -> Account:
    claim = _at(account, e.claim, e.attempt)
    if claim is None:
        return account
    if e.attempt > claim.attempt:
        claim = next_attempt(claim, e.attempt, e.frequency)
    claim = claim.to("submitted")
    # Decided meanwhile by an answer to the attempt before, this one is still to be answered.
    awaited = claim.state in ON_ITS_WAY or (claim.state in DECIDED and e.attempt > 1)
    sent = msgspec.structs.replace(
        claim,
        payer=e.payer,
        submitted_on=e.submitted_on if awaited or claim.answered else None,
        sent={**claim.sent, sent_in(e.isa13, e.st02): e.attempt},
        total_cents=e.total_cents or claim.total_cents,
    )
    return _put(account, sent)


def _voided(account: Account, e: ClaimVoided) -> Account:
    claim = _at(account, e.claim, e.attempt)
    if claim is None:
        return account
    return _step(account, e.claim, "voided", submitted_on=None, answered={})


def _withdrawn(account: Account, e: VoidWithdrawn) -> Account:
    """What the payer has stands again; what it decided meanwhile stays."""
    claim = _at(account, e.claim, e.attempt)
    if claim is None:
        return account
    decided = claim.state in DECIDED
    whole = decided and not claim.answered
    stands = msgspec.structs.replace(
        claim,
        state=claim.state if decided else claim.stood or e.stands,
        submitted_on=None if whole else claim.stood_since,
        stood="",
        stood_since=None,
        acknowledged=True,
        acknowledged_by_payer=True,
    )
    return _put(account, stands)


def _transport(account: Account, e: TransportRejected) -> Account:
    claim = _at(account, e.claim, e.attempt)
    return account if claim is None else _bounced(account, claim, "transport_rejected")


def _bounced(account: Account, claim: Claim, state: State) -> Account:
    moved = claim.to(state)
    # A correction or void of what is decided bounced: the decision stands, and no other is awaited but its rest.
    over = moved.state == state or (moved.state in DECIDED and not moved.answered)
    return _put(account, msgspec.structs.replace(moved, submitted_on=None) if over else moved)


def _acknowledged(account: Account, e: ClaimAcknowledged) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None or of_an_earlier_attempt(claim, e):
        return account
    accepted = e.by == "payer" and e.category in ("A2", "A5")
    more: dict[str, Any] = {"acknowledged": True}
    if e.by == "payer":
        more["acknowledged_by_payer"] = True
        if e.category in RECEIVED:
            more["received_on"] = claim.received_on or e.effective_on
    return _step(account, e.claim, "accepted" if accepted else "received", **more)


def _rejected(account: Account, e: ClaimRejected) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None or of_an_earlier_attempt(claim, e):
        return account
    return _bounced(account, claim, "rejected")


def _adjudicated(account: Account, e: ClaimAdjudicated) -> Account:
    adjudged = Adjudged(
        e.adjudication,
        e.payer,
        e.remittance,
        e.payer_control,
        e.charge_cents,
        e.paid_cents,
        decides=e.status not in NO_MONEY,
    )
    account = msgspec.structs.replace(account, adjudged=(*account.adjudged, adjudged))
    if e.status in NO_MONEY:
        return account
    if e.claim not in account.claims:
        account = _put(account, Claim(e.claim, e.payer, e.payer_order, expected=True))
    claim = account.claims[e.claim].decided(e.adjudication, e.charge_cents)
    return _step(_put(account, claim), e.claim, "adjudicated")


def _reversed(account: Account, e: AdjudicationReversed) -> Account:
    adjudged = tuple(
        msgspec.structs.replace(a, reversed=True) if a.id == e.reverses else a
        for a in account.adjudged
    )
    waiting = tuple(w for w in account.waiting if reversal_id(w) != e.adjudication)
    account = msgspec.structs.replace(account, adjudged=adjudged, waiting=waiting)
    claim = account.claims.get(e.claim)
    if claim is not None and e.reverses in claim.answered:
        left = {k: cents for k, cents in claim.answered.items() if k != e.reverses}
        account = _put(account, msgspec.structs.replace(claim, answered=left))
    return _step(account, e.claim, "reversed")


def _waits(account: Account, e: ReversalWaiting) -> Account:
    if e.delivered is None:
        return account
    return msgspec.structs.replace(account, waiting=(*account.waiting, e.delivered))


def reversal_id(delivered: ClaimPaymentDelivered) -> str:
    """The id of a reversal: its remittance and place."""
    return f"REV{delivered.remittance[:16]}{delivered.position:05d}"


def _forwarded(account: Account, e: ClaimForwarded) -> Account:
    forwarded = {**account.forwarded, e.claim: e.expected_claim or ""}
    account = msgspec.structs.replace(account, forwarded=forwarded)
    number = e.expected_claim or ""
    if not number or number in account.claims:
        return account
    # Its 277CA goes to whoever sent it: only the 835 is awaited here.
    watched = Claim(number, e.to_payer, e.payer_order or 0, expected=True, acknowledged=True)
    watched = msgspec.structs.replace(watched.to("forwarded"), submitted_on=e.forwarded_on)
    return _put(account, watched)


def _late(account: Account, e: AnswerLate) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None:
        return account
    return _put(account, msgspec.structs.replace(claim, late=(*claim.late, e.awaited)))


def _posted(account: Account, e: PaymentPosted) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None or claim.state != "adjudicated" or e.denied or e.patient_part_cents:
        return account
    return _step(account, e.claim, "settled")


def _moved(account: Account, e: ResponsibilityMoved) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None or claim.state != "adjudicated":
        return account
    return _step(account, e.claim, "next_payer" if e.to_party == "payer" else "settled")


def _correcting(account: Account, e: CorrectionRequested) -> Account:
    return _step(account, e.claim, "correcting")


def _declined(account: Account, e: CorrectionDeclined) -> Account:
    claim = account.claims.get(e.claim)
    if claim is None or claim.state != "correcting":
        return account
    return _step(account, e.claim, "adjudicated")


_FOLDS: dict[type, Any] = {
    AccountOpened: _opened,
    CoveragesSet: _coverages,
    ChargesCaptured: _captured,
    ChargeCorrected: _corrected,
    ClaimCreated: _created,
    ClaimImported: _imported,
    ClaimHeld: _held,
    ClaimReleased: _released,
    ClaimResubmitted: _again,
    ClaimSubmitted: _submitted,
    ClaimVoided: _voided,
    VoidWithdrawn: _withdrawn,
    TransportRejected: _transport,
    ClaimAcknowledged: _acknowledged,
    ClaimRejected: _rejected,
    ClaimAdjudicated: _adjudicated,
    AdjudicationReversed: _reversed,
    ClaimForwarded: _forwarded,
    ReversalWaiting: _waits,
    AnswerLate: _late,
    PaymentPosted: _posted,
    ResponsibilityMoved: _moved,
    CorrectionRequested: _correcting,
    CorrectionDeclined: _declined,
}
