"""A claim of another system as our doors take it: what is carried, and what is said of all that is not.

Pure: a claim and the books in, request items or a refusal out. A sentence names loop and segment, never a value of a person.
"""

from dataclasses import dataclass, field
from typing import Any

from cli.not_carried import (
    CAUSES,
    DELAYS,
    DIAGNOSES,
    OF_THE_CLAIM,
    PROGRAMS,
    addressed,
    all_rendering,
    listed_instead,
    odd_conditions,
    uncarried,
)
from cli.taking_over_lines import (
    Listed,
    Refuse,
    charge,
    days_of,
    opening,
    pointers,
    provider,
    stated,
)
from cli.taking_over_people import told_of_people
from shared.x12.claim_837i import InstitutionalClaim
from shared.x12.claim_837p import Party, Payer, PriorPayer, ProfessionalClaim, Provider, ServiceLine
from shared.x12.npi import is_npi

SOURCE = "IMPORT"
"""What an other system is called that nobody named."""
NUMBER_LENGTH = 38
NPI_DIGITS = 10
SELF = "18"


@dataclass(slots=True)
class Taken:
    """The request items of a claim, and what was left out of it."""

    items: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def take_over(
    c: ProfessionalClaim, books: Listed, *, new: bool, leave_out: bool, source: str = SOURCE
) -> Taken:
    """One claim as items of registration, coding and (for history) submission; Refuse says why not.

    CLM01 names it within its `source`.
    """
    place = f"CLM at segment {c.segment}"
    if len(c.clm01) > NUMBER_LENGTH:
        raise Refuse(f"{place}: CLM01 is longer than {NUMBER_LENGTH} characters")
    notes: list[str] = []
    if new:
        _must_be_new(c, place)
        notes = uncarried(c)
        if notes and not leave_out:
            raise Refuse(
                f"{place}: {'; '.join(notes)}; --leave-out bills without what cannot be carried"
            )
        notes += listed_instead(c, books.facility)
    elif c.frequency == "8":
        raise Refuse(f"{place}: CLM05-3 is 8: a void leaves no balance to take over")
    items = _items(c, books, new, place, source)
    return Taken(items, [f"{place}: {note}" for note in notes])


def _must_be_new(c: ProfessionalClaim, place: str) -> None:
    if c.frequency in ("7", "8"):
        what = "replaces" if c.frequency == "7" else "voids"
        raise Refuse(
            f"{place}: CLM05-3 is {c.frequency}: it {what} a claim that another system sent; "
            "take that one over with --history"
        )
    if c.subscriber.order > 1:
        raise Refuse(
            f"{place}: SBR01 says payer {c.subscriber.order}: what an earlier payer decided is not ours to "
            "bill on; take it over with --history"
        )
    if any(p.paid_cents is not None for p in c.prior) or any(line.prior for line in c.lines):
        raise Refuse(
            f"{place}: an earlier payer has paid (2320 AMT*D or 2430 SVD); take it over with --history"
        )
    if c.patient_paid_cents:
        raise Refuse(
            f"{place}: AMT*F5: the patient has paid already; take it over with --history, "
            "or take AMT*F5 out and record the payment here"
        )
    for p in (*c.providers, *all_rendering(c)):
        if len(p.npi) == NPI_DIGITS and p.npi.isdigit() and not is_npi(p.npi):
            raise Refuse(
                f"{place}: the NPI of a provider in the role {p.role} (NM109) has a wrong check digit"
            )
    who, loop, party = _people(c)[0]
    facts = (("DMG02", party.born_on), ("NM103", party.last), ("NM104", party.first))
    missing = [name for name, value in facts if not value]
    if missing:
        raise Refuse(f"{place}: loop {loop}: the {who} has no {' and no '.join(missing)}")
    if not c.subscriber.party.last:
        raise Refuse(f"{place}: loop 2010BA: the subscriber has no NM103")
    if not _address_of(c):
        raise Refuse(f"{place}: loop {loop}: the patient has no address (N3, N4)")
    if not c.subscriber.member_id:
        raise Refuse(f"{place}: loop 2010BA: the subscriber has no member number (NM109)")
    for n, line in enumerate(c.lines, 1):
        told = (
            ("SV101", line.procedure),
            ("SV104", line.units or line.quantity),
            ("DTP*472", line.service_from),
        )
        missing = [name for name, value in told if not value]
        if missing:
            raise Refuse(f"{place}: loop 2400 line {n}: there is no {' and no '.join(missing)}")


