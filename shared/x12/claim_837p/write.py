"""Writing 837P files that every payer's gate takes: hierarchy from structure, counts from lists, COB from an 835."""

from collections.abc import Sequence

from shared.x12.claim_837p.model import (
    Batch837,
    ClaimAdjustment,
    Party,
    PriorPayer,
    ProfessionalClaim,
    ServiceLine,
    Subscriber,
)
from shared.x12.dates import d8
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X222A1"
_ORDER = {1: "P", 2: "S", 3: "T", 4: "A", 5: "B", 6: "C", 7: "D", 8: "E", 9: "F"}


def write_837p(header: Header, batches: Sequence[Batch837]) -> bytes:
    """One interchange, one group, one ST per batch; fills `first` and `last` of every claim."""
    sets = [transaction("837", batch.control, VERSION, _body(batch)) for batch in batches]
    return interchange(header, "HC", VERSION, sets)


def _body(b: Batch837) -> Segments:
    s = Segments()
    s.add("BHT", "0019", "00", b.reference, d8(b.on), b.hhmm, "CH")
    s.add("NM1", "41", "2", b.submitter_name, "", "", "", "", "46", b.submitter_id)
    s.add("PER", "IC", b.contact_name, "TE", b.contact_phone)
    s.add("NM1", "40", "2", b.receiver_name, "", "", "", "", "46", b.receiver_id)
    s.add("HL", "1", "", "20", "1")
    p = b.billing
    if p.taxonomy:
        s.add("PRV", "BI", "PXC", p.taxonomy)
    s.add("NM1", "85", "2", p.name, "", "", "", "", "XX", p.npi)
    s.add("N3", p.street)
    s.add("N4", p.city, p.state, p.zip)
    s.add("REF", "EI", p.tax_id)
    level = 1
    for claim in b.claims:
        claim.first = len(s) + 2
        level = _claim(s, claim, level)
        claim.last = len(s) + 1
    return s


def _claim(s: Segments, c: ProfessionalClaim, level: int) -> int:
    """The subscriber's and patient's levels and the claim; the last HL number used."""
    sub = c.subscriber
    level += 1
    mine = level
    s.add("HL", str(mine), "1", "22", "1" if c.patient else "0")
    relation = "" if c.patient else "18"
    s.add(
        *("SBR", _ORDER[sub.order], relation, sub.group_number, "", sub.insurance_type, "", "", ""),
        sub.filing_indicator,
    )
    _subscriber_name(s, sub, with_address=c.patient is None)
    s.add("NM1", "PR", "2", c.payer.name, "", "", "", "", "PI", c.payer.payer_id)
    if c.patient:
        level += 1
        s.add("HL", str(level), str(mine), "23", "0")
        s.add("PAT", c.patient_relation or sub.relation)
        _person(s, "QC", c.patient, "")
    _claim_level(s, c)
    for number, line in enumerate(c.lines, 1):
        _line(s, number, line, c)
    return level


def _subscriber_name(s: Segments, sub: Subscriber, with_address: bool) -> None:
    s.add(
        "NM1",
        "IL",
        "1",
        sub.party.last,
        sub.party.first,
        sub.party.middle,
        "",
        "",
        "MI",
        sub.member_id,
    )
    if with_address or sub.party.street:
        _address(s, sub.party)


def _person(s: Segments, code: str, p: Party, member_id: str) -> None:
    ids = ("", "", "MI", member_id) if member_id else ()
    s.add("NM1", code, "1", p.last, p.first, p.middle, *ids)
    _address(s, p)


def _address(s: Segments, p: Party) -> None:
    s.add("N3", p.street)
    s.add("N4", p.city, p.state, p.zip)
    if p.born_on:
        s.add("DMG", "D8", d8(p.born_on), p.sex or "U")


