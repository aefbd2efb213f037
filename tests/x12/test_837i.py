"""837I: what is written is valid to an independent judge, reads back, and what is wrong is named."""

from datetime import date

import pytest

from shared.x12 import kind_of, read_file
from shared.x12.claim_837i import (
    Batch837I,
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueAmount,
    check_837i,
    read_837i,
    read_batch_837i,
    rewrite_837i,
    write_837i,
)
from shared.x12.claim_837p import (
    ClaimAdjustment,
    Dated,
    Payer,
    PriorLine,
    PriorPayer,
    Provider,
    Reference,
    Subscriber,
)
from tests.x12.made import (
    BILLING,
    CHILD,
    DAY,
    HEADER,
    NPI,
    NPI2,
    OTHERS,
    PATIENT,
    SAMPLES,
    needs_samples,
)
from tests.x12.test_837p import judged

LEFT = date(2026, 1, 8)
ATTENDING = Provider("71", "ZZDOC", "ATTEND", npi=NPI, taxonomy="207R00000X")


def line(number: int = 1, **changes: object) -> RevenueLine:
    """One laboratory test of 50.00."""
    made = RevenueLine("0305", 5_000, 1, "85025", DAY, line_control=f"L-{number}")
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def claim(*lines: RevenueLine, **changes: object) -> InstitutionalClaim:
    """An outpatient visit."""
    listed = list(lines) or [line()]
    made = InstitutionalClaim(
        "INST0001",
        sum(x.charge_cents for x in listed),
        "13",
        "1",
        Subscriber(1, "XX000", PATIENT, filing_indicator="MA"),
        Payer("SYNTHETIC PAYER", "SYN01"),
        listed,
        [Diagnosis("I10")],
        DAY,
        DAY,
        "3",
        "1",
        "01",
        providers=[ATTENDING],
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def batch(*claims: InstitutionalClaim) -> Batch837I:
    names = ("CLAIMLOG", "CLAIMLOG01", "BILLING OFFICE", "5550100001", "CLEARING", "CLEAR01")
    return Batch837I("0001", "B1", DAY, "0800", *names, BILLING, list(claims))


STAY = claim(
    line(revenue_code="0120", procedure="", units=3, unit_code="DA", service_from=None),
    line(2, revenue_code="0360", procedure="27130", noncovered_cents=1_000),
    facility_code="11",
    statement_to=LEFT,
    admitted_on=DAY,
    admitted_hhmm="0830",
    discharged_hhmm="1400",
    diagnoses=[Diagnosis("M1611", "Y"), Diagnosis("I10", "N"), Diagnosis("E119", "U")],
    admitting_diagnosis="M1611",
    external_causes=[Diagnosis("W010XXA", "Y")],
    procedures=[Procedure("0SR9019", DAY), Procedure("3E0T3BZ", DAY)],
    occurrences=[Occurrence("11", DAY), Occurrence("74", DAY, LEFT)],
    values=[ValueAmount("80", 300), ValueAmount("A2", 1_531)],
    condition_codes=["09", "C1"],
    drg="470",
    providers=[ATTENDING, Provider("72", "ZZDOC", "OPERATE", npi=NPI2)],
)
EARLIER = PriorPayer(
    Subscriber(1, "XX111", OTHERS, filing_indicator="MA"), Payer("FIRST", "SYN09"), 4_000
)
VARIETY: dict[str, InstitutionalClaim] = {
    "outpatient": claim(),
    "inpatient": STAY,
    "a visit to the emergency room": claim(
        line(revenue_code="0450", procedure="99284", modifiers=["25"]),
        reasons_for_visit=["R079", "R0602"],
        admission_type="1",
    ),
    "a child as patient": claim(
        patient=CHILD,
        patient_relation="19",
        subscriber=Subscriber(1, "XX000", PATIENT, relation="", filing_indicator="CI"),
    ),
    "replacement": claim(frequency="7", payer_control="ICN1", authorization="AUTH1"),
    "void": claim(frequency="8", payer_control="ICN1"),
    "many lines": claim(*(line(n) for n in range(1, 120))),
    "many codes": claim(
        diagnoses=[Diagnosis(f"I{n}") for n in range(10, 35)],
        condition_codes=[f"{n:02d}" for n in range(1, 20)],
    ),
    "drug": claim(line(revenue_code="0636", procedure="J3301", ndc="00003029320", ndc_unit="ML")),
    "second payer": claim(
        line(prior=[PriorLine("SYN09", 4_000, "85025", cas=[ClaimAdjustment("CO", "45", 1_000)],
             revenue_code="0305", paid_on=DAY)]),
        subscriber=Subscriber(2, "XX000", PATIENT, filing_indicator="CI"),
        prior=[EARLIER],
    ),
    "references and what the patient owes": claim(
        references=[Reference("EA", "CHART1"), Reference("D9", "T1")], patient_owes_cents=1_500
    ),
}  # fmt: skip


def forgotten(c: InstitutionalClaim) -> InstitutionalClaim:
    c.segment, c.first, c.last, c.billing = -1, 0, 0, None
    return c


@pytest.mark.parametrize("shape", VARIETY)
def test_every_shape_passes_an_independent_judge(shape: str) -> None:
    fine, errors = judged(write_837i(HEADER, [batch(VARIETY[shape])]))
    assert fine, errors


@pytest.mark.parametrize("shape", VARIETY)
def test_every_shape_reads_back_as_it_was(shape: str) -> None:
    data = write_837i(HEADER, [batch(VARIETY[shape])])
    (one,) = read_file(data).sets()
    assert kind_of(one) == "837I"
    back, findings = read_batch_837i(one)
    assert findings == []
    claims = [forgotten(c) for c in back.claims]
    for c in claims:
        c.occurrences.sort(key=lambda o: o.code)
    assert claims == [forgotten(VARIETY[shape])]
    assert write_837i(HEADER, [back]) == data
    assert back.unknown == []


@pytest.mark.parametrize("shape", VARIETY)
def test_every_shape_passes_our_own_checks(shape: str) -> None:
    (one,) = read_file(write_837i(HEADER, [batch(VARIETY[shape])])).sets()
    claims, _ = read_837i(one)
    assert [f for f in check_837i(claims, one) if f.severity != "note"] == []


@pytest.mark.parametrize(
    ("broken", "element"),
    [
        (claim(total_cents=1), "CLM02"),
        (claim(facility_code="1"), "CLM05"),
        (claim(patient_status=""), "CL103"),
        (claim(statement_from=None), "DTP03"),
        (claim(facility_code="11"), "DTP03"),
        (claim(patient_status="30"), "CLM05"),
        (claim(providers=[]), "NM101"),
        (claim(diagnoses=[]), "HI01"),
        (claim(line(revenue_code="")), "SV201"),
        (claim(line(noncovered_cents=5_001)), "SV207"),
        (claim(frequency="7"), "REF02"),
    ],
)
def test_what_a_gate_would_refuse_is_named(broken: InstitutionalClaim, element: str) -> None:
    (one,) = read_file(rewrite_837i(HEADER, [batch(broken)])).sets()
    claims, _ = read_837i(one)
    assert element in {f.element for f in check_837i(claims, one) if f.severity != "note"}


def test_the_type_of_bill_says_inpatient() -> None:
    assert (STAY.bill_type, STAY.inpatient) == ("111", True)
    assert (claim().bill_type, claim().inpatient) == ("131", False)
    assert claim(dates=[Dated("431", DAY)]).dates[0].day == DAY


@needs_samples
def test_a_sample_with_two_claims_has_their_charges_and_codes() -> None:
    path = SAMPLES / "resources/837_005010X223A3/two-claims-single-provider.837i"
    (one,) = read_file(path.read_bytes()).sets()
    claims, findings = read_837i(one)
    assert findings == []
    assert [(c.clm01, c.total_cents, c.bill_type, len(c.lines)) for c in claims] == [
        ("756048Q", 8_995, "131", 2),
        ("756049Q", 5_000, "131", 1),
    ]
    assert [d.code for d in claims[0].diagnoses] == ["3669", "4019", "79431"]
    assert claims[0].unknown == []
