"""Patients and their accounts: an encounter opens one account; what changes about the person reaches all of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from contracts.registration import (
    AccountOpened,
    AccountRegistered,
    CoveragesKept,
    CoveragesSet,
    PatientDemographicsCorrected,
    PatientRegistered,
)
from contracts.values import ClaimFacts, Consent, Coverage, Provider, Sealed
from services.registration.domain.erasing import (
    NEW_ENCOUNTER,
    AskErasure,
    Erase,
    SettleErasure,
    StateDestroyed,
    decide_erasing,
    judge_keys,
    refusal,
)
from services.registration.domain.state import Account, Book, Patient, evolve, evolve_account
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


Command = OpenAccount | SetCoverages | CorrectDemographics | Erase


def decide(command: Command, state: Patient | None, book: Book) -> list[Any]:
    """What follows from a command on a patient."""
    match command:
        case OpenAccount():
            return _open(command, state)
        case SetCoverages():
            return _set_coverages(command, state)
        case CorrectDemographics():
            return _correct(command, state)
        case AskErasure() | SettleErasure() | StateDestroyed():
            return decide_erasing(command, state, book)


def _open(c: OpenAccount, state: Patient | None) -> list[Any]:
    patient = state or Patient()
    known = patient.accounts.get(c.account)
    if known == c.digest:
        return []
    if known is not None:
        raise Refused("this encounter is registered already, with other content")
    if len(patient.accounts) >= ACCOUNTS_AT_MOST:
        raise Refused("this patient has too many accounts")
    judge_keys(state, {c.person.key_id})
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
    if patient.erasing == "asked":
        said.append(refusal(c.patient, patient, NEW_ENCOUNTER))
    if state is None or patient.erasing == "gone":
        said.append(
            PatientRegistered(patient=c.patient, person=c.person, source_system=c.source_system)
        )
    said.append(registered)
    said.append(to(account_stream(c.account), opened, c.scope))
    return said


def _set_coverages(c: SetCoverages, state: Patient | None) -> list[Any]:
    known = _known(state)
    if known.coverages == c.digest:
        return []
    judge_keys(known, (cover.member.key_id for cover in c.coverages))
    said = CoveragesSet(patient=c.patient, coverages=c.coverages, set_on=c.set_on, reason=c.reason)
    return [
        Say(said, occurred_on=c.set_on),
        CoveragesKept(digest=c.digest),
        *(to(account_stream(account), said) for account in known.present()),
    ]


def _correct(c: CorrectDemographics, state: Patient | None) -> list[Any]:
    known = _known(state)
    if not c.changed:
        return []
    judge_keys(known, {c.person.key_id})
    said = PatientDemographicsCorrected(
        patient=c.patient,
        person=c.person,
        changed=c.changed,
        reason=c.reason,
        proposed_by=c.proposed_by,
    )
    return [said, *(to(account_stream(account), said) for account in known.present())]


def _known(state: Patient | None) -> Patient:
    """Somebody whom there is something to say about."""
    if state is None:
        raise Refused("no such patient")
    if state.erasing in ("erased", "gone"):
        raise Refused("this person was erased")
    return state


def nothing(command: Any, state: Any, book: Any) -> list[Any]:
    """Accounts take no commands here; the patient decides."""
    raise Refused("accounts are opened through their patient")


PATIENT = Decider("patient", Patient, decide, evolve)
ACCOUNT = Decider("account", Account, nothing, evolve_account)
