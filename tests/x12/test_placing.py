"""A finding at a claim names the segment that it complains of, whole and in a stream, as far as that is still held."""

import pytest

from shared.x12 import Finding, TransactionSet, open_file, read_file
from shared.x12.sets import ROOMS, room_of
from tests.x12.everything import WRITTEN
from tests.x12.made import NPI, SAMPLES, needs_samples

WRONG = b"1999999999"
"""An NPI whose check digit is not right."""
BROKEN = {
    "the billing provider's NPI": ("837P", f"XX*{NPI}~".encode(), b"XX*%b~" % WRONG, "NM1*85"),
    "the billing provider's ZIP": ("837P", b"*100010000~", b"*10001~", "N4*ANYTOWN"),
    "a line without date": ("837P", b"DTP*472*", b"DTP*471*", "SV1*"),
    "a line that ends before it starts": (
        "837P",
        b"DTP*472*D8*20260105~",
        b"DTP*472*RD8*20260105-20260101~",
        "DTP*472*RD8",
    ),
    "an onset after the service": (
        "837P",
        b"*Y*A*Y*Y~HI*",
        b"*Y*A*Y*Y~DTP*454*D8*20260101~DTP*431*D8*20260131~HI*",
        "DTP*431*",
    ),
    "the second of two onsets, after the service": (
        "837P",
        b"*Y*A*Y*Y~HI*",
        b"*Y*A*Y*Y~DTP*431*D8*20260101~DTP*431*D8*20260131~HI*",
        "DTP*431*D8*20260131",
    ),
    "the second of two spans, that ends before it starts": (
        "837P",
        b"*Y*A*Y*Y~HI*",
        b"*Y*A*Y*Y~DTP*314*RD8*20260101-20260102~DTP*314*RD8*20260104-20260103~HI*",
        "DTP*314*RD8*20260104",
    ),
    "a line's pointer": ("837P", b"UN*1***1~", b"UN*1***9~", "SV1*"),
    "what an earlier payer paid": ("837P", b"AMT*D*60~", b"AMT*D*61~", "AMT*D*61"),
    "an earlier payer's adjustment of a line": (
        "837P",
        b"CAS*CO*45*25~",
        b"CAS*XX*45*25~",
        "CAS*XX*",
    ),
    "an admission after the period": (
        "837I",
        b"DTP*435*DT*20260105",
        b"DTP*435*DT*20260106",
        "DTP*435*",
    ),
    "a line's procedure list": ("837I", b"*HC:85025", b"*ZZ:85025", "SV2*"),
}


def errors(data: bytes) -> list[tuple[TransactionSet, Finding]]:
    return [
        (one, f)
        for one in read_file(data, strict=False).sets()
        for f in ROOMS[room_of(one).kind].judged(one)[1]  # type: ignore[union-attr]
        if f.severity != "note" and not f.rule
    ]


def streamed(kind: str, one: TransactionSet) -> list[Finding]:
    return [thing for thing in ROOMS[kind].streamed(one) if isinstance(thing, Finding)]


def text_at(data: bytes, finding: Finding) -> str:
    return data[finding.offset :].split(b"~", 1)[0].decode()


@pytest.mark.parametrize("what", BROKEN)
def test_a_finding_stands_at_its_segment(what: str) -> None:
    kind, old, new, start = BROKEN[what]
    assert old in WRITTEN[kind]
    data = WRITTEN[kind].replace(old, new, 1)
    before = {f.sentence for _, f in errors(WRITTEN[kind])}
    found = [f for _, f in errors(data) if f.sentence not in before]
    assert {text_at(data, f)[: len(start)] for f in found} == {start}
    assert set(found) <= {thing for one in open_file(data) for thing in streamed(kind, one)}


def test_a_line_that_does_not_balance_is_told_of_at_its_decision_and_the_claim_at_the_payers_sum() -> (
    None
):
    data = WRITTEN["837P"].replace(b"CAS*CO*45*25~", b"CAS*CO*45*24~", 1)
    found = [f for _, f in errors(data) if f.level in ("line", "payer")]
    assert {(f.loop, text_at(data, f)[:9]) for f in found} == {
        ("2430", "SVD*SYN01"),
        ("2320", "AMT*D*60"),
    }


@needs_samples
def test_of_every_sample_claim_the_value_of_a_finding_stands_where_it_says() -> None:
    seen = 0
    for path in sorted(SAMPLES.glob("resources/837*/*")):
        data = path.read_bytes()
        for one, f in errors(data):
            place = f.segment - one.st_ordinal - 1
            if f.value:
                assert one.tag(place) == f.element[:-2], (path.name, f.element)
                seen += 1
    assert seen > 30


@needs_samples
def test_a_provider_that_an_older_guide_names_by_its_tax_number_has_no_wrong_npi() -> None:
    data = (SAMPLES / "resources/837_004010X098A1/patient-is-subscriber.837").read_bytes()
    assert [f.sentence for _, f in errors(data) if f.severity == "error"] == [
        "the billing provider has no NPI"
    ]
    (one,) = read_file(data).sets()
    (claim,) = ROOMS["837P"].read(one)[0].claims
    assert (claim.billing.tax_id, claim.billing.tax_id_kind) == ("587654321", "EI")
    assert [(r.qualifier, r.value) for r in claim.rendering_references] == [("SY", "112233334")]
    assert (claim.total_cents, len(claim.lines)) == (10_000, 4)
