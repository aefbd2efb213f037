"""Reading an 835 set into its model; one pass, one split per segment, nothing of it lost."""

from collections.abc import Iterator

from shared.x12.dates import payment_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import NOTHING, el, ends, padded
from shared.x12.findings import Finding
from shared.x12.money import NotMoney
from shared.x12.remittance_835.model import Cas, RemitClaim, RemitLine, Remittance
from shared.x12.remittance_835.payment import PaymentReading

_CLAIM_ENDS = frozenset({"CLP", "LX", "PLB"})
_AMOUNTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "BPR": ((2,), ()),
    "CLP": ((3, 4), (5,)),
    "SVC": ((2, 3), ()),
    "CAS": ((), ()),
    "AMT": ((2,), ()),
}
"""Where amounts stand that must be there, and where such that may be left out."""
_TAGS = (
    *("BPR", "TRN", "DTM", "N1", "N3", "N4", "PER", "REF", "LX", "CLP", "CAS", "NM1"),
    *("MOA", "MIA", "SVC", "AMT", "LQ", "PLB"),
)


def read_835(one: TransactionSet) -> tuple[Remittance, list[Finding]]:
    """The remittance and what could not be read of it. Judging is `check_835`."""
    reading = Reading835(one)
    claims = list(reading.claims())
    reading.remit.claims = claims
    return reading.remit, reading.findings


