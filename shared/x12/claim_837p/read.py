"""Reading an 837P set: every claim with its billing provider, subscriber, patient, other payers and lines."""

from collections.abc import Iterator

from shared.x12.claim_837p.model import Batch837, ProfessionalClaim, ServiceLine
from shared.x12.claim_loops.read import ClaimReading
from shared.x12.claim_loops.usual import NAMELESS, UNDATED, number_of, parted
from shared.x12.envelope import TransactionSet
from shared.x12.fields import NOTHING, el, ends, padded
from shared.x12.findings import Finding
from shared.x12.money import NotMoney
from shared.x12.runs import Found, Reached
from shared.x12.segments import Delimiters

_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
NO_DIAGNOSES: tuple[str, tuple[str, ...]] = ("ABK", ())
Signs = tuple[str, str, str, str]
"""Emergency, service of a child's screening, family planning, no copay."""
_CLAIM = """
    CLM*_*_***__
    ?HI*__
    ?NM1*82*__
    ?PRV*PE*PXC*_
"""
_LINE = """
    LX*_
    SV1*_*_*__
    ?DTP*472*__
    ?REF*6R*_
"""


def read_837p(one: TransactionSet) -> tuple[list[ProfessionalClaim], list[Finding]]:
    """The claims of a set and what could not be read of them."""
    reading = Reading837P(one)
    return list(reading.claims()), reading.taker.findings


def read_batch_837p(one: TransactionSet) -> tuple[Batch837, list[Finding]]:
    """The whole set: submitter, receiver, the first billing provider, and the claims."""
    reading = Reading837P(one)
    reading.batch.claims = list(reading.claims())
    return reading.batch, reading.taker.findings


def claims_837p(one: TransactionSet) -> Iterator[ProfessionalClaim]:
    """Every claim as soon as it is read, for files of any size."""
    return Reading837P(one).claims()


