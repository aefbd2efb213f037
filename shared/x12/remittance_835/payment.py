"""What an 835 says of the payment itself, its payer and payee, and of provider adjustments."""

from shared.x12 import limits
from shared.x12.dates import day_or_none, payment_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, ends, padded
from shared.x12.findings import Finding
from shared.x12.remittance_835.model import Plb, RemitClaim, RemitLine, Remittance


class PaymentReading:
    """The state of reading an 835, and the segments that stand outside of claims."""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self.taker = Taker(one)
        self.money = self.taker.money
        self.cents = self.taker.cents
        self.days = self.taker.days
        self.component = one.delimiters.component
        self.remit = Remittance("", 0, credit="", method="", control=one.control)
        self.claim: RemitClaim | None = None
        self.line: RemitLine | None = None
        self.party = ""
        self.seen: set[str] = set()

    @property
    def findings(self) -> list[Finding]:
        """What could not be read, so far."""
        return self.taker.findings

    def bpr(self, place: int, s: list[str]) -> bool:
        if "BPR" in self.seen:
            self.taker.note(place, "a second BPR", code="5")
            return False
        r, s = self.remit, padded(s, 17)
        r.amount_cents = self.cents[s[2]]
        self.seen.add("BPR")
        r.handling, r.credit, r.method = s[1], s[3], s[4]
        r.bank = s[5:16]
        while r.bank and not r.bank[-1]:
            r.bank.pop()
        r.paid_on = payment_day(s[16])
        if r.paid_on is None:
            self.taker.note(place, "no payment date", 16, "8", severity="warning")
        return ends(s, 16)

    def trn(self, place: int, s: list[str]) -> bool:
        if "TRN" in self.seen:
            return False
        self.seen.add("TRN")
        s = padded(s, 4)
        self.remit.trn02, self.remit.trn03 = s[2], s[3]
        return ends(s, 3)

    def n1(self, place: int, s: list[str]) -> bool:
        s = padded(s, 5)
        if self.claim is not None or f"N1 {s[1]}" in self.seen:
            return False
        self.party = s[1]
        self.seen.add(f"N1 {s[1]}")
        if self.party == "PR":
            self.remit.payer_name, self.remit.payer_id = s[2], s[4]
            return s[3] in ("XV", "") and ends(s, 4)
        elif self.party == "PE":
            self.remit.payee_name, self.remit.payee_segment = s[2], place
            if s[3] == "XX":
                self.remit.payee_npi = s[4]
            else:
                self.remit.payee_tax_id = s[4]
            return s[3] in ("XX", "FI", "") and ends(s, 4)
        return False

    def n3(self, place: int, s: list[str]) -> bool:
        if self.party != "PR" or self.claim is not None or len(s) > 2 or self.remit.payer_street:
            return False
        self.remit.payer_street = padded(s, 2)[1]
        return True

    def n4(self, place: int, s: list[str]) -> bool:
        if self.party != "PR" or self.claim is not None or self.remit.payer_city:
            return False
        r, s = self.remit, padded(s, 4)
        r.payer_city, r.payer_state, r.payer_zip = s[1], s[2], s[3]
        return ends(s, 3)

    def per(self, place: int, s: list[str]) -> bool:
        s = padded(s, 5)
        if self.claim is not None or s[1] != "BL" or self.remit.payer_contact:
            return False
        by_phone = s[3] in ("TE", "")
        self.remit.payer_contact, self.remit.payer_phone = s[2], s[4] if by_phone else ""
        return by_phone and ends(s, 4)

    def plb(self, place: int, s: list[str]) -> bool:
        self.claim = self.line = None
        s = padded(s, max(5, len(s) | 1))
        year_end = day_or_none(s[2])
        if year_end is None:
            sentence = "no fiscal year end"
            self.taker.note(place, sentence, 2, "8", severity="warning", rule="plb.year")
        for at in range(3, len(s) - 1, 2):
            if s[at] or s[at + 1]:
                reason, _, reference = s[at].partition(self.taker.component)
                cents = self.money(s[at + 1], place, at + 1)
                self._keep_plb(Plb(reason, cents, reference, s[1], year_end, place))
        return True

    def _keep_plb(self, plb: Plb) -> None:
        if len(self.remit.plb) < limits.IN_PAYMENT:
            self.remit.plb.append(plb)
        elif "PLB" not in self.seen:
            self.seen.add("PLB")
            sentence = f"more than {limits.IN_PAYMENT} provider adjustments in one payment"
            self.taker.note(plb.segment, sentence, code="5", rule="plb.too_many")

    def keep(self, place: int, segment: list[str]) -> None:
        """What the model does not name stays where it stood."""
        unknown = (self.line or self.claim or self.remit).unknown
        if len(unknown) < limits.IN_PAYMENT:
            unknown.append(segment)
        elif "unknown" not in self.seen:
            self.seen.add("unknown")
            sentence = f"more than {limits.IN_PAYMENT} segments outside claims"
            self.taker.note(place, sentence, code="5", rule="payment.too_many")
