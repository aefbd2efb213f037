"""A statement, its person and its terms, as the doors tell them."""

from typing import Any

A, B, C = (f"{letter:0<14}" for letter in "ABC")


def account(number: str, **other: Any) -> dict[str, Any]:
    """An account of $150.00 of which the patient owes $30.00."""
    return {
        "account": number,
        "service_on": "2026-01-05",
        "charged_cents": 15_000,
        "insurance_paid_cents": 9_000,
        "adjusted_cents": 2_000,
        "patient_paid_cents": 1_000,
        "with_payers_cents": 0,
        "owed_cents": 3_000,
        "notice": 2,
        "disputed": False,
        "in_plan": False,
        **other,
    }


ROW: dict[str, Any] = {
    "guarantor": "G1",
    "statement": "ST-0001",
    "legal_entity": "GROUP-A",
    "issued_on": "2026-03-02",
    "due_on": "2026-03-23",
    "next_on": "2026-04-01",
    "terms": "PATIENTS",
    "accounts": [
        account(A),
        account(B, service_on=None, notice=1),
        account(C, disputed=True, notice=0, charged_cents=123_456, with_payers_cents=108_456),
    ],
    "owed_cents": 9_000,
    "disputed_cents": 3_000,
    "asked_cents": 6_000,
    "unapplied_cents": 2_500,
    "received_cents": 1_000,
    "notice": 2,
    "final": False,
    "on_demand": False,
    "plan": "",
    "instalments_cents": 0,
    "recorded_at": "2026-03-02T12:00:00+00:00",
    "listed": 1,
}
PERSON: dict[str, Any] = {
    "last": "ZZTESTA", "first": "QUINN", "middle": "", "suffix": "JR", "street": "1 OAK LANE",
    "street2": "", "city": "NOWHERE", "state": "OH", "zip": "000001234", "minor": False,
}  # fmt: skip
TERMS: dict[str, Any] = {
    "name": "PATIENTS",
    "legal_entity": "",
    "remit_to": ["A & B PRACTICE", "PO BOX 1", "TOWN NY 10001"],
    "phone": "(212) 555-0100",
    "message": "Call us if an amount is wrong, or if you need help.",
    "effective_from": "2025-01-01",
}
