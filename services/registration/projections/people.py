"""Patients and accounts as a person finds them; people stay sealed."""

from typing import Any

from contracts.registration import (
    AccountOpened,
    CoveragesSet,
    PatientDemographicsCorrected,
    PatientRegistered,
)
from shared.service import At, Projection, Row


def _patient_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(event.patient,)] if at.stream.startswith("patient/") else []


def _patient(row: Row | None, event: Any, at: At) -> Row:
    row = row or {"patient": event.patient, "source_system": ""}
    match event:
        case PatientRegistered():
            return {
                **row,
                "source_system": event.source_system,
                "key_id": event.person.key_id,
                "person": event.person.box,
                "registered_on": at.occurred_on,
            }
        case PatientDemographicsCorrected():
            return {**row, "key_id": event.person.key_id, "person": event.person.box}
    return row


def _account_keys(event: Any, at: At) -> list[tuple[str]]:
    return [(at.stream[8:],)] if at.stream.startswith("account/") else []


def _account(row: Row | None, event: Any, at: At) -> Row | None:
    match event:
        case AccountOpened():
            return {
                "account": event.account,
                "patient": event.patient,
                "source_system": event.source_system,
                "encounter": event.encounter,
                "facility": event.facility,
                "legal_entity": event.legal_entity,
                "service_from": event.service_from,
                "service_to": event.service_to,
                "payers": [c.payer for c in event.coverages],
                "billing": event.billing,
                "key_id": event.person.key_id,
                "person": event.person.box,
            }
        case CoveragesSet() if row is not None:
            return {**row, "payers": [c.payer for c in event.coverages]}
        case PatientDemographicsCorrected() if row is not None:
            return {**row, "key_id": event.person.key_id, "person": event.person.box}
    return row


PATIENTS = Projection(
    table="patient",
    columns={
        "patient": "text",
        "source_system": "text",
        "key_id": "text",
        "person": "text",
        "registered_on": "date",
    },
    key=("patient",),
    hears=frozenset(
        {"registration.patient_registered.v1", "registration.patient_demographics_corrected.v1"}
    ),
    keys=_patient_keys,
    project=_patient,
)


def _version_keys(event: Any, at: At) -> list[tuple[str, str]]:
    return [(event.patient, at.event_id)] if at.stream.startswith("patient/") else []


def _version(row: Row | None, event: Any, at: At) -> Row:
    return {
        "patient": event.patient,
        "event_id": at.event_id,
        "recorded_at": at.recorded_at,
        "position": at.position,
        "key_id": event.person.key_id,
        "person": event.person.box,
    }


PERSON_VERSIONS = Projection(
    table="person_version",
    columns={
        "patient": "text",
        "event_id": "text",
        "recorded_at": "timestamptz",
        "position": "bigint",
        "key_id": "text",
        "person": "text",
    },
    key=("patient", "event_id"),
    hears=PATIENTS.hears,
    keys=_version_keys,
    project=_version,
    append=True,
)
"""A person as they were registered, and after each correction: what was sent to them is addressed the same years later."""

ACCOUNTS = Projection(
    table="account",
    columns={
        "account": "text",
        "patient": "text",
        "source_system": "text",
        "encounter": "text",
        "facility": "text",
        "legal_entity": "text",
        "service_from": "date",
        "service_to": "date",
        "payers": "text[]",
        "billing": "text",
        "key_id": "text",
        "person": "text",
    },
    key=("account",),
    hears=frozenset(
        {
            "registration.account_opened.v1",
            "registration.coverages_set.v1",
            "registration.patient_demographics_corrected.v1",
        }
    ),
    keys=_account_keys,
    project=_account,
    indexes=("(patient)",),
    lasting=True,
)
