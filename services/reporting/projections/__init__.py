"""Rows for reports; a row belongs to one stream, sums over streams are made when read."""

from services.reporting.projections.checks import (
    CALENDAR,
    CHECKS,
    PARKED,
    PAYEES,
    POSTED,
    TRANSPORT,
    UNMATCHED,
)
from services.reporting.projections.claims import CLAIMS, DENIALS
from services.reporting.projections.money import MONEY
from services.reporting.projections.story import STORY, TAKEBACKS

PROJECTIONS = (
    STORY,
    MONEY,
    CLAIMS,
    DENIALS,
    CHECKS,
    POSTED,
    UNMATCHED,
    TRANSPORT,
    TAKEBACKS,
    PAYEES,
    PARKED,
    CALENDAR,
)

__all__ = ["PROJECTIONS"]
