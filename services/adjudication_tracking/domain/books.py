"""What the broadcasts said that tracking needs: who pays under which names, who we are, when answers are late."""

from datetime import date, timedelta
from typing import Any

import msgspec

from contracts.reference import BusinessDayOpened, FacilityListed, PayerListed
from shared.keeping import Keeping, evolve_keeping

UNKNOWN = "unknown:"
"""How the code of a payer begins that nobody listed."""


DAYS_KEPT = 30
"""Business days back that an acknowledgement's lateness is counted over; before them it is in calendar days."""


class PayerFacts(msgspec.Struct, frozen=True):
    """A payer's X12 id, names, and patience."""

    payer_id: str
    names: tuple[str, ...]
    ack_late_days: int
    remittance_late_days: int


class Book(msgspec.Struct, frozen=True):
    """Payers by our code, our NPIs and TINs with the legal entity they belong to."""

    today: date | None = None
    opened: tuple[date, ...] = ()
    """The last business days, oldest first."""
    payers: dict[str, PayerFacts] = {}
    npis: dict[str, str] = {}
    tax_ids: dict[str, str] = {}
    keeping: Keeping = Keeping()

    def payer_named(self, payer_id: str, name: str) -> str:
        """Our code of a payer by its X12 id, name or alias; `unknown:…` for a stranger."""
        payer_id = payer_id.strip().upper()
        wanted = " ".join(name.upper().split())
        for code, facts in self.payers.items():
            if payer_id and payer_id == facts.payer_id.upper():
                return code
        for code, facts in self.payers.items():
            if wanted and wanted in facts.names:
                return code
        letters = "".join(ch for ch in (payer_id or wanted) if ch.isalnum())
        return f"{UNKNOWN}{letters[:38]}"

    def business_day_after(self, day: date, number: int) -> date | None:
        """The so-manieth business day after a day; None while it did not come."""
        if not self.opened or self.opened[0] > day:
            return day + timedelta(days=number)
        later = [opened for opened in self.opened if opened > day]
        return later[number - 1] if len(later) >= number else None

    def payee(self, npi: str, tax_id: str) -> str:
        """The legal entity that a payee's NPI or TIN belongs to; empty when it is not ours."""
        return self.tax_ids.get(tax_id, "") or self.npis.get(npi, "")


def evolve_book(book: Book, event: Any) -> Book:
    """The book after a broadcast."""
    replace = msgspec.structs.replace
    match event:
        case BusinessDayOpened(day=day):
            return replace(book, today=day, opened=(*book.opened, day)[-DAYS_KEPT:])
        case PayerListed():
            names = (event.name, *event.aliases)
            facts = PayerFacts(
                event.payer_id,
                tuple(" ".join(n.upper().split()) for n in names),
                event.ack_277ca_late_days,
                event.remittance_late_days,
            )
            return replace(book, payers={**book.payers, event.payer: facts})
        case FacilityListed():
            return replace(
                book,
                npis={**book.npis, event.npi: event.legal_entity},
                tax_ids={**book.tax_ids, event.tax_id: event.legal_entity},
            )
    return replace(book, keeping=evolve_keeping(book.keeping, event))
