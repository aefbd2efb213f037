"""Writing 837P files that every payer's gate takes: hierarchy from structure, counts from lists, COB from an 835."""

from collections.abc import Sequence

from shared.x12.claim_837p.check import DIAGNOSES, rules_837p
from shared.x12.claim_837p.model import Ambulance, Batch837, ProfessionalClaim, ServiceLine
from shared.x12.claim_loops import write as loops
from shared.x12.claim_loops.refusing import Refusing, place
from shared.x12.dates import d8
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X222A1"
_CLAIM_ROLES = ("DN", "P3", "82", "77", "DQ", "PW", "45")
_LINE_ROLES = ("82", "QB", "77", "DQ", "DK", "DN", "P3", "PW", "45")


def write_837p(header: Header, batches: Sequence[Batch837]) -> bytes:
    """One interchange, one group, one ST per batch; fills `first` and `last` of every claim.

    NotWritable, with loop and element, when a gate would refuse any of it; then nothing is given out.
    """
    for batch in batches:
        _refuse(batch)
    return _written(header, batches, sizes=True)


def refuse_claim_837p(claim: ProfessionalClaim) -> None:
    """NotWritable when something of a claim does not fit its place; its rules (`rules_837p`) are asked by themselves."""
    refusing = Refusing()
    refusing.number, refusing.clm01 = 1, claim.clm01
    refusing.lines(claim.lines)
    s = Segments(sizes=True, place=place)
    loops.subscriber_levels(s, claim, claim.subscriber, claim.payer, 1, 1)
    _claim(s, claim)
    s.judged()


def rewrite_837p(header: Header, batches: Sequence[Batch837]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return _written(header, batches, sizes=False)


def _refuse(batch: Batch837) -> None:
    refusing = Refusing()
    refusing.batch(batch)
    for number, claim in enumerate(batch.claims, 1):
        refusing.number, refusing.clm01 = number, claim.clm01
        refusing.all(rules_837p(claim, refusing))
        refusing.lines(claim.lines)


def _written(header: Header, batches: Sequence[Batch837], *, sizes: bool) -> bytes:
    sets = [transaction("837", b.control, VERSION, _body(b, sizes)) for b in batches]
    return interchange(header, "HC", VERSION, sets)


def _body(b: Batch837, sizes: bool) -> Segments:
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


def _claim(s: Segments, c: ProfessionalClaim) -> None:
    causes = ""
    if c.accident_causes:
        causes = composite(*(*c.accident_causes, "", "")[:3], c.accident_state)
    where = composite(c.place_of_service, "B", c.frequency)
    s.put((
        "CLM", c.clm01, amount(c.total_cents), "", "", where, c.signature, c.assignment,
        c.benefits_assigned, c.release, c.signature_source, causes, c.special_program,
        "", "", "", "", "", "", "", c.delay_reason,
    ))  # fmt: skip
    if c.dates:
        loops.dates(s, c.dates)
    if c.attachments:
        loops.claim_details(s, c)
    if c.patient_paid_cents:
        s.add("AMT", "F5", amount(c.patient_paid_cents))
    loops.claim_references(s, c)
    if c.note:
        s.add("NTE", c.note_kind, c.note)
    _ambulance(s, c.ambulance)
    if c.conditions:
        loops.conditions(s, c.conditions)
    _codes(s, c)
    loops.claim_providers(s, c, ("DN", "P3"), _CLAIM_ROLES)
    for prior in c.prior:
        loops.prior_payer(s, prior, c.lines)
    for number, line in enumerate(c.lines, 1):
        _line(s, number, line, c)


def _codes(s: Segments, c: ProfessionalClaim) -> None:
    """HI: diagnoses, anaesthesia's surgical procedures, condition codes."""
    codes = [
        composite("ABF" if n else "ABK", code.replace(".", ""))
        for n, code in enumerate(c.diagnoses)
    ]
    for start in range(0, len(codes), DIAGNOSES):
        s.add("HI", *codes[start : start + DIAGNOSES])
    if c.anesthesia_procedures:
        kinds = ("BP", "BO")
        s.add("HI", *(composite(kinds[n > 0], p) for n, p in enumerate(c.anesthesia_procedures)))
    if c.condition_codes:
        s.add("HI", *(composite("BG", code) for code in c.condition_codes))


def _ambulance(s: Segments, a: Ambulance | None) -> None:
    if a is not None:
        pounds = ("LB", a.pounds) if a.pounds else ("", "")
        s.add("CR1", *pounds, "", a.reason, "DH", a.miles, "", "", a.round_trip, a.stretcher)


def _line(s: Segments, number: int, x: ServiceLine, c: ProfessionalClaim) -> None:
    elsewhere = x.place_of_service if x.place_of_service != c.place_of_service else ""
    procedure = (x.qualifier, x.procedure, *x.modifiers)
    if x.description:
        procedure = (*(*procedure, "", "", "", "")[:6], x.description)
    pointers = "1" if x.pointers == [1] else composite(*map(str, x.pointers))
    units = x.quantity or str(x.units)
    s.put(("LX", str(number)))
    s.put((
        "SV1", composite(*procedure), amount(x.charge_cents), x.unit_code, units,
        elsewhere, "", pointers, "", x.emergency, "", x.epsdt, x.family_planning, "", "", x.copay_exempt,
    ))  # fmt: skip
    if x.attachments:
        loops.claim_details(s, x)
    if x.ambulance is not None:
        _ambulance(s, x.ambulance)
    if x.conditions:
        loops.conditions(s, x.conditions)
    if x.service_to and x.service_to != x.service_from and x.service_from:
        s.add("DTP", "472", "RD8", f"{d8(x.service_from)}-{d8(x.service_to)}")
    elif x.service_from:
        s.put(("DTP", "472", "D8", d8(x.service_from)))
    if x.dates:
        loops.dates(s, x.dates)
    if x.ambulance_patients is not None:
        s.add("QTY", "PT", str(x.ambulance_patients))
    if x.line_control:
        s.put(("REF", "6R", x.line_control))
    if x.references:
        loops.references(s, x.references)
    for code, cents in x.amounts.items():
        s.add("AMT", code, amount(cents))
    if x.note:
        s.add("NTE", x.note_kind or "ADD", x.note)
    if x.ndc:
        loops.drug(s, x)
    if x.providers:
        loops.providers(s, x.providers, _LINE_ROLES)
    if x.prior:
        loops.prior_lines(s, x)
