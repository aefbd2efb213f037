"""What a writer refuses before it gives out a byte: loop and element are named, data is not quoted."""

from datetime import date

import pytest

from shared.x12 import read_file
from shared.x12.claim_837i import write_837i
from shared.x12.claim_837p import (
    BillingProvider,
    ClaimAdjustment,
    Party,
    Payer,
    PriorLine,
    ProfessionalClaim,
    Reference,
    Subscriber,
    refuse_claim_837p,
    rewrite_837p,
    rules_837p,
    write_837p,
)
from shared.x12.claim_ack_277ca import ClaimAck277, ClaimStatus277, ProviderAck277, write_277ca
from shared.x12.claim_loops.refusing import Refusing
from shared.x12.writing import NotWritable
from tests.x12 import test_837i as stays
from tests.x12.made import BILLING, DAY, HEADER, NPI, PATIENT, batch, claim, secondary, service


def refusal(broken: ProfessionalClaim) -> NotWritable:
    """How the writer says no, the claim standing after a good one."""
    with pytest.raises(NotWritable) as refused:
        write_837p(HEADER, [batch(claim(clm01="GOOD"), broken)])
    return refused.value


def party(**changes: object) -> Subscriber:
    """A subscriber of whom one thing is different."""
    made = Party(*(getattr(PATIENT, name) for name in PATIENT.__struct_fields__))
    for name, value in changes.items():
        setattr(made, name, value)
    return Subscriber(1, "XX000", made, filing_indicator="MB")


def unbalanced() -> ProfessionalClaim:
    """A second line of two that does not balance with the earlier payer."""
    made = secondary(lines=2)
    made.lines[1].prior = [PriorLine("SYN01", 6_000, "99213", cas=[], paid_on=DAY)]
    return made


