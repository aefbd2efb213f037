"""Wiring of the denial service."""

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.denial import (
    AppealDecided,
    AppealFiled,
    CorrectionRequested,
    DenialOpened,
    DenialResolved,
)
from contracts.posting import (
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
    WriteOffPosted,
)
from contracts.reference import BusinessDayOpened, PayerListed
from contracts.registry import wire_name
from contracts.submission import CorrectionDeclined
from services.denial.api import routes
from services.denial.domain import ACCOUNT
from services.denial.domain.state import Book, evolve_book
from services.denial.projections import PROJECTIONS
from services.denial.reactions import react
from shared.service import Service

_HEARS = (
    BusinessDayOpened,
    PayerListed,
    ClaimAdjudicated,
    PaymentPosted,
    PostingReversed,
    WriteOffPosted,
    ResponsibilityMoved,
    CorrectionDeclined,
)
_SAYS = (DenialOpened, CorrectionRequested, AppealFiled, AppealDecided, DenialResolved)

SERVICE = Service(
    name="denial",
    hears=frozenset(wire_name(event) for event in _HEARS),
    says=frozenset(wire_name(event) for event in _SAYS),
    deciders={ACCOUNT.kind: ACCOUNT},
    react=react,
    projections=PROJECTIONS,
    book=Book(),
    evolve_book=evolve_book,
    routes=routes,
)
