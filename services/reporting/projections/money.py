"""One row of money per account, from what the journal's entries on the account say; and whose account it is."""

from typing import Any

from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import PaymentPosted, ResponsibilityMoved, WriteOffPosted
from contracts.registration import AccountOpened, CoveragesSet
from contracts.submission import ClaimSubmitted
from shared.service import At, Projection, Row

LEDGERS = {
    "ar_open": "open_cents",
    "ar_denied": "denied_cents",
    "ar_next_payer": "next_payer_cents",
    "ar_patient": "patient_owes_cents",
    "contractual": "contractual_cents",
    "write_off": "write_off_cents",
    "remittance_clearing": "insurance_paid_cents",
    "recovery_clearing": "insurance_paid_cents",
    "patient_clearing": "patient_paid_cents",
    "overpayment": "credit_cents",
    "opening": "opening_cents",
    "charges": "charges_cents",
}
"""Which column an entry's ledger moves on an account's stream; debits are positive."""
CREDITS = frozenset({"overpayment", "charges"})
"""Ledgers whose credits are shown as a positive amount: what we owe, and what was charged."""

ENTRIES = frozenset(
    {
        "posting.payment_posted.v1",
        "posting.posting_reversed.v1",
        "posting.responsibility_moved.v1",
        "posting.write_off_posted.v1",
        "posting.patient_payment_applied.v1",
        "posting.opening_balance_posted.v1",
        "posting.overpayment_recovered.v1",
        "posting.overpayment_refunded.v1",
        "posting.charges_set_aside.v1",
    }
)


def receivable_change(event: Any) -> int:
    """By how much an event changes what is still owed on the account."""
    match event:
        case ChargesCaptured(charges=charges):
            return sum(c.charge_cents for c in charges)
        case ChargeCorrected():
            return _amount(event.after) - _amount(event.before)
    entries = getattr(event, "entries", ())
    return sum(e.cents for e in entries if e.ledger.startswith("ar_"))


def _amount(charge: Any) -> int:
    return charge.charge_cents if charge.units else 0


def _fresh(at: At) -> Row:
    return {
        "account": at.stream[8:],
        "facility": at.scope.facility,
        "legal_entity": at.scope.legal_entity,
        "payer": "",
        "denied_by": "",
        "next_payer": "",
        "service_on": None,
        "first_billed_on": None,
        "credit_since": None,
        "credit_payer": "",
        "charges_cents": 0,
        "denied_write_off_cents": 0,
        **dict.fromkeys(LEDGERS.values(), 0),
    }


def _keys(event: Any, at: At) -> list[tuple[str]]:
    return [(at.stream[8:],)] if at.stream.startswith("account/") else []


def _money(row: Row | None, event: Any, at: At) -> Row:
    row = dict(row) if row else _fresh(at)
    row["facility"] = row["facility"] or at.scope.facility
    row["legal_entity"] = row["legal_entity"] or at.scope.legal_entity
    match event:
        case AccountOpened():
            row["payer"] = event.coverages[0].payer if event.coverages else "self-pay"
            row["service_on"] = event.service_from
        case CoveragesSet():
            row["payer"] = event.coverages[0].payer if event.coverages else "self-pay"
        case ChargesCaptured():
            row["charges_cents"] += receivable_change(event)
            row["open_cents"] += receivable_change(event)
            row["service_on"] = row["service_on"] or min(c.service_on for c in event.charges)
        case ChargeCorrected():
            row["charges_cents"] += receivable_change(event)
        case PaymentPosted() if event.denied:
            row["denied_by"] = event.payer
        case ResponsibilityMoved() if event.to_payer:
            # Self-pay whose coverage is found later goes back to the first payer, not on to the next.
            if event.from_payer_order:
                row["next_payer"] = event.to_payer
        case WriteOffPosted() if (
            row["denied_write_off_cents"] is not None
        ):  # An older version's row has none.
            row["denied_write_off_cents"] -= sum(
                e.cents for e in event.entries if e.ledger == "ar_denied"
            )
        case ClaimSubmitted():
            row["first_billed_on"] = row["first_billed_on"] or event.submitted_on
    before = row["credit_cents"]
    for entry in getattr(event, "entries", ()):
        column = LEDGERS.get(entry.ledger)
        if column is not None:
            row[column] += -entry.cents if entry.ledger in CREDITS else entry.cents
    if isinstance(event, ChargeCorrected):
        row["open_cents"] += receivable_change(event)
    return {**row, **_credit(row, before, event, at)}


def _credit(row: Row, before: int, event: Any, at: At) -> Row:
    """Since when more is here than the charges allow, and who paid it last; or less, and who took it; the day it was posted, not of the service."""
    if row["credit_cents"] == before:
        return {}
    if not row["credit_cents"]:
        return {"credit_since": None, "credit_payer": ""}
    made: Row = {} if before else {"credit_since": getattr(event, "posted_on", at.occurred_on)}
    if (row["credit_cents"] > before or row["credit_cents"] < 0) and getattr(event, "payer", ""):
        made["credit_payer"] = event.payer
    return made


MONEY = Projection(
    table="account_money",
    columns={
        "account": "text",
        "facility": "text",
        "legal_entity": "text",
        "payer": "text",
        "denied_by": "text",
        "next_payer": "text",
        "service_on": "date",
        "first_billed_on": "date",
        "credit_since": "date",
        "credit_payer": "text",
        "charges_cents": "bigint",
        "denied_write_off_cents": "bigint",
        **dict.fromkeys(LEDGERS.values(), "bigint"),
    },
    key=("account",),
    hears=ENTRIES
    | {
        "registration.account_opened.v1",
        "registration.coverages_set.v1",
        "coding.charges_captured.v1",
        "coding.charge_corrected.v1",
        "submission.claim_submitted.v1",
    },
    keys=_keys,
    project=_money,
    indexes=("(facility, payer)",),
)

PERSON = Projection(
    table="account_person",
    columns={"account": "text", "key_id": "text", "box": "text"},
    key=("account",),
    hears=frozenset(
        {"registration.account_opened.v1", "registration.patient_demographics_corrected.v1"}
    ),
    keys=_keys,
    project=lambda row, event, at: {
        "account": at.stream[8:],
        "key_id": event.person.key_id,
        "box": event.person.box,
    },
    lasting=True,
)
"""Sealed as the event has it: a story opens it for the patient's initials, and erasure empties it."""