BROKEN = {
    "a line's charge is negative": (claim(service(charge_cents=-1)), "2400", "SV102"),
    "lines do not sum to the charge": (claim(total_cents=9_999), "2300", "CLM02"),
    "a charge of eleven digits": (claim(service(charge_cents=10**10)), "2300", "CLM02"),
    "fifty-one lines": (claim(*(service(n) for n in range(1, 52))), "2400", "LX01"),
    "no line": (claim(total_cents=0, lines=[]), "2400", "LX01"),
    "thirteen diagnoses": (claim(diagnoses=["J209"] * 13), "2300", "HI01"),
    "a pointer to a diagnosis that is not there": (claim(service(pointers=[2])), "2400", "SV107"),
    "five pointers": (claim(service(pointers=[1, 1, 1, 1, 1])), "2400", "SV107"),
    "a replacement without the number of the original": (claim(frequency="7"), "2300", "REF02"),
    "a void without the number of the original": (claim(frequency="8"), "2300", "REF02"),
    "a line without a control number": (claim(service(line_control="")), "2400", "REF02"),
    "two lines of one control number": (claim(service(1), service(1)), "2400", "REF02"),
    "a rendering provider whose check digit is wrong": (
        claim(rendering_npi="1999999999", rendering_last="Z"),
        "2310",
        "NM109",
    ),
    "a billing provider whose check digit is wrong": (
        claim(billing=BillingProvider("C", "1999999999", "9", "", "1 A", "B", "NY", "100010000")),
        "2010AA",
        "NM109",
    ),
    "a subscriber without a name": (claim(subscriber=party(last="")), "2010BA", "NM103"),
    "a subscriber without a street": (claim(subscriber=party(street="")), "2010BA", "N301"),
    "a subscriber without a member id": (
        claim(subscriber=Subscriber(1, "", PATIENT, filing_indicator="MB")),
        "2010BA",
        "NM109",
    ),
    "a payer without an id": (claim(payer=Payer("SOMEBODY", "")), "2010BB", "NM109"),
    "a patient born after the service": (
        claim(subscriber=party(born_on=date(2026, 1, 6))),
        "2010BA",
        "DMG02",
    ),
    "a name that is too long": (claim(subscriber=party(last="Z" * 61)), "2010BA", "NM103"),
    "a state that is spelled out": (claim(subscriber=party(state="NEW YORK")), "2010BA", "N402"),
    "a note that is too long": (claim(note="X" * 81), "2300", "NTE02"),
    "a modifier of three signs": (claim(service(modifiers=["252"])), "2400", "SV101"),
    "a reference without a value": (claim(references=[Reference("EA", "")]), "2300", "REF02"),
    "a sign of another script": (claim(subscriber=party(first="Zoë")), "2010BA", "NM104"),
    "a control sign": (claim(subscriber=party(first="Z\x1fY")), "2010BA", "NM104"),
    "a sign that X12 has not": (claim(subscriber=party(first="Z`Y")), "2010BA", "NM104"),
    "a terminator in a name": (claim(subscriber=party(last="Z~SE*1")), "2010BA", "NM103"),
    "an element separator in a note": (claim(note="A*B"), "2300", "NTE02"),
    "a component separator in a plain element": (claim(note="A:B"), "2300", "NTE02"),
    "a repetition separator in a street": (
        claim(subscriber=party(street="1^A")),
        "2010BA",
        "N301",
    ),
    "an earlier payer's line that does not balance": (unbalanced(), "2430", "SVD02"),
    "a line decided by a payer that is not there": (
        claim(service(prior=[PriorLine("NOBODY", 1, "99213")])),
        "2430",
        "SVD01",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_claim_is_refused_for(what: str) -> None:
    broken, loop, element = BROKEN[what]
    no = refusal(broken)
    assert (no.loop, no.element) == (loop, element)
    assert f"loop {loop}, {element}" in str(no)


def said_alone(one: ProfessionalClaim) -> list[str]:
    """What is refused of a claim without a set around it: its rules, then what does not fit its place."""
    refusing = Refusing()
    refusing.number = 1
    try:
        refusing.all(rules_837p(one, refusing))
        refuse_claim_837p(one)
    except NotWritable as no:
        return [str(no)]
    return []


@pytest.mark.parametrize("what", BROKEN)
def test_a_claim_by_itself_is_refused_as_in_a_set_of_its_own(what: str) -> None:
    broken = BROKEN[what][0]
    with pytest.raises(NotWritable) as refused:
        write_837p(HEADER, [batch(broken)])
    assert said_alone(broken) == [str(refused.value)]
    assert said_alone(claim()) == []


def test_of_a_set_without_claims_the_billing_provider_is_judged() -> None:
    one = batch()
    assert b"CLM" not in write_837p(HEADER, [one])
    one.billing = BillingProvider("", NPI, "990000001")
    with pytest.raises(NotWritable) as refused:
        write_837p(HEADER, [one])
    assert (refused.value.loop, refused.value.element) == ("2010AA", "NM103")


def test_a_refusal_shows_the_shape_of_the_data_and_never_the_data() -> None:
    no = refusal(claim(subscriber=party(last="ZZTESTA~")))
    assert no.value == "AAAAAAA~"
    assert "ZZTESTA" not in str(no)


def test_a_refusal_by_a_rule_says_which_claim_of_the_set_it_is() -> None:
    no = refusal(claim(total_cents=1, clm01="SECRET"))
    assert "claim 2 of its set" in str(no)
    assert no.claim == "SECRET"
    assert "SECRET" not in str(no)


def test_a_set_without_a_submitter_is_refused() -> None:
    one = batch(claim())
    one.submitter_id = ""
    with pytest.raises(NotWritable) as refused:
        write_837p(HEADER, [one])
    assert (refused.value.loop, refused.value.element) == ("1000A", "NM109")


def test_what_was_read_is_written_again_whatever_a_gate_says() -> None:
    for broken in (claim(total_cents=1), claim(frequency="7"), claim(diagnoses=["J209"] * 13)):
        assert rewrite_837p(HEADER, [batch(broken)]).startswith(b"ISA*")


def test_spaces_around_data_are_trimmed_and_letters_made_upper_case() -> None:
    data = write_837p(HEADER, [batch(claim(subscriber=party(last=" zztest ", first="quinn ")))])
    assert b"NM1*IL*1*ZZTEST*QUINN*" in data


def test_the_billing_provider_of_the_set_is_judged_too() -> None:
    one = batch(claim())
    one.billing = BillingProvider("CLINIC", NPI, "", "", "1 A", "B", "NY", "100010000")
    with pytest.raises(NotWritable) as refused:
        write_837p(HEADER, [one])
    assert (refused.value.loop, refused.value.element) == ("2010AA", "REF02")
    assert BILLING.tax_id


INSTITUTIONAL = {
    "a thousand lines": (stays.claim(*(stays.line(n) for n in range(1, 1001))), "LX01"),
    "no statement period": (stays.claim(statement_from=None), "DTP03"),
    "no patient status": (stays.claim(patient_status=""), "CL103"),
    "no principal diagnosis": (stays.claim(diagnoses=[]), "HI01"),
    "a stay without an admission": (stays.claim(facility_code="11"), "DTP03"),
    "a line without a revenue code": (stays.claim(stays.line(revenue_code="")), "SV201"),
    "a line without a control number": (stays.claim(stays.line(line_control="")), "REF02"),
    "a replacement without the number of the original": (stays.claim(frequency="7"), "REF02"),
    "a person who bills as a facility": (
        stays.claim(billing=BillingProvider("Z", NPI, "9", "", "1 A", "B", "NY", "100010000", "Q")),
        "NM102",
    ),
    "a DRG that is too long": (stays.claim(drg="4" * 31), "HI01"),
}


@pytest.mark.parametrize("what", INSTITUTIONAL)
def test_an_institutional_claim_is_refused_for(what: str) -> None:
    broken, element = INSTITUTIONAL[what]
    with pytest.raises(NotWritable) as refused:
        write_837i(HEADER, [stays.batch(broken)])
    assert refused.value.element == element


def test_segments_are_counted_from_what_was_written() -> None:
    (one,) = read_file(
        write_837p(HEADER, [batch(*(claim(clm01=f"C{n}") for n in range(30)))])
    ).sets()
    assert one.sound


def test_an_acknowledgement_refuses_data_that_breaks_out() -> None:
    bad = ClaimStatus277("CLM~1", "A2", "20", 10_000, effective_on=DAY)
    ack = ClaimAck277("PR", "PAYER", "SYN01", "B1", DAY, "R1", "CLAIMLOG", "CLAIMLOG01")
    ack.providers = [ProviderAck277("CLINIC", NPI, [bad])]
    with pytest.raises(NotWritable) as refused:
        write_277ca(HEADER, [ack])
    assert refused.value.element == "TRN02"


def test_an_adjustment_of_a_group_that_is_none_is_refused() -> None:
    broken = secondary()
    broken.lines[0].prior[0].cas = [ClaimAdjustment("XX", "45", 4_000)]
    assert refusal(broken).element == "CAS01"
