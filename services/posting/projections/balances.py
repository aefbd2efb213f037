"""What is left, per charge and per account, and what came too much."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from msgspec.structs import astuple

from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import (
    ChargesSetAside,
    OpeningBalancePosted,
    OverpaymentOpened,
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentApplied,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.registration import AccountOpened, CoveragesSet
from contracts.registry import wire_name
from services.posting.domain.balance import CLAIM_LEVEL, NOTHING, Balance, fold_event, moved
from shared.service import At, Projection, Row
from shared.streams import kind_of

AMOUNTS = (
    "charged",
    "open",
    "denied",
    "next_payer",
    "patient",
    "insurance_paid",
    "patient_paid",
    "contractual",
    "credit",
)
_COLUMNS = {f"{amount}_cents": "bigint" for amount in AMOUNTS} | {"written_off": "jsonb"}
"""In the order of the fields of a `Balance`, whose day is a column of its own."""
_fields = itemgetter(*_COLUMNS, "service_on")
_MONEY = (
    ChargesCaptured,
    ChargeCorrected,
    ChargesSetAside,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
    OpeningBalancePosted,
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentApplied,
)
_ENTERED = (PaymentPosted, PostingReversed, ResponsibilityMoved)
"""All that they move is in their entry."""
Keys = Iterable[tuple[Any, ...]]


def charge_keys(event: Any, at: At) -> Keys:
    """One row per charge that the event moves; claim level has the charge ''."""
    if kind_of(at.stream) != "account":
        return []
    return [(event.account, charge) for charge in _touched(event)]


def charge_row(row: Row | None, event: Any, at: At, key: tuple[Any, ...]) -> Row:
    """The amounts of one charge."""
    after = _after(_balance(row), event, key[1])
    return {
        "account": key[0],
        "charge": key[1],
        "facility": at.scope.facility or (row or {}).get("facility", ""),
        "legal_entity": at.scope.legal_entity or (row or {}).get("legal_entity", ""),
        "payer": getattr(event, "payer", "") or (row or {}).get("payer", ""),
        "service_on": after.service_on,
        "posted_on": getattr(event, "posted_on", at.occurred_on),
        **_amounts(after),
    }


def _after(before: Balance, event: Any, charge: str) -> Balance:
    if isinstance(event, _ENTERED):
        return moved(before, [e for e in event.entries if (e.charge or CLAIM_LEVEL) == charge])
    return fold_event({charge: before}, event)[charge]


def account_keys(event: Any, at: At) -> Keys:
    """One row per account."""
    return [(_account(at),)] if kind_of(at.stream) == "account" else []


def _account(at: At) -> str:
    return at.stream.partition("/")[2]


def _first_payer(event: Any, row: Row) -> str:
    """Whom the account is billed to first, as reporting names it."""
    if isinstance(event, AccountOpened | CoveragesSet):
        return event.coverages[0].payer if event.coverages else "self-pay"
    return str(row.get("payer") or "")


def account_row(row: Row | None, event: Any, at: At) -> Row:
    """The amounts of an account, claim level included."""
    row = row or {}
    total = _balance(row)
    if isinstance(event, _ENTERED):
        total = moved(total, event.entries)
    elif made := fold_event({}, event):
        total = _sum([total, *made.values()])
    opened = event if isinstance(event, AccountOpened) else None
    return {
        "account": _account(at),
        "facility": at.scope.facility or row.get("facility", ""),
        "legal_entity": at.scope.legal_entity or row.get("legal_entity", ""),
        "payer": _first_payer(event, row),
        "guarantor": opened.guarantor if opened else row.get("guarantor", ""),
        "service_on": opened.service_from if opened else row.get("service_on"),
        "history": opened.billing == "history" if opened else row.get("history", False),
        **_amounts(total),
    }


def overpayment_keys(event: Any, at: At) -> Keys:
    """One row per adjudication that brought too much."""
    if kind_of(at.stream) != "account":
        return []
    answer = event.reverses if isinstance(event, PostingReversed) else event.adjudication
    return [(event.account, answer)]


def overpayment_row(row: Row | None, event: Any, at: At) -> Row | None:
    """Suspected until takebacks and refunds have met all of it, or its posting is taken back."""
    if isinstance(event, PostingReversed):
        return row and {**row, "state": "reversed"}
    if isinstance(event, OverpaymentRecovered | OverpaymentRefunded):
        recovered = row["recovered_cents"] + event.cents if row else 0
        ended = "recovered" if isinstance(event, OverpaymentRecovered) else "refunded"
        state = ended if row and recovered == row["cents"] else "suspected"
        if row and row["state"] == "reversed":
            state = (
                "reversed"  # What is settled after that was refunded before: nothing of it is here.
            )
        return row and {**row, "recovered_cents": recovered, "state": state}
    stands = row is not None and row["state"] != "reversed"
    before = row if row is not None and stands else {"cents": 0, "recovered_cents": 0}
    return {
        "account": event.account,
        "adjudication": event.adjudication,
        "claim": event.claim,
        "payer": event.payer,
        "cents": before["cents"] + event.cents,
        "recovered_cents": before["recovered_cents"],
        "suspected_on": event.suspected_on,
        "reason": event.reason,
        "state": "suspected",
        "facility": at.scope.facility,
    }


def _touched(event: Any) -> Iterable[str]:
    match event:
        case ChargesCaptured():
            return [charge.charge for charge in event.charges]
        case ChargeCorrected():
            return [event.after.charge]
    charges = [line.charge or CLAIM_LEVEL for line in event.entries]
    if isinstance(event, OpeningBalancePosted):
        charges += [balance.charge for balance in event.balances]
    return dict.fromkeys(charges)


def _balance(row: Row | None) -> Balance:
    return Balance(*_fields(row)) if row else NOTHING


def _sum(balances: list[Balance]) -> Balance:
    amounts = zip(*[astuple(one)[: len(AMOUNTS)] for one in balances], strict=True)
    off: dict[str, int] = {}
    for one in balances:
        for kind, cents in one.written_off.items():
            off[kind] = off.get(kind, 0) + cents
    fields: list[Any] = [*map(sum, amounts), off]
    return Balance(*fields)


def _amounts(balance: Balance) -> Row:
    return dict(zip(_COLUMNS, astuple(balance), strict=False))


def _wires(*events: type) -> frozenset[str]:
    return frozenset(wire_name(event) for event in events)


CHARGE_BALANCE = Projection(
    table="charge_balance",
    columns={
        "account": "text",
        "charge": "text",
        "facility": "text",
        "legal_entity": "text",
        "payer": "text",
        "service_on": "date",
        "posted_on": "date",
        **_COLUMNS,
    },
    key=("account", "charge"),
    hears=_wires(*_MONEY),
    keys=charge_keys,
    project=charge_row,
    keyed=True,
)
ACCOUNT_BALANCE = Projection(
    table="account_balance",
    columns={
        "account": "text",
        "facility": "text",
        "legal_entity": "text",
        "payer": "text",
        "guarantor": "text",
        "service_on": "date",
        "history": "boolean",
        **_COLUMNS,
    },
    key=("account",),
    hears=_wires(AccountOpened, CoveragesSet, *_MONEY),
    keys=account_keys,
    project=account_row,
)
OVERPAYMENT = Projection(
    table="overpayment",
    columns={
        "account": "text",
        "adjudication": "text",
        "claim": "text",
        "payer": "text",
        "cents": "bigint",
        "recovered_cents": "bigint",
        "suspected_on": "date",
        "reason": "text",
        "state": "text",
        "facility": "text",
    },
    key=("account", "adjudication"),
    hears=_wires(OverpaymentOpened, OverpaymentRecovered, OverpaymentRefunded, PostingReversed),
    keys=overpayment_keys,
    project=overpayment_row,
)
