"""Loops, order, what must be there and how often: every lack is named with its loop, segment and element."""

import pytest

from shared.x12 import Finding, open_file, read_file
from shared.x12.ack_999 import Ack999, write_999
from shared.x12.ack_ta1 import check_ta1
from shared.x12.remittance_835 import write_835
from shared.x12.sets import ROOMS, room_of
from shared.x12.structure import Structure, check_structure
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, bytes_835, claim_paid, line_paid, needs_samples, remittance
from tests.x12.test_samples import FILES, named

FAULTY = {
    "demo.cob.example3.A.837": {("2330B", "NM1")},  # The other coverage names no payer.
    "demo.cob.example4.837": {("2320", "AMT01")},  # An amount of the older guide.
}
GUIDED = [kind for kind, room in ROOMS.items() if room.guide]


def found(data: bytes) -> list[Finding]:
    """What is wrong with the structure of the sets of a file, warnings and notes too."""
    listed: list[Finding] = []
    for one in read_file(data, strict=False).sets():
        room = room_of(one)
        assert room is not None and room.guide is not None
        listed += check_structure(room.guide, one)
    return listed


def said(data: bytes) -> set[tuple[str, str, str]]:
    """(loop, element, code) of the errors."""
    return {(f.loop, f.element, f.code) for f in found(data) if f.severity == "error"}


@pytest.mark.parametrize("kind", GUIDED)
def test_what_we_write_is_built_as_its_guide_wants_it(kind: str) -> None:
    assert found(WRITTEN[kind]) == []


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_valid_sample_raises_no_alarm(path) -> None:  # type: ignore[no-untyped-def]
    for one in read_file(path.read_bytes(), strict=False).sets():
        room = room_of(one)
        if room is not None and room.guide is not None and one.version[:10] == room.version[:10]:
            faults = [f for f in check_structure(room.guide, one) if f.severity != "note"]
            assert {(f.loop, f.element) for f in faults} == FAULTY.get(path.name, set())


@pytest.mark.parametrize(
    ("start", "loop", "element"),
    [
        (b"BPR*", "header", "BPR"),
        (b"TRN*", "header", "TRN"),
        (b"N1*PR", "1000A", "N1"),
        (b"N3*", "1000A", "N3"),
        (b"N4*", "1000A", "N4"),
        (b"N1*PE", "1000B", "N1"),
        (b"NM1*QC", "2100", "NM1"),
    ],
)
def test_a_segment_that_must_be_there_is_missed(start: bytes, loop: str, element: str) -> None:
    segments = bytes_835().split(b"~")
    at = next(n for n, text in enumerate(segments) if text.startswith(start))
    data = b"~".join(segments[:at] + segments[at + 1 :])
    assert (loop, element, "3") in said(data)


def test_a_group_without_claims_is_missed_its_first() -> None:
    data = bytes_835()
    data = data[: data.index(b"CLP*")] + data[data.index(b"PLB*") :]
    assert said(data) == {("2100", "CLP", "3")}


@pytest.mark.parametrize(
    ("old", "new", "loop", "element", "code"),
    [
        (b"CLP*A1*22*", b"CLP**22*", "2100", "CLP01", "1"),
        (b"CLP*A1*22*", b"CLP*A1*5*", "2100", "CLP02", "7"),
        (b"*1~NM1*QC", b"*1*******X~NM1*QC", "2100", "CLP15", "3"),
        (b"BPR*I*", b"BPR*Q*", "header", "BPR01", "7"),
        (b"TRN*1*CHECK1*1999999999", b"TRN*1*CHECK1", "header", "TRN03", "1"),
        (b"*MI*XX000~", b"*MI~", "2100", "NM109", "2"),
        (b"REF*6R*A-1", b"REF*6R", "2110", "REF02", "1"),
        (b"~TRN*", b"~TRN*1*A*1~TRN*", "header", "TRN", "5"),
        (b"~N1*PE*", b"~N1*PE*A*XX*1~N1*PE*", "1000B", "N1", "4"),
        (b"~LX*1~", b"~LX*1~DTM*405*20260101~", "2000", "DTM", "2"),
        (b"~LX*1~", b"~LX*1~ZZZ*405~", "2000", "ZZZ", "1"),
        (b"~REF*6R*A-1~", b"~REF*6R*A-1~REF*6R*A-2~REF*6R*A-3~", "2110", "REF", "5"),
        (b"~REF*6R*A-1~", b"~REF*6R*A-1~CAS*CO*45*1~", "2110", "CAS", "7"),
        (b"~TRN*1", b"~DTM*405*20260105~TRN*1", "header", "TRN", "7"),
    ],
)
def test_what_is_wrong_is_named_with_loop_segment_and_element(
    old: bytes, new: bytes, loop: str, element: str, code: str
) -> None:
    data = bytes_835()
    assert old in data
    assert (loop, element, code) in said(data.replace(old, new, 1))


def test_a_fault_stands_at_the_segment_that_it_is_of() -> None:
    data = bytes_835().replace(b"CLP*B2*1*", b"CLP*B2*5*")
    (fault,) = found(data)
    assert data[fault.offset :].startswith(b"CLP*B2*")
    assert data[: fault.offset].count(b"~") + 1 == fault.segment


