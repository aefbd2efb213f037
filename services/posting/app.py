"""Wiring of the posting service."""

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    RemittanceReleased,
)
from contracts.coding import ChargeCorrected, ChargesCaptured
from contracts.posting import (
    ChargesSetAside,
    EftDeposited,
    EftExpected,
    EftMatched,
    ErasureAnswered,
    LatePaymentFound,
    LatePaymentSettled,
    OpeningBalancePosted,
    OverpaymentIdentified,
    OverpaymentInvestigationConcluded,
    OverpaymentInvestigationOpened,
    OverpaymentOpened,
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentReceived,
    PatientPaymentRefunded,
    PaymentPosted,
    PostingReversed,
    ProviderAdjustmentPosted,
    ProviderAdjustmentsDelivered,
    ResponsibilityMoved,
    TakebackMatched,
    TakebackPosted,
    UnderpaymentFound,
    UnderpaymentSettled,
    WriteOffPosted,
)
from contracts.reference import (
    BusinessDayOpened,
    FeeSchedulePublished,
    PayerListed,
    PeriodClosed,
    PromptPayRuleListed,
    RuleSetPublished,
)
from contracts.registration import AccountOpened, CoveragesSet, ErasureAsked
from contracts.registry import wire_name
from contracts.submission import ClaimImported
from services.posting.api import routes
from services.posting.domain import DECIDERS
from services.posting.domain.book import Book, evolve_book, hydrate, shelve
from services.posting.projections import PROJECTIONS
from services.posting.reactions import react
from shared.service import Service

_HEARS = (
    BusinessDayOpened,
    PeriodClosed,
    RuleSetPublished,
    FeeSchedulePublished,
    PayerListed,
    PromptPayRuleListed,
    AccountOpened,
    CoveragesSet,
    ErasureAsked,
    ChargesCaptured,
    ChargeCorrected,
    ClaimImported,
    ClaimAdjudicated,
    AdjudicationReversed,
    RemittanceReleased,
    ResponsibilityMoved,
    ProviderAdjustmentsDelivered,
    TakebackPosted,
    OverpaymentOpened,
    OverpaymentRecovered,
    OverpaymentRefunded,
    EftExpected,
    EftDeposited,
    EftMatched,
    PatientPaymentReceived,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentRefunded,
)
_SAYS = (
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
    OpeningBalancePosted,
    ChargesSetAside,
    UnderpaymentFound,
    UnderpaymentSettled,
    LatePaymentFound,
    LatePaymentSettled,
    OverpaymentOpened,
    OverpaymentIdentified,
    OverpaymentInvestigationOpened,
    OverpaymentInvestigationConcluded,
    OverpaymentRecovered,
    OverpaymentRefunded,
    ProviderAdjustmentsDelivered,
    ProviderAdjustmentPosted,
    TakebackPosted,
    TakebackMatched,
    EftExpected,
    EftDeposited,
    EftMatched,
    PatientPaymentReceived,
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentRefunded,
    ErasureAnswered,
)

SERVICE = Service(
    name="posting",
    hears=frozenset(wire_name(event) for event in _HEARS),
    says=frozenset(wire_name(event) for event in _SAYS),
    deciders=DECIDERS,
    react=react,
    projections=PROJECTIONS,
    book=Book(),
    evolve_book=evolve_book,
    hydrate=hydrate,
    shelve=shelve,
    routes=routes,
)
