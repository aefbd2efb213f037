"""How far a lane has come: what waits, what is on its way, what was answered, and its last batch."""

from dataclasses import replace
from typing import Any

import msgspec

from contracts.submission import (
    BatchedClaim,
    BatchedSet,
    ClaimQueued,
    ClaimSetAside,
    InterchangeBatched,
    InterchangeDispatched,
    InterchangeSent,
    TransportAcknowledged,
    TransportRejected,
)
from services.submission.domain.batching import Waiting
from services.submission.domain.lanes import LANES, NO_FILE

REMEMBERED = 400
"""Answered interchanges kept to recognise a repeated TA1 or 999; older repeats find nothing."""
UNANSWERED_CLAIMS = 10_000
"""Of files that left and wait for their 999 so many claims are known here, the newest; a late rejection names its own."""
UNANSWERED = 1_000
"""So many of these files are known at all: a receiver that never sends 999s would fill this state without an end."""


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """An interchange on its way: its sets until they are answered and told, and the answers."""

    gs06: int
    file_name: str
    sets: dict[str, BatchedSet]
    sha256: str = ""
    claims: int = 0
    told: int = 0
    ta1: str = ""
    answers: dict[str, str] = {}
    """ST02 -> code of the 999."""


class Lane(msgspec.Struct, frozen=True, array_like=True):
    """One lane of a receiver: `place` is the two."""

    place: tuple[str, int] = ("", 0)
    queue: tuple[Waiting, ...] = ()
    batch: int = 0
    sent: dict[int, Sent] = {}


_replace = msgspec.structs.replace


def evolve(state: Lane | None, event: Any) -> Lane:
    """Fold one event of the lane."""
    lane = state or Lane()
    match event:
        case ClaimQueued():
            place = (event.receiver, event.lane)
            return _replace(lane, place=place, queue=(*lane.queue, _waiting(event)))
        case InterchangeBatched():
            return _batched(lane, event)
        case ClaimSetAside(isa13=isa13) if isa13 == NO_FILE:
            n = place_in(lane.queue, event.claim, event.attempt)
            return lane if n is None else _replace(lane, queue=_but(lane.queue, n))
        case ClaimSetAside():
            return _set_aside(lane, event)
        case InterchangeSent():
            return _with(lane, event.isa13, sha256=event.sha256)
        case InterchangeDispatched():
            return _with(lane, event.isa13, told=event.sent)
        case TransportAcknowledged(level="TA1"):
            return _with(lane, event.isa13, ta1=event.code)
        case TransportAcknowledged():
            return _answered(lane, event.isa13, event.st02s, event.code)
        case TransportRejected():
            if event.level == "TA1":
                lane = _with(lane, event.isa13, ta1=event.code)
            return _answered(lane, event.isa13, (event.st02,), event.code)
    return lane


def _waiting(event: ClaimQueued) -> Waiting:
    package = event.package
    return Waiting(
        facility=package.facility,
        legal_entity=package.legal_entity,
        claim=BatchedClaim(
            account=package.account,
            claim=package.claim,
            attempt=package.attempt,
            payer=package.payer,
            cents=package.total_cents,
            frequency=package.frequency,
            payer_control=package.payer_control,
        ),
    )


def _batched(lane: Lane, event: InterchangeBatched) -> Lane:
    left = {(c.claim, c.attempt) for batched in event.sets for c in batched.claims}
    queue = _without(lane.queue, left)
    made = Sent(
        gs06=event.gs06,
        file_name=event.file_name,
        sets={batched.st02: batched for batched in event.sets},
        claims=len(left),
    )
    sent = {**lane.sent, event.isa13: made}
    return _replace(lane, queue=queue, batch=event.isa13 // LANES, sent=sent)


def place_in(queue: tuple[Waiting, ...], claim: str, attempt: int) -> int | None:
    """Where an attempt waits. Whoever asks many back asks in the order in which they came: it is looked for from the front."""
    for place, waiting in enumerate(queue):
        if waiting.claim.claim == claim and waiting.claim.attempt == attempt:
            return place
    return None


def _but(queue: tuple[Waiting, ...], place: int) -> tuple[Waiting, ...]:
    return (*queue[:place], *queue[place + 1 :])


def _without(queue: tuple[Waiting, ...], gone: set[tuple[str, int]]) -> tuple[Waiting, ...]:
    return tuple(w for w in queue if (w.claim.claim, w.claim.attempt) not in gone)


def _set_aside(lane: Lane, event: ClaimSetAside) -> Lane:
    sent = lane.sent.get(event.isa13)
    if sent is None or event.st02 not in sent.sets:
        return lane
    batched = sent.sets[event.st02]
    left = tuple(c for c in batched.claims if (c.claim, c.attempt) != (event.claim, event.attempt))
    sets = {**sent.sets, event.st02: replace(batched, claims=left)}
    sets = {st02: one for st02, one in sets.items() if one.claims}
    return _with(lane, event.isa13, sets=sets, claims=sent.claims - 1)


def _answered(lane: Lane, isa13: int, st02s: tuple[str, ...], code: str) -> Lane:
    sent = lane.sent.get(isa13)
    if sent is None:
        return lane
    return _with(lane, isa13, answers={**sent.answers, **dict.fromkeys(st02s, code)})


def _with(lane: Lane, isa13: int, **changes: Any) -> Lane:
    sent = lane.sent.get(isa13)
    if sent is None:
        return lane
    return _replace(lane, sent=_forget({**lane.sent, isa13: _settle(_replace(sent, **changes))}))


def _settle(sent: Sent) -> Sent:
    """Once all accounts are told and all sets answered, only the answers are kept."""
    open_sets = [st02 for st02 in sent.sets if st02 not in sent.answers]
    return sent if open_sets or sent.told < sent.claims else _replace(sent, sets={})


def _forget(sent: dict[int, Sent]) -> dict[int, Sent]:
    done = [isa13 for isa13, one in sent.items() if not one.sets]
    waits = [isa13 for isa13, one in sent.items() if one.sets and one.told >= one.claims]
    old = {*done[: max(0, len(done) - REMEMBERED)], *waits[: max(0, len(waits) - UNANSWERED)]}
    bare: set[int] = set()
    known = 0
    for isa13 in reversed(waits):
        known += sent[isa13].claims
        if known > UNANSWERED_CLAIMS and any(s.claims for s in sent[isa13].sets.values()):
            bare.add(isa13)
    if not old and not bare:
        return sent
    kept = {isa13: one for isa13, one in sent.items() if isa13 not in old}
    return {isa13: _bare(one) if isa13 in bare else one for isa13, one in kept.items()}


def _bare(sent: Sent) -> Sent:
    """The sets without their claims."""
    sets = {st02: replace(one, claims=(), billing=None) for st02, one in sent.sets.items()}
    return _replace(sent, sets=sets)
