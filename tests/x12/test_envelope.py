"""Interchanges, groups and sets: separators of every ISA, counts and control numbers, odd but readable files."""

from collections.abc import Iterator

import pytest

from shared.x12 import Unreadable, kind_of, open_file, read_file, sniff
from shared.x12.ack_ta1 import Ta1, write_ta1
from shared.x12.claim_837p import write_837p
from shared.x12.remittance_835 import read_835, write_835
from tests.x12.made import HEADER, batch, bytes_835, claim, claim_paid, remittance

DATA = bytes_835()
NO_TEXT = [
    DATA.decode().encode("utf-16"),
    b"PK\x03\x04",
    b"ISA" + b"*" * 300,
    b"\x00" * 500,
    b"\x1f\x8b\x08\x00aaaa",
]


def with_marks(data: bytes, element: bytes, component: bytes, segment: bytes) -> bytes:
    """The same file with other separators."""
    for old, new in ((b"*", b"\x01"), (b":", b"\x02"), (b"~", b"\x03")):
        data = data.replace(old, new)
    for old, new in ((b"\x01", element), (b"\x02", component), (b"\x03", segment)):
        data = data.replace(old, new)
    return data


def numbered(data: bytes, isa13: int) -> bytes:
    """The same file as another interchange of its sender."""
    return data.replace(b"*000000017", b"*%09d" % isa13)


SECOND, THIRD = numbered(DATA, 18), numbered(DATA, 19)


def told(data: bytes) -> list[str]:
    """What is said of a file's envelope."""
    return [f.sentence for f in read_file(data, strict=False).findings]


def texts(data: bytes) -> list[list[list[str]]]:
    """All segments of all sets."""
    return [one.segments for one in read_file(data, strict=False).sets()]


@pytest.mark.parametrize(
    "marks",
    [(b"|", b">", b"\n"), (b"*", b":", b"\r"), (b"\x1d", b"\x1f", b"\x1c"), (b"+", b"!", b"'")],
)
def test_separators_are_those_of_the_isa(marks: tuple[bytes, bytes, bytes]) -> None:
    plain, other = read_835(next(read_file(DATA).sets())), None
    data = with_marks(DATA, *marks)
    other = read_835(next(read_file(data).sets()))
    assert other == plain


def test_every_isa_brings_its_own_separators() -> None:
    data = DATA + with_marks(SECOND, b"|", b">", b"\n") + b"\r\n\r\n" + THIRD
    read = read_file(data)
    assert len(read.interchanges) == 3
    one, two, three = (read_835(s)[0] for s in read.sets())
    assert one == two == three


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\n\r\n", b"  ", b"\n   \t"])
def test_white_space_after_a_terminator_is_passed_over(end: bytes) -> None:
    data = DATA.replace(b"~", b"~" + end)
    read = read_file(data)
    assert texts(data) == texts(DATA)
    one = next(read.sets())
    for place, text in enumerate(one.raw):
        assert data[one.offset(place) :].startswith(text.encode())


def test_segments_know_their_byte_also_without_line_ends() -> None:
    data = DATA + SECOND
    for one in read_file(data).sets():
        for place, text in enumerate(one.raw):
            assert data[one.offset(place) :].startswith(text.encode())


def test_ordinals_count_from_the_isa() -> None:
    one = next(read_file(DATA).sets())
    assert (one.st_ordinal, one.ordinal(0), one.ordinal(3)) == (3, 4, 7)


def test_a_byte_order_mark_and_spaces_before_the_isa_are_only_odd() -> None:
    data = b"\xef\xbb\xbf  \r\n" + DATA
    assert told(data) == ["the file starts with a byte order mark"]
    assert read_file(data).errors == []


def test_an_isa_that_is_too_long_is_read_and_said() -> None:
    data = DATA.replace(b"*CLAIMLOG       *", b"*CLAIMLOG       X*", 1)
    assert told(data) == ["the ISA is 107 bytes long, not 106"]
    assert texts(data) == texts(DATA)


def test_an_empty_segment_is_only_odd() -> None:
    assert told(DATA.replace(b"~CLP", b"~~CLP", 1)) == ["an empty segment"]
    (empty,) = read_file(DATA.replace(b"~CLP", b"~~CLP", 1)).findings
    assert empty.element == ""


def test_elements_are_trimmed() -> None:
    assert texts(DATA.replace(b"*ZZTESTA*", b"*ZZTESTA   *")) == texts(DATA)


@pytest.mark.parametrize(
    ("old", "new", "sentence", "code"),
    [
        (b"*0001~GE", b"*0002~GE", "SE02 is not the control number of ST02", "3"),
        (b"GE*1*", b"GE*2*", "GE01 does not count the 1 sets of its group", "5"),
        (b"GE*1*18", b"GE*1*19", "GE02 is not the control number of GS06", "4"),
        (b"IEA*1*", b"IEA*2*", "IEA01 does not count the groups", "021"),
        (b"IEA*1*000000017", b"IEA*1*000000018", "IEA02 is not the control number of ISA13", "001"),
        (b"GS*HP*", b"GS*HC*", "ST01 is not of the kind that GS01 names", "6"),
        (b"ST*835*0001", b"ST*835*", "ST02 is missing", "7"),
        (b"SE*", b"SE*1", "SE01 does not count", "4"),
        (b"IEA*1*000000017~", b"", "the interchange has no IEA", "023"),
        (b"GE*1*18~", b"", "the interchange ends inside a group", "022"),
        (b"~GE*1*18~", b"~GE*1*18~LX*1~", "LX stands outside any transaction set", "022"),
        (b"000000017~", b"000000017", "the last segment has no terminator", "023"),
    ],
)
def test_a_broken_envelope_is_refused_and_named(
    old: bytes, new: bytes, sentence: str, code: str
) -> None:
    head, found, tail = DATA.rpartition(old)
    assert found
    data = head + new + tail
    with pytest.raises(Unreadable) as refused:
        read_file(data)
    finding = refused.value.findings[0]
    assert finding.sentence.startswith(sentence)
    assert finding.code == code
    assert finding.segment > 0


