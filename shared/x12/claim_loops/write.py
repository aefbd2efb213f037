"""Writing the loops that both kinds of claims share: hierarchy from structure, COB from what an 835 said."""

from collections.abc import Iterable, Sequence

from shared.x12.claim_loops.levels import LETTERS
from shared.x12.claim_loops.model import (
    Address,
    Batch,
    BillingProvider,
    C,
    ClaimAdjustment,
    ClaimBody,
    Condition,
    Dated,
    LineBody,
    Party,
    Payer,
    PriorPayer,
    Provider,
    Reference,
    Subscriber,
)
from shared.x12.dates import d8
from shared.x12.money import amount
from shared.x12.writing import NotWritable, Segments, composite

AT_ONCE = 200
"""Segments that wait to be judged together: enough to be quick, too few for the collector to care."""
Located = Party | BillingProvider | Payer | Provider | Address


def opening(s: Segments, b: Batch[C]) -> None:
    """BHT, submitter (1000A) and receiver (1000B)."""
    if b.on is None:
        raise NotWritable("a batch has no date")
    s.add("BHT", "0019", b.purpose, b.reference, d8(b.on), b.hhmm, b.kind)
    s.add("NM1", "41", "2", b.submitter_name, "", "", "", "", "46", b.submitter_id)
    s.add("PER", "IC", b.contact_name, "TE", b.contact_phone)
    s.add("NM1", "40", "2", b.receiver_name, "", "", "", "", "46", b.receiver_id)


def by_billing(b: Batch[C]) -> list[tuple[BillingProvider, list[C]]]:
    """Claims in order under their billing providers, each of which opens a level of its own."""
    groups: list[tuple[BillingProvider, list[C]]] = []
    for claim in b.claims:
        billing = claim.billing or b.billing
        if not groups or groups[-1][0] != billing:
            groups.append((billing, []))
        groups[-1][1].append(claim)
    return groups or [(b.billing, [])]


def billing_level(s: Segments, p: BillingProvider, level: int) -> None:
    """Loops 2000A, 2010AA and 2010AB."""
    s.add("HL", str(level), "", "20", "1")
    if p.taxonomy:
        s.add("PRV", "BI", "PXC", p.taxonomy)
    s.add("NM1", "85", "1" if p.first else "2", p.name, p.first, "", "", "", *_npi(p.npi))
    place(s, p)
    s.add("REF", p.tax_id_kind, p.tax_id)
    references(s, p.references)
    if p.contact_name:
        s.add("PER", "IC", p.contact_name, "TE", p.contact_phone)
    if p.pay_to is not None:
        s.add("NM1", "87", "1" if p.first else "2")
        place(s, p.pay_to)


def _npi(npi: str) -> tuple[str, ...]:
    return ("XX", npi) if npi else ()


def subscriber_levels(
    s: Segments, c: ClaimBody, sub: Subscriber, payer: Payer, parent: int, level: int
) -> int:
    """Loops 2000B to 2010CA of one claim; the last HL number used."""
    level += 1
    mine = level
    s.put(("HL", str(mine), str(parent), "22", "1" if c.patient else "0"))
    relation = "" if c.patient else sub.relation
    s.put((
        "SBR", LETTERS[sub.order], relation, sub.group_number, sub.group_name,
        sub.insurance_type, "", "", "", sub.filing_indicator,
    ))  # fmt: skip
    _named(s, "IL", sub.party, sub.member_id)
    if c.patient is None or sub.party.street:
        _whole_address(s, sub.party)
    if sub.party.references:
        references(s, sub.party.references)
    _payer(s, payer)
    if payer.references:
        references(s, payer.references)
    if c.patient:
        level += 1
        s.add("HL", str(level), str(mine), "23", "0")
        s.add("PAT", c.patient_relation or sub.relation)
        _named(s, "QC", c.patient, "")
        _whole_address(s, c.patient)
        references(s, c.patient.references)
    return level


def _named(s: Segments, who: str, p: Party, member_id: str) -> None:
    kind = "2" if p.organisation else "1"
    qualifier = "MI" if member_id else ""
    s.put(("NM1", who, kind, p.last, p.first, p.middle, "", p.suffix, qualifier, member_id))


def _payer(s: Segments, p: Payer) -> None:
    s.put(("NM1", "PR", "2", p.name, "", "", "", "", "PI", p.payer_id))
    if p.street:
        place(s, p)


def place(s: Segments, p: Located) -> None:
    """N3 and N4."""
    s.put(("N3", p.street, p.street2))
    s.put(("N4", p.city, p.state, p.zip))


def _whole_address(s: Segments, p: Party) -> None:
    place(s, p)
    if p.born_on:
        s.put(("DMG", "D8", d8(p.born_on), p.sex or "U"))


def references(s: Segments, listed: Iterable[Reference]) -> None:
    """REFs as they stand."""
    for reference in listed:
        s.add("REF", reference.qualifier, reference.value)


def claim_details(s: Segments, c: ClaimBody | LineBody) -> None:
    """Attachments of claim or line."""
    for a in c.attachments:
        s.add("PWK", a.kind, a.how, "", "", *(("AC", a.control) if a.control else ()))


