"""837P: what is written is valid to an independent judge, reads back, and what is wrong is named."""

import io

import pytest
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from shared.x12 import read_file
from shared.x12.claim_837p import (
    Address,
    Ambulance,
    BillingProvider,
    ClaimAdjustment,
    Dated,
    Payer,
    PriorLine,
    ProfessionalClaim,
    check_837p,
    read_837p,
    read_batch_837p,
    rewrite_837p,
    write_837p,
)
from shared.x12.writing import NotWritable
from tests.x12.made import BILLING, DAY, HEADER, NPI2, VARIETY, batch, claim, secondary, service


def judged(data: bytes) -> tuple[bool, str]:
    """What pyx12 says, and its errors."""
    errors = io.StringIO()
    fine = x12n_document(params(), io.StringIO(data.decode()), None, None, None, errors)
    return bool(fine), errors.getvalue()


def forgotten(c: ProfessionalClaim) -> ProfessionalClaim:
    """The claim without what only a reader or a writer knows."""
    c.segment, c.first, c.last, c.billing = -1, 0, 0, None
    return c


@pytest.mark.parametrize("shape", VARIETY)
def test_every_shape_passes_an_independent_judge(shape: str) -> None:
    fine, errors = judged(write_837p(HEADER, [batch(VARIETY[shape])]))
    assert fine, errors


def test_the_independent_judge_does_refuse() -> None:
    assert not judged(write_837p(HEADER, [batch(claim())]).replace(b"HI*ABK", b"HI*XXX"))[0]


@pytest.mark.parametrize("shape", VARIETY)
def test_every_shape_reads_back_as_it_was(shape: str) -> None:
    data = write_837p(HEADER, [batch(VARIETY[shape])])
    (one,) = read_file(data).sets()
    back, findings = read_batch_837p(one)
    assert [f for f in findings if f.severity == "error"] == []
    assert [forgotten(c) for c in back.claims] == [forgotten(VARIETY[shape])]
    assert write_837p(HEADER, [back]) == data
    assert back.unknown == []


@pytest.mark.parametrize("shape", VARIETY)
def test_every_shape_passes_our_own_checks(shape: str) -> None:
    (one,) = read_file(write_837p(HEADER, [batch(VARIETY[shape])])).sets()
    claims, _ = read_837p(one)
    assert [f for f in check_837p(claims, one) if f.severity != "note"] == []


def test_many_sets_and_billing_providers_pass_the_judge() -> None:
    other = BillingProvider(
        "OTHER CLINIC", NPI2, "888888888", "", "9 X ST", "TOWN", "NY", "100010000"
    )
    other.pay_to = Address("PO BOX 1", "TOWN", "NY", "100010000")
    other.contact_name, other.contact_phone = "SOMEBODY", "5550100002"
    all_of_them = list(VARIETY.values())
    for number, made in enumerate(all_of_them):
        made.clm01, made.billing = f"CLM{number:04d}", other if number > 9 else None
    data = write_837p(HEADER, [batch(*all_of_them, control=f"{n:04d}") for n in (1, 2, 3)])
    fine, errors = judged(data)
    assert fine, errors
    for one in read_file(data).sets():
        claims, _ = read_837p(one)
        assert [f for f in check_837p(claims, one) if f.severity != "note"] == []
        assert [c.billing == other for c in claims] == [n > 9 for n in range(len(claims))]


def test_a_claim_knows_the_segments_that_were_written_for_it() -> None:
    first, second = claim(), secondary()
    second.clm01 = "CLM0002"
    data = write_837p(HEADER, [batch(first, second)])
    segments = ["ST", *(s[0] for s in next(read_file(data).sets()).segments)]
    assert segments[first.first - 1] == "HL"
    assert segments[second.first - 1] == "HL"
    assert second.first == first.last + 1
    assert second.last == len(segments)


def test_data_that_holds_a_delimiter_is_refused_and_not_quoted() -> None:
    broken = claim(clm01="A*B")
    with pytest.raises(NotWritable) as refused:
        write_837p(HEADER, [batch(broken)])
    assert "A*B" not in str(refused.value)


