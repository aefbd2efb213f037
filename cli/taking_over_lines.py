"""The lines of another system's claim as charges, and what is left of its money."""

from datetime import date
from typing import Any, Protocol

from cli.not_carried import (
    MODIFIERS,
    OF_A_LINE,
    POINTERS,
    is_drug_quantity,
    of_the_whole,
    rendering,
)
from shared.x12.claim_837p import ProfessionalClaim, Provider, ServiceLine


class Refuse(Exception):
    """A file that is not taken; nothing of it was sent anywhere."""


class Listed(Protocol):
    """What an import asks of the books."""

    facility: dict[str, Any]

    def payer(self, payer_id: str, name: str, *, fallback: bool = True) -> str:
        """Our code by X12 id, name or alias; Refuse when none is listed."""


def days_of(c: ProfessionalClaim) -> tuple[date, date]:
    """The first and the last day of service."""
    days = [d for line in c.lines for d in (line.service_from, line.service_to) if d is not None]
    return min(days), max(days)


def pointers(c: ProfessionalClaim, new: bool) -> list[list[int]]:
    """A bill points where the file points; a history is coded as it was billed, whatever it points to."""
    if not c.diagnoses:
        return []
    return [line.pointers[:POINTERS] or ([] if new else [1]) for line in c.lines]


def charge(line: ServiceLine, c: ProfessionalClaim, books: Listed, new: bool) -> dict[str, Any]:
    """A line as coding takes it."""
    own = next((r.value for r in line.references if r.qualifier == "G1"), "")
    rendered = rendering(line) or next(of_the_whole(c), None)
    npi = (rendered.npi if rendered else "") or books.facility["npi"]
    made = {
        "service_on": (line.service_from or days_of(c)[0]).isoformat(),
        "procedure": line.procedure or "?",
        "modifiers": line.modifiers[:MODIFIERS],
        "units": max(line.units, 1),
        "charge_cents": line.charge_cents,
        "place_of_service": line.place_of_service or c.place_of_service or "11",
        "rendering_npi": npi,
        "ndc": line.ndc or None,
        "authorization": own or c.authorization or None,
    }
    return made | _details(line) if new else made


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
        details["providers"] = [provider(p) for p in providers]
    details |= {name: told for name, told in stated(line).items() if told}
    details |= {name: True for name, yes in _signs(line).items() if yes}
    return details


def _signs(line: ServiceLine) -> dict[str, bool]:
    """What one sign says of a service (SV109, SV111, SV112, SV115)."""
    return {
        "emergency": line.emergency == "Y",
        "epsdt": line.epsdt == "Y",
        "family_planning": line.family_planning == "Y",
        "copay_exempt": line.copay_exempt == "0",
    }


def stated(said: ProfessionalClaim | ServiceLine) -> dict[str, Any]:
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


def provider(p: Provider) -> dict[str, Any]:
    """Somebody who took part, as registration and coding take them."""
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
        "suffix": p.suffix,
    }


def opening(c: ProfessionalClaim, place: str) -> tuple[list[dict[str, int]], dict[str, int]]:
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