def test_another_qualifier_is_a_warning_and_breaks_no_loop() -> None:
    data = bytes_835().replace(b"~REF*6R*A-1~", b"~REF*XX*A-1~AMT*B6*1~LQ*HE*N1~")
    listed = found(data)
    assert {(f.loop, f.element, f.severity) for f in listed} == {("2110", "REF01", "warning")}


def test_a_line_of_many_adjustments_and_a_claim_of_many_lines_have_their_limits() -> None:
    many = claim_paid(lines=[line_paid() for _ in range(1_000)])
    (fault,) = [f for f in found(write_835(HEADER, [remittance(many)])) if f.severity == "error"]
    assert (fault.loop, fault.element, fault.code) == ("2110", "SVC", "4")
    data = bytes_835()
    data = data.replace(b"~CAS*", b"~" + b"CAS*CO*45*0~" * 99 + b"CAS*", 1)
    assert said(data) == {("2110", "CAS", "5")}


@pytest.mark.parametrize(
    ("kind", "start", "loop", "element"),
    [
        ("999", b"AK1*", "header", "AK1"),
        ("999", b"AK9*", "header", "AK9"),
        ("999", b"IK5*R", "2000", "IK5"),
        ("277CA", b"BHT*", "header", "BHT"),
        ("277CA", b"NM1*QC", "2100D", "NM1"),
        ("277CA", b"STC*A2", "2200D", "STC"),
        ("277CA", b"NM1*41", "2100B", "NM1"),
    ],
)
def test_answers_too_are_missed_what_they_must_have(
    kind: str, start: bytes, loop: str, element: str
) -> None:
    segments = WRITTEN[kind].split(b"~")
    at = next(n for n, text in enumerate(segments) if text.startswith(start))
    assert (loop, element, "3") in said(b"~".join(segments[:at] + segments[at + 1 :]))


def test_a_group_may_be_answered_without_naming_its_sets() -> None:
    assert found(write_999(HEADER, [Ack999("HC", "18", "", "A", [], 2, 2, 2)])) == []


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (b"*R*024~", b"*Q*024~", "TA104"),
        (b"*R*024~", b"*R*999~", "TA105"),
        (b"*R*024", b"*R", "TA105"),
    ],
)
def test_a_ta1_says_what_a_ta1_must_say(old: bytes, new: bytes, element: str) -> None:
    assert check_ta1(read_file(WRITTEN["TA1"])) == []
    (fault,) = check_ta1(read_file(WRITTEN["TA1"].replace(old, new)))
    assert fault.element == element


@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_set_in_pieces_is_judged_as_one_that_is_whole(size: int) -> None:
    data = (
        bytes_835()
        .replace(b"CLP*B2*1*", b"CLP*B2*5*")
        .replace(b"~NM1*QC*1*ZZTESTA", b"~NM1*IL*1*A", 1)
    )
    (one,) = read_file(data, strict=False).sets()
    guide = ROOMS["835"].guide
    assert guide is not None
    in_pieces = Structure(guide, one)
    for at in range(0, len(one.raw), size):
        in_pieces.take(at, one.raw[at : at + size], one.segments[at : at + size])
    assert in_pieces.end() == check_structure(guide, one)


@pytest.mark.parametrize("kind", GUIDED)
def test_a_set_of_an_older_guide_is_not_held_against_this_one(kind: str) -> None:
    data = WRITTEN[kind].replace(ROOMS[kind].version[:10].encode(), b"004010X999")
    for one in read_file(data, strict=False).sets():
        room = room_of(one)
        if room is not None:
            assert not [f for f in room.judged(one)[1] if f.rule.startswith("structure.")]


def test_what_the_walk_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.x12.guides._STATES", 5)
    assert found(bytes_835()) == []


@pytest.mark.parametrize("kind", GUIDED)
def test_a_stream_names_the_same_faults_of_structure(kind: str) -> None:
    segments = WRITTEN[kind].split(b"~")
    data = b"~".join(segments[:4] + segments[5:7] + segments[8:])
    streamed = [
        thing
        for one in open_file([data[at : at + 100] for at in range(0, len(data), 100)])
        for thing in ROOMS[kind].streamed(one)
        if isinstance(thing, Finding) and thing.rule.startswith("structure.")
    ]
    whole = found(data)
    assert whole
    assert [(f.segment, f.loop, f.element, f.code) for f in streamed] == [
        (f.segment, f.loop, f.element, f.code) for f in whole
    ]


def test_claims_without_the_header_number_before_them_are_judged_as_ever() -> None:
    data = bytes_835().replace(b"~LX*1~", b"~").replace(b"CLP*B2*1*", b"CLP*B2*5*")
    assert said(data) == {("2000", "LX", "3"), ("2100", "CLP02", "7")}


def test_what_is_missing_at_the_end_is_missed_at_the_se() -> None:
    data = WRITTEN["999"]
    data = data[: data.index(b"AK9*")] + data[data.index(b"SE*") :]
    (fault,) = found(data)
    assert (fault.element, fault.code) == ("AK9", "3")
    assert data[fault.offset :].startswith(b"SE*")
    assert data[: fault.offset].count(b"~") + 1 == fault.segment


def test_every_element_that_is_wrong_is_named() -> None:
    data = WRITTEN["837P"].replace(b"*Y*A*Y*Y~", b"*X*Z*Q*W~", 1)
    assert [f.element for f in found(data) if f.code == "7"] == ["CLM06", "CLM07", "CLM08", "CLM09"]
