"""Reading an 837I set: what is institutional about a claim, on top of the loops that all claims share."""

from collections.abc import Iterator

from shared.x12.claim_837i.model import (
    Batch837I,
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueAmount,
)
from shared.x12.claim_loops.read import ClaimReading
from shared.x12.claim_loops.usual import UNDATED, number_of
from shared.x12.dates import first_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import el, ends, padded
from shared.x12.findings import Finding
from shared.x12.money import NotMoney
from shared.x12.runs import Found, Reached

_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_REASONS = frozenset({"APR", "PR"})
_CAUSES = frozenset({"ABN", "BN"})
_PROCEDURES = frozenset({"BBR", "BBQ", "BR", "BQ", "CAH"})
_HELD = {
    **dict.fromkeys((*_DIAGNOSES, *_CAUSES), (0, 7)),
    **dict.fromkeys((*_PROCEDURES, "BH", "BI"), (0, 1, 2)),
    "BE": (0, 3),
}
"""Which components after the first the model holds, by the kind of a code; of others the code alone."""

_CLAIM = """
    CLM*_*_***__
    ?DTP*434*__
    ?CL1*_*_*_
"""
_LINE = """
    LX*_
    SV2*_*_*_*_*_
    ?DTP*472*__
    ?REF*6R*_
"""


def read_837i(one: TransactionSet) -> tuple[list[InstitutionalClaim], list[Finding]]:
    """The claims of a set and what could not be read of them."""
    reading = Reading837I(one)
    return list(reading.claims()), reading.taker.findings


def read_batch_837i(one: TransactionSet) -> tuple[Batch837I, list[Finding]]:
    """The whole set: submitter, receiver, the first billing provider, and the claims."""
    reading = Reading837I(one)
    reading.batch.claims = list(reading.claims())
    return reading.batch, reading.taker.findings


def claims_837i(one: TransactionSet) -> Iterator[InstitutionalClaim]:
    """Every claim as soon as it is read, for files of any size."""
    return Reading837I(one).claims()