@pytest.mark.parametrize(
    "data",
    [b"", b"   \n", b"ISA", b"hello", b"<xml/>", DATA[:80], DATA[:105], *NO_TEXT],
)
def test_what_cannot_be_x12_is_unreadable_in_both_modes(data: bytes) -> None:
    for strict in (True, False):
        with pytest.raises(Unreadable):
            read_file(data, strict=strict)
    assert sniff(data) == set()


def test_a_finding_never_quotes_what_may_be_a_person() -> None:
    data = DATA.replace(b"~GE*1", b"~ZZTESTA QUINN*1", 1)
    assert "ZZTESTA" not in " ".join(told(data))


def test_an_endless_segment_does_not_fill_the_memory() -> None:
    seen = 0

    def endless() -> Iterator[bytes]:
        nonlocal seen
        yield DATA[:106]
        while True:
            seen += 1
            yield b"X" * 65_536

    with pytest.raises(Unreadable):
        list(open_file(endless()))
    assert seen < 10


def test_a_segment_of_too_many_elements_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read_file(DATA.replace(b"~CLP", b"~ZZZ" + b"*" * 300 + b"~CLP"))


def test_the_kinds_in_a_file_are_sniffed() -> None:
    data = DATA + write_837p(HEADER, [batch(claim())]) + write_ta1(HEADER, [Ta1("000000001", "A")])
    assert sniff(data) == {"835", "837P", "TA1"}


def test_a_file_that_breaks_off_still_tells_its_kinds() -> None:
    assert sniff(DATA[:-200]) == {"835"}


def test_bytes_after_the_end_are_named() -> None:
    assert told(DATA + b"\x1a") == ["control signs after the last IEA"]
    assert told(DATA + b"hello") == ["something follows an IEA that is no ISA"]


def test_a_name_that_ends_like_an_envelope_segment_breaks_nothing() -> None:
    data = write_835(HEADER, [remittance(claim_paid(patient_last="LISA", patient_first="IEA"))])
    (one,) = read_file(data).sets()
    assert read_835(one)[0].claims[0].patient_last == "LISA"


@pytest.mark.parametrize("size", [1, 7, 100, 1_000])
def test_a_stream_says_the_same_whatever_the_chunks(size: int) -> None:
    data = DATA + with_marks(SECOND, b"|", b">", b"\n") + THIRD
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    streamed = []
    for one in open_file(chunks):
        streamed.append([kind_of(one), *(segment for _, segment in one.walk())])
        assert one.closed
    assert streamed == [[kind_of(s), *s.segments] for s in read_file(data).sets()]


def test_a_set_that_nobody_reads_is_passed_over() -> None:
    data = DATA + SECOND + THIRD
    stream = open_file([data[at : at + 50] for at in range(0, len(data), 50)])
    assert [one.control for one in stream] == ["0001"] * 3
    assert stream.findings == []


def test_latin_1_is_read_and_said() -> None:
    data = DATA.replace(b"QUINN", "QUIÑN".encode("latin-1"))
    assert told(data) == ["signs beyond ASCII, read as Latin-1"]
    assert "QUIÑN" in str(texts(data))
    assert told(DATA.replace(b"QUINN", "QUIÑN".encode())) == []


def test_a_control_number_may_not_stand_twice() -> None:
    again = read_file(DATA + DATA, strict=False)
    assert [(f.code, f.isa_ordinal) for f in again.findings] == [("025", 41)]
    other = DATA.replace(b"*ZZ*CLAIMLOG       *", b"*ZZ*SOMEBODY       *")
    assert told(DATA + other) == []
    group = DATA[106 : DATA.index(b"IEA")]
    twice = DATA.replace(b"IEA*1", group + b"IEA*2")
    assert [(f.code, f.level) for f in read_file(twice, strict=False).findings] == [("19", "group")]
    one_set = DATA[DATA.index(b"ST*835") : DATA.index(b"GE*1")]
    twice = DATA.replace(b"GE*1*", one_set + b"GE*2*")
    assert [(f.code, f.level) for f in read_file(twice, strict=False).findings] == [("23", "set")]


def test_a_set_is_sound_when_it_its_group_and_its_interchange_are() -> None:
    assert [one.sound for one in read_file(DATA).sets()] == [True]
    for old, new in ((b"SE*", b"SE*1"), (b"GE*1*", b"GE*2*"), (b"IEA*1*", b"IEA*2*")):
        head, _, tail = DATA.rpartition(old)
        read = read_file(head + new + tail + SECOND, strict=False)
        assert [one.sound for one in read.sets()] == [False, True]


def test_the_elements_of_gs_and_st_are_kept_as_they_stood() -> None:
    (one,) = read_file(DATA).sets()
    assert one.st == ["ST", "835", "0001"]
    assert one.group.gs[6:] == ["18", "X", "005010X221A1"]
    assert (one.group.gs[4], one.gs06, one.isa13) == ("20260105", "18", "000000017")


def test_findings_stay_with_their_interchange_when_control_numbers_are_the_same() -> None:
    head, _, tail = DATA.rpartition(b"SE*")
    read = read_file(DATA + head + b"SE*9" + tail, strict=False)
    assert [[f.rule for f in i.groups[0].sets[0].findings] for i in read.interchanges] == [
        [],
        ["set.count"],
    ]
