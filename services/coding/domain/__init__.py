"""The rules of coding: charges, codes, and the code sets they are checked against."""

from services.coding.domain.account import ACCOUNT
from services.coding.domain.books import Book, evolve_book, hydrate, shelve
from services.coding.domain.commands import (
    Capture,
    Code,
    CorrectCharge,
    JudgeCorrections,
    SupportCharge,
    TryAgain,
)

__all__ = [
    "ACCOUNT",
    "Book",
    "Capture",
    "Code",
    "CorrectCharge",
    "JudgeCorrections",
    "SupportCharge",
    "TryAgain",
    "evolve_book",
    "hydrate",
    "shelve",
]
