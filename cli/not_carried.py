"""What another system's claim says and ours have no place for: each by loop and segment, and never a value of a person."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from shared.x12.claim_837p import (
    Ambulance,
    Party,
    Payer,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
)

IGNORED_REFERENCES = {"D9", "EA", "6R", "G1", "F8"}
"""REFs that are carried elsewhere, or that only the old system's traffic needed."""
OF_THE_CLAIM = {"DN", "P3", "82", "77", "DQ"}
OF_A_LINE = {"DN", "P3", "82", "77", "DQ", "DK", "QB"}
STOPS = {"PW", "45"}
LINE_NOTES = {"ADD", "TPO"}
RIDES = {"A", "B", "C", "D", "E"}
"""Why an ambulance carried somebody (CR104)."""
CAUSES = {"AA", "EM", "OA"}
PROGRAMS = {"", "02", "03", "05", "09"}
DELAYS = {"", *(str(n) for n in range(1, 12)), "15"}
CONDITIONS = 12
_CONDITION = re.compile("[0-9A-Z]{2,3}")
YES_OR_NO = ("Y", "N", "")
NOTES = {"ADD", "CER", "DCP", "DGN", "TPO"}
DIAGNOSES, POINTERS, MODIFIERS = 12, 4, 4
_FRACTION = re.compile(r"[0-9]{1,7}\.[0-9]{1,3}")
_DRUG = re.compile(r"[0-9]{1,11}(\.[0-9]{1,3})?")
_DRUG_UNITS = {"F2", "GR", "ME", "ML", "UN"}
_NPI = re.compile("[0-9]{10}")
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")


def uncarried(c: ProfessionalClaim) -> list[str]:
    """Everything of a claim that is not carried, each a sentence."""
    found = [f"{loop}: {told} is not carried" for loop, told in _of_the_claim(c)]
    for n, line in enumerate(c.lines, 1):
        found += [f"2400 line {n}: {told} is not carried" for told in _of_a_line(line, c)]
    return list(dict.fromkeys(found))


def listed_instead(c: ProfessionalClaim, facility: dict[str, Any]) -> list[str]:
    """Where our own listings speak and the file said something else: told, and no loss."""
    found = []
    billing = c.billing
    if billing is not None and billing.npi != facility.get("npi"):
        found.append("2010AA: the facility bills under its own NPI, not under the file's")
    if c.payer.street:
        found.append("2010BB: the payer's address (N3, N4) is not said again")
    return found


def rendering(line: ServiceLine) -> Provider | None:
    """The rendering provider of a line of its own."""
    return next((p for p in line.providers if p.role == "82"), None)


def _of_the_claim(c: ProfessionalClaim) -> Iterator[tuple[str, str]]:
    yield from (("2310", told) for told in _providers(c.providers, OF_THE_CLAIM))
    yield from (("2310", told) for told in _stops(c.providers))
    if c.rendering_last and not c.rendering_npi:
        yield "2310B", "a rendering provider without an NPI (NM109)"
    yield from (("2300", told) for told in _references(c.references))
    facts = (
        ("CLM06", c.signature != "Y"),
        ("CLM07", c.assignment not in ("A", "B", "C")),
        ("CLM08", c.benefits_assigned not in ("N", "W", "Y")),
        ("CLM09", c.release not in ("I", "Y")),
        ("CLM10", c.signature_source not in ("P", "")),
        ("CLM11", not CAUSES.issuperset(c.accident_causes)),
        ("CLM12", c.special_program not in PROGRAMS),
        ("CLM20", c.delay_reason not in DELAYS),
        ("REF*F8", c.payer_control),
        ("CR1", c.ambulance and not is_ride(c.ambulance)),
        ("NTE", c.note and c.note_kind not in NOTES),
        (f"HI of more than {DIAGNOSES} diagnoses", len(c.diagnoses) > DIAGNOSES),
        ("HI of anesthesia", c.anesthesia_procedures),
        ("HI of conditions", odd_conditions(c.condition_codes)),
        ("AMT", c.amounts),
    )
    yield from (("2300", name) for name, value in facts if value)
    yield from (("2000 to 2300", segment[0]) for segment in c.unknown if segment)
    if c.subscriber.group_name:
        yield "2000B", "the group's name (SBR04)"
    yield from (("2010BA", told) for told in _person(c.subscriber.party))
    yield from (("2010CA", told) for told in _person(c.patient))
    for prior in c.prior:
        yield from _of_a_coverage(c, prior)


def odd_conditions(codes: list[str]) -> bool:
    """Whether condition codes (HI*BG) are more than a claim holds, or of no such form."""
    return len(codes) > CONDITIONS or not all(_CONDITION.fullmatch(code) for code in codes)


def _of_a_coverage(c: ProfessionalClaim, p: PriorPayer) -> Iterator[tuple[str, str]]:
    facts = (
        ("the group's name (SBR04)", p.subscriber.group_name),
        ("OI04", p.signature_source not in ("", c.signature_source)),
        ("OI03", p.benefits_assigned not in ("", c.benefits_assigned)),
        ("OI06", p.release not in ("", c.release)),
        ("AMT*A8", p.noncovered_cents is not None),
        ("AMT*EAF", p.patient_owes_cents is not None),
        ("MOA", p.remarks),
    )
    yield from (("2320", name) for name, value in facts if value)
    yield from (("2330A", told) for told in _person(p.subscriber.party))
    patient = c.patient or c.subscriber.party
    them = p.subscriber.party
    if p.subscriber.relation in ("", "18") and (them.last, them.first) != (
        patient.last,
        patient.first,
    ):
        yield "2330A", "another name of the patient (NM103, NM104)"
    yield from (("2330B", told) for told in _payer(p.payer))
    if p.payer_control:
        yield "2330B", "REF*F8"