class Reading835(PaymentReading):
    """An 835 as it is read. `claims` gives each claim when it is complete, for files of any size."""

    def claims(self) -> Iterator[RemitClaim]:
        """Every claim as soon as it is read; `remit` is complete, but for its claims, after the last one."""
        waiting = self.remit.claims
        readers = {tag: getattr(self, tag.lower()) for tag in _TAGS}.get
        for first, segments in self.set.some():
            for place, segment in enumerate(segments, first):
                tag = segment[0]
                if waiting and tag in _CLAIM_ENDS:
                    yield waiting.pop()
                    self.set.pinned = place
                reader = readers(tag)
                try:
                    if reader is not None and reader(place, segment):
                        continue
                except NotMoney:
                    mended = self._mended(place, segment)
                    if reader is not None and reader(place, mended):
                        continue
                self.keep(place, segment)
        self.end()
        if waiting:
            yield waiting.pop()

    def end(self) -> None:
        """Say what every 835 must have and this one does not."""
        for tag in ("BPR", "TRN"):
            if tag not in self.seen:
                self.taker.note(-1, f"the set has no {tag}", code="3")

    def _mended(self, place: int, s: list[str]) -> list[str]:
        """A segment that holds what is no amount: 0 in its place, and a finding."""
        needed, optional = _AMOUNTS[s[0]]
        s = padded(s, max(needed, default=0) + 1)
        given = [position for position in optional if el(s, position)]
        if s[0] == "CAS":
            given = [p for p in range(3, len(s) + 2, 3) if el(s, p - 1) or el(s, p) or el(s, p + 1)]
            s = padded(s, max(given, default=0) + 1)
        return self.taker.mended(place, s, (*needed, *given))

    def lx(self, place: int, s: list[str]) -> bool:
        self.claim = self.line = None
        return len(s) == 2 or ends(s, 1)

    def clp(self, place: int, s: list[str]) -> bool:
        cents, count = self.cents, len(s)
        if count < 14:
            s = [*s, *NOTHING]
        claim = RemitClaim(
            s[1],
            s[2],
            cents[s[3]],
            cents[s[4]],
            cents[s[5]] if s[5] else 0,
            s[6],
            s[7],
            s[8],
            s[9],
            segment=place,
            drg=s[11],
        )
        self.claim, self.line = claim, None
        self.remit.claims.append(claim)
        return count < 11 or not (s[10] or s[12] or s[13] or any(s[14:]))

    def cas(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim
        if owner is None:
            return False
        last = len(s) - 1
        if last == 3:
            owner.cas.append(Cas(s[1], s[2], self.cents[s[3]]))
            return True
        found = []
        for at in range(2, last + 1, 3):
            text = s[at + 1] if at < last else ""
            count = s[at + 2] if at + 2 <= last else ""
            if text or s[at] or count:
                quantity = self.taker.units(count, place, at + 2) if count else None
                found.append(Cas(s[1], s[at], self.cents[text], quantity))
        owner.cas += found
        return True

    def nm1(self, place: int, s: list[str]) -> bool:
        c = self.claim
        if c is None:
            return False
        if len(s) < 10:
            s = padded(s, 10)
        what = s[1]
        if what == "QC":
            c.patient_last, c.patient_first, c.patient_id = s[3], s[4], s[9]
            c.patient_middle = s[5]
            return not (s[6] or s[7]) and s[8] in ("MI", "") and (len(s) == 10 or ends(s, 9))
        elif what == "IL":
            c.subscriber_last, c.subscriber_first, c.subscriber_id = s[3], s[4], s[9]
        elif what == "74":
            c.corrected_last, c.corrected_first, c.corrected_id = s[3], s[4], s[9]
        elif what == "82" and s[8] == "XX":
            c.rendering_npi, c.rendering_last, c.rendering_first = s[9], s[3], s[4]
            if s[2] != "1":
                return False
        elif what == "TT":
            c.crossover_name, c.crossover_id = s[3], s[9]
        elif what == "PR":
            c.prior_payer_name, c.prior_payer_id = s[3], s[9]
        else:
            return False
        return not (s[5] or s[6] or s[7]) and (len(s) == 10 or ends(s, 9))

    def moa(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        self.claim.remarks += [code for code in s[3:8] if code]
        if any(s[1:3]) or any(s[8:]):
            self.claim.unknown.append(s)
        return True

    def mia(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        self.claim.remarks += [code for code in (*s[5:6], *s[20:24]) if code]
        self.claim.unknown.append(s)
        return True

    def svc(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        count = len(s)
        if count < 8:
            s = [*s, *NOTHING]
        what = s[1].split(self.component)
        plain = len(what) <= 6 and (count <= 8 or not any(s[8:]))
        modifiers = what[2:6]
        if "" in modifiers:
            modifiers = [m for m in modifiers if m]
        line = RemitLine(
            what[1] if len(what) > 1 else "",
            self.cents[s[2]],
            self.cents[s[3]],
            what[0],
            modifiers,
            "",
            s[4],
            self.taker.units(s[5], place, 5) if s[5] else 1,
            segment=place,
        )
        if s[6]:
            submitted = self.taker.parts(s[6], 2)
            line.submitted_procedure = submitted[1]
            line.submitted_modifiers = [m for m in submitted[2:6] if m]
            plain = plain and len(submitted) <= 6
        plain = plain and not s[5].partition(".")[2].strip("0")
        if s[7]:
            line.submitted_units = self.taker.units(s[7], place, 7)
        self.line = line
        self.claim.lines.append(line)
        return plain

    def dtm(self, place: int, s: list[str]) -> bool:
        if len(s) < 3:
            return False
        what = s[1]
        when = self.days[s[2]] if what != "405" else payment_day(s[2])
        if when is None:
            self.taker.note(place, "not a date", 2, "8", severity="warning")
            return False
        owner = self.line or self.claim
        if owner is None:
            if what != "405":
                return False
            self.remit.produced_on = when
        elif what in ("472", "150", "232"):
            owner.service_from = when
        elif what in ("151", "233"):
            owner.service_to = when
        elif what == "050" and isinstance(owner, RemitClaim):
            owner.received_on = when
        else:
            return False
        return len(s) == 3 or ends(s, 2)

    def ref(self, place: int, s: list[str]) -> bool:
        if len(s) < 3:
            return False
        what, value, r = s[1], s[2], self.remit
        if self.line is not None:
            if what != "6R" or self.line.line_control:
                return False
            self.line.line_control = value
        elif self.claim is not None:
            if what != "F8" or self.claim.original_control:
                return False
            self.claim.original_control = value
        elif self.party == "PE" and what == "TJ":
            r.payee_tax_id = value
        elif self.party == "PR" and what == "2U" and not r.payer_id:
            r.payer_id = value
        else:
            return False
        return len(s) == 3 or ends(s, 2)

    def amt(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim
        if owner is None or len(s) < 3:
            return False
        what, cents = s[1], self.cents[s[2]]
        if what == "B6" and isinstance(owner, RemitLine) and owner.allowed_cents is None:
            owner.allowed_cents = cents
        elif what not in owner.amounts:
            owner.amounts[what] = cents
        else:
            return False
        return len(s) == 3 or ends(s, 2)

    def lq(self, place: int, s: list[str]) -> bool:
        if self.line is None or s[1:2] != ["HE"] or len(s) < 3:
            return False
        self.line.remarks.append(s[2])
        return len(s) == 3 or ends(s, 2)
