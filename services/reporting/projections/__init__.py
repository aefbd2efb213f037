"""Rows for reports; a row belongs to one stream, sums over streams are made when read."""

from services.reporting.projections.checks import CHECKS, POSTED, UNMATCHED, WAITING
from services.reporting.projections.claims import CLAIMS
from services.reporting.projections.denials import DENIALS, REOPENINGS
from services.reporting.projections.late_payments import LATE_PAYMENTS
from services.reporting.projections.money import MONEY, PERSON
from services.reporting.projections.outside import (
    BUSINESS_DAYS,
    CALENDAR,
    PARKED,
    RECEIVERS,
    TRANSPORT,
)
from services.reporting.projections.overpayments import OVERPAYMENTS
from services.reporting.projections.payees import PATIENT_PAYMENTS, PAYEES
from services.reporting.projections.story import NUMBERS, STORY
from services.reporting.projections.takebacks import TAKEBACKS
from services.reporting.projections.underpayments import UNDERPAYMENTS

PROJECTIONS = (
    STORY,
    NUMBERS,
    MONEY,
    PERSON,
    CLAIMS,
    DENIALS,
    REOPENINGS,
    CHECKS,
    POSTED,
    UNMATCHED,
    WAITING,
    TRANSPORT,
    TAKEBACKS,
    UNDERPAYMENTS,
    LATE_PAYMENTS,
    OVERPAYMENTS,
    PAYEES,
    PATIENT_PAYMENTS,
    PARKED,
    CALENDAR,
    BUSINESS_DAYS,
    RECEIVERS,
)

__all__ = ["PROJECTIONS"]
