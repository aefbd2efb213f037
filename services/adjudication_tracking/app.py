"""The wiring of `adjudication_tracking`."""

from services.adjudication_tracking import api
from services.adjudication_tracking.domain import ACCOUNT, INBOUND, REMITTANCE, Book, evolve_book
from services.adjudication_tracking.projections import PROJECTIONS
from services.adjudication_tracking.reactions import react
from shared.keeping import HEARS as KEEPING
from shared.keeping import SAYS as FILES_END
from shared.keeping import erasing_files
from shared.service import Service

_OWN = (
    "file_received",
    "file_refused",
    "file_part_taken",
    "claim_acknowledged",
    "claim_rejected",
    "acknowledgement_tallied",
    "remittance_received",
    "remittance_claims_staged",
    "remittance_repeated",
    "remittance_released",
    "remittance_refused",
    "remittance_closed",
    "claim_payment_delivered",
    "remittance_dispatched",
    "claim_matched",
    "claim_unmatched",
    "claim_adjudicated",
    "adjudication_reversed",
    "reversal_waiting",
    "claim_forwarded",
    "answer_late",
)
SAYS = frozenset(f"adjudication_tracking.{name}.v1" for name in _OWN)
_QUIET = frozenset(
    f"adjudication_tracking.{name}.v1"
    for name in (
        "file_received",
        "file_refused",
        "file_part_taken",
        "reversal_waiting",
        "claim_forwarded",
        "answer_late",
    )
)
HEARS = (
    (SAYS - _QUIET)
    | KEEPING
    | {
        "reference.business_day_opened.v1",
        "reference.payer_listed.v1",
        "reference.facility_listed.v1",
        "registration.account_opened.v1",
        "registration.coverages_set.v1",
        "coding.charges_captured.v1",
        "coding.charge_corrected.v1",
        "submission.claim_created.v1",
        "submission.claim_held.v1",
        "submission.claim_released.v1",
        "submission.claim_resubmitted.v1",
        "submission.claim_submitted.v1",
        "submission.claim_voided.v1",
        "submission.void_withdrawn.v1",
        "submission.transport_rejected.v1",
        "submission.claim_imported.v1",
        "submission.correction_declined.v1",
        "posting.payment_posted.v1",
        "posting.responsibility_moved.v1",
        "denial.correction_requested.v1",
    }
)

SERVICE = Service(
    name="adjudication_tracking",
    hears=HEARS,
    says=SAYS | FILES_END,
    deciders={"account": ACCOUNT, "remittance": REMITTANCE, "inbound": INBOUND},
    react=react,
    projections=PROJECTIONS,
    book=Book(),
    evolve_book=evolve_book,
    routes=api.routes,
    erasing=erasing_files("adjudication_tracking"),
)