def _people(c: ProfessionalClaim) -> list[tuple[str, str, Party]]:
    if c.patient is None:
        return [("patient", "2010BA", c.subscriber.party)]
    return [("patient", "2010CA", c.patient), ("subscriber", "2010BA", c.subscriber.party)]


def _address_of(c: ProfessionalClaim) -> Party | None:
    """Whoever has an address: the patient, else the subscriber."""
    return next((p for _, _, p in _people(c) if addressed(p)), None)


def as_professional(c: InstitutionalClaim) -> ProfessionalClaim:
    """An institutional claim as far as a history needs it: its lines by procedure, else by revenue code."""
    lines = [
        ServiceLine(
            procedure=line.procedure or line.revenue_code,
            charge_cents=line.charge_cents,
            units=line.units,
            service_from=line.service_from or c.statement_from,
            service_to=line.service_to,
            pointers=[1],
            modifiers=line.modifiers,
            prior=line.prior,
        )
        for line in c.lines
    ]
    return ProfessionalClaim(
        clm01=c.clm01,
        total_cents=c.total_cents,
        place_of_service=c.facility_code,
        frequency=c.frequency,
        subscriber=c.subscriber,
        payer=c.payer,
        lines=lines,
        diagnoses=[diagnosis.code for diagnosis in c.diagnoses],
        patient=c.patient,
        patient_relation=c.patient_relation,
        prior=c.prior,
        segment=c.segment,
    )


def _items(
    c: ProfessionalClaim, books: Listed, new: bool, place: str, source: str
) -> dict[str, Any]:
    payer = books.payer(c.payer.payer_id, c.payer.name)
    identity = {"source_system": source, "encounter": c.clm01}
    entity = {
        "facility": books.facility["facility"],
        "legal_entity": books.facility["legal_entity"],
    }
    first, last = days_of(c)
    lines, whole = ([], {}) if new else opening(c, place)
    return {
        "encounter": {
            **identity,
            **entity,
            "encounter_class": "import",
            "service_from": first.isoformat(),
            "service_to": last.isoformat(),
            "billing": "bill" if new else "history",
            "patient": _person(c, _people(c)[0][2]),
            "coverages": [_coverage(c, payer), *(_others(c, books, place) if new else [])],
            **(_of_the_encounter(c) if new else {}),
        },
        "charges": {
            **identity,
            "charges": [charge(line, c, books, new) for line in c.lines],
            "diagnoses": [
                {"sequence": n, "code": code} for n, code in enumerate(c.diagnoses[:DIAGNOSES], 1)
            ],
            "pointers": pointers(c, new),
            "coder": "import",
        },
        "history": {
            **identity,
            **entity,
            "foreign_number": c.clm01,
            "payer": payer,
            "payer_order": c.subscriber.order,
            "total_cents": c.total_cents,
            "first_billed_on": first.isoformat(),
            "lines": lines,
            "at_claim": whole,
        },
    }


def _of_the_encounter(c: ProfessionalClaim) -> dict[str, Any]:
    """What was agreed to, who took part in all of it, and the name of everybody who rendered a line."""
    rendered: dict[str, Provider] = {}
    for p in all_rendering(c):
        if p.npi:
            rendered.setdefault(p.npi, p)
    named = [p for p in rendered.values() if p.last]
    others = [p for p in c.providers if p.role in OF_THE_CLAIM and p.role != "82"]
    consent = {
        "assignment": (c.assignment, "ABC"),
        "benefits_assigned": (c.benefits_assigned, "NWY"),
        "release": (c.release, "IY"),
        "signature_source": (c.signature_source, "P"),
    }
    return {
        "providers": [provider(p) for p in (*others, *named)],
        "consent": {
            what: code for what, (code, known) in consent.items() if code and code in known
        },
        "facts": {
            "accident_causes": [cause for cause in c.accident_causes if cause in CAUSES],
            "accident_state": c.accident_state,
            "special_program": c.special_program if c.special_program in PROGRAMS else "",
            "delay_reason": c.delay_reason if c.delay_reason in DELAYS else "",
            "condition_codes": [] if odd_conditions(c.condition_codes) else c.condition_codes,
            **stated(c),
        },
        "note": told_of_people(c),
    }


