"""Tables of registration."""

from services.registration.projections.erasures import ERASURES
from services.registration.projections.people import ACCOUNTS, PATIENTS, PERSON_VERSIONS

PROJECTIONS = (PATIENTS, PERSON_VERSIONS, ACCOUNTS, ERASURES)

__all__ = ["PROJECTIONS"]
