"""One row a denial: why, how much, whose work it is, by when, what was done, and how it ended; and what payers are to reopen."""

from collections.abc import Iterable
from typing import Any

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.denial import (
    AppealDecided,
    AppealFiled,
    CorrectionRequested,
    DenialOpened,
    DenialResolved,
)
from contracts.submission import CorrectionDeclined, ReopeningAsked, ReopeningOpened
from shared.service import At, Projection, Row


def _denial_keys(event: Any, at: At) -> Iterable[tuple[str]]:
    if isinstance(event, CorrectionRequested | CorrectionDeclined):
        return [(denial,) for denial in event.denials]
    return [(event.denial,)]


def _denial(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case DenialOpened():
            return _opened(event, at)
        case CorrectionRequested():
            asked = {"state": "requested", "route": event.route, "requested_on": at.occurred_on}
            return row and {**row, **asked}
        case AppealFiled():
            filed = {"state": "requested", "route": "appeal", "level": event.level}
            return row and {
                **row,
                **filed,
                "requested_on": event.filed_on,
                "answer_by": event.answer_by,
            }
        case AppealDecided(outcome="overturned"):
            return row and {**row, "route": "appeal won", "answer_by": event.due_on}
        case AppealDecided():
            told = f"The appeal at level {event.level} was {event.outcome}: {event.reason}"[:400]
            work = {"state": "open", "route": "", "answer_by": None, "deadline_on": event.due_on}
            return row and {**row, **work, "next_action": told}
        case CorrectionDeclined() if row is not None and row["state"] == "requested":
            return {**row, "state": "open", "next_action": event.reason or row["next_action"]}
        case DenialResolved() if row is not None:
            return {
                **row,
                "state": "resolved",
                "outcome": event.outcome,
                "outcome_cents": event.cents,
                "resolved_on": event.resolved_on,
            }
    return row


def _opened(event: DenialOpened, at: At) -> Row:
    return {
        "denial": event.denial,
        "account": event.account,
        "claim": event.claim,
        "facility": at.scope.facility,
        "payer": event.payer,
        "reason_group": event.group,
        "carc": event.carc,
        "rarcs": list(event.rarcs),
        "cents": event.cents,
        "category": event.category,
        "owner": event.owner,
        "next_action": event.next_action,
        "correctable": event.correctable,
        "opened_on": event.opened_on,
        "deadline_on": event.deadline_on,
        "state": "open",
        "route": "",
        "requested_on": None,
        "outcome": "",
        "outcome_cents": 0,
        "resolved_on": None,
        "level": 0,
        "answer_by": None,
    }


DENIALS = Projection(
    table="denial_view",
    columns={
        "denial": "text",
        "account": "text",
        "claim": "text",
        "facility": "text",
        "payer": "text",
        "reason_group": "text",
        "carc": "text",
        "rarcs": "text[]",
        "cents": "bigint",
        "category": "text",
        "owner": "text",
        "next_action": "text",
        "correctable": "boolean",
        "opened_on": "date",
        "deadline_on": "date",
        "state": "text",
        "route": "text",
        "requested_on": "date",
        "outcome": "text",
        "outcome_cents": "bigint",
        "resolved_on": "date",
        "level": "int",
        "answer_by": "date",
    },
    key=("denial",),
    hears=frozenset(
        {
            "denial.denial_opened.v1",
            "denial.correction_requested.v1",
            "denial.appeal_filed.v1",
            "denial.appeal_decided.v1",
            "denial.denial_resolved.v1",
            "submission.correction_declined.v1",
        }
    ),
    keys=_denial_keys,
    project=_denial,
)


def _reopening_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(event.claim,)] if at.stream.startswith("account/") else []


def _reopening(row: Row | None, event: Any, at: At) -> Row | None:
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
                "opened_on": at.occurred_on,
                "asked_on": None,
            }
        case ReopeningAsked():
            return row and {**row, "asked_on": event.asked_on}
        case ClaimAdjudicated() if row is not None:
            other = event.payer_order != row["payer_order"] or "no_money" in event.flags
            return row if other else None  # The payer decided anew: nothing is awaited of it.
        case AdjudicationReversed() if row is not None:
            return None if event.reverses == row["adjudication"] else row
    return row


REOPENINGS = Projection(
    table="reopening_view",
    columns={
        "claim": "text",
        "account": "text",
        "facility": "text",
        "payer": "text",
        "payer_order": "int",
        "adjudication": "text",
        "payer_control": "text",
        "denials": "text[]",
        "opened_on": "date",
        "asked_on": "date",
    },
    key=("claim",),
    hears=frozenset(
        {
            "submission.reopening_opened.v1",
            "submission.reopening_asked.v1",
            "adjudication_tracking.claim_adjudicated.v1",
            "adjudication_tracking.adjudication_reversed.v1",
        }
    ),
    keys=_reopening_keys,
    project=_reopening,
)
