"""277 (005010X212): what a payer answers about claims, and to which question each answer belongs."""

from shared.x12.status_277.check import CATEGORIES, check_277, check_echo, stage
from shared.x12.status_277.match import Answered, Matching, match_277
from shared.x12.status_277.read import read_277
from shared.x12.status_277.write import rewrite_277, write_277
from shared.x12.status_loops.model import (
    Asked,
    Patient,
    Payer,
    Provider,
    Receiver,
    Status,
    StatusClaim,
    StatusCode,
    StatusLine,
    StatusSet,
    Subscriber,
)

__all__ = [
    "CATEGORIES",
    "Answered",
    "Asked",
    "Matching",
    "Patient",
    "Payer",
    "Provider",
    "Receiver",
    "Status",
    "StatusClaim",
    "StatusCode",
    "StatusLine",
    "StatusSet",
    "Subscriber",
    "check_277",
    "check_echo",
    "match_277",
    "read_277",
    "rewrite_277",
    "stage",
    "write_277",
]
