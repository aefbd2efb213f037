"""The rules of coding: charges, codes, and the code sets they are checked against."""

from services.coding.domain.account import (
    ACCOUNT,
    Capture,
    Code,
    CorrectCharge,
    SupportCharge,
    TryAgain,
)
from services.coding.domain.books import Book, evolve_book, hydrate, shelve

__all__ = [
    "ACCOUNT",
    "Book",
    "Capture",
    "Code",
    "CorrectCharge",
    "SupportCharge",
    "TryAgain",
    "evolve_book",
    "hydrate",
    "shelve",
]
