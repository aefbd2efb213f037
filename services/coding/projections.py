"""Charges as they stand, and the coders' work list."""

from typing import Any

import msgspec

from contracts.coding import ChargeCorrected, ChargesCaptured, CodingHeld, EncounterCoded
from contracts.registration import AccountOpened
from shared.service import At, Projection, Row


def _charges(event: Any) -> list[Any]:
    match event:
        case ChargesCaptured(charges=charges):
            return list(charges)
        case ChargeCorrected(after=after):
            return [after]
    return []


def _work_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(event.account,)]


def _work(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case CodingHeld():
            return {
                "account": event.account,
                "facility": _facility(row, at),
                "failures": [msgspec.to_builtins(f) for f in event.failures],
                "coder": event.coder,
                "since": row["since"] if row else at.occurred_on,
            }
        case EncounterCoded():
            return None
        case AccountOpened() if row:
            return {**row, "facility": event.facility}
    return row


def _facility(row: Row | None, at: At) -> str:
    """Charges may come before their account is heard of: the facility follows then."""
    return at.scope.facility or (str(row["facility"]) if row else "")


WORK_LIST = Projection(
    table="coding_work_list",
    columns={
        "account": "text",
        "facility": "text",
        "failures": "jsonb",
        "coder": "text",
        "since": "date",
    },
    key=("account",),
    hears=frozenset(
        {"coding.coding_held.v1", "coding.encounter_coded.v1", "registration.account_opened.v1"}
    ),
    keys=_work_keys,
    project=_work,
)


def _account(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, AccountOpened):
        return {**row, "facility": event.facility} if row else None
    charges: dict[str, Any] = dict(row["charges"]) if row else {}
    charges.update({c.charge: msgspec.to_builtins(c) for c in _charges(event)})
    made = {
        "account": event.account,
        "facility": _facility(row, at),
        "charges": charges,
        "total_cents": sum(c["charge_cents"] if c["units"] else 0 for c in charges.values()),
        "coded": row["coded"] if row else False,
        "code_sets": row["code_sets"] if row else [],
    }
    if isinstance(event, EncounterCoded):
        made |= {"coded": True, "code_sets": list(event.code_sets)}
    return made


CHARGES = Projection(
    table="account_charges",
    columns={
        "account": "text",
        "facility": "text",
        "charges": "jsonb",
        "total_cents": "bigint",
        "coded": "boolean",
        "code_sets": "text[]",
    },
    key=("account",),
    hears=frozenset(
        {
            "coding.charges_captured.v1",
            "coding.charge_corrected.v1",
            "coding.encounter_coded.v1",
            "registration.account_opened.v1",
        }
    ),
    keys=_work_keys,
    project=_account,
)
