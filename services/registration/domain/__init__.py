"""The rules of registration."""

from services.registration.domain.erasing import (
    AskErasure,
    SettleErasure,
    StateDestroyed,
)
from services.registration.domain.patient import (
    ACCOUNT,
    PATIENT,
    CorrectDemographics,
    OpenAccount,
    SetCoverages,
    decide,
)
from services.registration.domain.state import Account, Book, Patient, evolve, evolve_book

__all__ = [
    "ACCOUNT",
    "PATIENT",
    "Account",
    "AskErasure",
    "Book",
    "CorrectDemographics",
    "OpenAccount",
    "Patient",
    "SetCoverages",
    "SettleErasure",
    "StateDestroyed",
    "decide",
    "evolve",
    "evolve_book",
]