def _payer(p: Payer) -> Iterator[str]:
    if p.street:
        yield "the payer's address (N3, N4)"


def _person(p: Party | None) -> Iterator[str]:
    if p is None:
        return
    if p.organisation:
        yield "an organisation as a person (NM102)"
    if (p.street or p.city) and not addressed(p):
        yield "an address that is not whole (N3, N4)"
    yield from (f"REF*{r.qualifier}" for r in p.references)


def addressed(p: Party | Provider) -> bool:
    """Whether somebody has a whole address as registration takes it."""
    zipped = p.zip.replace("-", "")
    state = len(p.state) == 2 and p.state.isascii() and p.state.isalpha()
    return bool(
        p.street and len(p.city) > 1 and state and zipped.isdigit() and len(zipped) in (5, 9)
    )


def _references(listed: Iterable[Reference]) -> Iterator[str]:
    yield from (f"REF*{r.qualifier}" for r in listed if r.qualifier not in IGNORED_REFERENCES)


def _providers(listed: Iterable[Provider], carried: set[str]) -> Iterator[str]:
    for p in listed:
        if p.role in STOPS:
            continue
        if p.role not in carried:
            yield f"a provider in the role {p.role} (NM101)"
        elif p.npi and not _NPI.fullmatch(p.npi):
            yield f"the id of a provider in the role {p.role} (NM109), which is no NPI,"
        elif p.role == "82" and not p.npi:
            yield "a rendering provider without an NPI (NM109)"


def _stops(listed: Iterable[Provider]) -> Iterator[str]:
    """Where a ride began or ended: what is more than a place, or no whole one."""
    roles = [p.role for p in listed if p.role in STOPS]
    for p in listed:
        if p.role in STOPS and not is_stop(p):
            yield f"a place in the role {p.role} (NM101) that is not a whole address and no more"
    for role in sorted(STOPS):
        if roles.count(role) > 1:
            yield f"more than one place in the role {role} (NM101)"


def is_stop(p: Provider) -> bool:
    """Whether it is a place as a ride has it: an address and perhaps a name."""
    more = p.first or p.middle or p.npi or p.taxonomy or p.references or not p.organisation
    return not more and addressed(p)


def is_ride(a: Ambulance) -> bool:
    """Whether a CR1 is such as a claim of ours says it."""
    numbers = all(_NUMBER.fullmatch(text) for text in (a.miles, a.pounds or "0"))
    return a.reason in RIDES and numbers


def _of_a_line(line: ServiceLine, c: ProfessionalClaim) -> Iterator[str]:
    yield from _references(line.references)
    yield from _providers(line.providers, OF_A_LINE)
    yield from _stops(line.providers)
    if _named_twice(line, c):
        yield "another name of a rendering provider who has one already (NM103)"
    odd = line.quantity and not _FRACTION.fullmatch(line.quantity)
    facts = (
        (f"the quantity {line.quantity} (SV104)", odd),
        (f"the unit {line.unit_code} (SV103)", line.unit_code not in ("UN", "MJ")),
        (f"the qualifier {line.qualifier} (SV101-1)", line.qualifier != "HC"),
        ("the description (SV101-7)", line.description),
        ("SV109", line.emergency not in YES_OR_NO),
        ("SV111", line.epsdt not in YES_OR_NO),
        ("SV112", line.family_planning not in YES_OR_NO),
        ("SV115", line.copay_exempt not in ("0", "")),
        (f"more than {MODIFIERS} modifiers (SV101)", len(line.modifiers) > MODIFIERS),
        (f"more than {POINTERS} pointers (SV107)", len(line.pointers) > POINTERS),
        ("CTP", line.ndc and not is_drug_quantity(line)),
        ("the prescription number", line.prescription),
        ("CR1", line.ambulance and not is_ride(line.ambulance)),
        ("QTY", line.ambulance_patients not in (None, *range(1, 100))),
        ("NTE", line.note and (line.note_kind or "ADD") not in LINE_NOTES),
        ("AMT", line.amounts),
    )
    yield from (name for name, value in facts if value)
    yield from (f"{segment[0]}" for segment in line.unknown if segment)


def is_drug_quantity(line: ServiceLine) -> bool:
    """Whether CTP says how much of a drug was given as a charge holds it."""
    return bool(_DRUG.fullmatch(line.ndc_units)) and line.ndc_unit in _DRUG_UNITS


def _named_twice(line: ServiceLine, c: ProfessionalClaim) -> bool:
    own = rendering(line)
    if own is None:
        return False
    first = next(p for p in all_rendering(c) if p.npi == own.npi)
    return first != own


def of_the_whole(c: ProfessionalClaim) -> Iterator[Provider]:
    """Who rendered what no line says otherwise of."""
    if c.rendering_npi:
        yield Provider(
            "82",
            c.rendering_last,
            c.rendering_first,
            npi=c.rendering_npi,
            taxonomy=c.rendering_taxonomy,
            references=c.rendering_references,
        )
    yield from (p for p in c.providers if p.role == "82")


def all_rendering(c: ProfessionalClaim) -> Iterator[Provider]:
    """Everybody who rendered something, of the whole claim first."""
    yield from of_the_whole(c)
    for line in c.lines:
        yield from (p for p in line.providers if p.role == "82")
