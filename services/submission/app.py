"""Wiring of submission."""

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimRejected,
)
from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    CodingHeld,
    CorrectionJudged,
    EncounterCoded,
)
from contracts.denial import CorrectionRequested
from contracts.eligibility import BenefitsConfirmed, InquiryRejected
from contracts.posting import ResponsibilityMoved
from contracts.reference import (
    BusinessDayOpened,
    CutoffReached,
    EnrolmentRecorded,
    FacilityListed,
    PayerListed,
    ReceiverListed,
)
from contracts.registration import AccountOpened, CoveragesSet, PatientDemographicsCorrected
from contracts.registry import wire_name
from contracts.submission import (
    AcknowledgementFileReceived,
    ClaimCreated,
    ClaimHeld,
    ClaimImported,
    ClaimQueued,
    ClaimRecalled,
    ClaimReleased,
    ClaimResubmitted,
    ClaimSetAside,
    ClaimSubmitted,
    ClaimVoided,
    CorrectionDeclined,
    FileRefused,
    ForwardingGivenUp,
    InterchangeBatched,
    InterchangeDispatched,
    InterchangeSent,
    ReopeningAsked,
    ReopeningOpened,
    TransportAcknowledged,
    TransportAnswered,
    TransportRejected,
    VoidWithdrawn,
)
from services.submission.api import routes
from services.submission.domain import ACCOUNT, INBOUND, OUTBOUND, Books, evolve_book
from services.submission.gateway import HAND_OVER
from services.submission.projections import PROJECTIONS
from services.submission.reactions import react
from shared.keeping import HEARS as KEEPING
from shared.keeping import SAYS as FILES_END
from shared.keeping import erasing_files
from shared.service import Service

_HEARS = (
    BusinessDayOpened,
    CutoffReached,
    FacilityListed,
    PayerListed,
    ReceiverListed,
    EnrolmentRecorded,
    AccountOpened,
    CoveragesSet,
    PatientDemographicsCorrected,
    ChargesCaptured,
    ChargeCorrected,
    EncounterCoded,
    CodingHeld,
    CorrectionJudged,
    BenefitsConfirmed,
    InquiryRejected,
    ClaimAcknowledged,
    ClaimRejected,
    ClaimAdjudicated,
    AdjudicationReversed,
    ClaimForwarded,
    ResponsibilityMoved,
    CorrectionRequested,
    ClaimQueued,
    ClaimRecalled,
    ClaimSubmitted,
    InterchangeBatched,
    ClaimSetAside,
    InterchangeSent,
    InterchangeDispatched,
    TransportAnswered,
    TransportRejected,
)
_SAYS = (
    ClaimCreated,
    ClaimHeld,
    ClaimReleased,
    ClaimResubmitted,
    CorrectionDeclined,
    ForwardingGivenUp,
    ReopeningOpened,
    ReopeningAsked,
    ClaimImported,
    ClaimQueued,
    ClaimRecalled,
    InterchangeBatched,
    ClaimSetAside,
    InterchangeSent,
    InterchangeDispatched,
    ClaimSubmitted,
    ClaimVoided,
    VoidWithdrawn,
    AcknowledgementFileReceived,
    FileRefused,
    TransportAnswered,
    TransportAcknowledged,
    TransportRejected,
)

SERVICE = Service(
    name="submission",
    hears=KEEPING | {wire_name(event) for event in _HEARS},
    says=FILES_END | {wire_name(event) for event in _SAYS},
    deciders={decider.kind: decider for decider in (ACCOUNT, OUTBOUND, INBOUND)},
    react=react,
    projections=PROJECTIONS,
    book=Books(),
    evolve_book=evolve_book,
    hand_overs=(HAND_OVER,),
    routes=routes,
    erasing=erasing_files("submission"),
)
