"""Reading an 835 set into its model; one pass, one split per segment, nothing of it lost."""

from collections.abc import Callable

from shared.x12.dates import day_or_none, first_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el
from shared.x12.findings import Finding
from shared.x12.remittance_835.model import Cas, Plb, RemitClaim, RemitLine, Remittance


def read_835(one: TransactionSet) -> tuple[Remittance, list[Finding]]:
    """The remittance and what could not be read of it. Judging is `check_835`."""
    reading = _Reading(one)
    for place, segment in enumerate(one.segments):
        reading.take(place, segment)
    return reading.remit, reading.taker.findings


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.remit = Remittance("", 0, credit="", method="", control=one.control)
        for name in ("street", "city", "state", "zip", "contact", "phone"):
            setattr(self.remit, f"payer_{name}", "")
        self.claim: RemitClaim | None = None
        self.line: RemitLine | None = None
        self.party = ""

    def take(self, place: int, s: list[str]) -> None:
        reader = _READERS.get(s[0])
        if reader is None or not reader(self, place, s):
            owner = self.line or self.claim or self.remit
            owner.unknown.append(s)

    def bpr(self, place: int, s: list[str]) -> bool:
        r = self.remit
        r.handling, r.credit, r.method = el(s, 1), el(s, 3), el(s, 4)
        r.amount_cents = self.taker.money(place, 2, empty=None)
        r.paid_on = day_or_none(el(s, 16))
        if r.paid_on is None:
            self.taker.note(place, "no payment date", 16, "8", severity="warning")
        return True

    def trn(self, place: int, s: list[str]) -> bool:
        self.remit.trn02, self.remit.trn03 = el(s, 2), el(s, 3)
        return True

    def dtm(self, place: int, s: list[str]) -> bool:
        what, when = el(s, 1), first_day(el(s, 2))
        if self.line is not None:
            if what in ("472", "150"):
                self.line.service_from = when
            elif what == "151":
                self.line.service_to = when
            else:
                return False
            return True
        if self.claim is not None:
            if what in ("232", "150"):
                self.claim.service_from = when
            elif what in ("233", "151"):
                self.claim.service_to = when
            elif what == "050":
                self.claim.received_on = when
            else:
                return False
            return True
        if what == "405":
            self.remit.produced_on = when
            return True
        return False

    def n1(self, place: int, s: list[str]) -> bool:
        self.party = el(s, 1)
        if self.party == "PR":
            self.remit.payer_name = el(s, 2)
            self.remit.payer_id = el(s, 4)
        elif self.party == "PE":
            self.remit.payee_name = el(s, 2)
            if el(s, 3) == "XX":
                self.remit.payee_npi = el(s, 4)
            else:
                self.remit.payee_tax_id = el(s, 4)
        return True

    def n3(self, place: int, s: list[str]) -> bool:
        if self.party != "PR":
            return False
        self.remit.payer_street = el(s, 1)
        return True

    def n4(self, place: int, s: list[str]) -> bool:
        if self.party != "PR":
            return False
        r = self.remit
        r.payer_city, r.payer_state, r.payer_zip = el(s, 1), el(s, 2), el(s, 3)
        return True

    def per(self, place: int, s: list[str]) -> bool:
        if self.claim is not None or el(s, 1) != "BL":
            return False
        self.remit.payer_contact, self.remit.payer_phone = el(s, 2), el(s, 4)
        return True

    def ref(self, place: int, s: list[str]) -> bool:
        what, value = el(s, 1), el(s, 2)
        if self.line is not None:
            if what != "6R":
                return False
            self.line.line_control = value
            return True
        if self.claim is not None:
            if what != "F8":
                return False
            self.claim.original_control = value
            return True
        if self.party == "PE" and what == "TJ":
            self.remit.payee_tax_id = value
            return True
        if self.party == "PR" and what == "2U" and not self.remit.payer_id:
            self.remit.payer_id = value
            return True
        return False

    def lx(self, place: int, s: list[str]) -> bool:
        self.claim = self.line = None
        return True

    def clp(self, place: int, s: list[str]) -> bool:
        money = self.taker.money
        self.line = None
        self.claim = RemitClaim(
            el(s, 1),
            el(s, 2),
            money(place, 3, empty=None),
            money(place, 4, empty=None),
            money(place, 5),
            el(s, 6),
            el(s, 7),
            el(s, 8),
            el(s, 9),
            segment=place,
        )
        self.remit.claims.append(self.claim)
        return True

    def cas(self, place: int, s: list[str]) -> bool:
        owner = self.line if self.line is not None else self.claim
        if owner is None:
            return False
        group = el(s, 1)
        for at in range(2, min(len(s), 20), 3):
            if el(s, at) or el(s, at + 1):
                quantity = el(s, at + 2)
                count = self.taker.units(quantity, place, at + 2) if quantity else None
                owner.cas.append(Cas(group, el(s, at), self.taker.money(place, at + 1), count))
        return True

    def nm1(self, place: int, s: list[str]) -> bool:
        c, what = self.claim, el(s, 1)
        if c is None:
            return False
        if what == "QC":
            c.patient_last, c.patient_first, c.patient_id = el(s, 3), el(s, 4), el(s, 9)
        elif what == "IL":
            c.subscriber_last, c.subscriber_first, c.subscriber_id = el(s, 3), el(s, 4), el(s, 9)
        elif what == "74":
            c.corrected_last, c.corrected_first, c.corrected_id = el(s, 3), el(s, 4), el(s, 9)
        elif what == "82":
            c.rendering_npi = el(s, 9)
        elif what == "TT":
            c.crossover_name, c.crossover_id = el(s, 3), el(s, 9)
        else:
            return False
        return True

    def moa(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        self.claim.remarks += [code for code in map(str.strip, s[3:8]) if code]
        self.claim.unknown.append(s)
        return True

    def mia(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        codes = [el(s, 5), *(el(s, n) for n in range(20, 24))]
        self.claim.remarks += [code for code in codes if code]
        self.claim.unknown.append(s)
        return True

    def svc(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        t = self.taker
        parts = t.parts(el(s, 1))
        submitted = t.parts(el(s, 6))
        self.line = RemitLine(
            parts[1] if len(parts) > 1 else "",
            t.money(place, 2, empty=None),
            t.money(place, 3),
            parts[0],
            [m for m in parts[2:6] if m],
            submitted[1] if len(submitted) > 1 else "",
            el(s, 4),
            t.units(el(s, 5), place, 5),
            segment=place,
        )
        self.claim.lines.append(self.line)
        return True

    def amt(self, place: int, s: list[str]) -> bool:
        if self.line is not None:
            if el(s, 1) != "B6":
                return False
            self.line.allowed_cents = self.taker.money(place, 2)
            return True
        if self.claim is None:
            return False
        self.claim.amounts[el(s, 1)] = self.taker.money(place, 2)
        return True

    def lq(self, place: int, s: list[str]) -> bool:
        if self.line is None or el(s, 1) != "HE":
            return False
        self.line.remarks.append(el(s, 2))
        return True

    def plb(self, place: int, s: list[str]) -> bool:
        self.claim = self.line = None
        for at in range(3, min(len(s), 15), 2):
            if el(s, at) or el(s, at + 1):
                reason, _, reference = el(s, at).partition(self.taker.component)
                self.remit.plb.append(
                    Plb(
                        reason,
                        self.taker.money(place, at + 1),
                        reference.split(self.taker.component)[0],
                        el(s, 1),
                        day_or_none(el(s, 2)),
                        place,
                    )
                )
        return True


_READERS: dict[str, Callable[[_Reading, int, list[str]], bool]] = {
    name.upper(): getattr(_Reading, name)
    for name in (
        *("bpr", "trn", "dtm", "n1", "n3", "n4", "per", "ref", "lx", "clp", "cas", "nm1"),
        *("moa", "mia", "svc", "amt", "lq", "plb"),
    )
}
