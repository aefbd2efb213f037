"""A set of a kind that has no stream is judged whole in a stream too; one too large to be held only by how it is built."""

import pytest

from shared.x12 import Finding, TransactionSet, limits, open_file, read_file
from shared.x12.judging_apart import judge_apart
from shared.x12.sets import ROOMS, room_of
from shared.x12.showing_findings import judge_file, judge_stream
from tests.x12.everything import WRITTEN

KINDS = sorted(kind for kind, room in ROOMS.items() if room.stream is None and kind in WRITTEN)
BROKEN = {
    "270": (b"HL*3*2*22*0", b"HL*7*2*22*0", "HL01"),
    "271": (b"EB*1*IND", b"EB**IND", "EB01"),
    "276": (b"HL*1**20", b"HL*9**20", "HL01"),
    "277": (b"STC*P3:317", b"STC*P3:", "STC01"),
    "277CA": (b"QTY*90*1", b"QTY*90*5", "QTY02"),
    "278": (b"UM*HS", b"UM*ZZ", "UM01"),
    "999": (b"IK5*A", b"IK5*A*5*5*5*5*5*5", "IK507"),
}


def chunks(data: bytes) -> list[bytes]:
    return [data[at : at + 50] for at in range(0, len(data), 50)]


def broken(kind: str) -> bytes:
    old, new, _ = BROKEN[kind]
    assert old in WRITTEN[kind]
    return WRITTEN[kind].replace(old, new, 1)


def of_stream(data: bytes) -> list[Finding]:
    return [f for _, f in judge_stream(open_file(chunks(data))) if f is not None]


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_stream_the_same_is_found_as_in_the_whole(kind: str) -> None:
    data = broken(kind)
    (one,) = read_file(data, strict=False).sets()
    whole = ROOMS[kind].judged(one)[1]
    assert BROKEN[kind][2] in {f.element for f in whole}
    assert of_stream(data) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_set_too_large_to_be_held_nothing_is_held_and_its_structure_is_judged(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CLAIM_SEGMENTS", 3)
    data = WRITTEN[kind].replace(b"~SE*", b"~ZZZ*1~SE*")
    judged = list(judge_stream(open_file(chunks(data))))
    assert ("ZZZ", "structure.unexpected") in {(f.element, f.rule) for _, f in judged if f}
    assert {verdict.partly for verdict, _ in judged if verdict} == {True}
    told = [f for _, f in judged if f and f.rule == "set.not_judged"]
    assert [(f.severity, f.segment) for f in told] == [("warning", 3)]  # ISA, GS, ST
    for one in open_file(chunks(data)):
        assert held_most(one) < 40


def held_most(one: TransactionSet) -> int:
    room = room_of(one)
    assert room is not None
    return max(len(one.raw) for _ in room.streamed(one))


def of_whole(data: bytes) -> list[Finding]:
    return [f for _, f in judge_file(read_file(data, strict=False)) if f is not None]


def with_ta1s(*segments: bytes) -> bytes:
    """An interchange of TA1s alone, one among sets, and another of TA1s alone."""
    alone = WRITTEN["TA1"]
    at = alone.index(b"TA1*")
    alone = alone[:at] + b"".join(segments) + alone[at:]
    first = WRITTEN["999"]
    among = first[:106] + b"".join(segments) + first[106:]
    return alone + among + alone


def test_a_stream_judges_ta1s_as_the_whole_does() -> None:
    data = with_ta1s(b"TA1*000000001*260105*0800*Z*000~", b"TA1*000000002*260105*0800*R*999~")
    whole = of_whole(data)
    assert [f.element for f in whole if f.element.startswith("TA1")] == ["TA104", "TA105"] * 3
    assert of_stream(data) == whole
    assert [f for _, f in judge_apart(open_file(data), 1) if f is not None] == whole


def test_of_many_wrong_ta1s_the_first_are_listed_and_the_rest_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FINDINGS", 4)
    data = with_ta1s(b"TA1*000000001*260105*0800*Z*000~", b"TA1*000000002*260105*0800*R*999~")
    found = [f for f in of_stream(data) if "TA1" in f.element or f.rule == "ta1.findings"]
    assert [f.element for f in found] == ["TA104", "TA105", "TA104", "TA105", ""]
    assert found[-1].sentence.startswith("2 more elements of TA1s")
    assert [f for f in of_whole(data) if f in found] == found
