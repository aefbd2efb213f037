"""A claim of another system as our doors take it: what is carried, and what is said of all that is not.

Pure: a claim and the books in, request items or a refusal out. A sentence names loop and segment, never a value of a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from shared.x12.claim_837p import Party, PriorPayer, ProfessionalClaim, ServiceLine

SOURCE = "IMPORT"
NUMBER_LENGTH = 38
SELF = "18"
IGNORED_REFERENCES = {"D9", "EA", "6R", "G1", "F8"}
"""REFs that are carried elsewhere, or that only the old system's traffic needed."""


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
    for who, loop, party in _people(c):
        missing = [name for name, value in (("DMG02", party.born_on), ("NM103", party.last)) if not value]
        if missing:
            raise Refuse(f"{place}: loop {loop}: the {who} has no {' and no '.join(missing)}")
    if not _addressed(c):
        raise Refuse(f"{place}: loop {_people(c)[0][1]}: the patient has no address (N3, N4)")
    if not c.subscriber.member_id:
        raise Refuse(f"{place}: loop 2010BA: the subscriber has no member number (NM109)")


def _people(c: ProfessionalClaim) -> list[tuple[str, str, Party]]:
    if c.patient is None:
        return [("patient", "2010BA", c.subscriber.party)]
    return [("patient", "2010CA", c.patient), ("subscriber", "2010BA", c.subscriber.party)]


def _addressed(c: ProfessionalClaim) -> Party | None:
    """Whoever has an address: the patient, else the subscriber."""
    found = [p for _, _, p in _people(c) if p.street and p.city and len(p.state) == 2 and p.zip]
    return found[0] if found else None


def uncarried(c: ProfessionalClaim) -> list[str]:
    """What the file says of a claim and our events have no place for, by loop and segment."""
    found = [f"2310: a provider in the role {p.role} (NM101) is not carried" for p in c.providers]
    found += [f"2300: {told} is not carried" for told in _of_the_claim(c)]
    for n, line in enumerate(c.lines, 1):
        found += [f"2400 line {n}: {told} is not carried" for told in _of_a_line(line, c)]
    return list(dict.fromkeys(found))


def _of_the_claim(c: ProfessionalClaim) -> Iterable[str]:
    yield from (f"DTP*{d.what}" for d in c.dates)
    yield from (f"REF*{r.qualifier}" for r in c.references if r.qualifier not in IGNORED_REFERENCES)
    facts = (
        ("PWK", c.attachments),
        ("CRC", c.conditions),
        ("CR1", c.ambulance),
        ("NTE", c.note),
        ("CLM11", c.accident_causes),
        ("CLM12", c.special_program),
        ("CLM20", c.delay_reason),
        ("HI of anesthesia", c.anesthesia_procedures),
        ("HI of conditions", c.condition_codes),
        ("AMT", c.amounts),
    )
    yield from (name for name, value in facts if value)
    yield from (f"{segment[0]}" for segment in c.unknown if segment)


def _of_a_line(line: ServiceLine, c: ProfessionalClaim) -> Iterable[str]:
    yield from (f"DTP*{d.what}" for d in line.dates)
    yield from (f"REF*{r.qualifier}" for r in line.references if r.qualifier not in IGNORED_REFERENCES)
    yield from (
        f"the provider in the role {p.role} (NM101)"
        for p in line.providers
        if p.role != "82" or p.npi != c.rendering_npi
    )
    facts = (
        ("a span of days (DTP*472)", line.service_to and line.service_to != line.service_from),
        (f"the quantity {line.quantity} (SV104)", line.quantity),
        (f"the unit {line.unit_code} (SV103)", line.unit_code != "UN"),
        (f"the qualifier {line.qualifier} (SV101-1)", line.qualifier != "HC"),
        ("CTP", line.ndc and (line.ndc_units, line.ndc_unit) != ("1", "UN")),
        ("the prescription number", line.prescription),
        ("PWK", line.attachments),
        ("CRC", line.conditions),
        ("CR1", line.ambulance),
        ("NTE", line.note),
        ("SV109", line.emergency),
        ("AMT", line.amounts),
    )
    yield from (name for name, value in facts if value)
    yield from (f"{segment[0]}" for segment in line.unknown if segment)


def _items(c: ProfessionalClaim, books: Listed, new: bool, place: str) -> dict[str, Any]:
    on = _earliest(c).isoformat()
    payer = books.payer(c.payer.payer_id, c.payer.name)
    identity = {"source_system": SOURCE, "encounter": c.clm01}
    entity = {
        "facility": books.facility["facility"],
        "legal_entity": books.facility["legal_entity"],
    }
    return {
        "encounter": {
            **identity,
            **entity,
            "encounter_class": "import",
            "service_from": on,
            "service_to": on,
            "billing": "bill" if new else "history",
            "patient": _person(c, _people(c)[0][2]),
            "coverages": [_coverage(c, payer), *(_others(c, books, place) if new else [])],
        },
        "charges": {
            **identity,
            "charges": [_charge(line, c, books) for line in c.lines],
            "diagnoses": [
                {"sequence": n, "code": code} for n, code in enumerate(c.diagnoses[:12], 1)
            ],
            "pointers": [line.pointers[:4] or [1] for line in c.lines] if c.diagnoses else [],
            "coder": "import",
        },
        "history": {
            **identity,
            **entity,
            "foreign_number": c.clm01,
            "payer": payer,
            "payer_order": c.subscriber.order,
            "total_cents": c.total_cents,
            "first_billed_on": on,
            "lines": [] if new else _opening(c, place),
        },
    }


