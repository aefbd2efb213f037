"""What a person sees: claims with their state, remittances, unmatched payments, received files, tallies."""

from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AcknowledgementTallied,
    AnswerLate,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimMatched,
    ClaimRejected,
    ClaimUnmatched,
    FileReceived,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.registry import wire_name
from contracts.submission import ClaimCreated, ClaimImported, ClaimResubmitted
from services.adjudication_tracking.domain.account_state import Account, Claim, evolve
from services.adjudication_tracking.domain.balancing import NO_MONEY
from shared.service import At, Projection, Row

CLAIM_EVENTS = frozenset(
    {
        "submission.claim_created.v1",
        "submission.claim_imported.v1",
        "submission.claim_held.v1",
        "submission.claim_released.v1",
        "submission.claim_resubmitted.v1",
        "submission.claim_submitted.v1",
        "submission.transport_rejected.v1",
        "submission.correction_declined.v1",
        "adjudication_tracking.claim_acknowledged.v1",
        "adjudication_tracking.claim_rejected.v1",
        "adjudication_tracking.claim_adjudicated.v1",
        "adjudication_tracking.adjudication_reversed.v1",
        "adjudication_tracking.claim_forwarded.v1",
        "adjudication_tracking.answer_late.v1",
        "posting.payment_posted.v1",
        "posting.responsibility_moved.v1",
        "denial.correction_requested.v1",
    }
)


def _claim_keys(event: Any, at: At) -> list[tuple[str]]:
    if not at.stream.startswith("account/"):
        return []
    claim = event.expected_claim if isinstance(event, ClaimForwarded) else event.claim
    return [(claim,)] if claim else []


def _account_of(row: Row) -> Account:
    """Just enough of an account to let the state machine judge one claim."""
    claim = Claim(
        row["claim"],
        row["payer"],
        row["payer_order"],
        state=row["state"],
        attempt=row["attempt"],
        submitted_on=row["submitted_on"],
        acknowledged=row["acknowledged_on"] is not None,
        forbidden=row["forbidden"],
    )
    return Account(claims={claim.claim: claim})


def _claim(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, ClaimForwarded):
        return row or _watched(event, at)
    if row is None:
        if not isinstance(event, ClaimCreated | ClaimImported | ClaimAdjudicated):
            return None
        row = _fresh(event, at)
    after = evolve(_account_of(row), event).claims.get(event.claim)
    if after is None:
        return row
    made = {
        **row,
        "state": after.state,
        "attempt": after.attempt,
        "submitted_on": after.submitted_on,
        "forbidden": after.forbidden,
        "changed_on": at.occurred_on,
    }
    return {**made, **_facts(event, made, at)}


def _watched(event: ClaimForwarded, at: At) -> Row:
    """A claim that another payer sent on: nobody sends it from here, its 835 is awaited."""
    return {
        **_fresh(event, at),
        "claim": event.expected_claim,
        "payer": event.to_payer,
        "state": "forwarded",
        "submitted_on": event.forwarded_on,
        "acknowledged_on": event.forwarded_on,
        "reason": f"sent on by {event.by_payer}",
    }


def _fresh(event: Any, at: At) -> Row:
    return {
        "claim": event.claim,
        "account": event.account,
        "facility": at.scope.facility,
        "legal_entity": at.scope.legal_entity,
        "payer": getattr(event, "payer", ""),
        "payer_order": event.payer_order,
        "state": "",
        "attempt": 1,
        "charge_cents": getattr(event, "total_cents", 0) or getattr(event, "charge_cents", 0),
        "paid_cents": 0,
        "payer_control": "",
        "submitted_on": None,
        "acknowledged_on": None,
        "accepted_on": None,
        "rejected_on": None,
        "adjudicated_on": None,
        "reason": "",
        "late": [],
        "forbidden": 0,
        "changed_on": at.occurred_on,
    }


