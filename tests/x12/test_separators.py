"""An ISA16 that is not the separator of the file: what follows from it is not said, all else is."""

import pytest

from shared.x12 import Finding, read_file
from shared.x12.sets import ROOMS
from tests.x12.everything import WRITTEN
from tests.x12.made import NPI

KINDS = ("837P", "837I")
FOLLOW = ("HI", "SV101", "SV107", "SV202")


def errors(kind: str, data: bytes) -> list[Finding]:
    room = ROOMS[kind]
    assert room is not None
    sets = read_file(data, strict=False).sets()
    return [f for one in sets for f in room.judged(one)[1] if f.severity == "error"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_isa16_is_said_at_each_claim_without_what_follows_from_it(kind: str) -> None:
    data = WRITTEN[kind][:104] + b">" + WRITTEN[kind][105:]
    found = errors(kind, data)
    told = [f for f in found if f.element == "CLM05" and "ISA16" in f.sentence]
    assert len(told) == data.count(b"CLM*")
    assert not [f for f in found if f.element.startswith(FOLLOW)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_follow_from_a_wrong_isa16_is_said_too(kind: str) -> None:
    data = WRITTEN[kind][:104] + b">" + WRITTEN[kind][105:]
    wrong = data.replace(f"XX*{NPI}~".encode(), b"XX*1999999999~", 1)
    more = {f.sentence for f in errors(kind, wrong)} - {f.sentence for f in errors(kind, data)}
    assert any("check digit" in sentence for sentence in more)


def test_a_clm05_in_one_piece_under_the_right_isa16_hides_nothing() -> None:
    data = WRITTEN["837P"].replace(b"*11:B:1*", b"*11B1*").replace(b"UN*1***1~", b"UN*1***9~")
    elements = {f.element for f in errors("837P", data)}
    assert {"CLM05", "SV107"} <= elements
