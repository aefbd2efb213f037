"""The journal: one row per line of every entry, only ever added to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts.adjudication_tracking import RemittanceReleased
from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import (
    ChargesSetAside,
    EftMatched,
    OpeningBalancePosted,
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentApplied,
    PatientPaymentReceived,
    PatientPaymentRefunded,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.registry import wire_name
from contracts.values import JournalLine
from services.posting.domain.balance import CLAIM_LEVEL, Line, amount
from shared.service import At, Projection, Row
from shared.streams import kind_of

HEARS = (
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
    PatientPaymentReceived,
    PatientPaymentRefunded,
    RemittanceReleased,
    EftMatched,
)


def lines_of(event: Any, at: At) -> Sequence[JournalLine | Line]:
    """The entry that an event makes on the stream where it stands; it sums to zero."""
    match event:
        case ChargesCaptured():
            new = [(charge.charge, amount(charge)) for charge in event.charges]
            return [line for charge, cents in new for line in _charged(charge, cents)]
        case ChargeCorrected():
            more = amount(event.after) - amount(event.before)
            return _charged(event.after.charge, more)
        case PatientPaymentReceived():
            return _received(event) if kind_of(at.stream) == "guarantor" else ()
        case RemittanceReleased():
            return _released(event)
        case EftMatched():
            return _matched(event) if kind_of(at.stream) == "remittance" else ()
    entries: Sequence[JournalLine] = event.entries
    return entries


def _charged(charge: str, cents: int) -> list[Line]:
    return _entry("charge", ("ar_open", cents), ("charges", -cents), charge=charge)


def _received(event: PatientPaymentReceived) -> list[Line]:
    cents = event.amount_cents
    return _entry("patient payment", ("cash", cents), ("patient_unapplied", -cents))


def _released(event: RemittanceReleased) -> list[Line]:
    adjusted = sum(plb.cents for plb in event.provider_adjustments)
    suspense = event.claims_cents - event.amount_cents - adjusted
    return _entry(
        "release",
        ("eft_receivable", event.amount_cents),
        ("provider_adjustment", adjusted),
        ("remittance_clearing", -event.claims_cents),
        ("suspense", suspense),
    )


def _matched(event: EftMatched) -> list[Line]:
    cents = event.amount_cents
    return _entry("deposit", ("cash", cents), ("eft_receivable", -cents))


def _entry(kind: str, *lines: tuple[str, int], charge: str = CLAIM_LEVEL) -> list[Line]:
    return [Line(ledger, cents, charge, kind) for ledger, cents in lines if cents]


def journal_rows(event: Any, at: At) -> list[Row]:
    """Each line of the event's entry, with what one asks a journal by."""
    lines = lines_of(event, at)
    if not lines:
        return []
    entry: Row = {
        "event_id": at.event_id,
        "entry": getattr(event, "entry", at.event_id),
        "stream": at.stream,
        "account": getattr(event, "account", ""),
        "claim": getattr(event, "claim", ""),
        "facility": at.scope.facility,
        "legal_entity": at.scope.legal_entity,
        "payer": getattr(event, "payer", ""),
        "remittance": getattr(event, "remittance", ""),
        "posted_on": getattr(event, "posted_on", at.occurred_on),
        "dated_on": _dated(event) or at.occurred_on,
    }
    return [
        {
            **entry,
            "line": number,
            "charge": line.charge or "",
            "ledger": line.ledger,
            "cents": line.cents,
            "kind": line.kind,
            "carc_group": line.group,
            "carc": line.carc,
            "rarcs": list(line.rarcs),
        }
        for number, line in enumerate(lines)
    ]


def _dated(event: Any) -> date | None:
    """The date that it bears itself, whenever it is posted: the payer's, the bank's, the patient's."""
    for name in ("paid_on", "deposited_on", "received_on"):
        day: date | None = getattr(event, name, None)
        if day is not None:
            return day
    return None


JOURNAL = Projection(
    table="journal",
    columns={
        "event_id": "text",
        "line": "int",
        "entry": "text",
        "stream": "text",
        "account": "text",
        "claim": "text",
        "charge": "text",
        "ledger": "text",
        "cents": "bigint",
        "kind": "text",
        "carc_group": "text",
        "carc": "text",
        "rarcs": "text[]",
        "facility": "text",
        "legal_entity": "text",
        "payer": "text",
        "remittance": "text",
        "posted_on": "date",
        "dated_on": "date",
    },
    key=("account", "event_id", "line"),
    hears=frozenset(wire_name(event) for event in HEARS),
    rows=journal_rows,
    append=True,
    indexes=("(remittance) where remittance <> ''",),
)
