"""The rows a person sees, and the packages that the writer reads."""

from services.submission.projections.claims import CLAIM, REOPENING
from services.submission.projections.outbound import (
    CLAIM_PACKAGE,
    INTERCHANGE,
    QUEUE,
    RECEIVED_FILE,
)
from shared.keeping import file_erasures

PROJECTIONS = (
    CLAIM,
    REOPENING,
    QUEUE,
    CLAIM_PACKAGE,
    INTERCHANGE,
    RECEIVED_FILE,
    file_erasures("submission", *RECEIVED_FILE.hears),
)
