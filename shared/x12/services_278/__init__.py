"""278 (005010X217): asking a payer to review services before they are rendered, and its decision."""

from shared.x12.services_278.check import check_278
from shared.x12.services_278.model import (
    Asked,
    Decision,
    Event,
    Insurant,
    Patient,
    Requester,
    Review,
    Reviewer,
    Service,
    Wanted,
)
from shared.x12.services_278.read import read_278
from shared.x12.services_278.write import rewrite_278, write_278

__all__ = [
    "Asked",
    "Decision",
    "Event",
    "Insurant",
    "Patient",
    "Requester",
    "Review",
    "Reviewer",
    "Service",
    "Wanted",
    "check_278",
    "read_278",
    "rewrite_278",
    "write_278",
]
