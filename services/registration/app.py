"""The wiring of `registration`."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.registration import api
from services.registration.domain import ACCOUNT, PATIENT, Book, StateDestroyed, evolve_book
from services.registration.projections import PROJECTIONS
from services.registration.reactions import react
from shared.keeping import HEARS as KEEPING
from shared.service import Erasing, Service


def _held(row: Mapping[str, Any], book: Book) -> bool:
    """A hold that came between the decision and its deed."""
    return book.keeping.hold_on(row["patient"]) is not None


def _destroyed(row: Mapping[str, Any], key_ids: Sequence[str]) -> tuple[str, StateDestroyed]:
    return row["stream"], StateDestroyed(row["patient"], tuple(key_ids))


SERVICE = Service(
    name="registration",
    hears=KEEPING
    | frozenset(
        {
            "reference.business_day_opened.v1",
            "registration.account_opened.v1",
            "registration.coverages_set.v1",
            "registration.patient_demographics_corrected.v1",
            "posting.erasure_answered.v1",
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
            "registration.erasure_asked.v1",
            "registration.erasure_refused.v1",
            "registration.person_erased.v1",
            "registration.keys_destroyed.v1",
        }
    ),
    deciders={"patient": PATIENT, "account": ACCOUNT},
    react=react,
    projections=PROJECTIONS,
    book=Book(),
    evolve_book=evolve_book,
    routes=api.routes,
    erasing=Erasing("an erasure that was asked for", held=_held, destroyed=_destroyed),
)
