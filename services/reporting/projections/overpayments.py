"""One row a payer's decision that brought too much: since when somebody knows, until when it is due back, what came of it."""

from typing import Any

from contracts.posting import (
    OverpaymentIdentified,
    OverpaymentInvestigationConcluded,
    OverpaymentInvestigationOpened,
    OverpaymentOpened,
    OverpaymentRecovered,
    OverpaymentRefunded,
    PostingReversed,
)
from contracts.registry import wire_name
from shared.service import At, Projection, Row

_CLOCK: Row = dict.fromkeys(
    (
        "identified_on",
        "look_back_until",
        "looked_from",
        "suspended_until",
        "concluded_on",
        "due_on",
    )
)
"""Nobody knows of it yet."""


def _keys(event: Any, at: At) -> list[tuple[str, str]]:
    if not at.stream.startswith("account/"):
        return []
    decision = event.reverses if isinstance(event, PostingReversed) else event.adjudication
    return [(event.account, decision)]


def _overpayment(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, OverpaymentOpened):
        return _opened(row, event, at)
    if row is None:
        return None
    what, changed = _became(row, event, at)
    by = getattr(event, "approver", "") or at.actor
    return {**row, **changed, "last_action": what, "last_on": at.occurred_on, "last_by": by}


def _opened(row: Row | None, event: OverpaymentOpened, at: At) -> Row:
    """More of one that is open has its clock; what comes when nothing is owed any more begins anew."""
    before = row or {"cents": 0, "recovered_cents": 0, "refunded_cents": 0, "ended": "new"}
    goes_on = row is not None and not row["ended"]
    clock = {name: row[name] for name in _CLOCK} if row is not None and goes_on else _CLOCK
    return {
        "account": event.account,
        "adjudication": event.adjudication,
        "claim": event.claim,
        "facility": at.scope.facility,
        "payer": event.payer,
        "cause": event.cause or "",
        "reason": event.reason,
        "cents": before["cents"] + event.cents,
        "recovered_cents": before["recovered_cents"],
        "refunded_cents": before["refunded_cents"],
        "received_on": event.received_on,
        "found_on": row["found_on"] if row is not None and goes_on else at.occurred_on,
        **clock,
        "ended": "",
        "ended_on": None,
        "last_action": "found",
        "last_on": at.occurred_on,
        "last_by": at.actor,
    }


def _became(row: Row, event: Any, at: At) -> tuple[str, Row]:
    """What happened in a word or two, and what it changes."""
    match event:
        case OverpaymentIdentified():
            day = {"identified_on": event.identified_on, "look_back_until": event.look_back_until}
            return "identified", {**day, "due_on": event.due_on}
        case OverpaymentInvestigationOpened():
            looked = {"looked_from": event.looked_from, "suspended_until": event.suspended_until}
            return "investigation opened", {**looked, "due_on": event.due_on}
        case OverpaymentInvestigationConcluded():
            over = {"concluded_on": event.concluded_on, "due_on": event.due_on}
            return "investigation concluded", over
        case OverpaymentRefunded():
            refunded = {"refunded_cents": row["refunded_cents"] + event.cents}
            return "refunded", _left({**row, **refunded}, "refunded", at)
        case OverpaymentRecovered():
            recovered = {"recovered_cents": row["recovered_cents"] + event.cents}
            how = "taken back" if event.cents > 0 else "given back"
            return f"{how} by the payer", _left({**row, **recovered}, "taken back", at)
    ended = {"ended": "reversed", "ended_on": at.occurred_on}
    return "reversed by the payer", ended


def _left(row: Row, how: str, at: At) -> Row:
    """It ends with its last cent; what its payer reversed ended by that, whatever is settled afterwards."""
    if row["ended"] == "reversed":
        return row
    over = row["cents"] == row["recovered_cents"] + row["refunded_cents"]
    return {**row, "ended": how if over else "", "ended_on": at.occurred_on if over else None}


OVERPAYMENTS = Projection(
    table="overpayment_view",
    columns={
        "account": "text",
        "adjudication": "text",
        "claim": "text",
        "facility": "text",
        "payer": "text",
        "cause": "text",
        "reason": "text",
        "cents": "bigint",
        "recovered_cents": "bigint",
        "refunded_cents": "bigint",
        "received_on": "date",
        "found_on": "date",
        "identified_on": "date",
        "look_back_until": "date",
        "looked_from": "date",
        "suspended_until": "date",
        "concluded_on": "date",
        "due_on": "date",
        "ended": "text",
        "ended_on": "date",
        "last_action": "text",
        "last_on": "date",
        "last_by": "text",
    },
    key=("account", "adjudication"),
    hears=frozenset(
        wire_name(event)
        for event in (
            OverpaymentOpened,
            OverpaymentIdentified,
            OverpaymentInvestigationOpened,
            OverpaymentInvestigationConcluded,
            OverpaymentRecovered,
            OverpaymentRefunded,
            PostingReversed,
        )
    ),
    keys=_keys,
    project=_overpayment,
)
