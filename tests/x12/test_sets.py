"""One shape for every kind of set: what is read can be checked, written and read again."""

import pytest

from shared.x12 import Finding, open_file, read_file
from shared.x12.sets import ROOMS, Room, room_of
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER

SETS = sorted(set(WRITTEN) & set(ROOMS))
STREAMED = [room.kind for room in ROOMS.values() if room.stream]


def room(kind: str) -> Room:
    (one, *_) = read_file(WRITTEN[kind]).sets()
    found = room_of(one)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", SETS)
def test_every_kind_that_we_write_has_its_room(kind: str) -> None:
    assert room(kind) is ROOMS[kind]


@pytest.mark.parametrize("kind", SETS)
def test_what_a_room_reads_it_writes_as_it_stood(kind: str) -> None:
    file = read_file(WRITTEN[kind])
    write = room(kind).write
    assert write is not None
    models = [room(kind).read(one)[0] for one in file.sets()]
    assert [one.raw for one in read_file(write(HEADER, models)).sets()] == [
        one.raw for one in file.sets()
    ]


@pytest.mark.parametrize("kind", SETS)
def test_a_set_of_ours_is_judged_sound(kind: str) -> None:
    meant = {"CLM01"} if kind == "837P" else set()  # It holds one number twice.
    for one in read_file(WRITTEN[kind]).sets():
        _, findings = room(kind).judged(one)
        assert {f.element for f in findings if f.severity == "error"} <= meant


@pytest.mark.parametrize("kind", STREAMED)
def test_a_stream_gives_what_reading_gives_one_by_one(kind: str) -> None:
    stream = ROOMS[kind].stream
    assert stream is not None
    streamed = [
        thing
        for one in open_file(WRITTEN[kind])
        for thing in stream(one)
        if not isinstance(thing, Finding)
    ]
    assert streamed == [
        claim
        for one in read_file(WRITTEN[kind]).sets()
        for claim in ROOMS[kind].read(one)[0].claims
    ]


def test_a_set_of_another_guide_is_said_to_be_so() -> None:
    data = WRITTEN["276"].replace(b"005010X212", b"004010X093")
    (one,) = read_file(data).sets()
    _, findings = ROOMS["276"].judged(one)
    assert [(f.element, f.severity) for f in findings] == [("ST03", "warning")]
    assert "follows 004010X093 and is read by 005010X212" in findings[0].sentence


def test_what_is_no_name_of_a_guide_is_not_said() -> None:
    data = WRITTEN["276"].replace(b"005010X212", b"SMITH JOHN")
    (one,) = read_file(data).sets()
    (finding,) = (f for f in ROOMS["276"].judged(one)[1] if f.element == "ST03")
    assert "another guide" in finding.sentence and "SMITH" not in finding.sentence


def test_a_kind_that_nobody_knows_has_no_room() -> None:
    data = WRITTEN["276"].replace(b"ST*276*", b"ST*999999*")
    (one,) = read_file(data, strict=False).sets()
    assert room_of(one) is None