def _facts(event: Any, row: Row, at: At) -> Row:
    match event:
        case ClaimResubmitted():
            return {"acknowledged_on": None, "late": []}
        case ClaimAcknowledged():
            facts: Row = {"acknowledged_on": row["acknowledged_on"] or at.occurred_on}
            if event.by == "payer":
                facts |= {"accepted_on": at.occurred_on, "payer_control": event.payer_control}
            return facts
        case ClaimRejected():
            reason = f"{event.category} {event.status_code} {event.entity}".strip()
            return {"rejected_on": at.occurred_on, "reason": reason}
        case ClaimAdjudicated() if event.status not in NO_MONEY:
            return {
                "adjudicated_on": event.paid_on,
                "paid_cents": row["paid_cents"] + event.paid_cents,
                "payer_control": event.payer_control or row["payer_control"],
            }
        case AnswerLate():
            return {"late": sorted({*row["late"], event.awaited})}
    if wire_name(type(event)) == "adjudication_tracking.adjudication_reversed.v1":
        return {"paid_cents": row["paid_cents"] + event.paid_cents}
    return {}


CLAIM_STATUS = Projection(
    table="claim_status",
    columns={
        "claim": "text",
        "account": "text",
        "facility": "text",
        "legal_entity": "text",
        "payer": "text",
        "payer_order": "int",
        "state": "text",
        "attempt": "int",
        "charge_cents": "bigint",
        "paid_cents": "bigint",
        "payer_control": "text",
        "submitted_on": "date",
        "acknowledged_on": "date",
        "accepted_on": "date",
        "rejected_on": "date",
        "adjudicated_on": "date",
        "reason": "text",
        "late": "text[]",
        "forbidden": "int",
        "changed_on": "date",
    },
    key=("claim",),
    hears=CLAIM_EVENTS,
    keys=_claim_keys,
    project=_claim,
    indexes=("(state, payer)", "(account)"),
)


def _remittance_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(event.remittance,)]


def _remittance(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, RemittanceReceived):
        if row is not None and row["state"] not in ("refused", "closed"):
            return row
        return {
            "remittance": event.remittance,
            "payer": event.payer,
            "legal_entity": event.legal_entity,
            "check_number": event.check_number,
            "payer_trace_id": event.payer_trace_id,
            "paid_on": event.paid_on,
            "amount_cents": event.amount_cents,
            "claims": event.claims,
            "plb": [msgspec.to_builtins(p) for p in event.provider_adjustments],
            "plb_cents": sum(p.cents for p in event.provider_adjustments),
            "state": "staged",
            "claims_cents": None,
            "suspense_cents": 0,
            "dispatched": 0,
            "faults": [],
            "repeats": row["repeats"] if row else 0,
            "conflicts": row["conflicts"] if row else 0,
        }
    if row is None:
        return None
    match event:
        case RemittanceReleased():
            return {
                **row,
                "state": "released",
                "amount_cents": event.amount_cents,
                "claims_cents": event.claims_cents,
                "plb": [msgspec.to_builtins(p) for p in event.provider_adjustments],
                "plb_cents": sum(p.cents for p in event.provider_adjustments),
                "suspense_cents": event.suspense_cents,
            }
        case RemittanceRefused():
            return {
                **row,
                "state": "refused",
                "faults": [msgspec.to_builtins(f) for f in event.faults],
            }
        case RemittanceClosed():
            return {**row, "state": "closed"}
        case RemittanceDispatched():
            return {**row, "dispatched": event.sent, "claims": event.claims}
        case RemittanceRepeated():
            more = 1 if event.conflict else 0
            return {**row, "repeats": row["repeats"] + 1, "conflicts": row["conflicts"] + more}
    return row


