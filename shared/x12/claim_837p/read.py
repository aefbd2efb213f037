"""Reading an 837P set: every claim with its billing provider, subscriber, patient, other payers and lines."""

from collections.abc import Callable

from shared.x12.claim_837p.model import (
    BillingProvider,
    ClaimAdjustment,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    ServiceLine,
    Subscriber,
)
from shared.x12.dates import day_or_none, first_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el
from shared.x12.findings import Finding

_ORDERS = {"P": 1, "S": 2, "T": 3, "A": 4, "B": 5, "C": 6, "D": 7, "E": 8, "F": 9}


def read_837p(one: TransactionSet) -> tuple[list[ProfessionalClaim], list[Finding]]:
    """The claims of a set and what could not be read of them."""
    reading = _Reading(one)
    for place, segment in enumerate(one.segments):
        reading.take(place, segment)
    return reading.claims, reading.taker.findings


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.claims: list[ProfessionalClaim] = []
        self.billing = BillingProvider("", "", "")
        self.subscriber = Subscriber(1, "", Party(""))
        self.payer = Payer("", "")
        self.patient: Party | None = None
        self.relation = ""
        self.claim: ProfessionalClaim | None = None
        self.line: ServiceLine | None = None
        self.prior: PriorPayer | None = None
        self.prior_line: PriorLine | None = None
        self.party: Party | None = None
        self.who = ""

    def take(self, place: int, s: list[str]) -> None:
        reader = _READERS.get(s[0])
        if reader is not None and reader(self, place, s):
            return
        if self.line is not None:
            self.line.unknown.append(s)
        elif self.claim is not None:
            self.claim.unknown.append(s)

    def hl(self, place: int, s: list[str]) -> bool:
        level = el(s, 3)
        self.claim = self.line = self.prior = self.prior_line = None
        self.who = ""
        if level == "20":
            self.billing = BillingProvider("", "", "")
        elif level == "22":
            self.subscriber = Subscriber(1, "", Party(""))
            self.payer, self.patient, self.relation = Payer("", ""), None, ""
        elif level == "23":
            self.patient = Party("")
        return True

    def prv(self, place: int, s: list[str]) -> bool:
        if el(s, 1) == "BI":
            self.billing.taxonomy = el(s, 3)
        elif self.claim is not None and el(s, 1) == "PE" and self.line is None:
            self.claim.rendering_taxonomy = el(s, 3)
        else:
            return False
        return True

    def sbr(self, place: int, s: list[str]) -> bool:
        made = Subscriber(
            _ORDERS.get(el(s, 1), 1),
            "",
            Party(""),
            el(s, 2) or "18",
            el(s, 9),
            el(s, 5),
            el(s, 3),
        )
        if self.claim is None:
            self.subscriber = made
        else:
            self.prior = PriorPayer(made, Payer("", ""))
            self.claim.prior.append(self.prior)
        return True

    def pat(self, place: int, s: list[str]) -> bool:
        if self.patient is not None:
            self.relation = el(s, 1)
        return True

    def nm1(self, place: int, s: list[str]) -> bool:
        self.who = who = el(s, 1)
        self.party = None
        if self.line is not None:
            return False
        if self.claim is None:
            return self._name_before_claim(who, s)
        if self.prior is not None:
            return self._name_of_prior(who, s)
        if who == "82":
            self.claim.rendering_npi = el(s, 9)
            self.claim.rendering_last, self.claim.rendering_first = el(s, 3), el(s, 4)
            return True
        return False

    def _name_before_claim(self, who: str, s: list[str]) -> bool:
        if who == "85":
            self.billing.name, self.billing.npi = el(s, 3), el(s, 9)
        elif who == "IL":
            self.party = self.subscriber.party
            self._fill(s)
            self.subscriber.member_id = el(s, 9)
        elif who == "PR":
            self.payer.name, self.payer.payer_id = el(s, 3), el(s, 9)
        elif who == "QC" and self.patient is not None:
            self.party = self.patient
            self._fill(s)
        return True

    def _name_of_prior(self, who: str, s: list[str]) -> bool:
        assert self.prior is not None
        if who == "IL":
            self.party = self.prior.subscriber.party
            self._fill(s)
            self.prior.subscriber.member_id = el(s, 9)
        elif who == "PR":
            self.prior.payer.name, self.prior.payer.payer_id = el(s, 3), el(s, 9)
        else:
            return False
        return True

    def _fill(self, s: list[str]) -> None:
        assert self.party is not None
        self.party.last, self.party.first, self.party.middle = el(s, 3), el(s, 4), el(s, 5)

    def n3(self, place: int, s: list[str]) -> bool:
        if self.who == "85" and self.claim is None:
            self.billing.street = el(s, 1)
        elif self.party is not None:
            self.party.street = el(s, 1)
        return True

    def n4(self, place: int, s: list[str]) -> bool:
        if self.who == "85" and self.claim is None:
            b = self.billing
            b.city, b.state, b.zip = el(s, 1), el(s, 2), el(s, 3)
        elif self.party is not None:
            p = self.party
            p.city, p.state, p.zip = el(s, 1), el(s, 2), el(s, 3)
        return True

    def dmg(self, place: int, s: list[str]) -> bool:
        if self.party is not None:
            self.party.born_on, self.party.sex = day_or_none(el(s, 2)), el(s, 3)
        return True

    def ref(self, place: int, s: list[str]) -> bool:
        what, value = el(s, 1), el(s, 2)
        if self.line is not None:
            if what != "6R":
                return False
            self.line.line_control = value
        elif self.claim is None:
            if self.who == "85" and what in ("EI", "SY"):
                self.billing.tax_id = value
        elif self.prior is not None:
            if what == "F8":
                self.prior.payer_control = value
        elif what == "F8":
            self.claim.payer_control = value
        elif what == "G1":
            self.claim.authorization = value
        else:
            return False
        return True

    def clm(self, place: int, s: list[str]) -> bool:
        where = [*self.taker.parts(el(s, 5)), "", "", ""]
        self.line = self.prior = self.prior_line = None
        self.claim = ProfessionalClaim(
            el(s, 1),
            self.taker.money(el(s, 2), place, 2),
            where[0],
            where[2],
            self.subscriber,
            self.payer,
            [],
            [],
            self.patient,
            self.relation,
            el(s, 7),
            el(s, 8),
            el(s, 9),
            el(s, 6),
            billing=self.billing,
            segment=place,
        )
        self.claims.append(self.claim)
        return True

    def amt(self, place: int, s: list[str]) -> bool:
        if self.claim is None or self.line is not None:
            return False
        if self.prior is not None and el(s, 1) == "D":
            self.prior.paid_cents = self.taker.money_or_zero(el(s, 2), place, 2)
        elif self.prior is None and el(s, 1) == "F5":
            self.claim.patient_paid_cents = self.taker.money_or_zero(el(s, 2), place, 2)
        else:
            return False
        return True

    def nte(self, place: int, s: list[str]) -> bool:
        if self.line is not None:
            self.line.note = el(s, 2)
        elif self.claim is not None:
            self.claim.note = el(s, 2)
        return True

    def hi(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        for text in s[1:]:
            parts = self.taker.parts(text)
            if parts[0] in ("ABK", "ABF", "BK", "BF") and len(parts) > 1:
                self.claim.diagnoses.append(parts[1])
        return True

    def cas(self, place: int, s: list[str]) -> bool:
        owner = self.prior_line or self.prior
        if owner is None:
            return False
        for at in range(2, min(len(s), 20), 3):
            if el(s, at) or el(s, at + 1):
                count = el(s, at + 2)
                units = self.taker.units(count, place, at + 2) if count else None
                cents = self.taker.money(el(s, at + 1), place, at + 1)
                owner.cas.append(ClaimAdjustment(el(s, 1), el(s, at), cents, units))
        return True

    def lx(self, place: int, s: list[str]) -> bool:
        self.prior = self.prior_line = None
        return True

    def sv1(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        t = self.taker
        what = [*t.parts(el(s, 1)), ""]
        pointers = [int(p) for p in t.parts(el(s, 7)) if p.isascii() and p.isdigit()]
        self.prior_line = None
        self.line = ServiceLine(
            what[1],
            t.money(el(s, 2), place, 2),
            t.units(el(s, 4), place, 4),
            None,
            pointers,
            qualifier=what[0],
            modifiers=[m for m in what[2:6] if m],
            unit_code=el(s, 3),
            place_of_service=el(s, 5) or self.claim.place_of_service,
        )
        self.claim.lines.append(self.line)
        return True

    def dtp(self, place: int, s: list[str]) -> bool:
        what, value = el(s, 1), el(s, 3)
        if self.prior_line is not None and what == "573":
            self.prior_line.paid_on = day_or_none(value)
        elif self.prior is not None and what == "573":
            self.prior.paid_on = day_or_none(value)
        elif self.line is not None and what == "472":
            self.line.service_from = first_day(value)
            last = day_or_none(value.partition("-")[2])
            self.line.service_to = last if last != self.line.service_from else None
        else:
            return False
        return True

    def lin(self, place: int, s: list[str]) -> bool:
        if self.line is None or el(s, 2) != "N4":
            return False
        self.line.ndc = el(s, 3)
        return True

    def ctp(self, place: int, s: list[str]) -> bool:
        if self.line is None or not self.line.ndc:
            return False
        self.line.ndc_units = el(s, 4)
        return True

    def svd(self, place: int, s: list[str]) -> bool:
        if self.line is None:
            return False
        t = self.taker
        what = [*t.parts(el(s, 3)), ""]
        self.prior_line = PriorLine(
            el(s, 1),
            t.money_or_zero(el(s, 2), place, 2),
            what[1],
            [m for m in what[2:6] if m],
            t.units(el(s, 5), place, 5),
        )
        self.line.prior.append(self.prior_line)
        return True

    def oi(self, place: int, s: list[str]) -> bool:
        return self.prior is not None


_READERS: dict[str, Callable[[_Reading, int, list[str]], bool]] = {
    name.upper(): getattr(_Reading, name)
    for name in (
        *("hl", "prv", "sbr", "pat", "nm1", "n3", "n4", "dmg", "ref", "clm", "amt", "nte", "hi"),
        *("cas", "lx", "sv1", "dtp", "lin", "ctp", "svd", "oi"),
    )
}
