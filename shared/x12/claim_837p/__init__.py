"""837P (005010X222A1): professional claims."""

from shared.x12.claim_837p.check import check_837p, check_claim_837p, rules_837p
from shared.x12.claim_837p.model import (
    Address,
    Ambulance,
    Attachment,
    Batch837,
    BillingProvider,
    ClaimAdjustment,
    Condition,
    Dated,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
    Subscriber,
)
from shared.x12.claim_837p.read import Reading837P, claims_837p, read_837p, read_batch_837p
from shared.x12.claim_837p.write import refuse_claim_837p, rewrite_837p, write_837p

__all__ = [
    "Address",
    "Ambulance",
    "Attachment",
    "Batch837",
    "BillingProvider",
    "ClaimAdjustment",
    "Condition",
    "Dated",
    "Party",
    "Payer",
    "PriorLine",
    "PriorPayer",
    "ProfessionalClaim",
    "Provider",
    "Reading837P",
    "Reference",
    "ServiceLine",
    "Subscriber",
    "check_837p",
    "check_claim_837p",
    "claims_837p",
    "read_837p",
    "read_batch_837p",
    "refuse_claim_837p",
    "rewrite_837p",
    "rules_837p",
    "write_837p",
]