def _person(c: ProfessionalClaim, p: Party) -> dict[str, Any]:
    """A patient for registration. What a history does not know is said to be unknown; new claims never get here so."""
    address = p if addressed(p) else (_address_of(c) or p)
    zipped = address.zip.replace("-", "")
    return {
        "mrn": f"IMP-{c.subscriber.member_id or c.clm01}-{p.first}"[:40],
        "last": p.last or "UNKNOWN",
        "first": p.first or "UNKNOWN",
        "middle": p.middle,
        "suffix": p.suffix,
        "born_on": (p.born_on or c.subscriber.party.born_on or days_of(c)[0]).isoformat(),
        "sex": p.sex if p.sex in ("F", "M") else "U",
        "street": address.street or "UNKNOWN",
        "street2": address.street2,
        "city": address.city or "UNKNOWN",
        "state": address.state if len(address.state) == 2 else "NY",
        "zip": zipped if zipped.isdigit() and len(zipped) in (5, 9) else "00000",
    }


def _holder(p: Party) -> dict[str, Any]:
    """A subscriber who is not the patient, as far as the file knows them."""
    known = {
        "last": p.last or "UNKNOWN",
        "first": p.first,
        "middle": p.middle,
        "suffix": p.suffix,
        "born_on": p.born_on.isoformat() if p.born_on else None,
        "sex": p.sex if p.sex in ("F", "M") else "U",
    }
    if addressed(p):
        known |= {"street": p.street, "street2": p.street2, "city": p.city}
        known |= {"state": p.state, "zip": p.zip.replace("-", "")}
    return known


def _coverage(c: ProfessionalClaim, payer: str) -> dict[str, Any]:
    dependent = c.patient is not None
    return {
        "order": c.subscriber.order,
        "payer": payer,
        "relation": (c.patient_relation or "G8") if dependent else SELF,
        "filing_indicator": c.subscriber.filing_indicator or "CI",
        "insurance_type": c.subscriber.insurance_type or None,
        "member_id": c.subscriber.member_id or "UNKNOWN",
        "group_number": c.subscriber.group_number,
        "subscriber": _holder(c.subscriber.party) if dependent else None,
        "references": _numbers(c.payer),
        "effective_from": "2000-01-01",
    }


def _numbers(p: Payer) -> list[dict[str, str]]:
    return [{"qualifier": r.qualifier, "number": r.value} for r in p.references]


def _others(c: ProfessionalClaim, books: Listed, place: str) -> list[dict[str, Any]]:
    """Coverages after the first (2320): left out, their money would never be asked for."""
    return [_other(c, p, books, place) for p in sorted(c.prior, key=lambda p: p.subscriber.order)]


def _other(c: ProfessionalClaim, p: PriorPayer, books: Listed, place: str) -> dict[str, Any]:
    if not (p.payer.payer_id or p.payer.name):
        raise Refuse(f"{place}: loop 2330B: another coverage names no payer")
    them = p.subscriber
    dependent = them.relation not in ("", SELF)
    if dependent and not them.party.last:
        raise Refuse(f"{place}: loop 2330A: the subscriber of another coverage has no name (NM103)")
    return {
        "order": them.order,
        "payer": books.payer(p.payer.payer_id, p.payer.name, fallback=False),
        "relation": them.relation or SELF,
        "filing_indicator": them.filing_indicator or "CI",
        "insurance_type": them.insurance_type or None,
        "member_id": them.member_id or "UNKNOWN",
        "group_number": them.group_number,
        "subscriber": _holder(them.party) if dependent else None,
        "references": _numbers(p.payer),
        "effective_from": "2000-01-01",
    }