def _earliest(c: ProfessionalClaim) -> date:
    return min(line.service_from for line in c.lines if line.service_from)


def _person(c: ProfessionalClaim, p: Party) -> dict[str, Any]:
    """A person for registration. What a history does not know is said to be unknown; new claims never get here so."""
    address = p if p.street else (_addressed(c) or p)
    zipped = address.zip.replace("-", "")
    return {
        "mrn": f"IMP-{c.subscriber.member_id or c.clm01}-{p.first}"[:40],
        "last": p.last or "UNKNOWN",
        "first": p.first or "UNKNOWN",
        "middle": p.middle,
        "born_on": (p.born_on or c.subscriber.party.born_on or _earliest(c)).isoformat(),
        "sex": p.sex if p.sex in ("F", "M") else "U",
        "street": address.street or "UNKNOWN",
        "city": address.city or "UNKNOWN",
        "state": address.state if len(address.state) == 2 else "NY",
        "zip": zipped if zipped.isdigit() and len(zipped) in (5, 9) else "00000",
    }


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
        "subscriber": _person(c, c.subscriber.party) if dependent else None,
        "effective_from": "2000-01-01",
    }


def _others(c: ProfessionalClaim, books: Listed, place: str) -> list[dict[str, Any]]:
    """Coverages after the first (2320): left out, their money would never be asked for."""
    return [_other(c, p, books, place) for p in sorted(c.prior, key=lambda p: p.subscriber.order)]


def _other(c: ProfessionalClaim, p: PriorPayer, books: Listed, place: str) -> dict[str, Any]:
    if not (p.payer.payer_id or p.payer.name):
        raise Refuse(f"{place}: loop 2330B: another coverage names no payer")
    them = p.subscriber
    dependent = them.relation != SELF
    if dependent and not them.party.born_on:
        # 2330A has no birth date, and a dependent's claim to that payer would need its subscriber's.
        raise Refuse(
            f"{place}: loop 2320: another coverage is somebody else's (SBR02 {them.relation}) and its "
            "subscriber's birth date is not in the file; register the account by hand"
        )
    return {
        "order": them.order,
        "payer": books.payer(p.payer.payer_id, p.payer.name, fallback=False),
        "relation": them.relation or SELF,
        "filing_indicator": them.filing_indicator or "CI",
        "insurance_type": them.insurance_type or None,
        "member_id": them.member_id or "UNKNOWN",
        "group_number": them.group_number,
        "subscriber": _person(c, them.party) if dependent else None,
        "effective_from": "2000-01-01",
    }


def _charge(line: ServiceLine, c: ProfessionalClaim, books: Listed) -> dict[str, Any]:
    own = next((r.value for r in line.references if r.qualifier == "G1"), "")
    return {
        "service_on": (line.service_from or _earliest(c)).isoformat(),
        "procedure": line.procedure or "?",
        "modifiers": line.modifiers[:4],
        "units": max(line.units, 1),
        "charge_cents": line.charge_cents,
        "place_of_service": line.place_of_service or c.place_of_service or "11",
        "rendering_npi": c.rendering_npi or books.facility["npi"],
        "ndc": line.ndc or None,
        "authorization": own or c.authorization or None,
    }


def _opening(c: ProfessionalClaim, place: str) -> list[dict[str, int]]:
    """What is left of each line: paid and adjusted before by whom, the rest open with this claim's payer."""
    lines = [_left(line) for line in c.lines]
    stated = [p.paid_cents for p in c.prior if p.paid_cents is not None]
    in_lines = sum(one["insurance_paid_cents"] for one in lines)
    if stated and sum(stated) < in_lines:
        raise Refuse(f"{place}: 2320 AMT*D is less than what 2430 SVD02 says of the lines")
    whole = {
        "insurance_paid_cents": sum(stated) - in_lines if stated else 0,
        "contractual_cents": sum(a.cents for p in c.prior for a in p.cas if a.group in ("CO", "PI")),
        "patient_paid_cents": c.patient_paid_cents,
    }
    if any(whole.values()) and len(lines) > 1:
        raise Refuse(
            f"{place}: what was paid or adjusted stands at the claim alone (AMT, CAS), and is not "
            f"spread over its {len(lines)} lines"
        )
    for name, cents in whole.items():
        lines[0][name] += cents
        lines[0]["insurance_open_cents"] -= cents
    if any(cents < 0 for one in lines for cents in one.values()):
        raise Refuse(f"{place}: more was paid and adjusted than a line charges")
    return lines


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