class Reading837P(ClaimReading[ProfessionalClaim, ServiceLine]):
    """What is professional about a claim."""

    tags = (*ClaimReading.tags, "HI", "SV1", "CR1", "QTY")
    claim_shape, line_shape = _CLAIM, _LINE

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.diagnoses = self.remembered(_diagnoses)
        self.services = self.remembered(_service)

    def usual_claim(self, place: int, found: Found | None) -> Reached | None:
        """A CLM with its codes and who rendered, and its lines."""
        if found is None:
            return None
        clm01, total, rest, codes, person, taxonomy = found.groups()
        said = self.places[rest]
        diagnoses = self.diagnoses[codes] if codes is not None else NO_DIAGNOSES
        name = self.persons[person] if person is not None else NAMELESS
        if said is None or diagnoses is None or name is None:
            return None
        if person is None and taxonomy is not None:
            return None
        try:
            cents = self.cents[total]
        except NotMoney:
            return None
        where, frequency, signs = said
        first_kind, diagnosed = diagnoses
        claim = ProfessionalClaim(
            clm01,
            cents,
            where,
            frequency,
            self.subscriber,
            self.payer,
            [],
            [*diagnosed],
            billing=self.billing,
            segment=place,
        )
        if first_kind != "ABK":
            claim.first_diagnosis = first_kind
        self.open_claim(claim, signs)
        if person is not None:
            claim.rendering_last, claim.rendering_first, claim.rendering_npi = name
            self.rendered.references = claim.rendering_references
            self.here = self.rendered
        if taxonomy is not None:
            claim.rendering_taxonomy = taxonomy
        behind = place + 1 + (codes is not None) + (person is not None) + (taxonomy is not None)
        end = found.end()
        return self.usual_lines(behind, self.line_match(found.string, end)) or (behind, end)

    def usual_lines(self, place: int, found: Found | None) -> Reached | None:
        """Lines, each an LX with what was done, for how much, when, and its control number."""
        claim, line, end = self.claim, None, 0
        if found is None or claim is None:
            return None
        procedures, services, spans, amounts = (
            self.procedures,
            self.services,
            self.spans,
            self.cents,
        )
        whole, match, counted, lines = found.string, self.line_match, self.counted, claim.lines
        while found is not None:
            lx01, what, charge, rest, on, control = found.groups()
            procedure, said = procedures[what], services[rest]
            days = spans[on] if on is not None else UNDATED
            if procedure is None or said is None or days is None:
                break
            try:
                cents = amounts[charge]
            except NotMoney:
                break
            qualifier, code, modifiers, description = procedure
            unit, units, where, pointers, signs = said
            line = ServiceLine(
                code,
                cents,
                units,
                days[0],
                [*pointers],
                qualifier,
                [*modifiers],
                unit,
                where or claim.place_of_service,
                days[1],
                "",
                description,
                line_control=control or "",
            )
            if signs is not None:
                line.emergency, line.epsdt, line.family_planning, line.copay_exempt = signs
            lines.append(line)
            counted.append(lx01)
            place += 2 + (on is not None) + (control is not None)
            end = found.end()
            found = match(whole, end)
        if line is None:
            return None
        self.open_line(line)
        return place, end

    def new_claim(self, place: int, s: list[str]) -> ProfessionalClaim:
        where = s[5].split(self.component)
        if len(where) < 3:
            where = padded(where, 3)
        claim = ProfessionalClaim(
            s[1],
            self.money(s[2], place, 2),
            where[0],
            where[2],
            self.subscriber,
            self.payer,
            [],
            [],
            special_program=s[12],
        )
        if s[11]:
            causes = self.taker.parts(s[11], 4)
            claim.accident_causes = [cause for cause in causes[:3] if cause]
            claim.accident_state = causes[3]
        return claim

    def new_date(self, place: int, what: str, s: list[str]) -> bool:
        line = self.line
        if line is None or what != "472":
            return False
        text = s[3]
        line.service_from = self.taker.days[text]
        if "-" in text:
            line.service_to = self.taker.until(text, place, 3)
        if line.service_from is None:
            self.taker.note(place, "not a date", 3, "8")
        return True

    def amt(self, place: int, s: list[str]) -> bool:
        of_claim = self.claim is not None and self.line is None and self.prior is None
        if of_claim and self.claim is not None and el(s, 1) == "F5":
            self.claim.patient_paid_cents = self.money(el(s, 2), place, 2)
            return ends(s, 2)
        return super().amt(place, s)

    def hi(self, place: int, s: list[str]) -> bool:
        c = self.claim
        if c is None:
            return False
        plain = True
        for n, text in enumerate(s[1:], 1):
            kind, _, code = text.partition(self.component)
            code, _, more = code.partition(self.component)
            plain = plain and not more
            if not code and kind.isalnum() and kind not in _DIAGNOSES:
                self.taker.note(place, "a code is missing", n, "1", rule="code.missing")
                plain = False
            elif kind in _DIAGNOSES:
                if not c.diagnoses:
                    c.first_diagnosis = kind
                c.diagnoses.append(code)
            elif kind in ("BP", "BO"):
                c.anesthesia_procedures.append(code)
            elif kind == "BG":
                c.condition_codes.append(code)
            else:
                return False
        return plain

    def cr1(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim
        if owner is None:
            return False
        owner.ambulance = self.ambulance_of(s)
        return self.is_plain_ambulance(s)

    def qty(self, place: int, s: list[str]) -> bool:
        if self.line is None or el(s, 1) != "PT":
            return False
        self.line.ambulance_patients = self.taker.units(el(s, 2), place, 2)
        return ends(s, 2)

    def sv1(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        count = len(s)
        if count < 16:
            s = [*s, *NOTHING]
        what = s[1].split(self.component)
        modifiers, units = what[2:6], s[4]
        if "" in modifiers:
            modifiers = [m for m in modifiers if m]
        self.prior = self.prior_line = self.here = None
        self.line = line = ServiceLine(
            what[1] if len(what) > 1 else "",
            self.money(s[2], place, 2),
            1 if units == "1" else self.taker.units(units, place, 4),
            None,
            [1] if s[7] == "1" else self._pointers(s[7]),
            what[0],
            modifiers,
            s[3],
            s[5] or self.claim.place_of_service,
        )
        plain = not s[6] and (
            s[7] in ("1", "") or len(line.pointers) == s[7].count(self.component) + 1
        )
        if count > 8:
            line.emergency, line.epsdt, line.family_planning, line.copay_exempt = (
                s[9],
                s[11],
                s[12],
                s[15],
            )
            plain = plain and ends(s, 15) and not (s[8] or s[10] or s[13] or s[14])
        if len(what) > 6:
            line.description = what[6]
            plain = plain and len(what) == 7
        if "." in units and units.partition(".")[2].strip("0"):
            line.quantity = units
        self.claim.lines.append(line)
        return plain

    def _pointers(self, text: str) -> list[int]:
        return _pointers(text, self.component)


def _pointers(text: str, component: str) -> list[int]:
    return [int(p) for p in text.split(component) if p.isascii() and p.isdigit() and len(p) < 3]


def _diagnoses(marks: Delimiters, text: str) -> tuple[str, tuple[str, ...]] | None:
    """The kind of the first code of an HI, and its codes; None where one of them is no diagnosis or says more."""
    found = [one.split(marks.component) for one in text.split(marks.element)]
    if any(len(parts) != 2 or parts[0] not in _DIAGNOSES for parts in found):
        return None
    return found[0][0], tuple(code for _, code in found)


def _service(
    marks: Delimiters, text: str
) -> tuple[str, int, str, tuple[int, ...], Signs | None] | None:
    """Of an SV1 from SV103 on: unit, number of units, place, pointers, and the signs that few lines have."""
    s = parted(text, marks.element, 13)
    number = number_of(s[1]) if s is not None else None
    if s is None or number is None or s[3] or s[5] or s[7] or s[10] or s[11]:
        return None
    pointers = _pointers(s[4], marks.component)
    if s[4] and len(pointers) != s[4].count(marks.component) + 1:
        return None
    signs = (s[6], s[8], s[9], s[12])
    return s[0], number, s[2], tuple(pointers), signs if any(signs) else None
