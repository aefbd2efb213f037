"""One row a claim, as a biller follows it."""

from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    AnswerLate,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimRejected,
)
from contracts.denial import CorrectionRequested
from contracts.posting import (
    OverpaymentRecovered,
    OverpaymentRefunded,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
)
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
from services.reporting.projections.claim_answers import (
    ANSWERED,
    NOT_ANSWERED,
    adjudicated,
    answered,
    asked_anew,
    moved_on,
    posted,
    returned,
    taken_back,
    unposted,
)
from services.reporting.projections.firsts import COLUMNS, FIRSTS, firsts
from shared.service import At, Projection, Row


def _claim_keys(event: Any, at: At) -> list[tuple[str]]:
    sent_on = isinstance(event, ClaimForwarded)
    claim = (event.expected_claim or "") if sent_on else getattr(event, "claim", "")
    return [(claim,)] if claim and at.stream.startswith("account/") else []


def _fresh(event: Any, at: At) -> Row:
    return {
        "claim": event.claim,
        "account": at.stream[8:],
        "facility": at.scope.facility,
        "legal_entity": at.scope.legal_entity,
        "payer": getattr(event, "payer", ""),
        "payer_order": getattr(event, "payer_order", 1) or 1,
        "state": "expected",
        "attempt": 1,
        "frequency": "1",
        "charge_cents": getattr(event, "total_cents", 0),
        "paid_cents": 0,
        "returned_cents": 0,
        "contractual_cents": 0,
        "patient_cents": 0,
        "denied_cents": 0,
        "answers": {},
        **NOT_ANSWERED,
        **FIRSTS,
        "service_on": getattr(event, "service_from", None),
        "filing_limit_on": getattr(event, "filing_limit_on", None),
        "ready_on": None,
        "first_sent_on": None,
        "sent_on": None,
        "acknowledged_on": None,
        "accepted_on": None,
        "rejected_on": None,
        "rejection": "",
        "rejections": 0,
        "adjudicated_on": None,
        "answered_on": None,
        "payer_control": "",
        "check_number": "",
        "late": [],
        "held_on": None,
        "hold": "",
        "hold_why": "",
        "hold_fix": "",
        "forwarded_on": None,
    }


def _claim(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, ClaimForwarded):
        return row or _sent_on(event, at)
    if row is None and not isinstance(event, ClaimCreated | ClaimImported | ClaimAdjudicated):
        return None
    row = dict(row) if row else _fresh(event, at)
    found = _CLAIM.get(type(event))
    return {**row, **found(row, event, at), **firsts(row, event)} if found else row


def _sent_on(e: ClaimForwarded, at: At) -> Row:
    """An earlier payer sent it on: nobody sends it from here, its payment is awaited."""
    return {
        **_fresh(e, at),
        "claim": e.expected_claim,
        "payer": e.to_payer or e.forwarded_to,
        "state": "forwarded",
        "acknowledged_on": e.forwarded_on,
        "forwarded_on": e.forwarded_on,
    }


def _created(row: Row, e: ClaimCreated, at: At) -> Row:
    return {
        "state": "ready",
        "ready_on": at.occurred_on,
        "charge_cents": e.total_cents,
        "service_on": e.service_from,
        "filing_limit_on": e.filing_limit_on,
        "acknowledged_on": None,
        "late": [],
        **NOT_ANSWERED,
    }


def _held(row: Row, e: ClaimHeld, at: At) -> Row:
    return {
        "state": "held",
        "attempt": e.attempt,
        "held_on": at.occurred_on,
        "hold": "; ".join(r.rule for r in e.reasons)[:200],
        "hold_why": " ".join(f"{r.rule}: {r.sentence}" for r in e.reasons)[:400],
        "hold_fix": " ".join(dict.fromkeys(r.fix for r in e.reasons if r.fix))[:400],
    }


def _submitted(row: Row, e: ClaimSubmitted, at: At) -> Row:
    return {
        "state": "sent",
        "payer": e.payer,
        "attempt": e.attempt,
        "frequency": e.frequency,
        "sent_on": e.submitted_on,
        "first_sent_on": row["first_sent_on"] or e.submitted_on,
        "acknowledged_on": None,
        "answered_on": None,
        "late": [],
        "hold": "",
        "charge_cents": e.total_cents or row["charge_cents"],
        **(asked_anew(e) if e.attempt > row["attempt"] else {}),
    }


def _transport(row: Row, e: TransportRejected, at: At) -> Row:
    return {
        "state": "transport rejected",
        "rejected_on": at.occurred_on,
        "rejection": f"{e.level} {e.code}",
    }


def _acknowledged(row: Row, e: ClaimAcknowledged, at: At) -> Row:
    made: Row = {"acknowledged_on": row["acknowledged_on"] or at.occurred_on}
    if e.by == "payer":
        made |= {
            "accepted_on": at.occurred_on,
            "payer_control": e.payer_control or row["payer_control"],
        }
    if row["state"] == "sent":
        made["state"] = "accepted" if e.by == "payer" else "received"
    elif row["state"] == "received" and e.by == "payer":
        made["state"] = "accepted"
    return made


