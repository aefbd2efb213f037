"""One row a payment that came after the last day of a prompt-pay rule: how late, what interest is due, and how that ended."""

from typing import Any

from contracts.posting import LatePaymentFound
from shared.service import At, Projection, Row


def _late(row: Row | None, event: Any, at: At) -> Row | None:
    if not isinstance(event, LatePaymentFound):
        ended = {"state": event.outcome, "reason": event.reason, "ended_on": at.occurred_on}
        return row and {**row, **ended}
    return {
        "account": event.account,
        "adjudication": event.adjudication,
        "claim": event.claim,
        "facility": at.scope.facility,
        "payer": event.payer,
        "payer_control": event.payer_control,
        "check_number": event.check_number,
        "received_on": event.received_on,
        "pay_by": event.pay_by,
        "paid_on": event.paid_on,
        "days_late": event.days_late,
        "paid_cents": event.paid_cents,
        "interest_basis_points": event.interest_basis_points,
        "interest_cents": event.interest_cents,
        "stated_cents": event.stated_cents,
        "rule": event.rule,
        "since": at.occurred_on,
        "state": "open",
        "reason": "",
        "ended_on": None,
    }


LATE_PAYMENTS = Projection(
    table="late_payment_view",
    columns={
        "account": "text",
        "adjudication": "text",
        "claim": "text",
        "facility": "text",
        "payer": "text",
        "payer_control": "text",
        "check_number": "text",
        "received_on": "date",
        "pay_by": "date",
        "paid_on": "date",
        "days_late": "int",
        "paid_cents": "bigint",
        "interest_basis_points": "int",
        "interest_cents": "bigint",
        "stated_cents": "bigint",
        "rule": "text",
        "since": "date",
        "state": "text",
        "reason": "text",
        "ended_on": "date",
    },
    key=("account", "adjudication"),
    hears=frozenset({"posting.late_payment_found.v1", "posting.late_payment_settled.v1"}),
    keys=lambda event, at: [(event.account, event.adjudication)],
    project=_late,
)
