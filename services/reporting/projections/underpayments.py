"""One row a line that a payer allowed under its contract, or over it: by how much, since when, and how that ended."""

from typing import Any

from contracts.posting import UnderpaymentFound
from shared.service import At, Projection, Row


def _keys(event: Any, at: At) -> list[tuple[str, str, int]]:
    return [(event.account, event.adjudication, event.line)]


def _underpayment(row: Row | None, event: Any, at: At) -> Row | None:
    if not isinstance(event, UnderpaymentFound):
        ended = {"state": event.outcome, "reason": event.reason, "ended_on": at.occurred_on}
        return row and {**row, **ended}
    return {
        "account": event.account,
        "adjudication": event.adjudication,
        "line": event.line,
        "claim": event.claim,
        "charge": event.charge,
        "facility": at.scope.facility,
        "payer": event.payer,
        "check_number": event.check_number,
        "paid_on": event.paid_on,
        "service_on": event.service_on,
        "procedure": " ".join((event.procedure, *event.modifiers)),
        "units": event.units,
        "charge_cents": event.charge_cents,
        "expected_cents": event.expected_cents,
        "allowed_cents": event.allowed_cents,
        "denied_cents": event.denied_cents,
        "variance_cents": event.variance_cents,
        "standing": event.standing,
        "schedule": event.schedule,
        "version": event.version,
        "since": at.occurred_on,
        "state": "open",
        "reason": "",
        "ended_on": None,
    }


UNDERPAYMENTS = Projection(
    table="underpayment_view",
    columns={
        "account": "text",
        "adjudication": "text",
        "line": "int",
        "claim": "text",
        "charge": "text",
        "facility": "text",
        "payer": "text",
        "check_number": "text",
        "paid_on": "date",
        "service_on": "date",
        "procedure": "text",
        "units": "int",
        "charge_cents": "bigint",
        "expected_cents": "bigint",
        "allowed_cents": "bigint",
        "denied_cents": "bigint",
        "variance_cents": "bigint",
        "standing": "text",
        "schedule": "text",
        "version": "text",
        "since": "date",
        "state": "text",
        "reason": "text",
        "ended_on": "date",
    },
    key=("account", "adjudication", "line"),
    hears=frozenset({"posting.underpayment_found.v1", "posting.underpayment_settled.v1"}),
    keys=_keys,
    project=_underpayment,
)
