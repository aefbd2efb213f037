"""An ISA16 that is not the separator of the file: said once a claim, and not everything that follows from it."""

import pytest

from shared.x12 import read_file
from shared.x12.sets import ROOMS
from tests.x12.everything import WRITTEN


@pytest.mark.parametrize("kind", ["837P", "837I"])
def test_of_a_claim_whose_parts_are_not_told_apart_only_that_is_said(kind: str) -> None:
    data = WRITTEN[kind]
    other = data[:104] + b">" + data[105:]
    claims = data.count(b"CLM*")
    found = []
    for one in read_file(other, strict=False).sets():
        _, findings = ROOMS[kind].judged(one)  # type: ignore[misc]
        found += [f for f in findings if f.severity == "error" and f.element]
    at_clm = [f for f in found if f.element == "CLM05"]
    assert len(at_clm) == 2 * claims and "ISA16" in at_clm[0].sentence
    assert not [f for f in found if f.element.startswith(("HI", "SV1", "SV2"))]
