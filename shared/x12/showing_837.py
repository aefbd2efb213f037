"""An 837 as a biller reads it: who sends, who bills, and each claim with patient, payers, codes and lines."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shared.x12.claim_837i.check import rules_837i
from shared.x12.claim_837i.model import Diagnosis, InstitutionalClaim, RevenueLine
from shared.x12.claim_837i.read import Reading837I
from shared.x12.claim_837p import (
    ProfessionalClaim,
    Reading837P,
    ServiceLine,
    rules_837p,
)
from shared.x12.claim_loops.judging import judged
from shared.x12.claim_loops.model import (
    Ambulance,
    Batch,
    BillingProvider,
    LineBody,
    Party,
)
from shared.x12.envelope import TransactionSet, kind_of
from shared.x12.findings import Finding
from shared.x12.showing import Fact, Paging, Shown, Veil, amounts, code_of, dollars
from shared.x12.showing_parties import (
    ORDERS,
    address_of,
    providers,
    references,
    show_prior,
    show_prior_line,
)

FREQUENCIES = {"1": "original", "7": "replacement", "8": "void"}
PURPOSES = {"00": "original", "18": "sent again"}

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
            "contact": " ".join(filter(None, (b.contact_name, b.contact_phone))),
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
        "payer_address": address_of(c.payer),
        "payer_references": [f"{r.qualifier} {r.value}" for r in c.payer.references],
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
        "group_name": veil.text(s.group_name),
        "subscriber_references": references(s.party.references, veil),
        **_subscriber(s.party, veil, c.patient is not None),
        "patient": veil.name(c.patient.last, c.patient.first, c.patient.middle)
        if c.patient
        else "the subscriber",
        "relation": c.patient_relation,
        "born": veil.day((c.patient or s.party).born_on),
        "sex": (c.patient or s.party).sex,
        "address": veil.text(address_of(c.patient or s.party)),
        "billing_npi": c.billing.npi if c.billing else "",
        "rendering": " ".join(
            filter(
                None, (c.rendering_first, c.rendering_last, c.rendering_npi, c.rendering_taxonomy)
            )
        ),
        "rendering_references": [f"{r.qualifier} {r.value}" for r in c.rendering_references],
        "payer_control": veil.id(c.payer_control),
        "authorization": veil.id(c.authorization),
        **_of_kind(c, veil),
        "dates": [f"{d.what} {veil.day(d.day, d.until)}" for d in c.dates],
        "references": references(c.references, veil),
        "amounts": amounts(c.amounts),
        "providers": providers(c.providers, veil),
        "attachments": [f"{a.kind} {a.how} {veil.id(a.control)}".strip() for a in c.attachments],
        "conditions_applied": [
            f"{x.category} {x.applies} {' '.join(x.codes)}" for x in c.conditions
        ],
        "note": veil.text(c.note),
        "delay_reason": c.delay_reason,
    }
    lines: Sequence[ServiceLine | RevenueLine] = c.lines
    inside = [show_prior(p, veil) for p in c.prior]
    inside += [_line(line, veil, n) for n, line in enumerate(lines, 1)]
    return Shown("claim", facts, [*inside, *veil.unknown(c.unknown)])


def _subscriber(p: Party, veil: Veil, other: bool) -> dict[str, Fact]:
    """A subscriber beside the patient; else the facts of the patient are theirs."""
    if not other:
        return {}
    return {
        "subscriber_born": veil.day(p.born_on),
        "subscriber_sex": p.sex,
        "subscriber_address": veil.text(address_of(p)),
    }


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
            f"{v.code} {veil.id(f'{v.cents // 100:05d}')}"
            if v.code == _ZIP
            else f"{v.code} {dollars(v.cents)}"
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
            "address": address_of(b),
            "contact": " ".join(filter(None, (b.contact_name, b.contact_phone))),
            "pay_to": address_of(b.pay_to) if b.pay_to else "",
            "references": [f"{r.qualifier} {r.value}" for r in b.references],
        },
    )


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
    inside = [show_prior_line(p, veil) for p in x.prior]
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
        "references": references(x.references, veil),
        "amounts": amounts(x.amounts),
        "providers": providers(x.providers, veil),
        "attachments": [f"{a.kind} {a.how} {veil.id(a.control)}".strip() for a in x.attachments],
        "conditions_applied": [
            f"{k.category} {k.applies} {' '.join(k.codes)}" for k in x.conditions
        ],
    }
