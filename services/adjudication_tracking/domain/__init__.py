"""The rules of adjudication tracking: received files, remittances, claims."""

from services.adjudication_tracking.domain.account import ACCOUNT
from services.adjudication_tracking.domain.books import Book, evolve_book
from services.adjudication_tracking.domain.inbound import INBOUND
from services.adjudication_tracking.domain.remittance import REMITTANCE

__all__ = ["ACCOUNT", "INBOUND", "REMITTANCE", "Book", "evolve_book"]
