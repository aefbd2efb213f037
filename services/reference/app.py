"""The wiring of `reference`."""

from services.reference import api
from services.reference.domain import Books, Known, decide, evolve, evolve_book
from services.reference.projections import BOOK_ENTRY, HEARS
from services.reference.reactions import react
from shared.service import Decider, Service

SERVICE = Service(
    name="reference",
    hears=HEARS,
    says=HEARS | {"reference.entry_kept.v1"},
    deciders={"books": Decider("books", Books, decide, evolve)},
    react=react,
    projections=(BOOK_ENTRY,),
    book=Known(),
    evolve_book=evolve_book,
    routes=api.routes,
)
