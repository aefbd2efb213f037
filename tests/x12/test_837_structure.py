"""What is built as the guides want it has no fault; what is missing, too often or out of place is named with its loop."""

from collections.abc import Callable

import pytest

from shared.x12 import Finding, read_file
from shared.x12.claim_837i import Batch837I, write_837i
from shared.x12.claim_837i.guide import GUIDE as GUIDE_837I
from shared.x12.claim_837p import Batch837, write_837p
from shared.x12.claim_837p.guide import GUIDE as GUIDE_837P
from shared.x12.structure import check_structure
from tests.x12 import test_837i as stays
from tests.x12.made import CHILD, HEADER, VARIETY, batch, claim, secondary
from tests.x12.test_judged import batch_of
from tests.x12.varied import professional
from tests.x12.varied_stays import institutional


def faults(data: bytes) -> list[Finding]:
    (one,) = read_file(data, strict=False).sets()
    guide = GUIDE_837I if "X223" in one.version else GUIDE_837P
    return [f for f in check_structure(guide, one) if f.severity != "note"]


@pytest.mark.parametrize("shape", VARIETY)
def test_a_professional_claim_of_ours_has_no_fault(shape: str) -> None:
    assert faults(write_837p(HEADER, [batch(VARIETY[shape])])) == []


@pytest.mark.parametrize("shape", stays.VARIETY)
def test_an_institutional_claim_of_ours_has_no_fault(shape: str) -> None:
    assert faults(write_837i(HEADER, [stays.batch(stays.VARIETY[shape])])) == []


def test_claims_of_every_sort_have_no_fault() -> None:
    for first in range(0, 300, 100):
        numbers = range(first, first + 100)
        assert faults(write_837p(HEADER, [batch_of(Batch837, professional, numbers)])) == []
        assert faults(write_837i(HEADER, [batch_of(Batch837I, institutional, numbers)])) == []


GOOD = write_837p(
    HEADER,
    [batch(secondary(), claim(clm01="C", patient=CHILD, patient_relation="19"))],
)
Change = Callable[[bytes], bytes]
BROKEN: dict[str, tuple[Change, str, str]] = {
    "no line service": (lambda d: d.replace(b"SV1*HC:99213*100*UN*1***1~", b"", 1), "2400", "SV1"),
    "no diagnosis": (lambda d: d.replace(b"HI*ABK:J209~", b"", 1), "2300", "HI"),
    "no billing street": (lambda d: d.replace(b"N3*1 NOWHERE RD~", b"", 1), "2010AA", "N3"),
    "no payer": (lambda d: d.replace(b"NM1*PR*2*SECOND*****PI*SYN02~", b"", 1), "2010BB", "NM1"),
    "no relation of the patient": (lambda d: d.replace(b"PAT*19~", b""), "2000C", "PAT"),
    "no release by another coverage": (lambda d: d.replace(b"OI***Y***Y~", b""), "2320", "OI"),
    "an adjustment without its amount": (
        lambda d: d.replace(b"CAS*CO*45*25~", b"CAS*CO*45~"),
        "2430",
        "CAS03",
    ),
    "a segment that claims have not": (
        lambda d: d.replace(b"HI*ABK", b"CLP*1~HI*ABK", 1),
        "2300",
        "CLP",
    ),
    "a service before its line": (
        lambda d: d.replace(b"LX*1~SV1", b"SV1*HC:99213*1*UN*1***1~LX*1~SV1", 1),
        "2330B",
        "SV1",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_fault_is_named(what: str) -> None:
    change, loop, element = BROKEN[what]
    data = change(GOOD)
    assert data != GOOD
    assert (loop, element) in {(f.loop, f.element) for f in faults(data)}
