"""What the broadcasts say that a claim depends on: the books and the day."""

from datetime import date
from typing import Any

import msgspec

from contracts.reference import (
    BusinessDayOpened,
    EnrolmentRecorded,
    FacilityListed,
    PayerListed,
    ReceiverListed,
)
from shared.keeping import Keeping, evolve_keeping

DAYS_OF_AN_UNKNOWN_PAYER = 365


class Enrolment(msgspec.Struct, frozen=True):
    """Whether 837Ps may go, from a day on."""

    effective_from: date
    enrolled: bool


class Books(msgspec.Struct, frozen=True):
    """The fold of the broadcasts; payers keep every version with its day in force, oldest first."""

    today: date | None = None
    facilities: dict[str, FacilityListed] = {}
    payers: dict[str, tuple[PayerListed, ...]] = {}
    receivers: dict[str, ReceiverListed] = {}
    enrolments: dict[str, tuple[Enrolment, ...]] = {}
    keeping: Keeping = Keeping()

    def payer(self, payer: str, on: date) -> PayerListed | None:
        """The payer as listed on a day; before its first day, as first listed."""
        versions = self.payers.get(payer, ())
        for version in reversed(versions):
            if version.in_force_from <= on:
                return version
        return versions[0] if versions else None

    def enrolled(self, legal_entity: str, payer: str, on: date) -> bool:
        """Whether the entity may send 837Ps to the payer on a day; nobody said so means no."""
        answer = False
        for enrolment in self.enrolments.get(f"{legal_entity}|{payer}", ()):
            if enrolment.effective_from <= on:
                answer = enrolment.enrolled
        return answer

    def filing_limit_days(self, payer: str, on: date) -> int:
        """Days from the first service to the payer's filing limit."""
        listed = self.payer(payer, on)
        return listed.filing_limit_days if listed else DAYS_OF_AN_UNKNOWN_PAYER


def evolve_book(book: Books, event: Any) -> Books:
    """Fold one broadcast."""
    match event:
        case BusinessDayOpened():
            return msgspec.structs.replace(book, today=event.day)
        case FacilityListed():
            facilities = {**book.facilities, event.facility: event}
            return msgspec.structs.replace(book, facilities=facilities)
        case PayerListed():
            others = [
                v
                for v in book.payers.get(event.payer, ())
                if v.in_force_from != event.in_force_from
            ]
            versions = tuple(sorted([*others, event], key=lambda v: v.in_force_from))
            return msgspec.structs.replace(book, payers={**book.payers, event.payer: versions})
        case ReceiverListed():
            receivers = {**book.receivers, event.receiver: event}
            return msgspec.structs.replace(book, receivers=receivers)
        case EnrolmentRecorded(transaction="837P"):
            return _enrol(book, event)
    return msgspec.structs.replace(book, keeping=evolve_keeping(book.keeping, event))


def _enrol(book: Books, event: EnrolmentRecorded) -> Books:
    key = f"{event.legal_entity}|{event.payer}"
    others = [e for e in book.enrolments.get(key, ()) if e.effective_from != event.effective_from]
    said = Enrolment(effective_from=event.effective_from, enrolled=event.enrolled)
    in_order = tuple(sorted([*others, said], key=lambda e: e.effective_from))
    return msgspec.structs.replace(book, enrolments={**book.enrolments, key: in_order})
