"""276 (005010X212): asking a payer what became of claims."""

from shared.x12.status_276.check import check_276
from shared.x12.status_276.read import read_276
from shared.x12.status_276.write import rewrite_276, write_276
from shared.x12.status_loops.model import (
    Asked,
    Patient,
    Payer,
    Provider,
    Receiver,
    StatusClaim,
    StatusLine,
    StatusSet,
    Subscriber,
)

__all__ = [
    "Asked",
    "Patient",
    "Payer",
    "Provider",
    "Receiver",
    "StatusClaim",
    "StatusLine",
    "StatusSet",
    "Subscriber",
    "check_276",
    "read_276",
    "rewrite_276",
    "write_276",
]
