"""The wiring of `reporting`."""

from services.reporting import api
from services.reporting.domain import Book, evolve_book
from services.reporting.projections import PROJECTIONS
from services.reporting.reactions import react
from shared.service import Service

HEARS = frozenset(wire for projection in PROJECTIONS for wire in projection.hears)

SERVICE = Service(
    name="reporting",
    hears=HEARS,
    says=frozenset(),
    deciders={},
    react=react,
    projections=PROJECTIONS,
    book=Book(),
    evolve_book=evolve_book,
    routes=api.routes,
)
