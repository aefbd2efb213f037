"""One row a denial: why, how much, whose work it is, by when, and how it ended."""

from typing import Any

from contracts.denial import DenialOpened, DenialResolved
from shared.service import At, Projection, Row


def _denial(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case DenialOpened():
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
                "opened_on": event.opened_on,
                "deadline_on": event.deadline_on,
                "outcome": "",
                "outcome_cents": 0,
                "resolved_on": None,
            }
        case DenialResolved() if row is not None:
            return {
                **row,
                "outcome": event.outcome,
                "outcome_cents": event.cents,
                "resolved_on": event.resolved_on,
            }
    return row


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
        "opened_on": "date",
        "deadline_on": "date",
        "outcome": "text",
        "outcome_cents": "bigint",
        "resolved_on": "date",
    },
    key=("denial",),
    hears=frozenset({"denial.denial_opened.v1", "denial.denial_resolved.v1"}),
    keys=lambda event, at: [(event.denial,)],
    project=_denial,
)
