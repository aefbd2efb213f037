"""Requests to erase a person, and what became of them."""

from typing import Any

from contracts.posting import ErasureAnswered
from contracts.registration import ErasureAsked, ErasureRefused, KeysDestroyed, PersonErased
from shared.service import ERASURE, ERASURE_INDEX, At, Projection, Row

ANEW = "it was asked anew before all accounts had answered"


def _keys(event: Any, at: At) -> list[tuple[str, int]]:
    """Accounts hear of it too; the patient's own stream tells it. Asked anew, the request before ends."""
    if not at.stream.startswith("patient/"):
        return []
    before = isinstance(event, ErasureAsked) and event.request > 1
    return [(event.patient, event.request - n) for n in range(1 + before)]


def _project(row: Row | None, event: Any, at: At) -> Row | None:
    if isinstance(event, ErasureAsked):
        if row is not None:
            return _before(row, at)
        return {
            "patient": event.patient,
            "request": event.request,
            "stream": at.stream,
            "state": "asked",
            "subjects": [event.patient],
            "position": 0,
            "key_ids": [],
            "reason": event.reason,
            "asked_on": at.occurred_on,
            "asked_by": at.actor,
            "accounts": event.accounts,
            "answered": 0,
            "unsettled": [],
            "sentence": "",
            "decided_on": None,
            "destroyed_on": None,
        }
    if row is None:
        return None
    match event:
        case ErasureAnswered() if row["state"] == "asked":
            return {**row, "answered": row["answered"] + 1}
        case ErasureRefused():
            told = {"unsettled": list(event.accounts), "sentence": event.sentence}
            return {**row, **told, "state": "refused", "decided_on": at.occurred_on}
        case PersonErased():
            done = {"state": "erased", "position": at.position, "decided_on": at.occurred_on}
            return {**row, **done}
        case KeysDestroyed():
            gone = {"state": "destroyed", "key_ids": list(event.key_ids)}
            return {**row, **gone, "destroyed_on": at.occurred_on}
    return row


def _before(row: Row, at: At) -> Row:
    if row["state"] != "asked":
        return row
    return {**row, "state": "refused", "sentence": ANEW, "decided_on": at.occurred_on}


ERASURES = Projection(
    table="erasure",
    columns={
        "patient": "text",
        "request": "int",
        **ERASURE,
        "reason": "text",
        "asked_on": "date",
        "asked_by": "text",
        "accounts": "int",
        "answered": "int",
        "unsettled": "text[]",
        "sentence": "text",
        "decided_on": "date",
        "destroyed_on": "date",
    },
    key=("patient", "request"),
    hears=frozenset(
        {
            "registration.erasure_asked.v1",
            "posting.erasure_answered.v1",
            "registration.erasure_refused.v1",
            "registration.person_erased.v1",
            "registration.keys_destroyed.v1",
        }
    ),
    keys=_keys,
    project=_project,
    indexes=(ERASURE_INDEX,),
)
