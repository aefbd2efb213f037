"""Patients and their accounts: an encounter opens one account; what changes about the person reaches all of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import msgspec

from contracts.reference import BusinessDayOpened
from contracts.registration import (
    AccountOpened,
    AccountRegistered,
    CoveragesKept,
    CoveragesSet,
    PatientDemographicsCorrected,
    PatientRegistered,
)
from contracts.values import ClaimFacts, Consent, Coverage, Provider, Sealed
from shared.errors import Refused
from shared.service import Decider, Say, Scope, to
from shared.streams import account_stream

ACCOUNTS_AT_MOST = 5_000
"""A patient with more encounters is a test bed or a mistake of the feed."""


@dataclass(frozen=True)
class OpenAccount:
    """An encounter came in. `digest` tells the same content from other content without holding it."""

    account: str
    digest: str
    patient: str
    guarantor: str
    source_system: str
    encounter: str
    encounter_class: str
    scope: Scope
    service_from: date
    service_to: date
    person: Sealed
    coverages: tuple[Coverage, ...]
    billing: Literal["bill", "history"] = "bill"
    providers: tuple[Provider, ...] = ()
    consent: Consent = field(default_factory=Consent)
    facts: ClaimFacts = field(default_factory=ClaimFacts)
    note: Sealed | None = None


@dataclass(frozen=True)
class SetCoverages:
    """The whole ordered list of coverages is new, from a date, for a reason."""

    patient: str
    coverages: tuple[Coverage, ...]
    set_on: date
    reason: str
    digest: str


@dataclass(frozen=True)
class CorrectDemographics:
    """Demographics were corrected; `changed` names fields."""

    patient: str
    person: Sealed
    changed: tuple[str, ...]
    reason: str
    proposed_by: str


Command = OpenAccount | SetCoverages | CorrectDemographics


class Patient(msgspec.Struct, frozen=True):
    """A person's accounts with the digest each was opened with, and the digest of the coverages in force."""

    accounts: dict[str, str] = {}
    coverages: str = ""


class Account(msgspec.Struct, frozen=True):
    """Whether the account is there; it decides nothing by itself."""

    opened: bool = False


class Book(msgspec.Struct, frozen=True):
    """The open business day."""

    today: date | None = None


def decide(command: Command, state: Patient | None, book: Book) -> list[Any]:
    """What follows from a command on a patient."""
    match command:
        case OpenAccount():
            return _open(command, state)
        case SetCoverages():
            return _set_coverages(command, state)
        case CorrectDemographics():
            return _correct(command, state)


def _open(c: OpenAccount, state: Patient | None) -> list[Any]:
    patient = state or Patient()
    known = patient.accounts.get(c.account)
    if known == c.digest:
        return []
    if known is not None:
        raise Refused("this encounter is registered already, with other content")
    if len(patient.accounts) >= ACCOUNTS_AT_MOST:
        raise Refused("this patient has too many accounts")
    if c.service_to < c.service_from:
        raise Refused("the service ends before it begins")
    orders = [cover.order for cover in c.coverages]
    # A history may know only the payer that it waits for, who need not be the first.
    first = orders[0] if orders and c.billing == "history" else 1
    if orders != list(range(first, first + len(orders))):
        raise Refused("coverages are ordered 1, 2, 3 without a gap")
    opened = AccountOpened(
        account=c.account,
        patient=c.patient,
        guarantor=c.guarantor,
        source_system=c.source_system,
        encounter=c.encounter,
        encounter_class=c.encounter_class,
        facility=c.scope.facility,
        legal_entity=c.scope.legal_entity,
        service_from=c.service_from,
        service_to=c.service_to,
        person=c.person,
        coverages=c.coverages,
        billing=c.billing,
        providers=c.providers,
        consent=c.consent,
        facts=c.facts,
        note=c.note,
    )
    registered = AccountRegistered(account=c.account, digest=c.digest)
    said: list[Any] = []
    if state is None:
        said.append(
            PatientRegistered(patient=c.patient, person=c.person, source_system=c.source_system)
        )
    said.append(registered)
    said.append(to(account_stream(c.account), opened, c.scope))
    return said


def _set_coverages(c: SetCoverages, state: Patient | None) -> list[Any]:
    if state is None:
        raise Refused("no such patient")
    if state.coverages == c.digest:
        return []
    said = CoveragesSet(patient=c.patient, coverages=c.coverages, set_on=c.set_on, reason=c.reason)
    return [
        Say(said, occurred_on=c.set_on),
        CoveragesKept(digest=c.digest),
        *(to(account_stream(account), said) for account in state.accounts),
    ]


def _correct(c: CorrectDemographics, state: Patient | None) -> list[Any]:
    if state is None:
        raise Refused("no such patient")
    if not c.changed:
        return []
    said = PatientDemographicsCorrected(
        patient=c.patient,
        person=c.person,
        changed=c.changed,
        reason=c.reason,
        proposed_by=c.proposed_by,
    )
    return [said, *(to(account_stream(account), said) for account in state.accounts)]


def evolve(state: Patient | None, event: Any) -> Patient:
    """The patient after an event of theirs."""
    patient = state or Patient()
    match event:
        case AccountRegistered(account=account, digest=digest):
            accounts = {**patient.accounts, account: digest}
            return msgspec.structs.replace(patient, accounts=accounts)
        case CoveragesKept(digest=digest):
            return msgspec.structs.replace(patient, coverages=digest)
    return patient


def evolve_account(state: Account | None, event: Any) -> Account:
    """The account is there once it was opened."""
    return Account(True) if isinstance(event, AccountOpened) else state or Account()


def evolve_book(book: Book, event: Any) -> Book:
    """The open day."""
    return Book(event.day) if isinstance(event, BusinessDayOpened) else book


def nothing(command: Any, state: Any, book: Any) -> list[Any]:
    """Accounts take no commands here; the patient decides."""
    raise Refused("accounts are opened through their patient")


PATIENT = Decider("patient", Patient, decide, evolve)
ACCOUNT = Decider("account", Account, nothing, evolve_account)
