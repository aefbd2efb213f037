"""An 837 as a biller reads it: who sends, who bills, and each claim with patient, payers, codes and lines."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shared.x12.claim_837i.check import rules_837i
from shared.x12.claim_837i.model import Diagnosis, InstitutionalClaim, RevenueLine
from shared.x12.claim_837i.read import Reading837I
from shared.x12.claim_837p import (
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Reading837P,
    ServiceLine,
    rules_837p,
)
from shared.x12.claim_loops.judging import judged
from shared.x12.claim_loops.model import (
    Address,
    Ambulance,
    Batch,
    BillingProvider,
    LineBody,
    Party,
    Provider,
)
from shared.x12.envelope import TransactionSet, kind_of
from shared.x12.findings import Finding
from shared.x12.showing import Fact, Paging, Shown, Veil, adjustments, amounts, code_of, dollars

FREQUENCIES = {"1": "original", "7": "replacement", "8": "void"}
ORDERS = {1: "primary", 2: "secondary", 3: "tertiary"}
PURPOSES = {"00": "original", "18": "sent again"}
ROLES = {
    "71": "attending",
    "72": "operating",
    "77": "service facility",
    "82": "rendering",
    "85": "billing",
    "DK": "ordering",
    "DN": "referring",
    "DQ": "supervising",
    "P3": "primary care",
    "PW": "picked up at",
    "45": "dropped off at",
    "ZZ": "other operating",
}

_ZIP = "A0"
"""A value code whose amount is the ZIP of where somebody was picked up."""

Claim = ProfessionalClaim | InstitutionalClaim


def show_837(one: TransactionSet, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """The batch first, then the claims that `paging` takes, then the totals."""
    reading = Reading837I(one) if kind_of(one) == "837I" else Reading837P(one)
    totals: Counter[str] = Counter()
    billing: BillingProvider | None = None
    opened = False
    before = paging.left_out
    for claim in _things(reading):
        if isinstance(claim, Finding):
            totals[claim.severity] += 1
            continue
        if not opened:
            opened = True
            yield _batch(reading.batch)
        totals["claims"] += 1
        totals["charge"] += claim.total_cents
        if paging.takes():
            if claim.billing is not None and claim.billing is not billing:
                billing = claim.billing
                yield _billing(billing)
            yield _claim(claim, veil, paging.count)
    if not opened:
        yield _batch(reading.batch)
    yield from veil.unknown(reading.batch.unknown)
    yield Shown(
        "totals",
        {
            "claims": totals["claims"],
            "not_shown": paging.left_out - before,
            "charge_cents": totals["charge"],
            "errors": totals["error"],
            "warnings": totals["warning"],
        },
    )


def _things(reading: Reading837P | Reading837I) -> Iterator[Claim | Finding]:
    """Claims with what is wrong with them."""
    if isinstance(reading, Reading837I):
        yield from judged(reading, rules_837i)
    else:
        yield from judged(reading, rules_837p)


def _batch(b: Batch[ProfessionalClaim] | Batch[InstitutionalClaim]) -> Shown:
    return Shown(
        "batch",
        {
            "reference": b.reference,
            "on": b.on.isoformat() if b.on else "",
            "purpose": code_of(PURPOSES, b.purpose),
            "kind": code_of({"CH": "to be paid", "RP": "encounters, reported"}, b.kind),
            "from": " ".join(filter(None, (b.submitter_name, b.submitter_id))),
            "to": " ".join(filter(None, (b.receiver_name, b.receiver_id))),
        },
    )


def _claim(c: Claim, veil: Veil, number: int) -> Shown:
    s = c.subscriber
    facts: dict[str, Fact] = {
        "number": number,
        "account": veil.id(c.clm01),
        "charge_cents": c.total_cents,
        "kind": code_of(FREQUENCIES, c.frequency),
        "payer": " ".join(filter(None, (c.payer.name, c.payer.payer_id))),
        "payer_order": ORDERS.get(s.order, str(s.order)),
        "filing": s.filing_indicator,
        "assignment": "" if c.assignment == "A" else c.assignment,
        "benefits_assigned": "" if c.benefits_assigned == "Y" else c.benefits_assigned,
        "signed_by": code_of({"P": "the provider, for the patient"}, c.signature_source),
        "subscriber": s.party.last
        if s.party.organisation and veil.phi
        else veil.name(s.party.last, s.party.first, s.party.middle),
        "member_id": veil.id(s.member_id),
        "group": veil.id(s.group_number),
        "patient": veil.name(c.patient.last, c.patient.first, c.patient.middle)
        if c.patient
        else "the subscriber",
        "relation": c.patient_relation,
        "born": veil.day((c.patient or s.party).born_on),
        "sex": (c.patient or s.party).sex,
        "address": veil.text(_address(c.patient or s.party)),
        "billing_npi": c.billing.npi if c.billing else "",
        "rendering": " ".join(
            filter(None, (c.rendering_first, c.rendering_last, c.rendering_npi, c.rendering_taxonomy))
        ),
        "payer_control": veil.id(c.payer_control),
        "authorization": veil.id(c.authorization),
        **_of_kind(c, veil),
        "dates": [f"{d.what} {veil.day(d.day, d.until)}" for d in c.dates],
        "references": [f"{r.qualifier} {veil.id(r.value)}" for r in c.references],
        "amounts": amounts(c.amounts),
        "providers": _providers(c.providers, veil),
        "attachments": [f"{a.kind} {a.how} {veil.id(a.control)}".strip() for a in c.attachments],
        "conditions_applied": [
            f"{x.category} {x.applies} {' '.join(x.codes)}" for x in c.conditions
        ],
        "note": veil.text(c.note),
        "delay_reason": c.delay_reason,
    }
    lines: Sequence[ServiceLine | RevenueLine] = c.lines
    inside = [_prior(p, veil) for p in c.prior]
    inside += [_line(line, veil, n) for n, line in enumerate(lines, 1)]
    return Shown("claim", facts, [*inside, *veil.unknown(c.unknown)])


def _of_kind(c: Claim, veil: Veil) -> dict[str, Fact]:
    """What only professional or only institutional claims have."""
    if isinstance(c, ProfessionalClaim):
        return {
            "place_of_service": c.place_of_service,
            "diagnoses": c.diagnoses,
            "patient_paid_cents": c.patient_paid_cents or None,
            "accident": " ".join((*c.accident_causes, c.accident_state)).strip(),
            "condition_codes": c.condition_codes,
            "anesthesia": c.anesthesia_procedures,
            "ambulance": _ambulance(c.ambulance, veil),
            "special_program": c.special_program,
        }
    return {
        "bill_type": c.bill_type,
        "statement": veil.day(c.statement_from, c.statement_to),
        "admitted": " ".join(filter(None, (veil.day(c.admitted_on), c.admitted_hhmm))),
        "discharged_at": c.discharged_hhmm,
        "admission": " ".join(filter(None, (c.admission_type, c.admission_source))),
        "patient_status": c.patient_status,
        "diagnoses": [_diagnosis(d) for d in c.diagnoses],
        "admitting_diagnosis": c.admitting_diagnosis,
        "reasons_for_visit": c.reasons_for_visit,
        "external_causes": [_diagnosis(d) for d in c.external_causes],
        "procedures": [f"{p.code} {veil.day(p.on)}".strip() for p in c.procedures],
        "occurrences": [f"{o.code} {veil.day(o.on, o.until)}" for o in c.occurrences],
        "values": [
            f"{v.code} {veil.id(f'{v.cents // 100:05d}')}" if v.code == _ZIP else f"{v.code} {dollars(v.cents)}"
            for v in c.values
        ],
        "condition_codes": c.condition_codes,
        "drg": c.drg,
        "patient_owes_cents": c.patient_owes_cents or None,
    }


def _ambulance(a: Ambulance | None, veil: Veil) -> str:
    if a is None:
        return ""
    weight = f"{veil.id(a.pounds)} pounds" if a.pounds else ""
    words = (weight, veil.text(a.round_trip), veil.text(a.stretcher))
    return " ".join(filter(None, (f"{a.reason} {a.miles} miles", *words)))


def _diagnosis(d: Diagnosis) -> str:
    return f"{d.code} (present on admission {d.poa})" if d.poa else d.code


def _billing(b: BillingProvider) -> Shown:
    return Shown(
        "billing provider",
        {
            "name": " ".join(filter(None, (b.first, b.name))),
            "npi": b.npi,
            "tax_id": " ".join(filter(None, (b.tax_id_kind, b.tax_id))),
            "taxonomy": b.taxonomy,
            "address": _address(b),
            "contact": " ".join(filter(None, (b.contact_name, b.contact_phone))),
            "pay_to": _address(b.pay_to) if b.pay_to else "",
            "references": [f"{r.qualifier} {r.value}" for r in b.references],
        },
    )


def _address(a: BillingProvider | Address | Provider | Party) -> str:
    return ", ".join(filter(None, (a.street, a.street2, a.city, f"{a.state} {a.zip}".strip())))


def _providers(providers: list[Provider], veil: Veil) -> list[str]:
    """Names, numbers and places; where somebody was picked up or let off may be their home."""
    return [" ".join(filter(None, (*_named(p), _located(p, veil)))) for p in providers]


def _named(p: Provider) -> tuple[str, ...]:
    return (ROLES.get(p.role, p.role), p.first, p.middle, p.last, p.suffix, p.npi, p.taxonomy)


def _located(p: Provider, veil: Veil) -> str:
    return veil.text(_address(p)) if p.role in ("PW", "45") else _address(p)


def _prior(p: PriorPayer, veil: Veil) -> Shown:
    facts: dict[str, Fact] = {
        "payer": " ".join(filter(None, (p.payer.name, p.payer.payer_id))),
        "payer_order": ORDERS.get(p.subscriber.order, str(p.subscriber.order)),
        "subscriber": veil.name(p.subscriber.party.last, p.subscriber.party.first),
        "relation": p.subscriber.relation,
        "member_id": veil.id(p.subscriber.member_id),
        "group": veil.id(p.subscriber.group_number),
        "filing": p.subscriber.filing_indicator,
        "paid_cents": p.paid_cents,
        "patient_owes_cents": p.patient_owes_cents,
        "noncovered_cents": p.noncovered_cents,
        "adjustments": adjustments(p.cas),
        "remarks": p.remarks,
        "paid": veil.day(p.paid_on),
        "payer_control": veil.id(p.payer_control),
    }
    return Shown("other payer", facts)


def _line(x: ServiceLine | RevenueLine, veil: Veil, number: int) -> Shown:
    facts: dict[str, Fact] = {
        "number": number,
        "revenue_code": x.revenue_code if isinstance(x, RevenueLine) else "",
        "procedure": " ".join((x.procedure, *x.modifiers)).strip(),
        "units": x.quantity or x.units,
        "unit": "" if x.unit_code == "UN" else x.unit_code,
        "charge_cents": x.charge_cents,
        "served": veil.day(x.service_from, x.service_to),
        **_of_line(x, veil),
        "drug": " ".join(filter(None, (x.ndc, x.ndc_units, x.ndc_unit))) if x.ndc else "",
        "prescription": veil.id(x.prescription),
        "line_control": veil.id(x.line_control),
        **_more_of_line(x, veil),
        "description": veil.text(x.description),
        "note": veil.text(x.note),
    }
    inside = [_prior_line(p, veil) for p in x.prior]
    return Shown("line", facts, [*inside, *veil.unknown(x.unknown)])


def _of_line(x: ServiceLine | RevenueLine, veil: Veil) -> dict[str, Fact]:
    if isinstance(x, RevenueLine):
        return {"noncovered_cents": x.noncovered_cents or None}
    return {
        "ambulance_patients": x.ambulance_patients,
        "ambulance": _ambulance(x.ambulance, veil),
        "place_of_service": x.place_of_service,
        "points_at": [str(p) for p in x.pointers],
        "emergency": x.emergency,
        "epsdt": x.epsdt,
        "family_planning": x.family_planning,
        "copay_exempt": x.copay_exempt,
    }


def _more_of_line(x: LineBody, veil: Veil) -> dict[str, Fact]:
    return {
        "dates": [f"{d.what} {veil.day(d.day, d.until)}" for d in x.dates],
        "references": [f"{r.qualifier} {veil.id(r.value)}" for r in x.references],
        "amounts": amounts(x.amounts),
        "providers": _providers(x.providers, veil),
        "attachments": [f"{a.kind} {a.how} {veil.id(a.control)}".strip() for a in x.attachments],
        "conditions_applied": [
            f"{k.category} {k.applies} {' '.join(k.codes)}" for k in x.conditions
        ],
    }


def _prior_line(p: PriorLine, veil: Veil) -> Shown:
    facts: dict[str, Fact] = {
        "payer": p.payer_id,
        "procedure": " ".join((p.procedure, *p.modifiers)),
        "revenue_code": p.revenue_code,
        "bundled_into": p.bundled_into,
        "units": p.units,
        "paid_cents": p.paid_cents,
        "patient_owes_cents": p.patient_owes_cents,
        "adjustments": adjustments(p.cas),
        "paid": veil.day(p.paid_on),
    }
    return Shown("paid by other payer", facts)
