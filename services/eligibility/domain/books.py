"""What the broadcasts said that an inquiry needs: payers, receivers, facilities, enrolment for 270."""

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


class Book(msgspec.Struct, frozen=True):
    """Listings by code, and (legal entity, payer) pairs that may not ask."""

    today: date | None = None
    payers: dict[str, PayerListed] = {}
    receivers: dict[str, ReceiverListed] = {}
    facilities: dict[str, FacilityListed] = {}
    enrolled: dict[str, bool] = {}
    keeping: Keeping = Keeping()

    def may_ask(self, legal_entity: str, payer: str) -> bool:
        """Whether the payer is listed with a listed receiver, and the legal entity is enrolled for 270."""
        listed = self.payers.get(payer)
        if listed is None or listed.receiver not in self.receivers:
            return False
        return self.enrolled.get(f"{legal_entity}/{payer}", False)


def evolve_book(book: Book, event: Any) -> Book:
    """The book after a broadcast."""
    replace = msgspec.structs.replace
    match event:
        case BusinessDayOpened(day=day):
            return replace(book, today=day)
        case PayerListed():
            return replace(book, payers={**book.payers, event.payer: event})
        case ReceiverListed():
            return replace(book, receivers={**book.receivers, event.receiver: event})
        case FacilityListed():
            return replace(book, facilities={**book.facilities, event.facility: event})
        case EnrolmentRecorded() if event.transaction == "270":
            key = f"{event.legal_entity}/{event.payer}"
            return replace(book, enrolled={**book.enrolled, key: event.enrolled})
    return replace(book, keeping=evolve_keeping(book.keeping, event))