def _claim_level(s: Segments, c: ProfessionalClaim) -> None:
    s.raw(
        *("CLM", composite(c.clm01), amount(c.total_cents), "", ""),
        *(composite(c.place_of_service, "B", c.frequency), c.signature),
        *(c.assignment, c.benefits_assigned, c.release),
    )
    if c.patient_paid_cents:
        s.add("AMT", "F5", amount(c.patient_paid_cents))
    if c.authorization:
        s.add("REF", "G1", c.authorization)
    if c.payer_control:
        s.add("REF", "F8", c.payer_control)
    if c.note:
        s.add("NTE", "ADD", c.note[:80])
    codes = [
        composite("ABK" if n == 0 else "ABF", code.replace(".", ""))
        for n, code in enumerate(c.diagnoses)
    ]
    if codes:
        s.raw("HI", *codes)
    if c.rendering_npi:
        s.add(
            "NM1", "82", "1", c.rendering_last, c.rendering_first, "", "", "", "XX", c.rendering_npi
        )
        if c.rendering_taxonomy:
            s.add("PRV", "PE", "PXC", c.rendering_taxonomy)
    for prior in c.prior:
        _prior(s, prior)


def _prior(s: Segments, p: PriorPayer) -> None:
    sub = p.subscriber
    s.add(
        *("SBR", _ORDER[sub.order], sub.relation, sub.group_number, "", sub.insurance_type),
        *("", "", "", sub.filing_indicator),
    )
    _cas(s, p.cas)
    if p.paid_cents is not None:
        s.add("AMT", "D", amount(p.paid_cents))
    s.add("OI", "", "", "Y", "", "", "Y")
    s.add("NM1", "IL", "1", sub.party.last, sub.party.first, "", "", "", "MI", sub.member_id)
    if sub.party.street:
        s.add("N3", sub.party.street)
        s.add("N4", sub.party.city, sub.party.state, sub.party.zip)
    s.add("NM1", "PR", "2", p.payer.name, "", "", "", "", "PI", p.payer.payer_id)
    if p.payer_control:
        s.add("REF", "F8", p.payer_control)


def _cas(s: Segments, cas: list[ClaimAdjustment]) -> None:
    """All reasons of a group stand in one CAS before a second one of that group."""
    for group in dict.fromkeys(c.group for c in cas):
        of_group = [c for c in cas if c.group == group]
        for start in range(0, len(of_group), 6):
            triplets: list[str] = []
            for c in of_group[start : start + 6]:
                triplets += [c.reason, amount(c.cents), str(c.quantity) if c.quantity else ""]
            s.add("CAS", group, *triplets)


def _line(s: Segments, number: int, x: ServiceLine, c: ProfessionalClaim) -> None:
    place = x.place_of_service if x.place_of_service != c.place_of_service else ""
    s.add("LX", str(number))
    s.raw(
        *("SV1", composite(x.qualifier, x.procedure, *x.modifiers), amount(x.charge_cents)),
        *(x.unit_code, str(x.units), place, "", composite(*map(str, x.pointers))),
    )
    if x.service_to and x.service_to != x.service_from and x.service_from:
        s.add("DTP", "472", "RD8", f"{d8(x.service_from)}-{d8(x.service_to)}")
    elif x.service_from:
        s.add("DTP", "472", "D8", d8(x.service_from))
    if x.line_control:
        s.add("REF", "6R", x.line_control)
    if x.note:
        s.add("NTE", "ADD", x.note[:80])
    if x.ndc:
        s.add("LIN", "", "N4", x.ndc)
        s.raw("CTP", "", "", "", x.ndc_units, "UN")
    for prior in x.prior:
        s.raw(
            *("SVD", prior.payer_id, amount(prior.paid_cents)),
            *(composite(x.qualifier, prior.procedure, *prior.modifiers), "", str(prior.units)),
        )
        _cas(s, prior.cas)
        if prior.paid_on:
            s.add("DTP", "573", "D8", d8(prior.paid_on))
