"""The rules: an account's claims, a receiver's queue, and a received file."""

from services.submission.domain.account import ACCOUNT
from services.submission.domain.books import Books, evolve_book
from services.submission.domain.inbound import INBOUND
from services.submission.domain.queue import OUTBOUND

__all__ = ["ACCOUNT", "INBOUND", "OUTBOUND", "Books", "evolve_book"]
