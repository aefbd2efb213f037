"""How long the system takes for each step of a claim, read from the log of a paced run.

A step ends when its event is offered to the log, after its commit (the record's own timestamp). It begins with
the step before, or where the outside world is asked in between, with the time at which the answer was due at the
door. The payer's days, and the wait for a cut-off, are nobody's latency.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from benchmarks.paced import Marks
from contracts.adjudication_tracking import (
    ClaimAcknowledged,
    ClaimAdjudicated,
    RemittanceReceived,
    RemittanceReleased,
)
from contracts.coding import ChargesCaptured, EncounterCoded
from contracts.eligibility import BenefitsConfirmed
from contracts.posting import PaymentPosted
from contracts.registration import AccountOpened
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimQueued,
    ClaimSubmitted,
    InterchangeBatched,
    InterchangeSent,
)

OPENED = "encounter at the door to account opened"
CODED = "encounter at the door to charges and codes"
CREATED = "opened and coded to claim created"
QUEUED = "claim created to queued"
BATCHED = "cut-off to file made"
HANDED_OVER = "file made to handed over"
SUBMITTED = "handed over to claim submitted"
CONFIRMED = "271 at the door to coverage confirmed"
ACKNOWLEDGED = "277CA at the door to acknowledged"
RECEIVED = "835 at the door to remittance received"
RELEASED = "received to released"
ADJUDICATED = "released to claim adjudicated"
POSTED = "adjudicated to payment posted"
ALL_OF_IT = "registration to posting, the system's own time"
FIRST_HALF = (CREATED, QUEUED, BATCHED, HANDED_OVER, SUBMITTED)
"""After both doors, up to the file that left."""
SECOND_HALF = (RECEIVED, RELEASED, ADJUDICATED, POSTED)
STEPS = (
    OPENED, CODED, *FIRST_HALF, CONFIRMED, ACKNOWLEDGED, *SECOND_HALF, ALL_OF_IT,
)  # fmt: skip


class Spread(NamedTuple):
    """Of many durations in seconds: how many, and how long."""

    count: int
    p50: float
    p99: float
    most: float


def spread_of(seconds: Sequence[float]) -> Spread:
    """Nearest-rank percentiles; zeros for nothing."""
    if not seconds:
        return Spread(0, 0.0, 0.0, 0.0)
    ordered = sorted(seconds)

    def rank(per_cent: int) -> float:
        return ordered[max(0, -(-len(ordered) * per_cent // 100) - 1)]

    return Spread(len(ordered), rank(50), rank(99), ordered[-1])


class Hops:
    """What a log shows of each claim's steps. `take` every event of it, in any order; then ask `durations`."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._at: dict[tuple[Any, ...], float] = {}
        self._encounter: dict[str, str] = {}
        self._first_claims: dict[str, str] = {}
        self._held: set[str] = set()
        self._sent_in: dict[str, tuple[str, int]] = {}
        self._cut_off: dict[tuple[str, int], date] = {}
        self._answers: list[tuple[str, float, str]] = []
        self._file: dict[str, str] = {}
        self._paid_by: dict[tuple[str, str], str] = {}

    def take(self, when: float, event: Any) -> None:
        """One event and when (Unix seconds) it was offered to the log; a repeat counts no second time."""
        match event:
            case AccountOpened():
                self._encounter[event.account] = event.encounter
                self._mark(when, "opened", event.account)
            case ChargesCaptured():
                self._mark(when, "charged", event.account)
            case EncounterCoded():
                self._mark(when, "coded", event.account)
            case ClaimCreated() if event.payer_order == 1:
                self._first_claims.setdefault(event.claim, event.account)
                self._mark(when, "created", event.claim)
            case ClaimHeld():
                self._held.add(event.claim)  # It waits for a person.
            case ClaimQueued() if event.package.attempt == 1:
                self._mark(when, "queued", event.package.claim)
            case InterchangeBatched():
                self._cut_off[event.receiver, event.isa13] = event.batched_on
                self._mark(when, "batched", (event.receiver, event.isa13))
            case InterchangeSent():
                self._mark(when, "sent", (event.receiver, event.isa13))
            case ClaimSubmitted() if event.attempt == 1:
                self._sent_in[event.claim] = (event.receiver, event.isa13)
                self._mark(when, "submitted", event.claim)
            case BenefitsConfirmed():
                self._answers.append((CONFIRMED, when, event.source.sha256))
            case ClaimAcknowledged():
                self._answers.append((ACKNOWLEDGED, when, event.source.sha256))
            case RemittanceReceived():
                self._file.setdefault(event.remittance, event.source.sha256)
                self._mark(when, "received", event.remittance)
            case RemittanceReleased():
                self._mark(when, "released", event.remittance)
            case ClaimAdjudicated():
                self._paid_by[event.claim, event.adjudication] = event.remittance
                self._mark(when, "adjudicated", (event.claim, event.adjudication))
            case PaymentPosted():
                self._mark(when, "posted", (event.claim, event.adjudication))

    def _mark(self, when: float, what: str, name: Any) -> None:
        self._at[what, name] = min(when, self._at.get((what, name), when))

    def durations(self) -> dict[str, list[float]]:
        """Seconds by step, in the order of STEPS; what began outside the run is left out."""
        found: dict[str, list[float]] = {step: [] for step in STEPS}
        own: dict[str, float] = {}  # Up to the file that left, by claim, where all of it is known.
        for claim, steps in self._first_half():
            for step, seconds in steps.items():
                found[step].append(seconds)
            if steps.keys() >= {OPENED, CODED, *FIRST_HALF}:
                own[claim] = max(steps[OPENED], steps[CODED]) + sum(steps[s] for s in FIRST_HALF)
        for step, when, file in self._answers:
            due = self._marks.files.get(file)
            if due is not None:
                found[step].append(when - due)
        for claim, steps in self._second_half():
            for step, seconds in steps.items():
                found[step].append(seconds)
            if claim in own and steps.keys() >= set(SECOND_HALF):
                found[ALL_OF_IT].append(own.pop(claim) + sum(steps.values()))
        return found

    def _first_half(self) -> Iterator[tuple[str, dict[str, float]]]:
        at, marks = self._at.get, self._marks
        for claim, account in self._first_claims.items():
            arrived = marks.encounters.get(self._encounter.get(account, ""))
            if arrived is None or claim in self._held:
                continue
            opened, charged = at(("opened", account)), at(("charged", account))
            coded = at(("coded", account))
            ready = max(charged, coded) if charged is not None and coded is not None else None
            both = max(opened, ready) if opened is not None and ready is not None else None
            sent_in = self._sent_in.get(claim)
            cut_off = marks.cut_offs.get(self._cut_off.get(sent_in, date.min)) if sent_in else None
            created, queued = at(("created", claim)), at(("queued", claim))
            batched, sent = at(("batched", sent_in)), at(("sent", sent_in))
            steps = {
                OPENED: _between(arrived, opened),
                CODED: _between(arrived, ready),
                CREATED: _between(both, created),
                QUEUED: _between(created, queued),
                BATCHED: _between(cut_off, batched),
                HANDED_OVER: _between(batched, sent),
                SUBMITTED: _between(sent, at(("submitted", claim))),
            }
            yield claim, {step: s for step, s in steps.items() if s is not None}

    def _second_half(self) -> Iterator[tuple[str, dict[str, float]]]:
        at = self._at.get
        for (claim, adjudication), remittance in self._paid_by.items():
            due = self._marks.files.get(self._file.get(remittance, ""))
            if due is None:
                continue
            received, released = at(("received", remittance)), at(("released", remittance))
            adjudicated = at(("adjudicated", (claim, adjudication)))
            steps = {
                RECEIVED: _between(due, received),
                RELEASED: _between(received, released),
                ADJUDICATED: _between(released, adjudicated),
                POSTED: _between(adjudicated, at(("posted", (claim, adjudication)))),
            }
            yield claim, {step: s for step, s in steps.items() if s is not None}


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else end - start