def _rejected(row: Row, e: ClaimRejected, at: At) -> Row:
    if row["state"] in ("adjudicated", *ANSWERED):
        return {}
    return {
        "state": "rejected",
        "rejected_on": at.occurred_on,
        "rejection": f"{e.category} {e.status_code} {e.entity}".strip(),
        "rejections": row["rejections"] + 1,
    }


def _voided(row: Row, e: ClaimVoided, at: At) -> Row:
    """Nothing is asked for any more; that its payer took it is an answer, that nobody has it is none."""
    made: Row = {"state": "voided", "late": [], "hold": "", **NOT_ANSWERED}
    if e.taken_by != "nobody":
        return {**made, "answered_on": at.occurred_on}
    return made if e.voided_by else {**made, "charge_cents": 0}


def _withdrawn(row: Row, e: VoidWithdrawn, at: At) -> Row:
    """The claim stands as it did before the void: as posted, or as the payer has it."""
    made: Row = {
        "state": answered(row["answers"], row["paid_cents"], row["denied_cents"]),
        "frequency": e.frequency,
        "acknowledged_on": row["accepted_on"],
        "answered_on": row["adjudicated_on"],
        "rejection": "",
        "hold": "",
    }
    return made if row["answers"] else {**made, "state": e.stands}


def _declined(row: Row, e: CorrectionDeclined, at: At) -> Row:
    """Nothing of it went: the claim stands as posted."""
    if row["state"] != "correcting":
        return {}
    return {"state": answered(row["answers"], row["paid_cents"], row["denied_cents"])}


_CLAIM: dict[type, Any] = {
    ClaimCreated: _created,
    ClaimImported: lambda row, e, at: {"state": "history"},
    ClaimHeld: _held,
    ClaimReleased: lambda row, e, at: {"state": "ready", "hold": "", "ready_on": at.occurred_on},
    ClaimResubmitted: lambda row, e, at: {
        "state": "ready",
        "payer": e.payer,
        "attempt": e.attempt,
        "frequency": e.frequency,
        "ready_on": at.occurred_on,
        # What no payer has yet charges what its account says by now.
        **({} if row["first_sent_on"] else {"charge_cents": e.total_cents}),
        **asked_anew(e),
    },
    ClaimSubmitted: _submitted,
    ClaimVoided: _voided,
    VoidWithdrawn: _withdrawn,
    TransportRejected: _transport,
    ClaimAcknowledged: _acknowledged,
    ClaimRejected: _rejected,
    ClaimAdjudicated: adjudicated,
    AdjudicationReversed: taken_back,
    AnswerLate: lambda row, e, at: {"late": sorted({*row["late"], e.awaited})},
    PaymentPosted: posted,
    PostingReversed: unposted,
    OverpaymentRecovered: returned,
    OverpaymentRefunded: returned,
    CorrectionRequested: lambda row, e, at: {"state": "correcting"},
    CorrectionDeclined: _declined,
    ResponsibilityMoved: moved_on,
}

CLAIMS = Projection(
    table="claim_view",
    columns={
        "claim": "text",
        "account": "text",
        "facility": "text",
        "legal_entity": "text",
        "payer": "text",
        "payer_order": "int",
        "state": "text",
        "attempt": "int",
        "frequency": "text",
        "charge_cents": "bigint",
        "paid_cents": "bigint",
        "returned_cents": "bigint",
        "contractual_cents": "bigint",
        "patient_cents": "bigint",
        "denied_cents": "bigint",
        "answers": "jsonb",
        "decided": "jsonb",
        "unanswered_cents": "bigint",
        "service_on": "date",
        "filing_limit_on": "date",
        "ready_on": "date",
        "first_sent_on": "date",
        "sent_on": "date",
        "acknowledged_on": "date",
        "accepted_on": "date",
        "rejected_on": "date",
        "rejection": "text",
        "rejections": "int",
        "adjudicated_on": "date",
        "answered_on": "date",
        "payer_control": "text",
        "check_number": "text",
        "late": "text[]",
        "held_on": "date",
        "hold": "text",
        "hold_why": "text",
        "hold_fix": "text",
        "forwarded_on": "date",
        **COLUMNS,
    },
    key=("claim",),
    hears=frozenset(
        {
            "submission.claim_created.v1",
            "submission.claim_imported.v1",
            "submission.claim_held.v1",
            "submission.claim_released.v1",
            "submission.claim_resubmitted.v1",
            "submission.claim_submitted.v1",
            "submission.claim_voided.v1",
            "submission.void_withdrawn.v1",
            "submission.correction_declined.v1",
            "submission.transport_rejected.v1",
            "adjudication_tracking.claim_acknowledged.v1",
            "adjudication_tracking.claim_rejected.v1",
            "adjudication_tracking.claim_adjudicated.v1",
            "adjudication_tracking.adjudication_reversed.v1",
            "adjudication_tracking.answer_late.v1",
            "adjudication_tracking.claim_forwarded.v1",
            "posting.payment_posted.v1",
            "posting.posting_reversed.v1",
            "posting.responsibility_moved.v1",
            "posting.overpayment_recovered.v1",
            "posting.overpayment_refunded.v1",
            "denial.correction_requested.v1",
        }
    ),
    keys=_claim_keys,
    project=_claim,
    indexes=("(account)",),
)