def dates(s: Segments, listed: Iterable[Dated]) -> None:
    """DTPs as a day, a range, or a day with its time."""
    for d in listed:
        if d.until is not None:
            s.add("DTP", d.what, "RD8", f"{d8(d.day)}-{d8(d.until)}")
        elif d.hhmm:
            s.add("DTP", d.what, "DT", d8(d.day) + d.hhmm)
        else:
            s.add("DTP", d.what, "D8", d8(d.day))


def claim_references(s: Segments, c: ClaimBody) -> None:
    """Prior authorization, payer control number of the original, and the others."""
    if c.authorization:
        s.add("REF", "G1", c.authorization)
    if c.payer_control:
        s.add("REF", "F8", c.payer_control)
    references(s, c.references)


def conditions(s: Segments, listed: Iterable[Condition]) -> None:
    """CRCs."""
    for condition in listed:
        s.add("CRC", condition.category, condition.applies, *condition.codes)


def providers(s: Segments, listed: Sequence[Provider], order: Sequence[str]) -> None:
    """Loops 2310 and 2420 in the order of these roles."""
    for p in sorted(listed, key=lambda p: _rank(order, p.role)):
        kind = "2" if p.organisation else "1"
        s.add("NM1", p.role, kind, p.last, p.first, p.middle, "", p.suffix, *_npi(p.npi))
        if p.taxonomy:
            s.add("PRV", _PRV.get(p.role, "PE"), "PXC", p.taxonomy)
        if p.street:
            place(s, p)
        references(s, p.references)


def claim_providers(s: Segments, c: ClaimBody, before: Sequence[str], order: Sequence[str]) -> None:
    """Loop 2310: the rendering provider has fields of its own and its place after those of the roles `before`."""
    if c.providers:
        providers(s, [p for p in c.providers if p.role in before], order)
    if c.rendering_npi or c.rendering_last:
        qualifier = "XX" if c.rendering_npi else ""
        name = ("NM1", "82", "1", c.rendering_last, c.rendering_first)
        s.put((*name, "", "", "", qualifier, c.rendering_npi))
        if c.rendering_taxonomy:
            s.add("PRV", "PE", "PXC", c.rendering_taxonomy)
        references(s, c.rendering_references)
    if c.providers:
        providers(s, [p for p in c.providers if p.role not in before], order)


_PRV = {"71": "AT", "DN": "RF"}


def prior_payer(
    s: Segments, p: PriorPayer, lines: Iterable[LineBody], *, signed: bool = True
) -> None:
    """Loops 2320 to 2330B. The date of payment stands here only when no line says it; `signed` when OI04 may stand."""
    sub = p.subscriber
    s.add(
        *("SBR", LETTERS[sub.order], sub.relation, sub.group_number, sub.group_name),
        *(sub.insurance_type, "", "", "", sub.filing_indicator),
    )
    adjustments(s, p.cas)
    for code, cents in (
        ("D", p.paid_cents),
        ("A8", p.noncovered_cents),
        ("EAF", p.patient_owes_cents),
    ):
        if cents is not None:
            s.add("AMT", code, amount(cents))
    s.add("OI", "", "", p.benefits_assigned, p.signature_source if signed else "", "", p.release)
    if p.remarks:
        s.add("MOA", "", "", *p.remarks[:5])
    _named(s, "IL", sub.party, sub.member_id)
    if sub.party.street:
        place(s, sub.party)
    references(s, sub.party.references)
    _payer(s, p.payer)
    of_lines = any(x.payer_id == p.payer.payer_id for line in lines for x in line.prior)
    if p.paid_on and not of_lines:
        s.add("DTP", "573", "D8", d8(p.paid_on))
    references(s, p.payer.references)
    if p.payer_control:
        s.add("REF", "F8", p.payer_control)


def adjustments(s: Segments, cas: list[ClaimAdjustment]) -> None:
    """All reasons of a group stand in one CAS before a second one of that group."""
    for group in dict.fromkeys(c.group for c in cas):
        of_group = [c for c in cas if c.group == group]
        for start in range(0, len(of_group), 6):
            triplets: list[str] = []
            for c in of_group[start : start + 6]:
                triplets += [c.reason, amount(c.cents), str(c.quantity) if c.quantity else ""]
            s.add("CAS", group, *triplets)


def drug(s: Segments, x: LineBody) -> None:
    """Loop 2410."""
    if x.ndc:
        s.add("LIN", "", "N4", x.ndc)
        s.add("CTP", "", "", "", x.ndc_units, x.ndc_unit)
        if x.prescription:
            s.add("REF", "XZ", x.prescription)


def prior_lines(s: Segments, x: LineBody) -> None:
    """Loop 2430."""
    for p in x.prior:
        s.add(
            *("SVD", p.payer_id, amount(p.paid_cents)),
            *(composite(p.qualifier, p.procedure, *p.modifiers) if p.procedure else "",),
            *(p.revenue_code, str(p.units), p.bundled_into),
        )
        adjustments(s, p.cas)
        if p.paid_on:
            s.add("DTP", "573", "D8", d8(p.paid_on))
        if p.patient_owes_cents is not None:
            s.add("AMT", "EAF", amount(p.patient_owes_cents))


def _rank(order: Sequence[str], role: str) -> int:
    return order.index(role) if role in order else len(order)
