"""The wiring of `eligibility`."""

from services.eligibility import api
from services.eligibility.domain import ACCOUNT, INBOUND, OUTBOUND, Book, evolve_book
from services.eligibility.gateway import HAND_OVER
from services.eligibility.projections import PROJECTIONS
from services.eligibility.reactions import react
from shared.keeping import HEARS as KEEPING
from shared.keeping import SAYS as FILES_END
from shared.keeping import erasing_files
from shared.service import Service

SERVICE = Service(
    name="eligibility",
    hears=KEEPING
    | frozenset(
        {
            "reference.business_day_opened.v1",
            "reference.cutoff_reached.v1",
            "reference.payer_listed.v1",
            "reference.receiver_listed.v1",
            "reference.facility_listed.v1",
            "reference.enrolment_recorded.v1",
            "registration.account_opened.v1",
            "registration.coverages_set.v1",
            "eligibility.inquiry_queued.v1",
            "eligibility.inquiries_batched.v1",
            "eligibility.inquiry_file_sent.v1",
            "eligibility.inquiry_sent.v1",
            "eligibility.benefits_confirmed.v1",
            "eligibility.benefits_unclear.v1",
            "eligibility.inquiry_rejected.v1",
            "eligibility.response_file_received.v1",
            "eligibility.file_refused.v1",
        }
    ),
    says=FILES_END
    | frozenset(
        {
            "eligibility.inquiry_queued.v1",
            "eligibility.inquiries_batched.v1",
            "eligibility.inquiry_file_sent.v1",
            "eligibility.inquiry_sent.v1",
            "eligibility.response_file_received.v1",
            "eligibility.file_refused.v1",
            "eligibility.benefits_confirmed.v1",
            "eligibility.benefits_unclear.v1",
            "eligibility.inquiry_rejected.v1",
        }
    ),
    deciders={"account": ACCOUNT, "outbound": OUTBOUND, "inbound": INBOUND},
    react=react,
    projections=PROJECTIONS,
    book=Book(),
    evolve_book=evolve_book,
    hand_overs=(HAND_OVER,),
    routes=api.routes,
    erasing=erasing_files("eligibility"),
)