@pytest.mark.parametrize("sign", "*~:^\n\x00")
def test_no_element_lets_a_delimiter_through(sign: str) -> None:
    text = f"A{sign}B"
    for broken in (
        claim(service(unit_code=text)),
        claim(service(note=text)),
        claim(service(procedure=text)),
        claim(service(modifiers=[text])),
        claim(service(quantity=text)),
        claim(service(ndc="00003029320", ndc_units=text)),
        claim(service(emergency=text)),
        claim(signature=text),
        claim(delay_reason=text),
        claim(accident_state=text, accident_causes=["AA"]),
        claim(diagnoses=[text]),
        claim(service(prior=[PriorLine(text, 1, "99213")])),
        claim(payer=Payer(text, "P")),
    ):
        with pytest.raises(NotWritable):
            write_837p(HEADER, [batch(broken)])


@pytest.mark.parametrize(
    ("broken", "element"),
    [
        (claim(total_cents=1), "CLM02"),
        (claim(clm01="X" * 39), "CLM01"),
        (claim(frequency="7"), "REF02"),
        (claim(service(pointers=[2])), "SV107"),
        (claim(service(pointers=[])), "SV107"),
        (claim(diagnoses=[]), "HI01"),
        (claim(service(service_from=None)), "DTP03"),
        (claim(*(service(n) for n in range(1, 52))), "LX01"),
        (claim(rendering_npi="1999999999", rendering_last="Z"), "NM109"),
        (claim(accident_causes=["AA"], accident_state="NY"), "DTP03"),
    ],
)
def test_what_a_gate_would_refuse_is_named(broken: ProfessionalClaim, element: str) -> None:
    (one,) = read_file(rewrite_837p(HEADER, [batch(broken)])).sets()
    claims, _ = read_837p(one)
    assert element in {f.element for f in check_837p(claims, one) if f.severity != "note"}


def test_an_earlier_payer_that_does_not_balance_is_named_to_the_cent() -> None:
    broken = secondary()
    broken.lines[0].prior[0].cas = [ClaimAdjustment("CO", "45", 3_999)]
    (one,) = read_file(rewrite_837p(HEADER, [batch(broken)])).sets()
    claims, _ = read_837p(one)
    found = [f for f in check_837p(claims, one) if f.element in ("SVD02", "AMT02")]
    assert {f.difference_cents for f in found} == {1}


def test_the_same_claim_number_twice_in_a_set_is_named() -> None:
    (one,) = read_file(write_837p(HEADER, [batch(claim(), claim())])).sets()
    claims, _ = read_837p(one)
    assert "CLM01" in {f.element for f in check_837p(claims, one)}


def test_levels_under_the_wrong_parent_are_named() -> None:
    data = write_837p(HEADER, [batch(claim(), claim(clm01="B"))]).replace(b"HL*3*1*", b"HL*3*2*")
    (one,) = read_file(data).sets()
    claims, _ = read_837p(one)
    assert "HL02" in {f.element for f in check_837p(claims, one)}


def test_what_the_model_does_not_name_is_kept() -> None:
    data = write_837p(HEADER, [batch(claim())])
    data = data.replace(b"LX*1~", b"K3*WHAT IS THIS~HCP*03*1~LX*1~").replace(b"SE*21*", b"SE*23*")
    (one,) = read_file(data, strict=False).sets()
    claims, _ = read_837p(one)
    assert claims[0].unknown == [["K3", "WHAT IS THIS"], ["HCP", "03", "1"]]


def test_a_date_of_the_claim_is_known_by_its_qualifier() -> None:
    made = claim(dates=[Dated("431", DAY)])
    assert (made.on("431"), made.on("439")) == (DAY, None)
    assert BILLING.pay_to is None


def test_a_lines_note_keeps_its_kind() -> None:
    noted = claim(service(1, note="SEEN", note_kind="TPO"), service(2, note="SEEN"))
    data = write_837p(HEADER, [batch(noted)])
    assert b"~NTE*TPO*SEEN~" in data and b"~NTE*ADD*SEEN~" in data
    (one,) = read_file(data).sets()
    assert [line.note_kind for line in read_837p(one)[0][0].lines] == ["TPO", ""]


def test_what_only_older_guides_say_of_a_ride_is_kept_as_it_stands() -> None:
    data = write_837p(HEADER, [batch(claim(ambulance=Ambulance("A", "12", "150")))])
    (one,) = read_file(data.replace(b"CR1*LB*150**A*DH*12", b"CR1*LB*150*I*A*DH*12")).sets()
    (made,) = read_837p(one)[0]
    assert made.ambulance == Ambulance("A", "12", "150")
    assert [segment[:4] for segment in made.unknown] == [["CR1", "LB", "150", "I"]]
