"""The rules of eligibility: what is asked of whom, in which file, and what was answered."""

from services.eligibility.domain.account import ACCOUNT
from services.eligibility.domain.books import Book, evolve_book
from services.eligibility.domain.inbound import INBOUND
from services.eligibility.domain.queue import OUTBOUND

__all__ = ["ACCOUNT", "INBOUND", "OUTBOUND", "Book", "evolve_book"]
