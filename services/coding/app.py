"""The wiring of `coding`."""

from services.coding import api
from services.coding.domain import ACCOUNT, Book, evolve_book, hydrate, shelve
from services.coding.projections import CHARGES, WORK_LIST
from services.coding.reactions import react
from shared.service import Service

SERVICE = Service(
    name="coding",
    hears=frozenset(
        {
            "reference.business_day_opened.v1",
            "reference.code_set_published.v1",
            "reference.code_edits_published.v1",
            "registration.account_opened.v1",
            "registration.coverages_set.v1",
            "denial.correction_requested.v1",
            "submission.claim_resubmitted.v1",
            "submission.correction_declined.v1",
            "submission.reopening_opened.v1",
        }
    ),
    says=frozenset(
        {
            "coding.charges_captured.v1",
            "coding.charge_corrected.v1",
            "coding.charge_supported.v1",
            "coding.encounter_coded.v1",
            "coding.coding_held.v1",
            "coding.correction_judged.v1",
        }
    ),
    deciders={"account": ACCOUNT},
    react=react,
    projections=(WORK_LIST, CHARGES),
    book=Book(),
    evolve_book=evolve_book,
    hydrate=hydrate,
    shelve=shelve,
    routes=api.routes,
)