REMITTANCE = Projection(
    table="remittance",
    columns={
        "remittance": "text",
        "payer": "text",
        "legal_entity": "text",
        "check_number": "text",
        "payer_trace_id": "text",
        "paid_on": "date",
        "amount_cents": "bigint",
        "claims": "int",
        "plb": "jsonb",
        "plb_cents": "bigint",
        "state": "text",
        "claims_cents": "bigint",
        "suspense_cents": "bigint",
        "dispatched": "int",
        "faults": "jsonb",
        "repeats": "int",
        "conflicts": "int",
    },
    key=("remittance",),
    hears=frozenset(
        {
            "adjudication_tracking.remittance_received.v1",
            "adjudication_tracking.remittance_released.v1",
            "adjudication_tracking.remittance_refused.v1",
            "adjudication_tracking.remittance_closed.v1",
            "adjudication_tracking.remittance_dispatched.v1",
            "adjudication_tracking.remittance_repeated.v1",
        }
    ),
    keys=_remittance_keys,
    project=_remittance,
)


def _unmatched(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case ClaimUnmatched():
            return {
                "remittance": event.remittance,
                "position": event.position,
                "claim": event.claim,
                "cents": event.cents,
                "reason": event.reason,
                "since": at.occurred_on,
                "matched_to": "",
            }
        case ClaimMatched() if row is not None:
            return {**row, "matched_to": event.claim}
    return row


UNMATCHED = Projection(
    table="unmatched",
    columns={
        "remittance": "text",
        "position": "int",
        "claim": "text",
        "cents": "bigint",
        "reason": "text",
        "since": "date",
        "matched_to": "text",
    },
    key=("remittance", "position"),
    hears=frozenset(
        {
            "adjudication_tracking.claim_unmatched.v1",
            "adjudication_tracking.claim_matched.v1",
        }
    ),
    keys=lambda event, at: [(event.remittance, event.position)],
    project=_unmatched,
)


def _file(row: Row | None, event: FileReceived, at: At) -> Row:
    return {
        "sha256": event.sha256,
        "size_bytes": event.size_bytes,
        "sets": [msgspec.to_builtins(s) for s in event.sets],
        "received_on": at.occurred_on,
        "received_by": at.actor,
    }


FILES = Projection(
    table="received_file",
    columns={
        "sha256": "text",
        "size_bytes": "bigint",
        "sets": "jsonb",
        "received_on": "date",
        "received_by": "text",
    },
    key=("sha256",),
    hears=frozenset({"adjudication_tracking.file_received.v1"}),
    keys=lambda event, at: [(event.sha256,)],
    project=_file,
)


def _tally(row: Row | None, event: AcknowledgementTallied, at: At) -> Row:
    facts = msgspec.to_builtins(event)
    return {**{name: facts.get(name) for name in TALLY.columns}, "received_on": at.occurred_on}


TALLY = Projection(
    table="ack_tally",
    columns={
        "sha256": "text",
        "st02": "text",
        "by": "text",
        "batch": "text",
        "accepted": "int",
        "accepted_cents": "bigint",
        "rejected": "int",
        "rejected_cents": "bigint",
        "stated_accepted": "int",
        "stated_rejected": "int",
        "agrees": "boolean",
        "received_on": "date",
    },
    key=("sha256", "st02"),
    hears=frozenset({"adjudication_tracking.acknowledgement_tallied.v1"}),
    keys=lambda event, at: [(event.sha256, event.st02)],
    project=_tally,
)


FOREIGN = Projection(
    table="foreign_claim",
    columns={"claim": "text", "foreign_number": "text", "account": "text", "payer": "text"},
    key=("claim",),
    hears=frozenset({"submission.claim_imported.v1"}),
    keys=lambda event, at: [(event.claim,)],
    project=lambda row, event, at: {
        "claim": event.claim,
        "foreign_number": event.foreign_number,
        "account": event.account,
        "payer": event.payer,
    },
    indexes=("(foreign_number)",),
)

PROJECTIONS = (CLAIM_STATUS, REMITTANCE, UNMATCHED, FILES, TALLY, FOREIGN)
