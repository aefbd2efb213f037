"""The denial work list: one row per denial, from opened to its end."""

from collections.abc import Iterable
from typing import Any

from contracts.denial import (
    AppealDecided,
    AppealFiled,
    CorrectionRequested,
    DenialOpened,
    DenialResolved,
)
from contracts.registry import wire_name
from contracts.submission import CorrectionDeclined
from shared.service import At, Projection, Row

_SENT = "Wait for the payer's answer to the corrected claim."
_AFTER = {
    "replacement": _SENT,
    "new_claim": _SENT,
    "reopening": "Ask the payer to reopen its decision, if nobody did (submission, GET /reopenings); then wait for its answer.",
}
"""What is next once a correction was requested, by its route: a reopening is asked for by a person."""


def denial_keys(event: Any, at: At) -> Iterable[tuple[Any, ...]]:
    """The denials that an event is about."""
    if isinstance(event, CorrectionRequested | CorrectionDeclined):
        return [(denial,) for denial in event.denials]
    return [(event.denial,)]


def denial_row(row: Row | None, event: Any, at: At) -> Row | None:
    """Why, whose work, by when, what next, and how it ended."""
    match event:
        case DenialOpened():
            return _opened(event, at)
        case CorrectionRequested():
            return row and {
                **row,
                "state": "requested",
                "route": event.route,
                "requested_on": at.occurred_on,
                "next_action": _AFTER[event.route],
            }
        case AppealFiled():
            return row and {
                **row,
                "state": "requested",
                "route": "appeal",
                "level": event.level,
                "requested_on": event.filed_on,
                "answer_by": event.answer_by,
                "next_action": f"Wait for the answer to the appeal at level {event.level}.",
            }
        case AppealDecided():
            return row and {**row, **appeal_decided(event)}
        case CorrectionDeclined():
            if row is None or row["state"] != "requested":
                return row
            return {**row, "state": "open", "next_action": event.reason or row["next_action"]}
        case DenialResolved():
            return row and {
                **row,
                "state": "resolved",
                "outcome": event.outcome,
                "outcome_cents": event.cents,
                "resolved_on": event.resolved_on,
                "next_action": event.reason,
            }
    return row


def appeal_decided(event: AppealDecided) -> Row:
    """What an appeal's decision makes of the denial's row."""
    if event.outcome == "overturned":
        won = f"The appeal at level {event.level} was won: wait for the payer's money."
        return {"answer_by": event.due_on, "next_action": won}
    next_step = f"The appeal at level {event.level} was {event.outcome}: {event.reason}"[:400]
    return {
        "state": "open",
        "deadline_on": event.due_on,
        "answer_by": None,
        "next_action": next_step,
    }


def _opened(event: DenialOpened, at: At) -> Row:
    return {
        "denial": event.denial,
        "account": event.account,
        "facility": at.scope.facility,
        "legal_entity": at.scope.legal_entity,
        "claim": event.claim,
        "adjudication": event.adjudication,
        "payer": event.payer,
        "charge": event.charge or "",
        "carc_group": event.group,
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


DENIAL = Projection(
    table="denial",
    columns={
        "denial": "text",
        "account": "text",
        "facility": "text",
        "legal_entity": "text",
        "claim": "text",
        "adjudication": "text",
        "payer": "text",
        "charge": "text",
        "carc_group": "text",
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
        wire_name(event)
        for event in (
            DenialOpened,
            CorrectionRequested,
            CorrectionDeclined,
            AppealFiled,
            AppealDecided,
            DenialResolved,
        )
    ),
    keys=denial_keys,
    project=denial_row,
    indexes=("(state, deadline_on)", "(account)"),
)
PROJECTIONS = (DENIAL,)
