"""The rows a person sees, and the packages that the writer reads."""

from services.submission.projections.claims import CLAIM
from services.submission.projections.outbound import (
    CLAIM_PACKAGE,
    INTERCHANGE,
    QUEUE,
    RECEIVED_FILE,
)

PROJECTIONS = (CLAIM, QUEUE, CLAIM_PACKAGE, INTERCHANGE, RECEIVED_FILE)
