"""A lane's queue: closed into interchanges at the cut-off, and answered by TA1 and 999.

The control numbers are fields of this state; nothing else hands them out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.submission import (
    BatchedClaim,
    BatchedSet,
    ClaimSetAside,
    ClaimSubmitted,
    InterchangeDispatched,
    InterchangeSent,
    TransportAcknowledged,
    TransportAnswered,
    TransportRejected,
)
from services.submission.domain.batching import close
from services.submission.domain.books import Books
from services.submission.domain.lane_state import Lane, Sent, evolve, place_in
from services.submission.domain.lanes import LANES, NO_FILE, NO_SET
from services.submission.domain.sending import asked_back, refused_by_writer
from shared.service import Decider, Event, Say, Scope, Wake, to
from shared.streams import account_stream

FULL = 2_000
"""A queue of this length is closed at once."""
CHUNK = 200
"""So many accounts are told in one decision."""
ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class CloseQueue:
    """The cut-off passed."""

    day: date


@dataclass(frozen=True, slots=True)
class CloseIfFull:
    """A claim came into the queue."""

    tenant: str


@dataclass(frozen=True, slots=True)
class RecordSent:
    """The file was handed over."""

    receiver: str
    isa13: int
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """The writer refused a claim of a closed batch: why, in which loop and element."""

    receiver: str
    isa13: int
    claim: str
    attempt: int
    sentence: str
    loop: str
    element: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The account asks for an attempt back."""

    claim: str
    attempt: int


@dataclass(frozen=True, slots=True)
class TellSetAside:
    """Tell the account of a claim that was set aside."""

    aside: ClaimSetAside
    tenant: str


@dataclass(frozen=True, slots=True)
class TellSubmitted:
    """Tell the next accounts of a file that left."""

    receiver: str
    isa13: int
    tenant: str
    submitted_on: date


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """A TA1 or one set of a 999 came in."""

    receiver: str
    answer: TransportAnswered


@dataclass(frozen=True, slots=True)
class TellRejected:
    """Tell the accounts of a rejected set."""

    rejected: TransportRejected
    tenant: str


Command = (
    CloseQueue
    | CloseIfFull
    | SetAside
    | GiveBack
    | TellSetAside
    | RecordSent
    | TellSubmitted
    | JudgeAnswer
    | TellRejected
)
Said = Iterable[Event | Say]


def decide(command: Command, state: Lane | None, book: Books | None) -> Said:
    """The lane's rules, one function per command."""
    lane, books = state or Lane(), book or Books()
    match command:
        case CloseQueue():
            return close(lane.place, lane.queue, lane.batch, command.day, books)
        case CloseIfFull():
            if len(lane.queue) < FULL or books.today is None:
                return []
            files = close(lane.place, lane.queue, lane.batch, books.today, books)
            # A file belongs to the company, not to the facility whose claim filled the queue.
            return [Say(file, scope=Scope(command.tenant)) for file in files]
        case SetAside():
            return _set_aside(lane, command)
        case GiveBack():
            return _give_back(lane, command)
        case TellSetAside():
            aside = command.aside
            scope = Scope(command.tenant, aside.legal_entity, aside.facility)
            return [to(account_stream(aside.account), aside, scope)]
        case RecordSent():
            return _record_sent(lane, command, books)
        case TellSubmitted():
            return _tell_submitted(lane, command)
        case JudgeAnswer():
            return _judge(lane, command)
        case TellRejected():
            return _tell_rejected(command)


def _set_aside(lane: Lane, command: SetAside) -> Said:
    """It stays behind while its file has not left."""
    sent = lane.sent.get(command.isa13)
    if sent is None or sent.sha256:
        return []
    return [
        ClaimSetAside(
            receiver=command.receiver,
            isa13=command.isa13,
            st02=batched.st02,
            account=claim.account,
            claim=claim.claim,
            attempt=claim.attempt,
            cents=claim.cents,
            facility=batched.facility,
            legal_entity=batched.legal_entity,
            reason=refused_by_writer(command.sentence, command.loop, command.element),
        )
        for batched in sent.sets.values()
        for claim in batched.claims
        if (claim.claim, claim.attempt) == (command.claim, command.attempt)
    ]


def _give_back(lane: Lane, command: GiveBack) -> Said:
    """Out of the queue while it waits there; what is in a file leaves as it is, and nothing is said."""
    place = place_in(lane.queue, command.claim, command.attempt)
    if place is None:
        return []
    waiting = lane.queue[place]
    return [
        ClaimSetAside(
            receiver=lane.place[0],
            isa13=NO_FILE,
            st02=NO_SET,
            account=waiting.claim.account,
            claim=waiting.claim.claim,
            attempt=waiting.claim.attempt,
            cents=waiting.claim.cents,
            facility=waiting.facility,
            legal_entity=waiting.legal_entity,
            reason=asked_back(),
        )
    ]


