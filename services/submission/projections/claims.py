"""One row a claim: its newest attempt, where it stands, and why it waits."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimRejected,
)
from contracts.registry import wire_name
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimImported,
    ClaimReleased,
    ClaimResubmitted,
    ClaimSubmitted,
    ClaimVoided,
    EditFailure,
    ReopeningAsked,
    ReopeningOpened,
    TransportRejected,
    VoidWithdrawn,
)
from services.submission.domain.account_state import NO_DECISION
from services.submission.domain.claim_state import (
    VOID,
    ClaimState,
    Status,
    answers_newest,
    answers_void,
    file_of,
)
from shared.service import At, Projection, Row
from shared.streams import kind_of

CLAIM_COLUMNS = {
    "claim": "text",
    "account": "text",
    "facility": "text",
    "legal_entity": "text",
    "payer": "text",
    "payer_order": "bigint",
    "state": "text",
    "attempt": "bigint",
    "frequency": "text",
    "total_cents": "bigint",
    "filing_limit_on": "date",
    "reasons": "jsonb",
    "waiting_since": "date",
    "receiver": "text",
    "isa13": "bigint",
    "gs06": "bigint",
    "st02": "text",
    "submitted_on": "date",
    "sha256": "text",
    "payer_control": "text",
    "foreign_number": "text",
    "sent": "jsonb",
    "standing": "text[]",
}
_ON_CLAIM = (
    ClaimCreated,
    ClaimHeld,
    ClaimReleased,
    ClaimResubmitted,
    ClaimSubmitted,
    ClaimImported,
    ClaimVoided,
    VoidWithdrawn,
    TransportRejected,
    ClaimAcknowledged,
    ClaimRejected,
    ClaimAdjudicated,
    AdjudicationReversed,
    ClaimForwarded,
)
_CREATES = (ClaimCreated, ClaimImported, ClaimForwarded)


def claim_keys(event: Any, at: At) -> Iterable[tuple[Any, ...]]:
    """The claim an account's event speaks of; a crossover opens the next payer's."""
    if kind_of(at.stream) != "account":
        return []
    if isinstance(event, ClaimForwarded):
        return [(event.expected_claim,)] if event.expected_claim else []
    return [(event.claim,)]


def claim_row(row: Row | None, event: Any, at: At) -> Row | None:
    """The claim after the event; what speaks of an earlier attempt changes nothing."""
    created = isinstance(event, ClaimCreated) and row is not None and row["state"] == "forwarded"
    if row is None or created:
        return _new_claim(event, at) if isinstance(event, _CREATES) else None
    change = _change(row, event, at.occurred_on)
    return {**row, **change}


def _new_claim(event: Any, at: At) -> Row:
    row: Row = dict.fromkeys(CLAIM_COLUMNS)
    row |= {
        "account": event.account,
        "facility": at.scope.facility,
        "legal_entity": at.scope.legal_entity,
        "attempt": 1,
        "frequency": "1",
        "reasons": [],
        "payer_control": "",
        "foreign_number": "",
        "sent": {},
        "standing": [],
    }
    match event:
        case ClaimForwarded():
            payer = event.to_payer or event.forwarded_to
            expected = {"claim": event.expected_claim, "payer": payer}
            return row | expected | {"payer_order": event.payer_order, "state": "forwarded"}
        case ClaimImported():
            row |= {"state": "imported", "foreign_number": event.foreign_number, "attempt": 0}
            row |= {"submitted_on": event.first_billed_on}
        case ClaimCreated():
            row |= {"state": "queued", "filing_limit_on": event.filing_limit_on}
            row |= {"reasons": _reasons(event.warnings)}
    row |= {"claim": event.claim, "payer": event.payer, "payer_order": event.payer_order}
    return row | {"total_cents": event.total_cents}


def _change(row: Row, event: Any, on: date) -> Row:
    match event:
        case ClaimHeld():
            return {"state": "held", "reasons": _reasons(event.reasons), "waiting_since": on}
        case ClaimReleased():
            return {"state": "queued", "reasons": [], "waiting_since": None}
        case ClaimResubmitted():
            return _resubmitted(event)
        case ClaimSubmitted():
            sent = {"sent": {**row["sent"], file_of(event.isa13, event.st02): event.attempt}}
            newest = event.attempt == row["attempt"]
            return _submitted(row, event) | sent if newest else sent
        case TransportRejected() if event.attempt == row["attempt"]:
            moves = row["state"] in ("queued", "submitted")
            return {"state": "transport_rejected", "waiting_since": on} if moves else {}
        case ClaimAcknowledged() if _answers(row, event, ("submitted",)):
            return {"state": "accepted", "payer_control": event.payer_control}
        case ClaimRejected() if _answers(row, event, ("submitted", "accepted")) or answers_void(
            _state(row), event
        ):
            return {"state": "rejected", "reasons": [_refusal(row, event)], "waiting_since": on}
        case ClaimVoided():
            void = {"state": "voided", "reasons": [], "waiting_since": on}
            return void | {"standing": list(event.standing)} | _of_no_charge(event)
        case VoidWithdrawn():
            stands: Row = {"state": event.stands, "reasons": [], "waiting_since": None}
            return stands | {"frequency": event.frequency}
        case AdjudicationReversed():
            return {"standing": [one for one in row["standing"] if one != event.reverses]}
        case ClaimForwarded() if row["state"] == "held":
            return {"state": "forwarded", "reasons": [], "waiting_since": None}
        case ClaimAdjudicated() if _decides(row, event):
            answered: Row = {"state": "adjudicated", "reasons": [], "waiting_since": None}
            return answered | {"payer_control": event.payer_control}
    return {}


def _of_no_charge(event: ClaimVoided) -> Row:
    """What ended for want of charges waits for nobody; what a person or a payer ended has amounts left."""
    by_itself = event.taken_by == "nobody" and not event.voided_by
    return {"total_cents": 0, "waiting_since": None} if by_itself else {}


def _decides(row: Row, event: ClaimAdjudicated) -> bool:
    return event.payer_order == row["payer_order"] and event.status not in NO_DECISION


def _answers(
    row: Row, event: ClaimAcknowledged | ClaimRejected, awaiting: tuple[Status, ...]
) -> bool:
    return answers_newest(_state(row), event, awaiting)


def _state(row: Row) -> ClaimState:
    return ClaimState(
        row["claim"],
        status=row["state"],
        attempt=row["attempt"],
        frequency=row["frequency"],
        sent=row["sent"],
    )


def _resubmitted(event: ClaimResubmitted) -> Row:
    return {
        "state": "queued",
        "attempt": event.attempt,
        "frequency": event.frequency,
        "payer": event.payer,
        "total_cents": event.total_cents,
        "reasons": _reasons(event.warnings),
        "waiting_since": None,
    }


def _submitted(row: Row, event: ClaimSubmitted) -> Row:
    return {
        "state": "submitted" if row["state"] == "queued" else row["state"],
        "payer": event.payer,
        "receiver": event.receiver,
        "isa13": event.isa13,
        "gs06": event.gs06,
        "st02": event.st02,
        "submitted_on": event.submitted_on,
        "sha256": event.sha256,
        "total_cents": event.total_cents,
    }


def _reasons(failures: tuple[EditFailure, ...]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(failure) for failure in failures]


def _refusal(row: Row, event: ClaimRejected) -> dict[str, Any]:
    void = row["frequency"] == VOID
    return {
        "rule": "277CA",
        "rule_version": "",
        "loop": "2200D",
        "element": "STC01",
        "severity": "block",
        "sentence": event.sentence,
        "fix": "Resubmit the void, or withdraw it." if void else "Mend it, then resubmit.",
        "by": event.by,
        "category": event.category,
        "status_code": event.status_code,
        "entity": event.entity,
    }


CLAIM = Projection(
    table="claim",
    columns=CLAIM_COLUMNS,
    key=("claim",),
    hears=frozenset(wire_name(heard) for heard in _ON_CLAIM),
    keys=claim_keys,
    project=claim_row,
    indexes=("(waiting_since) where waiting_since is not null", "(account)"),
)


def reopening_row(row: Row | None, event: Any, at: At) -> Row | None:
    """A reopening from the day it became work until the payer decides the claim anew."""
    match event:
        case ReopeningOpened():
            return {
                "claim": event.claim,
                "account": event.account,
                "facility": at.scope.facility,
                "payer": event.payer,
                "payer_order": event.payer_order,
                "adjudication": event.adjudication,
                "payer_control": event.payer_control,
                "denials": list(event.denials),
                "correction": msgspec.to_builtins(event.correction),
                "state": "open",
                "opened_on": at.occurred_on,
                "channel": "",
                "reference": "",
                "asked_on": None,
                "asked_by": "",
            }
        case ReopeningAsked() if row is not None:
            return {
                **row,
                "state": "asked",
                "channel": event.channel,
                "reference": event.reference,
                "asked_on": event.asked_on,
                "asked_by": event.asked_by,
            }
        case ClaimAdjudicated() if row is not None and _decides(row, event):
            return {**row, "state": "answered"}
        case AdjudicationReversed(reverses=reverses) if row and row["adjudication"] == reverses:
            return {**row, "state": "answered"}
    return row


REOPENING = Projection(
    table="reopening",
    columns={
        "claim": "text",
        "account": "text",
        "facility": "text",
        "payer": "text",
        "payer_order": "bigint",
        "adjudication": "text",
        "payer_control": "text",
        "denials": "text[]",
        "correction": "jsonb",
        "state": "text",
        "opened_on": "date",
        "channel": "text",
        "reference": "text",
        "asked_on": "date",
        "asked_by": "text",
    },
    key=("claim",),
    hears=frozenset(
        wire_name(heard)
        for heard in (ReopeningOpened, ReopeningAsked, ClaimAdjudicated, AdjudicationReversed)
    ),
    keys=lambda event, at: [(event.claim,)] if kind_of(at.stream) == "account" else [],
    project=reopening_row,
)
