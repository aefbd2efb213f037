"""What `registration` says: patients, their coverages, and the accounts of their encounters."""

from datetime import date
from typing import Literal

from contracts.registry import event
from contracts.values import (
    AccountNumber,
    ClaimFacts,
    Code,
    Consent,
    Coverage,
    Provider,
    Sealed,
    Sentence,
)


@event("registration.patient_registered.v1", "patient")
class PatientRegistered:
    """A person is known, under a random id and a data key of their own."""

    patient: Code
    person: Sealed
    source_system: Code


@event("registration.patient_demographics_corrected.v1", "patient", "account")
class PatientDemographicsCorrected:
    """Demographics changed; `changed` names fields, never values."""

    patient: Code
    person: Sealed
    changed: tuple[Code, ...]
    reason: Sentence
    proposed_by: Code


@event("registration.coverages_set.v1", "patient", "account")
class CoveragesSet:
    """The whole ordered list of coverages from a date, with the reason it changed; copied to open accounts."""

    patient: Code
    coverages: tuple[Coverage, ...]
    set_on: date
    reason: Sentence


@event("registration.account_opened.v1", "account")
class AccountOpened:
    """An encounter account with its own copy of person and coverages; `history` accounts are never billed.

    No coverage at all means self-pay. `providers` took part in the whole encounter; charges name their rendering
    provider by NPI, and a provider of role 82 here gives that number its name. `facts` and `note` are what its claims state.
    """

    account: AccountNumber
    patient: Code
    guarantor: Code
    source_system: Code
    encounter: Code
    encounter_class: Code
    facility: Code
    legal_entity: Code
    service_from: date
    service_to: date
    person: Sealed
    coverages: tuple[Coverage, ...]
    billing: Literal["bill", "history"] = "bill"
    providers: tuple[Provider, ...] = ()
    consent: Consent = Consent()
    facts: ClaimFacts = ClaimFacts()
    note: Sealed | None = None


@event("registration.account_registered.v1", "patient")
class AccountRegistered:
    """The patient's own record of an opened account; the digest tells a repeat from other content."""

    account: AccountNumber
    digest: Code


@event("registration.coverages_kept.v1", "patient")
class CoveragesKept:
    """The patient's own record of the coverages in force, by digest."""

    digest: Code


@event("registration.erasure_asked.v1", "patient", "account")
class ErasureAsked:
    """Somebody asked to erase a person: `request` counts such requests, `accounts` have to answer whether they are settled."""

    patient: Code
    request: int
    accounts: int
    reason: Sentence


@event("registration.erasure_refused.v1", "patient")
class ErasureRefused:
    """The person stays: a legal hold, accounts that are not settled (the first of them by number), or a new encounter."""

    patient: Code
    request: int
    accounts: tuple[AccountNumber, ...] = ()
    sentence: Sentence


@event("registration.person_erased.v1", "patient", "account")
class PersonErased:
    """The person is erased: once this stands in the log the key goes; what was paid and owed stays."""

    patient: Code
    request: int
    reason: Sentence


@event("registration.keys_destroyed.v1", "patient")
class KeysDestroyed:
    """The person's data keys are gone for good; a restored key ring loses them again."""

    patient: Code
    request: int
    key_ids: tuple[Code, ...]
