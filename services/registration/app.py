"""The wiring of `registration`."""

from services.registration import api
from services.registration.domain import ACCOUNT, PATIENT, Book, evolve_book
from services.registration.projections import ACCOUNTS, PATIENTS
from services.registration.reactions import react
from shared.service import Service

SERVICE = Service(
    name="registration",
    hears=frozenset(
        {
            "reference.business_day_opened.v1",
            "registration.account_opened.v1",
            "registration.coverages_set.v1",
            "registration.patient_demographics_corrected.v1",
        }
    ),
    says=frozenset(
        {
            "registration.patient_registered.v1",
            "registration.account_registered.v1",
            "registration.account_opened.v1",
            "registration.coverages_set.v1",
            "registration.coverages_kept.v1",
            "registration.patient_demographics_corrected.v1",
        }
    ),
    deciders={"patient": PATIENT, "account": ACCOUNT},
    react=react,
    projections=(PATIENTS, ACCOUNTS),
    book=Book(),
    evolve_book=evolve_book,
    routes=api.routes,
)
