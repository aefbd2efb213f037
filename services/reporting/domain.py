"""The only thing reporting keeps besides rows: the open business day."""

from datetime import date
from typing import Any

import msgspec

from contracts.reference import BusinessDayOpened


class Book(msgspec.Struct, frozen=True):
    """The open day."""

    today: date | None = None


def evolve_book(book: Book, event: Any) -> Book:
    """The book after a broadcast."""
    return Book(event.day) if isinstance(event, BusinessDayOpened) else book