class Reading837I(ClaimReading[InstitutionalClaim, RevenueLine]):
    """What is institutional about a claim."""

    tags = (*ClaimReading.tags, "HI", "SV2", "CL1")
    note_of_line = "TPO"
    kind_of_place = "A"
    claim_shape, line_shape = _CLAIM, _LINE

    def usual_claim(self, place: int, found: Found | None) -> Reached | None:
        """A CLM with the days of its statement and where the patient came from and is, and its lines."""
        if found is None:
            return None
        clm01, total, rest, days, admission, came_from, status = found.groups()
        said = self.places[rest]
        span = self.spans[days] if days is not None else UNDATED
        if said is None or span is None:
            return None
        try:
            cents = self.cents[total]
        except NotMoney:
            return None
        facility, frequency, signs = said
        claim = InstitutionalClaim(
            clm01,
            cents,
            facility,
            frequency,
            self.subscriber,
            self.payer,
            [],
            [],
            span[0],
            span[1],
            billing=self.billing,
            segment=place,
        )
        if admission is not None:
            claim.admission_type, claim.admission_source = admission, came_from
            claim.patient_status = status
        self.open_claim(claim, signs)
        claim.signature = claim.signature or "Y"
        behind, end = place + 1 + (days is not None) + (admission is not None), found.end()
        return self.usual_lines(behind, self.line_match(found.string, end)) or (behind, end)

    def usual_lines(self, place: int, found: Found | None) -> Reached | None:
        """Lines, each an LX with what was done, for how much, when, and its control number."""
        claim, line, end = self.claim, None, 0
        while found is not None and claim is not None:
            lx01, revenue, what, charge, unit, units, on, control = found.groups()
            procedure, number = self.procedures[what], 1 if units == "1" else number_of(units)
            days = self.spans[on] if on is not None else UNDATED
            if procedure is None or number is None or days is None:
                break
            try:
                cents = self.cents[charge]
            except NotMoney:
                break
            qualifier, code, modifiers, description = procedure
            line = RevenueLine(
                revenue,
                cents,
                number,
                code,
                days[0],
                days[1],
                qualifier or "HC",
                [*modifiers],
                unit,
                description=description,
                line_control=control or "",
            )
            claim.lines.append(line)
            self.counted.append(lx01)
            place += 2 + (on is not None) + (control is not None)
            end = found.end()
            found = self.line_match(found.string, end)
        if line is None:
            return None
        self.open_line(line)
        return place, end

    def new_claim(self, place: int, s: list[str]) -> InstitutionalClaim:
        where = self.taker.parts(s[5], 3)
        cents = self.money(s[2], place, 2)
        return InstitutionalClaim(
            s[1], cents, where[0], where[2], self.subscriber, self.payer, [], []
        )

    def clm(self, place: int, s: list[str]) -> bool:
        taken = super().clm(place, s)
        if self.claim is not None and not self.claim.signature:
            self.claim.signature = "Y"  # CLM06 is not used here.
        return taken and not any(s[11:13])

    def new_date(self, place: int, what: str, s: list[str]) -> bool:
        if self.line is not None:
            if what != "472" or self.prior_line is not None:
                return False
            self.line.service_from, self.line.service_to = (
                first_day(s[3]),
                self.taker.until(s[3], place, 3),
            )
            return self.line.service_from is not None
        c = self.claim
        if c is None or self.prior is not None:
            return False
        if what == "434":
            c.statement_from, c.statement_to = first_day(s[3]), self.taker.until(s[3], place, 3)
        elif what == "435":
            c.admitted_on, c.admitted_hhmm = first_day(s[3]), s[3][8:12]
        elif what == "096" and s[2] == "TM":
            c.discharged_hhmm = s[3]
        else:
            return False
        return what == "096" or first_day(s[3]) is not None

    def amt(self, place: int, s: list[str]) -> bool:
        of_claim = self.claim is not None and self.line is None and self.prior is None
        if of_claim and self.claim is not None and el(s, 1) == "F3":
            self.claim.patient_owes_cents = self.money(el(s, 2), place, 2)
            return ends(s, 2)
        return super().amt(place, s)

    def cl1(self, place: int, s: list[str]) -> bool:
        c = self.claim
        if c is None:
            return False
        s = padded(s, 4)
        c.admission_type, c.admission_source, c.patient_status = s[1], s[2], s[3]
        return ends(s, 3)

    def hi(self, place: int, s: list[str]) -> bool:
        c = self.claim
        if c is None:
            return False
        plain = True
        for n, text in enumerate(s[1:], 1):
            parts = self.taker.parts(text, 9)
            taken = self._code(c, parts, place, n) if text else True
            plain = taken and self._is_held(parts) and plain
        return plain

    def _is_held(self, parts: list[str]) -> bool:
        """Whether a code has no more components than the model holds of its kind."""
        kind, *more = parts
        held = _HELD.get(kind, (0,))
        return not any([part for n, part in enumerate(more) if part and n not in held])

    def _code(self, c: InstitutionalClaim, parts: list[str], place: int, n: int) -> bool:
        kind, code = parts[0], parts[1]
        if not code and kind.isalnum():
            self.taker.note(place, "a code is missing", n, "1", rule="code.missing")
            return False
        if kind in _DIAGNOSES:
            if not c.diagnoses:
                c.first_diagnosis = kind
            c.diagnoses.append(Diagnosis(code, parts[8]))
        elif kind in ("ABJ", "BJ"):
            c.admitting_diagnosis = code
        elif kind in _REASONS:
            c.reasons_for_visit.append(code)
        elif kind in _CAUSES:
            c.external_causes.append(Diagnosis(code, parts[8]))
        elif kind in _PROCEDURES:
            c.procedures.append(Procedure(code, self.taker.day(parts[3], place, n)))
        elif kind in ("BH", "BI"):
            day = first_day(parts[3])
            if day is None:
                self.taker.note(place, "an occurrence without a day", n, "8")
                return False
            c.occurrences.append(Occurrence(code, day, self.taker.until(parts[3], place, n)))
        elif kind == "BE":
            c.values.append(ValueAmount(code, self.money(parts[4], place, n)))
        elif kind == "BG":
            c.condition_codes.append(code)
        elif kind == "DR":
            c.drg = code
        else:
            return False
        return True

    def sv2(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        t, s = self.taker, padded(s, 8)
        what = t.parts(s[2], 7)
        self.prior = self.prior_line = self.here = None
        self.line = RevenueLine(
            s[1],
            self.money(s[3], place, 3),
            t.units(s[5], place, 5),
            what[1],
            qualifier=what[0] or "HC",
            modifiers=[m for m in what[2:6] if m],
            unit_code=s[4],
            noncovered_cents=t.money_or_zero(s[7], place, 7),
            quantity=s[5] if s[5].partition(".")[2].strip("0") else "",
            description=what[6],
        )
        self.claim.lines.append(self.line)
        return ends(s, 7) and not s[6] and len(what) <= 7
