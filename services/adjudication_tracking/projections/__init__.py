"""What a person sees: claims with their state, remittances, unmatched payments, received files, tallies."""

from services.adjudication_tracking.projections.claims import CLAIM_STATUS, FOREIGN, SENT
from services.adjudication_tracking.projections.files import FILES, TALLY
from services.adjudication_tracking.projections.remittances import (
    REMITTANCE,
    UNMATCHED,
    WAITING_REVERSAL,
)
from shared.keeping import file_erasures

PROJECTIONS = (
    CLAIM_STATUS,
    REMITTANCE,
    UNMATCHED,
    WAITING_REVERSAL,
    FILES,
    TALLY,
    FOREIGN,
    SENT,
    file_erasures("adjudication_tracking", *FILES.hears),
)

__all__ = ["CLAIM_STATUS", "PROJECTIONS"]
