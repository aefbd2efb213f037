"""Synthetic files and models of every set; no person in them could exist."""

from datetime import date
from pathlib import Path

import pytest

from shared.x12.claim_837p import (
    Ambulance,
    Attachment,
    Batch837,
    BillingProvider,
    ClaimAdjustment,
    Condition,
    Dated,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
    Subscriber,
)
from shared.x12.npi import with_check_digit
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "x12"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the public sample files are not beside the project"
)
DAY = date(2026, 1, 5)
HEADER = Header("CLAIMLOG", "CLEARING", 17, 18, DAY)
NPI = with_check_digit("199999999")
NPI2 = with_check_digit("188888888")


def line_paid(**changes: object) -> RemitLine:
    """100.00 billed, 60.00 paid, 25.00 contractual, 15.00 coinsurance."""
    made = RemitLine("99213", 10_000, 6_000, service_from=DAY, line_control="A-1")
    made.cas = [Cas("CO", "45", 2_500), Cas("PR", "2", 1_500)]
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def claim_paid(**changes: object) -> RemitClaim:
    """One claim with one such line."""
    made = RemitClaim("A1", "1", 10_000, 6_000, 1_500, "MB", "ICN1", "11", "1")
    made.patient_last, made.patient_first, made.patient_id = "ZZTESTA", "QUINN", "XX000"
    made.lines = [line_paid()]
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def remittance(*claims: RemitClaim, plb: tuple[Plb, ...] = (), **changes: object) -> Remittance:
    """A balanced payment of these claims."""
    amount = sum(c.paid_cents for c in claims) - sum(p.cents for p in plb)
    made = Remittance("I", amount, paid_on=DAY, trn02="CHECK1", trn03="1999999999")
    made.produced_on, made.payer_name, made.payer_id = DAY, "SYNTHETIC PAYER", "SYN01"
    made.payer_street, made.payer_city = "1 PAYER WAY", "ANYTOWN"
    made.payer_state, made.payer_zip = "NY", "100010000"
    made.payer_contact, made.payer_phone = "PROVIDER LINE", "5550100001"
    made.bank = ["CCP", "01", "999999992", "DA", "123456", "1999999999", "", "01", "999988880"]
    made.bank += ["DA", "98765"]
    made.payee_name, made.payee_npi, made.payee_tax_id = "SYNTHETIC GROUP", NPI, "999999999"
    made.claims, made.plb, made.control = list(claims), list(plb), "0001"
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def bytes_835() -> bytes:
    """Two claims, a reversal and a provider adjustment."""
    back = claim_paid(status="22", charge_cents=-10_000, paid_cents=-6_000, patient_cents=0)
    back.lines = [line_paid(charge_cents=-10_000, paid_cents=-6_000, cas=[Cas("CO", "45", -4_000)])]
    again = claim_paid(status="1", payer_control="ICN1C", clp01="A1")
    other = claim_paid(clp01="B2", remarks=["MA01"], original_control="OLD", amounts={"AU": 1})
    plb = Plb("WO", 1_000, "ICN9", NPI, date(2026, 12, 31))
    return write_835(HEADER, [remittance(back, again, other, plb=(plb,))])


BILLING = BillingProvider(
    "SYNTHETIC CLINIC", NPI, "999999999", "207Q00000X", "1 NOWHERE RD", "ANYTOWN", "NY", "100010000"
)
PATIENT = Party("ZZTESTA", "QUINN", "", "2 NOWHERE RD", "ANYTOWN", "NY", "10001", date(1980, 2, 3))
PATIENT.sex = "F"
OTHERS = Party("ZZTESTA", "QUINN", "", "2 NOWHERE RD", "ANYTOWN", "NY", "10001")
CHILD = Party("ZZTESTA", "ROBIN", "", "2 NOWHERE RD", "ANYTOWN", "NY", "10001", date(2015, 2, 3))
CHILD.sex = "U"


