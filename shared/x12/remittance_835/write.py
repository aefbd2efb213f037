"""Writing an 835, as a payer does; the simulator and tests need the outside world's side."""

from collections.abc import Sequence
from itertools import groupby

from shared.x12.dates import d8
from shared.x12.money import amount
from shared.x12.remittance_835.model import Cas, Plb, RemitClaim, RemitLine, Remittance
from shared.x12.writing import Header, Line, Segments, composite, interchange, transaction

VERSION = "005010X221A1"
_LOOPS = {"CLP": "2100", "SVC": "2110", "LX": "2000", "PLB": ""}
_OF_PARTIES = {"PR": "1000A", "PE": "1000B"}


def place(lines: Sequence[Line], at: int) -> str:
    """The loop of a written segment: that of the last one up to it which opens a loop."""
    for line in reversed(lines[: at + 1]):
        if line[0] == "N1":
            return _OF_PARTIES.get(line[1], "")
        if line[0] in _LOOPS:
            return _LOOPS[line[0]]
    return ""


def write_835(header: Header, remittances: Sequence[Remittance]) -> bytes:
    """One interchange with one ST per remittance; NotWritable, with loop and element, what a gate would send back."""
    sets = [
        transaction("835", remit.control or f"{n:04d}", "", _body(remit))
        for n, remit in enumerate(remittances, 1)
    ]
    return interchange(header, "HP", VERSION, sets)


def _body(r: Remittance) -> Segments:
    s = Segments(sizes=True, place=place)
    _payment(s, r)
    if r.claims:
        s.add("LX", "1")
    for claim in r.claims:
        _claim(s, claim)
    for (npi, year), group in groupby(r.plb, key=lambda p: (p.npi, p.fiscal_year_end)):
        _plb(s, npi, d8(year) if year else "", list(group))
    return s


def _payment(s: Segments, r: Remittance) -> None:
    """BPR to loop 1000B."""
    s.add(
        *("BPR", r.handling, amount(r.amount_cents), r.credit, r.method),
        *(*r.bank, *("",) * 11)[:11],
        d8(r.paid_on) if r.paid_on else "",
    )
    s.add("TRN", "1", r.trn02, r.trn03)
    if r.produced_on:
        s.add("DTM", "405", d8(r.produced_on))
    s.add("N1", "PR", r.payer_name, *_id("XV", r.payer_id))
    if r.payer_street:
        s.add("N3", r.payer_street)
    if r.payer_city or r.payer_state or r.payer_zip:
        s.add("N4", r.payer_city, r.payer_state, r.payer_zip)
    if r.payer_contact or r.payer_phone:
        s.add("PER", "BL", r.payer_contact, "TE" if r.payer_phone else "", r.payer_phone)
    s.add("N1", "PE", r.payee_name, "XX", r.payee_npi)
    if r.payee_tax_id:
        s.add("REF", "TJ", r.payee_tax_id)


def _plb(s: Segments, npi: str, year: str, plbs: list[Plb]) -> None:
    for start in range(0, len(plbs), 6):
        pairs = [
            text
            for p in plbs[start : start + 6]
            for text in (composite(p.reason, p.reference), amount(p.cents))
        ]
        s.raw("PLB", npi, year, *pairs)


def _cas(s: Segments, cas: list[Cas]) -> None:
    """All reasons of a group in one CAS before a second CAS of that group."""
    for group in dict.fromkeys(c.group for c in cas):
        of_group = [c for c in cas if c.group == group]
        for start in range(0, len(of_group), 6):
            triplets: list[str] = []
            for c in of_group[start : start + 6]:
                triplets += [c.reason, amount(c.cents), str(c.quantity) if c.quantity else ""]
            s.add("CAS", group, *triplets)


def _claim(s: Segments, c: RemitClaim) -> None:
    patient = amount(c.patient_cents) if c.patient_cents else ""
    s.add(
        *("CLP", c.clp01, c.status, amount(c.charge_cents), amount(c.paid_cents), patient),
        *(c.filing_indicator, c.payer_control, c.facility_code, c.frequency, "", c.drg),
    )
    _cas(s, c.cas)
    _names(s, c)
    if c.remarks:
        s.add("MOA", "", "", *c.remarks[:5])
    if c.original_control:
        s.add("REF", "F8", c.original_control)
    for code, day in (("232", c.service_from), ("233", c.service_to), ("050", c.received_on)):
        if day:
            s.add("DTM", code, d8(day))
    for code, cents in c.amounts.items():
        s.add("AMT", code, amount(cents))
    for line in c.lines:
        _line(s, line)


def _names(s: Segments, c: RemitClaim) -> None:
    """Loop 2100's people, the rendering provider and the crossover carrier."""
    patient = (c.patient_last, c.patient_first, c.patient_middle)
    s.add("NM1", "QC", "1", *patient, "", "", *_id("MI", c.patient_id))
    if c.subscriber_last:
        subscriber = (c.subscriber_last, c.subscriber_first)
        s.add("NM1", "IL", "1", *subscriber, "", "", "", *_id("MI", c.subscriber_id))
    if c.corrected_last or c.corrected_id:
        corrected = (c.corrected_last, c.corrected_first)
        s.add("NM1", "74", "1", *corrected, "", "", "", *_id("C", c.corrected_id))
    if c.rendering_npi:
        s.add(
            "NM1", "82", "1", c.rendering_last, c.rendering_first, "", "", "", "XX", c.rendering_npi
        )
    if c.crossover_name:
        s.add("NM1", "TT", "2", c.crossover_name, "", "", "", "", *_id("PI", c.crossover_id))
    if c.prior_payer_name:
        s.add("NM1", "PR", "2", c.prior_payer_name, "", "", "", "", *_id("PI", c.prior_payer_id))


def _id(qualifier: str, value: str) -> tuple[str, ...]:
    return (qualifier, value) if value else ()


def _line(s: Segments, x: RemitLine) -> None:
    submitted = ""
    if x.submitted_procedure:
        submitted = composite(x.qualifier, x.submitted_procedure, *x.submitted_modifiers)
    s.raw(
        *("SVC", composite(x.qualifier, x.procedure, *x.modifiers)),
        *(amount(x.charge_cents), amount(x.paid_cents), x.revenue_code, str(x.units), submitted),
        "" if x.submitted_units is None else str(x.submitted_units),
    )
    if x.service_to:
        s.add("DTM", "150", d8(x.service_from) if x.service_from else "")
        s.add("DTM", "151", d8(x.service_to))
    elif x.service_from:
        s.add("DTM", "472", d8(x.service_from))
    _cas(s, x.cas)
    if x.line_control:
        s.add("REF", "6R", x.line_control)
    if x.allowed_cents is not None:
        s.add("AMT", "B6", amount(x.allowed_cents))
    for code, cents in x.amounts.items():
        s.add("AMT", code, amount(cents))
    for code in x.remarks:
        s.add("LQ", "HE", code)