def _record_sent(lane: Lane, command: RecordSent, books: Books) -> Said:
    sent = lane.sent.get(command.isa13)
    if sent is None or sent.sha256:
        return []
    event = InterchangeSent(
        receiver=command.receiver,
        lane=command.isa13 % LANES,
        isa13=command.isa13,
        gs06=sent.gs06,
        file_name=sent.file_name,
        sha256=command.sha256,
        size_bytes=command.size_bytes,
        sets=tuple(_without_billing(batched) for batched in sent.sets.values()),
    )
    return [event]


def _without_billing(batched: BatchedSet) -> BatchedSet:
    return BatchedSet(
        st02=batched.st02,
        facility=batched.facility,
        legal_entity=batched.legal_entity,
        claims=batched.claims,
    )


def _tell_submitted(lane: Lane, command: TellSubmitted) -> Said:
    sent = lane.sent.get(command.isa13)
    if sent is None or sent.told >= sent.claims:
        return []
    claims = [(batched, claim) for batched in sent.sets.values() for claim in batched.claims]
    chunk = claims[sent.told : sent.told + CHUNK]
    done = InterchangeDispatched(
        receiver=command.receiver,
        isa13=command.isa13,
        sent=sent.told + len(chunk),
        claims=sent.claims,
    )
    return [done, *(_submitted(sent, batched, claim, command) for batched, claim in chunk)]


def _submitted(sent: Sent, batched: BatchedSet, claim: BatchedClaim, command: TellSubmitted) -> Say:
    event = ClaimSubmitted(
        account=claim.account,
        claim=claim.claim,
        attempt=claim.attempt,
        frequency=claim.frequency,
        payer=claim.payer,
        receiver=command.receiver,
        isa13=command.isa13,
        gs06=sent.gs06,
        st02=batched.st02,
        sha256=sent.sha256,
        submitted_on=command.submitted_on,
        total_cents=claim.cents,
        payer_control=claim.payer_control,
    )
    scope = Scope(command.tenant, batched.legal_entity, batched.facility)
    return to(account_stream(claim.account), event, scope)


def _judge(lane: Lane, command: JudgeAnswer) -> Said:
    answer, sent = command.answer, lane.sent.get(command.answer.isa13)
    if sent is None:
        return []
    if answer.level == "TA1" and sent.ta1:
        return []
    named = [answer.st02] if answer.st02 else list(sent.sets)
    open_sets = [st02 for st02 in named if st02 in sent.sets and st02 not in sent.answers]
    if answer.level == "999" and not open_sets:
        return []
    if answer.accepted:
        return [
            TransportAcknowledged(
                receiver=command.receiver,
                level=answer.level,
                isa13=answer.isa13,
                st02s=tuple(open_sets) if answer.level == "999" else (),
                code=answer.code,
            )
        ]
    stated = {one.st02: one for one in answer.sets}
    rejected = (sent.sets[st02] for st02 in open_sets)
    return [_rejected(s if s.claims else stated.get(s.st02, s), command) for s in rejected]


def _rejected(batched: BatchedSet, command: JudgeAnswer) -> TransportRejected:
    return TransportRejected(
        receiver=command.receiver,
        level=command.answer.level,
        isa13=command.answer.isa13,
        st02=batched.st02,
        code=command.answer.code,
        faults=command.answer.faults,
        facility=batched.facility,
        legal_entity=batched.legal_entity,
        claims=batched.claims,
    )


def _tell_rejected(command: TellRejected) -> Said:
    rejected = command.rejected
    scope = Scope(command.tenant, rejected.legal_entity, rejected.facility)
    for claim in rejected.claims:
        faults = tuple(fault for fault in rejected.faults if fault.claim == claim.claim)
        event = TransportRejected(
            receiver=rejected.receiver,
            level=rejected.level,
            isa13=rejected.isa13,
            st02=rejected.st02,
            code=rejected.code,
            faults=faults,
            account=claim.account,
            claim=claim.claim,
            attempt=claim.attempt,
            offender=bool(faults),
        )
        yield to(account_stream(claim.account), event, scope)


def timers(state: Lane) -> Mapping[str, Wake]:
    """A queue that is not empty waits for the next cut-off."""
    return {"cutoff": Wake(ANY_DAY, "cutoff")} if state.queue else {}


def wake(what: str, day: date, state: Lane, book: Books | None) -> CloseQueue:
    """The cut-off."""
    return CloseQueue(day)


OUTBOUND = Decider(
    kind="outbound", state=Lane, decide=decide, evolve=evolve, timers=timers, wake=wake
)
