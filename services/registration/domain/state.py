"""What registration remembers of a person, of an account, and of the books."""

from datetime import date
from typing import Any, Literal

import msgspec

from contracts.posting import ErasureAnswered
from contracts.reference import BusinessDayOpened
from contracts.registration import (
    AccountOpened,
    AccountRegistered,
    CoveragesKept,
    ErasureAsked,
    ErasureRefused,
    KeysDestroyed,
    PatientRegistered,
    PersonErased,
)
from shared.keeping import Keeping, evolve_keeping

UNSETTLED_SHOWN = 20
"""Accounts that a refusal names."""


class Patient(msgspec.Struct, frozen=True):
    """A person's accounts with the digest each was opened with, and the digest of the coverages in force.

    `erasing`: `asked` while accounts answer, `erased` until the keys are gone, then `gone`; a new encounter begins
    anew. `gone` are the keys that were destroyed: what is still sealed with one is lost. The first `past` accounts are of
    before the person was erased, and stay so: nothing that is said of whoever comes again reaches them.
    """

    accounts: dict[str, str] = {}
    coverages: str = ""
    erasing: Literal["", "asked", "erased", "gone"] = ""
    request: int = 0
    unanswered: int = 0
    unsettled: tuple[str, ...] = ()
    unsettled_count: int = 0
    reason: str = ""
    gone: tuple[str, ...] = ()
    past: int = 0

    def present(self) -> list[str]:
        """The accounts that what is said of the person reaches."""
        return list(self.accounts)[self.past :]


class Account(msgspec.Struct, frozen=True):
    """Whether the account is there; it decides nothing by itself."""

    opened: bool = False


class Book(msgspec.Struct, frozen=True):
    """The open business day, and whom legal holds keep."""

    today: date | None = None
    keeping: Keeping = Keeping()


def evolve(state: Patient | None, event: Any) -> Patient:
    """The patient after an event of theirs."""
    patient = state or Patient()
    change = msgspec.structs.replace
    match event:
        case PatientRegistered():
            return change(patient, erasing="")
        case AccountRegistered(account=account, digest=digest):
            return change(patient, accounts={**patient.accounts, account: digest})
        case CoveragesKept(digest=digest):
            return change(patient, coverages=digest)
        case ErasureAsked():
            return change(
                patient,
                erasing="asked",
                request=event.request,
                unanswered=event.accounts,
                unsettled=(),
                unsettled_count=0,
                reason=event.reason,
            )
        case ErasureAnswered():
            return _answered(patient, event)
        case ErasureRefused():
            return change(patient, erasing="")
        case PersonErased():
            return change(patient, erasing="erased", coverages="", past=len(patient.accounts))
        case KeysDestroyed():
            return change(patient, erasing="gone", gone=(*patient.gone, *event.key_ids))
    return patient


def _answered(patient: Patient, event: ErasureAnswered) -> Patient:
    """An answer to an earlier request answers nothing any more."""
    if patient.erasing != "asked" or event.request != patient.request:
        return patient
    patient = msgspec.structs.replace(patient, unanswered=patient.unanswered - 1)
    if event.settled:
        return patient
    shown = (*patient.unsettled, event.account)[:UNSETTLED_SHOWN]
    return msgspec.structs.replace(
        patient, unsettled=shown, unsettled_count=patient.unsettled_count + 1
    )


def evolve_account(state: Account | None, event: Any) -> Account:
    """The account is there once it was opened."""
    return Account(True) if isinstance(event, AccountOpened) else state or Account()


def evolve_book(book: Book, event: Any) -> Book:
    """The open day, and the holds in force."""
    if isinstance(event, BusinessDayOpened):
        return msgspec.structs.replace(book, today=event.day)
    return msgspec.structs.replace(book, keeping=evolve_keeping(book.keeping, event))
