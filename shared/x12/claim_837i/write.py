"""Writing 837I files: type of bill, admission, codes of occurrence, value and condition, revenue lines."""

from collections.abc import Iterable, Sequence

from shared.x12.claim_837i.check import billing_facility, rules_837i
from shared.x12.claim_837i.model import Batch837I, Diagnosis, InstitutionalClaim, RevenueLine
from shared.x12.claim_loops import write as loops
from shared.x12.claim_loops.refusing import Refusing, place
from shared.x12.dates import d8
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X223A2"
CODES_IN_HI = 12
_CLAIM_ROLES = ("71", "72", "ZZ", "82", "77", "DN")
_LINE_ROLES = ("72", "ZZ", "82", "DN")


def write_837i(header: Header, batches: Sequence[Batch837I]) -> bytes:
    """One interchange, one group, one ST per batch; fills `first` and `last` of every claim.

    NotWritable, with loop and element, when a gate would refuse any of it; then nothing is given out.
    """
    for batch in batches:
        _refuse(batch)
    return _written(header, batches, sizes=True)


def rewrite_837i(header: Header, batches: Sequence[Batch837I]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return _written(header, batches, sizes=False)


def _refuse(batch: Batch837I) -> None:
    refusing = Refusing()
    refusing.batch(batch)
    refusing.all(billing_facility(refusing, batch.billing))
    for number, claim in enumerate(batch.claims, 1):
        refusing.number, refusing.clm01 = number, claim.clm01
        refusing.all(rules_837i(claim, refusing))
        refusing.lines(claim.lines)


def _written(header: Header, batches: Sequence[Batch837I], *, sizes: bool) -> bytes:
    sets = [transaction("837", b.control, VERSION, _body(b, sizes)) for b in batches]
    return interchange(header, "HC", VERSION, sets)


def _body(b: Batch837I, sizes: bool) -> Segments:
    s = Segments(sizes=sizes, place=place)
    loops.opening(s, b)
    level = 0
    for billing, claims in loops.by_billing(b):
        level += 1
        parent = level
        loops.billing_level(s, billing, level)
        for claim in claims:
            claim.first = len(s) + 2
            level = loops.subscriber_levels(s, claim, claim.subscriber, claim.payer, parent, level)
            _claim(s, claim)
            claim.last = len(s) + 1
            s.settle(loops.AT_ONCE)
    return s


def _claim(s: Segments, c: InstitutionalClaim) -> None:
    s.add(
        *("CLM", c.clm01, amount(c.total_cents), "", ""),
        *(composite(c.facility_code, "A", c.frequency), ""),
        *(c.assignment, c.benefits_assigned, c.release),
        *("", "", "", "", "", "", "", "", "", "", c.delay_reason),
    )
    _dates(s, c)
    if c.admission_type or c.admission_source or c.patient_status:
        s.add("CL1", c.admission_type, c.admission_source, c.patient_status)
    loops.claim_details(s, c)
    if c.patient_owes_cents:
        s.add("AMT", "F3", amount(c.patient_owes_cents))
    loops.claim_references(s, c)
    if c.note:
        s.add("NTE", c.note_kind, c.note)
    loops.conditions(s, c.conditions)
    _codes(s, c)
    loops.claim_providers(s, c, ("71", "72", "ZZ"), _CLAIM_ROLES)
    for prior in c.prior:
        loops.prior_payer(s, prior, c.lines, signed=False)
    for number, line in enumerate(c.lines, 1):
        _line(s, number, line)


def _dates(s: Segments, c: InstitutionalClaim) -> None:
    if c.discharged_hhmm:
        s.add("DTP", "096", "TM", c.discharged_hhmm)
    if c.statement_from:
        until = c.statement_to or c.statement_from
        s.add("DTP", "434", "RD8", f"{d8(c.statement_from)}-{d8(until)}")
    if c.admitted_on:
        kind = "DT" if c.admitted_hhmm else "D8"
        s.add("DTP", "435", kind, d8(c.admitted_on) + c.admitted_hhmm)
    loops.dates(s, c.dates)


def _codes(s: Segments, c: InstitutionalClaim) -> None:
    """HI in the guide's order; every kind in segments of its own, twelve codes each."""
    _hi(s, [_diagnosis("ABK", d) for d in c.diagnoses[:1]])
    if c.admitting_diagnosis:
        _hi(s, [composite("ABJ", _plain(c.admitting_diagnosis))])
    _hi(s, [composite("APR", _plain(code)) for code in c.reasons_for_visit])
    _hi(s, [_diagnosis("ABN", d) for d in c.external_causes])
    if c.drg:
        _hi(s, [composite("DR", c.drg)])
    _hi(s, [_diagnosis("ABF", d) for d in c.diagnoses[1:]])
    procedures = [
        composite(kind, p.code, "D8", d8(p.on)) if p.on else composite(kind, p.code)
        for kind, p in zip(("BBR", *["BBQ"] * len(c.procedures)), c.procedures, strict=False)
    ]
    _hi(s, procedures[:1])
    _hi(s, procedures[1:])
    _hi(
        s,
        [
            composite("BI", o.code, "RD8", f"{d8(o.on)}-{d8(o.until)}")
            for o in c.occurrences
            if o.until is not None
        ],
    )
    _hi(s, [composite("BH", o.code, "D8", d8(o.on)) for o in c.occurrences if o.until is None])
    _hi(s, [composite("BE", v.code, "", "", amount(v.cents)) for v in c.values])
    _hi(s, [composite("BG", code) for code in c.condition_codes])


def _hi(s: Segments, codes: Sequence[str]) -> None:
    for start in range(0, len(codes), CODES_IN_HI):
        s.add("HI", *codes[start : start + CODES_IN_HI])


def _plain(code: str) -> str:
    return code.replace(".", "")


def _diagnosis(kind: str, d: Diagnosis) -> str:
    return composite(kind, _plain(d.code), "", "", "", "", "", "", d.poa)


def _line(s: Segments, number: int, x: RevenueLine) -> None:
    modifiers: Iterable[str] = x.modifiers
    if x.description:
        modifiers = (*x.modifiers, "", "", "", "")[:4]
    s.add("LX", str(number))
    s.add(
        *("SV2", x.revenue_code),
        composite(x.qualifier, x.procedure, *modifiers, x.description) if x.procedure else "",
        *(amount(x.charge_cents), x.unit_code, x.quantity or str(x.units), ""),
        amount(x.noncovered_cents) if x.noncovered_cents else "",
    )
    loops.claim_details(s, x)
    if x.service_to and x.service_from:
        s.add("DTP", "472", "RD8", f"{d8(x.service_from)}-{d8(x.service_to)}")
    elif x.service_from:
        s.add("DTP", "472", "D8", d8(x.service_from))
    loops.dates(s, x.dates)
    if x.line_control:
        s.add("REF", "6R", x.line_control)
    loops.references(s, x.references)
    for code, cents in x.amounts.items():
        s.add("AMT", code, amount(cents))
    if x.note:
        s.add("NTE", x.note_kind or "TPO", x.note)
    loops.drug(s, x)
    loops.providers(s, x.providers, _LINE_ROLES)
    loops.prior_lines(s, x)
