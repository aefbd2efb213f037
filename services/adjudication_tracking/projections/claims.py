"""Claims with their state and answers, what each attempt was answered, and other systems' numbers."""

from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    AnswerLate,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimRejected,
)
from contracts.submission import (
    ClaimCreated,
    ClaimImported,
    ClaimResubmitted,
    ClaimSubmitted,
    VoidWithdrawn,
)
from services.adjudication_tracking.domain.account_state import Account, evolve
from services.adjudication_tracking.domain.balancing import NO_MONEY
from services.adjudication_tracking.domain.claim import Claim, of_an_earlier_attempt
from shared.service import At, Projection, Row

CLAIM_EVENTS = frozenset(
    {
        "submission.claim_created.v1",
        "submission.claim_imported.v1",
        "submission.claim_held.v1",
        "submission.claim_released.v1",
        "submission.claim_resubmitted.v1",
        "submission.claim_submitted.v1",
        "submission.claim_voided.v1",
        "submission.void_withdrawn.v1",
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
        stood=row["stood"],
        stood_since=row["stood_since"],
        sent=row["sent"],
        forbidden=row["forbidden"],
        total_cents=row["total_cents"] or 0,
        answered=row["answered"] or {},
    )
    return Account(claims={claim.claim: claim})


def _claim(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, ClaimForwarded):
        return row or _watched(event, at)
    if row is None:
        if not isinstance(event, ClaimCreated | ClaimImported | ClaimAdjudicated):
            return None
        row = _fresh(event, at)
    account = _account_of(row)
    answer = isinstance(event, ClaimAcknowledged | ClaimRejected)
    if answer and of_an_earlier_attempt(account.claims[event.claim], event):
        return row
    after = evolve(account, event).claims.get(event.claim)
    if after is None:
        return row
    made = {
        **row,
        "state": after.state,
        "attempt": after.attempt,
        "submitted_on": after.submitted_on,
        "stood": after.stood,
        "stood_since": after.stood_since,
        "sent": after.sent,
        "forbidden": after.forbidden,
        "total_cents": after.total_cents,
        "answered": after.answered,
        "changed_on": at.occurred_on,
    }
    made |= _facts(event, made, at)
    return made


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
        "stood": "",
        "stood_since": None,
        "sent": {},
        "forbidden": 0,
        "total_cents": getattr(event, "total_cents", 0),
        "answered": {},
        "changed_on": at.occurred_on,
    }


def _facts(event: Any, row: Row, at: At) -> Row:
    match event:
        case ClaimCreated() if row["reason"]:
            # What another payer was to have sent on is billed from here: it is awaited as any other.
            return {
                "acknowledged_on": None,
                "late": [],
                "reason": "",
                "charge_cents": event.total_cents,
            }
        case ClaimResubmitted():
            asked: Row = {"acknowledged_on": None, "late": []}
            # What no payer has yet charges what its account says by now.
            return asked if row["sent"] else {**asked, "charge_cents": event.total_cents}
        case ClaimSubmitted():
            return {"charge_cents": event.total_cents or row["charge_cents"]}
        case VoidWithdrawn():
            return {"acknowledged_on": row["accepted_on"], "rejected_on": None, "reason": ""}
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
        case AdjudicationReversed():
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
        "stood": "text",
        "stood_since": "date",
        "sent": "jsonb",
        "forbidden": "int",
        "total_cents": "bigint",
        "answered": "jsonb",
        "changed_on": "date",
    },
    key=("claim",),
    hears=CLAIM_EVENTS,
    keys=_claim_keys,
    project=_claim,
    indexes=("(account)",),
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


def _sent_keys(event: Any, at: At) -> list[tuple[str, int, str]]:
    if isinstance(event, ClaimSubmitted):
        return [(event.claim, event.isa13, event.st02)]
    answers = event.answers_isa13
    return [(event.claim, answers, event.answers_st02)] if answers else []


def _sent(row: Row | None, event: Any, at: At) -> Row | None:
    """An attempt in its file, and the answer of each who gave one; a rejection stands whatever comes after it."""
    if isinstance(event, ClaimSubmitted):
        facts = {
            "account": event.account,
            "attempt": event.attempt,
            "payer": event.payer,
            "receiver": event.receiver,
            "cents": event.total_cents,
            "submitted_on": event.submitted_on,
        }
        return {**(row or _unanswered(event.claim, event.isa13, event.st02)), **facts}
    before = row or _unanswered(event.claim, event.answers_isa13, event.answers_st02)
    if (event.by == "payer" and not before["answered_cents"]) or event.by == "clearinghouse":
        before = {**before, "answered_cents": event.charge_cents}
    refused = isinstance(event, ClaimRejected) or before["outcome"] == "rejected"
    return {**before, "outcome": "rejected" if refused else "accepted"}


def _unanswered(claim: str, isa13: int, st02: str) -> Row:
    return {
        "claim": claim,
        "isa13": isa13,
        "st02": st02,
        "account": claim[:14],
        "attempt": 0,
        "payer": "",
        "receiver": "",
        "cents": None,
        "submitted_on": None,
        "outcome": "",
        "answered_cents": None,
    }


SENT = Projection(
    table="sent_claim",
    columns={
        "claim": "text",
        "isa13": "bigint",
        "st02": "text",
        "account": "text",
        "attempt": "int",
        "payer": "text",
        "receiver": "text",
        "cents": "bigint",
        "submitted_on": "date",
        "outcome": "text",
        "answered_cents": "bigint",
    },
    key=("claim", "isa13", "st02"),
    hears=frozenset(
        {
            "submission.claim_submitted.v1",
            "adjudication_tracking.claim_acknowledged.v1",
            "adjudication_tracking.claim_rejected.v1",
        }
    ),
    keys=_sent_keys,
    project=_sent,
    indexes=(
        "(isa13, st02, claim)",
    ),  # By its first two alone a change of one claim would pass all of its set.
)
