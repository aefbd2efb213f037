"""What payers took back: by a reversal, or as an overpayment kept from a later check (PLB WO)."""

from typing import Any

from contracts.adjudication_tracking import AdjudicationReversed
from contracts.posting import ProviderAdjustmentPosted
from shared.service import At, Projection, Row

TAKEN_BACK = "WO"
"""PLB03-1 of an overpayment that is recovered. FB only moves what is left of it to another check."""


def _takeback_keys(event: Any, at: At) -> list[tuple[str]]:
    if isinstance(event, ProviderAdjustmentPosted):
        return [(at.event_id,)] if event.reason == TAKEN_BACK else []
    return [(at.event_id,)]


def _takeback(row: Row | None, event: Any, at: At) -> Row:
    made = {
        "event_id": at.event_id,
        "account": at.stream[8:] if at.stream.startswith("account/") else event.account,
        "facility": at.scope.facility,
        "payer": event.payer,
        "check_number": event.check_number,
        "occurred_on": at.occurred_on,
        "claim": getattr(event, "claim", ""),
        "what": "",
        "reference": "",
        "cents": 0,
    }
    match event:
        case AdjudicationReversed():
            return {**made, "what": "reversal", "cents": -event.paid_cents}
        case ProviderAdjustmentPosted():
            return {
                **made,
                "what": f"PLB {event.reason}",
                "reference": event.reference,
                "cents": event.cents,
            }
    return made


TAKEBACKS = Projection(
    table="takeback",
    columns={
        "event_id": "text",
        "account": "text",
        "facility": "text",
        "payer": "text",
        "check_number": "text",
        "occurred_on": "date",
        "claim": "text",
        "what": "text",
        "reference": "text",
        "cents": "bigint",
    },
    key=("event_id",),
    hears=frozenset(
        {
            "adjudication_tracking.adjudication_reversed.v1",
            "posting.provider_adjustment_posted.v1",
        }
    ),
    keys=_takeback_keys,
    project=_takeback,
    append=True,
)
