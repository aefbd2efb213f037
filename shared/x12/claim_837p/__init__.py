"""837P (005010X222A1): professional claims."""

from shared.x12.claim_837p.check import check_837p
from shared.x12.claim_837p.model import (
    Batch837,
    BillingProvider,
    ClaimAdjustment,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    ServiceLine,
    Subscriber,
)
from shared.x12.claim_837p.read import read_837p
from shared.x12.claim_837p.write import write_837p

__all__ = [
    "Batch837",
    "BillingProvider",
    "ClaimAdjustment",
    "Party",
    "Payer",
    "PriorLine",
    "PriorPayer",
    "ProfessionalClaim",
    "ServiceLine",
    "Subscriber",
    "check_837p",
    "read_837p",
    "write_837p",
]
