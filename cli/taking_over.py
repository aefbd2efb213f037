"""A claim of another system as our doors take it: what is carried, and what is said of all that is not.

Pure: a claim and the books in, request items or a refusal out. A sentence names loop and segment, never a value of a person.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from cli.not_carried import (
    CAUSES,
    DELAYS,
    DIAGNOSES,
    MODIFIERS,
    NOTES,
    OF_A_LINE,
    OF_THE_CLAIM,
    POINTERS,
    PROGRAMS,
    addressed,
    all_rendering,
    is_drug_quantity,
    listed_instead,
    odd_conditions,
    of_the_whole,
    rendering,
    uncarried,
)
from shared.x12.claim_837i import InstitutionalClaim
from shared.x12.claim_837p import Party, Payer, PriorPayer, ProfessionalClaim, Provider, ServiceLine

SOURCE = "IMPORT"
NUMBER_LENGTH = 38
SELF = "18"


class Refuse(Exception):
    """A file that is not taken; nothing of it was sent anywhere."""


class Listed(Protocol):
    """What an import asks of the books."""

    facility: dict[str, Any]

    def payer(self, payer_id: str, name: str, *, fallback: bool = True) -> str:
        """Our code by X12 id, name or alias; Refuse when none is listed."""


@dataclass(slots=True)
class Taken:
    """The request items of a claim, and what was left out of it."""

    items: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def take_over(c: ProfessionalClaim, books: Listed, *, new: bool, leave_out: bool) -> Taken:
    """One claim as items of registration, coding and (for history) submission; Refuse says why not."""
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
    items = _items(c, books, new, place)
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
        raise Refuse(f"{place}: an earlier payer has paid (2320 AMT*D or 2430 SVD); take it over with --history")
    if c.patient_paid_cents:
        raise Refuse(
            f"{place}: AMT*F5: the patient has paid already; take it over with --history, "
            "or take AMT*F5 out and record the payment here"
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


def _items(c: ProfessionalClaim, books: Listed, new: bool, place: str) -> dict[str, Any]:
    payer = books.payer(c.payer.payer_id, c.payer.name)
    identity = {"source_system": SOURCE, "encounter": c.clm01}
    entity = {
        "facility": books.facility["facility"],
        "legal_entity": books.facility["legal_entity"],
    }
    first, last = _days(c)
    lines, whole = ([], {}) if new else _opening(c, place)
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
            "charges": [_charge(line, c, books, new) for line in c.lines],
            "diagnoses": [
                {"sequence": n, "code": code} for n, code in enumerate(c.diagnoses[:DIAGNOSES], 1)
            ],
            "pointers": _pointers(c, new),
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


def _pointers(c: ProfessionalClaim, new: bool) -> list[list[int]]:
    """A bill points where the file points; a history is coded as it was billed, whatever it points to."""
    if not c.diagnoses:
        return []
    return [line.pointers[:POINTERS] or ([] if new else [1]) for line in c.lines]


def _days(c: ProfessionalClaim) -> tuple[date, date]:
    """The first and the last day of service."""
    days = [d for line in c.lines for d in (line.service_from, line.service_to) if d is not None]
    return min(days), max(days)


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
    }
    return {
        "providers": [_provider(p) for p in (*others, *named)],
        "consent": {what: code for what, (code, known) in consent.items() if code and code in known},
        "facts": {
            "accident_causes": [cause for cause in c.accident_causes if cause in CAUSES],
            "accident_state": c.accident_state,
            "special_program": c.special_program if c.special_program in PROGRAMS else "",
            "delay_reason": c.delay_reason if c.delay_reason in DELAYS else "",
            "condition_codes": [] if odd_conditions(c.condition_codes) else c.condition_codes,
            **_stated(c),
        },
        "note": {"text": c.note, "kind": c.note_kind} if c.note and c.note_kind in NOTES else None,
    }


def _stated(said: ProfessionalClaim | ServiceLine) -> dict[str, Any]:
    """Days, what goes beside it, and conditions, of a claim or of a line."""
    return {
        "dates": [
            {
                "what": d.what,
                "day": d.day.isoformat(),
                "until": d.until.isoformat() if d.until else None,
                "hhmm": d.hhmm,
            }
            for d in said.dates
        ],
        "attachments": [
            {"kind": a.kind, "how": a.how, "control": a.control} for a in said.attachments
        ],
        "conditions": [
            {"category": one.category, "applies": one.applies, "codes": one.codes}
            for one in said.conditions
        ],
    }


def _provider(p: Provider) -> dict[str, Any]:
    return {
        "role": p.role,
        "last": p.last,
        "first": p.first,
        "middle": p.middle,
        "organisation": p.organisation,
        "npi": p.npi if len(p.npi) == 10 and p.npi.isdigit() else "",
        "taxonomy": p.taxonomy,
        "street": p.street,
        "street2": p.street2,
        "city": p.city,
        "state": p.state,
        "zip": p.zip,
        "references": [{"qualifier": r.qualifier, "number": r.value} for r in p.references],
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
        "born_on": (p.born_on or c.subscriber.party.born_on or _days(c)[0]).isoformat(),
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


def _charge(line: ServiceLine, c: ProfessionalClaim, books: Listed, new: bool) -> dict[str, Any]:
    own = next((r.value for r in line.references if r.qualifier == "G1"), "")
    rendered = rendering(line) or next(of_the_whole(c), None)
    npi = (rendered.npi if rendered else "") or books.facility["npi"]
    charge = {
        "service_on": (line.service_from or _days(c)[0]).isoformat(),
        "procedure": line.procedure or "?",
        "modifiers": line.modifiers[:MODIFIERS],
        "units": max(line.units, 1),
        "charge_cents": line.charge_cents,
        "place_of_service": line.place_of_service or c.place_of_service or "11",
        "rendering_npi": npi,
        "ndc": line.ndc or None,
        "authorization": own or c.authorization or None,
    }
    return charge | _details(line) if new else charge


def _details(line: ServiceLine) -> dict[str, Any]:
    """What only some lines have; a history needs none of it."""
    details: dict[str, Any] = {}
    if line.service_to and line.service_to != line.service_from:
        details["service_to"] = line.service_to.isoformat()
    if line.unit_code == "MJ":
        details["unit"] = line.unit_code
    if line.quantity:
        details["quantity"] = line.quantity
    if line.ndc and is_drug_quantity(line):
        details["drug"] = {"quantity": line.ndc_units, "unit": line.ndc_unit}
    providers = [p for p in line.providers if p.role in OF_A_LINE and p.role != "82"]
    if providers:
        details["providers"] = [_provider(p) for p in providers]
    details |= {name: told for name, told in _stated(line).items() if told}
    return details


def _opening(c: ProfessionalClaim, place: str) -> tuple[list[dict[str, int]], dict[str, int]]:
    """What is left of each line, and what stands at the claim alone: paid and adjusted before by whom.

    Claim-level money is never spread: with one line it is that line's, with several it lowers the whole.
    """
    lines = [_left(line) for line in c.lines]
    stated = [p.paid_cents for p in c.prior if p.paid_cents is not None]
    in_lines = sum(one["insurance_paid_cents"] for one in lines)
    at_claim = [a for p in c.prior for a in p.cas]
    # By the guide an adjustment of the claim lowers what its lines were paid.
    unexplained = sum(stated) - in_lines + sum(a.cents for a in at_claim)
    if stated and sum(stated) < in_lines and unexplained != 0:
        raise Refuse(f"{place}: 2320 AMT*D is less than what 2430 SVD02 says of the lines")
    whole = {
        "insurance_paid_cents": sum(stated) - in_lines if stated else 0,
        "contractual_cents": sum(a.cents for a in at_claim if a.group in ("CO", "PI")),
        "patient_paid_cents": c.patient_paid_cents,
    }
    if len(lines) == 1:
        for name, cents in whole.items():
            lines[0][name] += cents
            lines[0]["insurance_open_cents"] -= cents
        whole = {}
    left = sum(one["insurance_open_cents"] for one in lines) - sum(whole.values())
    if left < 0 or any(cents < 0 for one in lines for cents in one.values()):
        raise Refuse(f"{place}: more was paid and adjusted than a line charges")
    return lines, whole if any(whole.values()) else {}


def _left(line: ServiceLine) -> dict[str, int]:
    paid = sum(p.paid_cents for p in line.prior)
    adjusted = sum(a.cents for p in line.prior for a in p.cas if a.group in ("CO", "PI"))
    return {
        "charge_cents": line.charge_cents,
        "insurance_paid_cents": paid,
        "contractual_cents": adjusted,
        "patient_paid_cents": 0,
        "insurance_open_cents": line.charge_cents - paid - adjusted,
    }