def service(number: int = 1, **changes: object) -> ServiceLine:
    """One visit of 100.00."""
    made = ServiceLine("99213", 10_000, 1, DAY, [1], line_control=f"L-{number}")
    made.place_of_service = "11"
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def claim(*lines: ServiceLine, **changes: object) -> ProfessionalClaim:
    """A claim of these lines for a subscriber who is the patient."""
    listed = list(lines) or [service()]
    made = ProfessionalClaim(
        "CLM0001",
        sum(x.charge_cents for x in listed),
        "11",
        "1",
        Subscriber(1, "XX000", PATIENT, filing_indicator="MB"),
        Payer("SYNTHETIC PAYER", "SYN01"),
        listed,
        ["J209"],
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def batch(*claims: ProfessionalClaim, control: str = "0001") -> Batch837:
    """One ST of these claims."""
    names = ("CLAIMLOG", "CLAIMLOG01", "BILLING OFFICE", "5550100001", "CLEARING", "CLEAR01")
    return Batch837(control, f"B{control}", DAY, "0800", *names, BILLING, list(claims))


def secondary(*, lines: int = 1) -> ProfessionalClaim:
    """A claim to a second payer after the first one paid 60.00 a line and left 15.00 to the patient."""
    cas = [ClaimAdjustment("CO", "45", 2_500), ClaimAdjustment("PR", "2", 1_500)]
    listed = [
        service(n, prior=[PriorLine("SYN01", 6_000, "99213", [], 1, cas, DAY)])
        for n in range(1, lines + 1)
    ]
    first = Subscriber(1, "XX111", OTHERS, filing_indicator="MB")
    paid = PriorPayer(first, Payer("SYNTHETIC PAYER", "SYN01"), 6_000 * lines)
    paid.payer_control, paid.patient_owes_cents = "ICN1", 1_500 * lines
    second = Subscriber(2, "XX000", PATIENT, filing_indicator="CI", group_number="G1")
    return claim(*listed, subscriber=second, payer=Payer("SECOND", "SYN02"), prior=[paid])


VARIETY: dict[str, ProfessionalClaim] = {
    "plain": claim(),
    "fifty lines": claim(*(service(n) for n in range(1, 51))),
    "twelve diagnoses and four pointers": claim(
        service(pointers=[1, 2, 11, 12]), diagnoses=[f"J20{n}" for n in range(10)] + ["R05", "I10"]
    ),
    "replacement": claim(frequency="7", payer_control="ICN1"),
    "void": claim(frequency="8", payer_control="ICN1"),
    "a child as patient": claim(
        patient=CHILD,
        patient_relation="19",
        subscriber=Subscriber(1, "XX000", PATIENT, relation="", filing_indicator="MB"),
    ),
    "second payer": secondary(lines=2),
    "claim-level payment of an earlier payer": claim(
        subscriber=Subscriber(2, "XX000", PATIENT, filing_indicator="CI"),
        prior=[
            PriorPayer(
                Subscriber(1, "XX111", OTHERS, filing_indicator="MB"),
                Payer("FIRST", "SYN09"),
                6_000,
                [ClaimAdjustment("CO", "45", 4_000)],
                paid_on=DAY,
            )
        ],
    ),
    "a later payer who has not paid": claim(
        prior=[PriorPayer(Subscriber(2, "XX2", OTHERS, filing_indicator="CI"), Payer("NEXT", "N1"))]
    ),
    "accident": claim(
        accident_causes=["AA", "EM"],
        accident_state="NY",
        dates=[Dated("439", DAY), Dated("431", DAY)],
    ),
    "ambulance": claim(
        service(procedure="A0427", modifiers=["RH"], ambulance_patients=2),
        ambulance=Ambulance("A", "12", "150"),
        conditions=[Condition("07", "Y", ["01", "06"])],
        providers=[
            Provider("PW", organisation=True, street="3 A", city="TOWN", state="NY", zip="10001"),
            Provider("45", organisation=True, street="4 B", city="TOWN", state="NY", zip="10001"),
        ],
        place_of_service="41",
    ),
    "anaesthesia minutes": claim(
        service(procedure="00142", modifiers=["QK", "P1"], unit_code="MJ", units=61)
    ),
    "drug": claim(
        service(procedure="J3301", ndc="00003029320", ndc_units="0.5", ndc_unit="ML"),
        service(2, procedure="J1100", ndc="00641036725", prescription="RX1"),
    ),
    "part of a unit": claim(service(units=0, quantity="0.5")),
    "everybody who took part": claim(
        service(
            providers=[
                Provider("82", "ZZDOC", "LINE", npi=NPI, taxonomy="207Q00000X"),
                Provider("DK", "ZZDOC", "ORDER", npi=NPI2),
            ]
        ),
        rendering_last="ZZDOC",
        rendering_first="RENDER",
        rendering_npi=NPI2,
        rendering_taxonomy="207Q00000X",
        providers=[
            Provider("DN", "ZZDOC", "REFER", npi=NPI),
            Provider(
                "77",
                "PLACE",
                npi=NPI2,
                organisation=True,
                street="5 C",
                city="TOWN",
                state="NY",
                zip="100010000",
            ),
            Provider("DQ", "ZZDOC", "SUPER", npi=NPI),
        ],
    ),
    "references, attachments and notes": claim(
        service(note="LINE NOTE", references=[Reference("X4", "99D9999999")], emergency="Y"),
        authorization="AUTH1",
        note="CLAIM NOTE",
        references=[
            Reference("X4", "99D9999999"),
            Reference("EA", "CHART1"),
            Reference("D9", "T1"),
        ],
        attachments=[Attachment("OZ", "EL", "ACN1")],
        delay_reason="7",
        patient_paid_cents=1_000,
    ),
    "inpatient days": claim(
        service(place_of_service="21", service_to=date(2026, 1, 8), units=4),
        place_of_service="21",
        dates=[Dated("435", DAY), Dated("096", date(2026, 1, 8))],
    ),
    "emergency line elsewhere": claim(service(place_of_service="23", modifiers=["25", "59"])),
    "a child's screening, signed for": claim(
        service(epsdt="Y", family_planning="Y", copay_exempt="0"),
        signature_source="P",
        providers=[Provider("DN", "ZZDOC", "REFER", npi=NPI, suffix="III")],
    ),
}
