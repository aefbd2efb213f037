"""A 276 and a 277 are held against how their guide builds them."""

import pytest

from shared.x12 import read_file
from shared.x12.status_loops.guide import GUIDE_276, GUIDE_277
from shared.x12.structure import check_structure
from tests.x12.everything import WRITTEN
from tests.x12.made import SAMPLES, needs_samples

GUIDES = {"276": GUIDE_276, "277": GUIDE_277}


def faults(kind: str, data: bytes) -> set[tuple[str, str]]:
    return {
        (f.loop, f.element)
        for one in read_file(data, strict=False).sets()
        for f in check_structure(GUIDES[kind], one)
        if f.severity != "note"
    }


@pytest.mark.parametrize("kind", GUIDES)
def test_what_we_write_has_no_fault(kind: str) -> None:
    assert faults(kind, WRITTEN[kind]) == set()


@needs_samples
@pytest.mark.parametrize("kind", GUIDES)
def test_a_public_sample_has_no_fault(kind: str) -> None:
    for path in sorted((SAMPLES / f"resources/{kind}_005010X212").iterdir()):
        assert faults(kind, path.read_bytes()) == set(), path.name


def test_what_is_missing_or_has_no_place_is_named() -> None:
    question, answer = WRITTEN["276"], WRITTEN["277"]
    trace = question[question.index(b"TRN*1*") :].split(b"~")[0] + b"~"
    assert ("2100A", "NM1") in faults("276", question.replace(b"NM1*PR*", b"NM1*ZZ*", 1))
    assert ("2200D", "STC") in faults("276", question.replace(trace, trace + b"STC*A1~", 1))
    assert ("header", "BHT02") in faults("277", answer.replace(b"BHT*0010*08", b"BHT*0010*99"))
