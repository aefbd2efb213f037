"""Tables of registration."""

from services.registration.projections.erasures import ERASURES
from services.registration.projections.people import ACCOUNTS, PATIENTS

PROJECTIONS = (PATIENTS, ACCOUNTS, ERASURES)

__all__ = ["PROJECTIONS"]
