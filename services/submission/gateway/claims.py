"""A queued package with its people opened, as the claim of an 837P (loops 2000B to 2430)."""

from collections.abc import Mapping
from typing import NamedTuple

from contracts.phi import MemberDetails, PersonDetails
from contracts.submission import ClaimPackage, PayerName, PriorPayment
from contracts.values import Adjustment, Charge, Coverage
from shared.x12 import claim_837p as x
from shared.x12.writing import plain

UNNAMED = "PROVIDER"
"""Loop 2310B wants a name; charges know the rendering provider by NPI alone."""


class Opened(NamedTuple):
    """A package with its people: `members` by order of benefits."""

    package: ClaimPackage
    person: PersonDetails
    members: Mapping[int, MemberDetails]


def claim(opened: Opened, payers: Mapping[str, PayerName]) -> x.ProfessionalClaim:
    """The claim as the writer takes it. Text is made fit for the character set, never refused."""
    package, person = opened.package, opened.person
    ours = next(c for c in package.coverages if c.order == package.payer_order)
    subscriber = _subscriber(ours, opened)
    somebody_else = _is_dependent(ours, opened)
    return x.ProfessionalClaim(
        clm01=package.claim,
        total_cents=package.total_cents,
        place_of_service=package.charges[0].place_of_service,
        frequency=package.frequency,
        subscriber=subscriber,
        payer=_payer(package.payer, payers),
        lines=[_line(charge, package, payers) for charge in package.charges],
        diagnoses=[d.code for d in sorted(package.diagnoses, key=lambda d: d.sequence)],
        patient=_party(person) if somebody_else else None,
        patient_relation=ours.relation if somebody_else else "",
        payer_control=package.payer_control,
        authorization=plain(package.authorization, 50),
        note=plain(package.note, 80),
        rendering_npi=package.charges[0].rendering_npi,
        rendering_last=UNNAMED,
        prior=[_other(c, opened, payers) for c in package.coverages if c is not ours],
    )


def _is_dependent(coverage: Coverage, opened: Opened) -> bool:
    return coverage.relation != "18" and opened.members[coverage.order].subscriber is not None


def _subscriber(coverage: Coverage, opened: Opened) -> x.Subscriber:
    member = opened.members[coverage.order]
    person = member.subscriber if _is_dependent(coverage, opened) else None
    return x.Subscriber(
        order=coverage.order,
        member_id=plain(member.member_id, 80),
        party=_party(person or opened.person),
        relation=coverage.relation,
        filing_indicator=coverage.filing_indicator,
        insurance_type=coverage.insurance_type or "",
        group_number=plain(member.group_number, 50),
    )


def _party(person: PersonDetails) -> x.Party:
    return x.Party(
        last=plain(person.last, 60),
        first=plain(person.first, 35),
        middle=plain(person.middle, 25),
        street=plain(person.street, 55),
        city=plain(person.city, 30),
        state=plain(person.state, 2),
        zip="".join(c for c in person.zip if c.isascii() and c.isalnum())[:15],
        born_on=person.born_on,
        sex=person.sex if person.sex in ("M", "F") else "U",
    )


def _payer(payer: str, payers: Mapping[str, PayerName]) -> x.Payer:
    named = payers.get(payer)
    return x.Payer(plain(named.name if named else payer, 60), named.payer_id if named else payer)


def _other(coverage: Coverage, opened: Opened, payers: Mapping[str, PayerName]) -> x.PriorPayer:
    """Loop 2320 of another coverage; money only when that payer was before us and decided."""
    prior = next((p for p in opened.package.prior if p.payer_order == coverage.order), None)
    return x.PriorPayer(
        subscriber=_subscriber(coverage, opened),
        payer=_payer(coverage.payer, payers),
        paid_cents=prior.paid_cents if prior else None,
        cas=_at_claim_level(prior, opened.package) if prior else [],
        payer_control=prior.payer_control if prior else "",
        paid_on=prior.paid_on if prior else None,
    )


def _at_claim_level(prior: PriorPayment, package: ClaimPackage) -> list[x.ClaimAdjustment]:
    """Its own adjustments, and those of lines that lead to none of the claim's: nothing of them is dropped."""
    ours = {charge.charge for charge in package.charges}
    strange = [a for line in prior.lines if line.charge not in ours for a in line.adjustments]
    return _cas((*prior.adjustments, *strange))


def _line(charge: Charge, package: ClaimPackage, payers: Mapping[str, PayerName]) -> x.ServiceLine:
    pointers = next((c.pointers for c in package.coded if c.charge == charge.charge), ())
    return x.ServiceLine(
        procedure=charge.procedure,
        charge_cents=charge.charge_cents,
        units=charge.units,
        service_from=charge.service_on,
        pointers=_places(pointers, package),
        line_control=charge.charge,
        modifiers=list(charge.modifiers),
        place_of_service=charge.place_of_service,
        ndc=charge.ndc or "",
        prior=[line for prior in package.prior for line in _prior_lines(charge, prior, payers)],
    )


def _places(pointers: tuple[int, ...], package: ClaimPackage) -> list[int]:
    """SV107 points to places of HI, which holds the diagnoses in their sequence without gaps."""
    in_order = sorted(diagnosis.sequence for diagnosis in package.diagnoses)
    return [in_order.index(pointer) + 1 for pointer in pointers]


def _prior_lines(
    charge: Charge, prior: PriorPayment, payers: Mapping[str, PayerName]
) -> list[x.PriorLine]:
    return [
        x.PriorLine(
            payer_id=_payer(prior.payer, payers).payer_id,
            paid_cents=line.paid_cents,
            procedure=line.procedure or charge.procedure,
            modifiers=list(line.modifiers),
            units=line.units,
            cas=_cas(line.adjustments),
            paid_on=prior.paid_on,
        )
        for line in prior.lines
        if line.charge == charge.charge
    ]


def _cas(adjustments: tuple[Adjustment, ...]) -> list[x.ClaimAdjustment]:
    return [x.ClaimAdjustment(a.group, a.reason, a.cents, a.quantity) for a in adjustments]
