"""837I (005010X223A2): institutional claims."""

from shared.x12.claim_837i.check import check_837i, check_claim_837i, rules_837i
from shared.x12.claim_837i.model import (
    Batch837I,
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueAmount,
)
from shared.x12.claim_837i.read import Reading837I, claims_837i, read_837i, read_batch_837i
from shared.x12.claim_837i.write import rewrite_837i, write_837i

__all__ = [
    "Batch837I",
    "Diagnosis",
    "InstitutionalClaim",
    "Occurrence",
    "Procedure",
    "Reading837I",
    "RevenueLine",
    "ValueAmount",
    "check_837i",
    "check_claim_837i",
    "claims_837i",
    "read_837i",
    "read_batch_837i",
    "rewrite_837i",
    "rules_837i",
    "write_837i",
]
