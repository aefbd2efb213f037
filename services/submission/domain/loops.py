"""A package with its people, as the claim of an 837P (loops 2000B to 2430)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from contracts.phi import ClaimNote, MemberDetails, PersonDetails
from contracts.reference import PayerListed
from contracts.submission import ClaimPackage, PayerName
from contracts.values import (
    Attachment,
    Charge,
    Condition,
    Coverage,
    Provider,
    Reference,
    StatedDate,
)
from services.submission.domain.earlier import with_earlier_payers
from services.submission.domain.stated import of_charge, of_the_claim, ride
from shared.x12 import claim_837p as x
from shared.x12.writing import plain

UNNAMED = "PROVIDER"
"""Loop 2310B wants a name; where the encounter names nobody of that NPI, charges know it alone."""
RENDERING = "82"
SELF = "18"
UNSAID = ClaimNote(text="")


Named = PayerName | PayerListed
"""A payer as a file of ours names it, or as it is listed."""


class Opened(NamedTuple):
    """A package with its people: `members` by order of benefits, and what it says in free words."""

    package: ClaimPackage
    person: PersonDetails
    members: Mapping[int, MemberDetails]
    note: ClaimNote | None = None


def claim(opened: Opened, payers: Mapping[str, Named]) -> x.ProfessionalClaim:
    """The claim as the writer takes it. People's own text is made fit for the character set, never refused.

    NotWritable, with loop and element, when what an earlier payer said does not balance.
    """
    package, person = opened.package, opened.person
    ours = next(c for c in package.coverages if c.order == package.payer_order)
    places = _places(package)
    subscriber = _subscriber(ours, opened)
    somebody_else = _is_dependent(ours, opened)
    made = x.ProfessionalClaim(
        clm01=package.claim,
        total_cents=package.total_cents,
        place_of_service=package.charges[0].place_of_service,
        frequency=package.frequency,
        subscriber=subscriber,
        payer=_payer(ours, payers),
        lines=[_line(charge, opened, places[charge.charge]) for charge in package.charges],
        diagnoses=[d.code for d in sorted(package.diagnoses, key=lambda d: d.sequence)],
        patient=_party(person) if somebody_else else None,
        patient_relation=ours.relation if somebody_else else "",
        payer_control=package.payer_control,
        authorization=plain(package.authorization, 50),
        **_said(opened),
        **_providers(opened),
        assignment=package.consent.assignment,
        benefits_assigned=package.consent.benefits_assigned,
        release=package.consent.release,
        signature_source=package.consent.signature_source,
    )
    others = [
        (c.order, _subscriber(c, opened, other=True), _payer(c, payers))
        for c in package.coverages
        if c is not ours
    ]
    return with_earlier_payers(made, package, others)


def _is_dependent(coverage: Coverage, opened: Opened) -> bool:
    return coverage.relation != SELF and opened.members[coverage.order].subscriber is not None


def _subscriber(coverage: Coverage, opened: Opened, *, other: bool = False) -> x.Subscriber:
    member = opened.members[coverage.order]
    dependent = _is_dependent(coverage, opened)
    person = member.subscriber if dependent else None
    return x.Subscriber(
        order=coverage.order,
        member_id=plain(member.member_id, 80),
        party=_party(person or opened.person),
        # Whoever has a member number of their own is the subscriber, whatever they are to the holder.
        relation=coverage.relation if dependent or other else SELF,
        filing_indicator=coverage.filing_indicator,
        insurance_type=coverage.insurance_type or "",
        group_number=plain(member.group_number, 50),
    )


def _party(person: PersonDetails) -> x.Party:
    return x.Party(
        last=plain(person.last, 60),
        first=plain(person.first, 35),
        middle=plain(person.middle, 25),
        suffix=plain(person.suffix, 10),
        street=plain(person.street, 55),
        street2=plain(person.street2, 55),
        city=plain(person.city, 30),
        state=plain(person.state, 2),
        zip=_zip(person.zip),
        born_on=person.born_on,
        sex=person.sex if person.sex in ("M", "F") else "U",
    )


def _zip(text: str) -> str:
    if not (text.isascii() and text.isalnum()):
        text = "".join(c for c in text if c.isascii() and c.isalnum())
    return text[:15]


def _payer(cover: Coverage, payers: Mapping[str, Named]) -> x.Payer:
    named = payers.get(cover.payer)
    return x.Payer(
        plain(named.name if named else cover.payer, 60),
        named.payer_id if named else cover.payer,
        references=_references(cover.references),
    )


def _references(listed: Iterable[Reference]) -> list[x.Reference]:
    return [x.Reference(r.qualifier, plain(r.number, 50)) for r in listed]


def _said(opened: Opened) -> dict[str, Any]:
    """Loop 2300 beside the services: a correction's note stands instead of the encounter's."""
    facts, own = opened.package.facts, plain(opened.package.note, 80)
    stated = opened.note or UNSAID
    return {
        "note": own or plain(stated.text, 80),
        "note_kind": "ADD" if own else stated.kind,
        "ambulance": ride(of_the_claim(opened.note).trip),
        "dates": _dates(facts.dates),
        "accident_causes": list(facts.accident_causes),
        "accident_state": facts.accident_state,
        "attachments": _attachments(facts.attachments),
        "conditions": _conditions(facts.conditions),
        "special_program": facts.special_program,
        "delay_reason": facts.delay_reason,
        "condition_codes": list(facts.condition_codes),
    }


def _dates(listed: Iterable[StatedDate]) -> list[x.Dated]:
    return [x.Dated(d.what, d.day, d.until, d.hhmm) for d in listed]


def _attachments(listed: Iterable[Attachment]) -> list[x.Attachment]:
    return [x.Attachment(a.kind, a.how, plain(a.control, 80)) for a in listed]


def _conditions(listed: Iterable[Condition]) -> list[x.Condition]:
    return [x.Condition(c.category, c.applies, list(c.codes)) for c in listed]


def provider(one: Provider) -> x.Provider:
    """Somebody who took part, as the writer takes them."""
    return x.Provider(
        role=one.role,
        last=plain(one.last, 60),
        first=plain(one.first, 35),
        middle=plain(one.middle, 25),
        npi=one.npi,
        taxonomy=one.taxonomy,
        organisation=one.organisation,
        street=plain(one.street, 55),
        street2=plain(one.street2, 55),
        city=plain(one.city, 30),
        state=one.state,
        zip=one.zip,
        references=[x.Reference(r.qualifier, r.number) for r in one.references],
        suffix=plain(one.suffix, 10),
    )


def _named(npi: str, package: ClaimPackage) -> x.Provider:
    """The rendering provider of this NPI, with the name that the encounter gives it."""
    for one in package.providers:
        if one.role == RENDERING and one.npi == npi:
            return provider(one)
    return x.Provider(RENDERING, UNNAMED, npi=npi)


def _providers(opened: Opened) -> dict[str, Any]:
    """Loop 2310: who took part in all of it, and who rendered the first line; lines of others name theirs (2420A)."""
    package = opened.package
    who = _named(package.charges[0].rendering_npi, package)
    others = [provider(one) for one in package.providers if one.role != RENDERING]
    others += of_the_claim(opened.note).stops
    if who.organisation or who.middle or who.suffix or who.street:
        return {"providers": [*others, who]}
    return {
        "providers": others,
        "rendering_npi": who.npi,
        "rendering_last": who.last,
        "rendering_first": who.first,
        "rendering_taxonomy": who.taxonomy,
        "rendering_references": who.references,
    }


def _line(charge: Charge, opened: Opened, pointers: list[int]) -> x.ServiceLine:
    package = opened.package
    note, trip, stops = of_charge(opened.note, charge, package.account)
    own = charge.authorization if charge.authorization != package.authorization else ""
    providers = [provider(one) for one in charge.providers if one.role != RENDERING]
    if charge.rendering_npi != package.charges[0].rendering_npi:
        providers.append(_named(charge.rendering_npi, package))
    providers += stops
    drug = charge.drug
    return x.ServiceLine(
        procedure=charge.procedure,
        charge_cents=charge.charge_cents,
        units=charge.units,
        unit_code=charge.unit,
        quantity=charge.quantity or "",
        service_from=charge.service_on,
        service_to=charge.service_to,
        pointers=pointers,
        line_control=charge.charge,
        modifiers=list(charge.modifiers),
        place_of_service=charge.place_of_service,
        ndc=charge.ndc or "",
        ndc_units=drug.quantity if drug else "1",
        ndc_unit=drug.unit if drug else "UN",
        references=[x.Reference("G1", plain(own, 50))] if own else [],
        providers=providers,
        dates=_dates(charge.dates),
        attachments=_attachments(charge.attachments),
        conditions=_conditions(charge.conditions),
        emergency="Y" if charge.emergency else "",
        epsdt="Y" if charge.epsdt else "",
        family_planning="Y" if charge.family_planning else "",
        copay_exempt="0" if charge.copay_exempt else "",
        note=plain(note.text, 80) if note else "",
        note_kind=note.kind if note and note.kind != "ADD" else "",
        ambulance=ride(trip),
        ambulance_patients=trip.patients,
    )


def _places(package: ClaimPackage) -> dict[str, list[int]]:
    """SV107 of each charge points to places of HI, which holds the diagnoses in their sequence without gaps."""
    in_order = sorted(diagnosis.sequence for diagnosis in package.diagnoses)
    pointers = {line.charge: line.pointers for line in package.coded}
    return {
        charge.charge: [in_order.index(p) + 1 for p in pointers.get(charge.charge, ())]
        for charge in package.charges
    }
