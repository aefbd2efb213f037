"""One bad interchange, group, set or segment hides nothing of what follows, and what is wrong is said where it is."""

import gzip
from collections.abc import Iterator

import pytest

from shared.x12 import Finding, Unreadable, kind_of, limits, open_file, read_file
from shared.x12.remittance_835 import Reading835, check_stream, read_835
from tests.x12.made import bytes_835
from tests.x12.oracle import survives

DATA = bytes_835()
HEAD, GS_AT, ST_AT = DATA[:106], DATA.index(b"GS*"), DATA.index(b"ST*")
SE_AT, GE_AT = DATA.index(b"SE*"), DATA.index(b"GE*")
SET = DATA[ST_AT:GE_AT]


def numbered(number: int, data: bytes = DATA) -> bytes:
    """The same file as another interchange."""
    return data.replace(b"*000000017", b"*%09d" % number)


def salvaged(data: bytes) -> tuple[list[int], list[Finding]]:
    """What the payments amount to, and what is wrong with the envelope."""
    survives(data)
    read = read_file(data, strict=False)
    return [read_835(one)[0].amount_cents for one in read.sets()], read.findings


WHOLE = salvaged(DATA)[0][0]
BROKEN_HEADS = {
    "cut off": HEAD[:60] + b"\n",
    "separators are letters": HEAD[:104] + b"AB",
    "separators are the same": HEAD[:104] + b"**",
    "an element is missing": HEAD.replace(b"*00*", b"*", 1),
    "no separators": b"ISA without any\n",
    "lower case": HEAD.lower() + DATA[106:],
    "only white space": b" \r\n" * 300,
    "another format": b"<xml>no</xml>\n" * 50,
    "padded with zero bytes": b"\x00" * 5_000,
}


@pytest.mark.parametrize("head", BROKEN_HEADS.values(), ids=BROKEN_HEADS)
def test_an_interchange_that_cannot_be_read_hides_none_beside_it(head: bytes) -> None:
    amounts, found = salvaged(DATA + head + numbered(18))
    assert amounts == [WHOLE, WHOLE]
    assert {len(DATA) <= f.offset <= len(DATA + head) for f in found} <= {True}
    assert found or not head.strip()


@pytest.mark.parametrize("head", [b"a line of a mailbox\n", HEAD[:104] + b"AB", b"\x1a~~"])
def test_what_stands_before_the_first_interchange_is_named_and_passed_over(head: bytes) -> None:
    amounts, found = salvaged(head + DATA)
    assert amounts == [WHOLE]
    assert (found[0].offset, found[0].severity, found[0].code) == (0, "error", "024")


@pytest.mark.parametrize("lost", range(1, 40))
def test_a_file_that_broke_off_does_not_swallow_the_next_one(lost: int) -> None:
    amounts, found = salvaged(DATA[:-lost] + numbered(18))
    assert amounts == [WHOLE, WHOLE]
    assert found


def test_a_set_that_broke_off_does_not_swallow_the_next_group() -> None:
    broken = DATA[:SE_AT]
    amounts, found = salvaged(broken + DATA[GS_AT:])
    assert amounts == [WHOLE, WHOLE]
    assert {f.rule for f in found} >= {"set.unclosed", "group.unclosed"}


def test_every_broken_set_of_many_is_named() -> None:
    sets = b"".join(SET.replace(b"*0001", b"*%04d" % n).replace(b"SE*", b"SE*9") for n in range(30))
    data = DATA[:ST_AT] + sets + b"GE*30*18~" + DATA[DATA.index(b"IEA") :]
    amounts, found = salvaged(data)
    assert amounts == [WHOLE] * 30
    assert [f.set for f in found if f.rule == "set.count"] == [f"{n:04d}" for n in range(30)]


def test_more_findings_than_are_listed_are_counted_and_reading_goes_on() -> None:
    many = limits.FINDINGS + 500
    data = DATA[:GE_AT] + b"LX*1~" * many + DATA[GE_AT:] + numbered(18)
    amounts, found = salvaged(data)
    assert amounts == [WHOLE, WHOLE]
    assert len(found) == limits.FINDINGS + 1
    assert found[-1].sentence.startswith("500 more") and found[-1].severity == "error"


def test_warnings_never_crowd_out_an_error() -> None:
    odd = DATA.replace(b"~GE*", b"~GE*", 1).replace(b"*0*T*:~", b"*0*T*:~ ~")
    data = b"".join(numbered(n, odd) for n in range(18, 1_200)) + DATA.replace(b"IEA*1", b"IEA*2")
    with pytest.raises(Unreadable) as refused:
        read_file(data)
    assert [f.rule for f in refused.value.findings] == ["interchange.count"]


@pytest.mark.parametrize("size", [limits.SEGMENT_BYTES + 1, 3_000_000])
def test_a_segment_that_is_too_long_is_passed_over_and_counted(size: int) -> None:
    long = SET.replace(b"~SE*", b"~NTE*ADD*" + b"X" * size + b"~SE*")
    data = DATA[:ST_AT] + long + DATA[GE_AT:] + numbered(18)
    data = data.replace(b"~SE*36*", b"~SE*37*", 1)
    read = read_file(data, strict=False)
    assert [read_835(one)[0].amount_cents for one in read.sets()] == [WHOLE, WHOLE]
    (found,) = [f for f in read.findings if f.rule == "segment.too_long"]
    assert data[found.offset :].startswith(b"NTE*")
    assert [one.sound for one in read.sets()] == [False, True]
    assert sum(len(text) for one in read.sets() for text in one.raw) < 10_000
    survives(data)


def test_a_segment_of_too_many_elements_is_named_where_it_stands() -> None:
    data = DATA.replace(b"~LX*1", b"~ZZZ" + b"*" * 300 + b"~LX*1", 1)
    _, found = salvaged(data)
    where = next(f for f in found if f.rule == "segment.elements")
    assert data[where.offset :].startswith(b"ZZZ")
    assert data[: where.offset].count(b"~") + 1 == where.segment


@pytest.mark.parametrize("sign", [b"\x00", b"\x07", b"\x1f", b"\x7f"])
def test_a_control_sign_inside_a_segment_is_an_error_where_it_stands(sign: bytes) -> None:
    data = DATA.replace(b"*ZZTESTA*", b"*ZZ" + sign + b"TESTA*", 1)
    _, found = salvaged(data)
    (where,) = found
    assert (where.rule, where.severity) == ("segment.control_sign", "error")
    assert data[where.offset :].startswith(b"NM1*QC")
    assert data[: where.offset].count(b"~") + 1 == where.segment


def test_a_segment_that_goes_over_a_line_end_is_named() -> None:
    data = DATA.replace(b"*ZZTESTA*", b"*ZZT\nESTA*", 1)
    (found,) = salvaged(data)[1]
    assert (found.rule, found.severity) == ("segment.line_end", "warning")


@pytest.mark.parametrize("indent", [b"\n  ", b"\r\n      ", b"\n\n \t ", b"   "])
def test_indented_segments_are_read_as_those_that_are_not(indent: bytes) -> None:
    data = b"\xef\xbb\xbf" + DATA.replace(b"~", b"~" + indent)
    read = read_file(data)
    assert [one.raw for one in read.sets()] == [one.raw for one in read_file(DATA).sets()]
    (one,) = read.sets()
    for place, text in enumerate(one.raw):
        assert data[one.offset(place) :].startswith(text.encode())


@pytest.mark.parametrize("mark", [b"\n", b"\r", b"\r\n"])
def test_interchanges_whose_segments_end_in_line_ends_stay_apart(mark: bytes) -> None:
    data = (DATA + numbered(18) + numbered(19)).replace(b"~", mark)
    assert len(read_file(data).interchanges) == 3
    assert salvaged(data) == ([WHOLE] * 3, [])


@pytest.mark.parametrize("name", [b"LISA*", b"ISA*", b"IEA*", b"                    ISA*"])
def test_a_name_like_a_control_segment_ends_no_interchange(name: bytes) -> None:
    data = DATA.replace(b"*ZZTESTA*", b"*" + name, 1)
    assert salvaged(data)[0] == [WHOLE]


def test_what_is_packed_is_refused_at_its_first_bytes() -> None:
    bomb = gzip.compress(b"A" * 50_000_000)
    seen = 0

    def packed() -> Iterator[bytes]:
        nonlocal seen
        for at in range(0, len(bomb), 1_000):
            seen += 1
            yield bomb[at : at + 1_000]

    with pytest.raises(Unreadable) as refused:
        list(open_file(packed()))
    assert "compressed" in refused.value.findings[0].sentence
    assert seen == 1


def test_a_claim_without_end_is_given_up_and_the_next_set_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CLAIM_SEGMENTS", 2_000)
    endless = SET.replace(b"~SE*", b"~SVC*HC:99213*1*1" * 20_000 + b"~SE*")
    data = DATA[:ST_AT] + endless + DATA[GE_AT:] + numbered(18)
    stream = open_file(data[at : at + 4_096] for at in range(0, len(data), 4_096))
    most, kinds, claims = 0, [], []
    for one in stream:
        kinds.append(kind_of(one))
        for what in check_stream(Reading835(one)):
            most = max(most, len(one.raw))
            claims.append(what)
    assert kinds == ["835", "835"]
    assert most < 4_000
    assert {f.rule for f in stream.findings} == {"claim.endless", "set.count"}


def test_a_stream_keeps_neither_groups_nor_stray_segments_without_end() -> None:
    group = DATA[GS_AT : DATA.index(b"IEA")]
    stray = b"LX*1~" * (limits.LOOSE + 100)
    stream = open_file([HEAD, stray, *(group for _ in range(500)), b"IEA*500*000000017~"])
    kept = 0
    for one in stream:
        kept = max(kept, len(one.interchange.groups), len(one.interchange.findings) // 50)
        assert len(one.interchange.loose) <= limits.LOOSE
    assert kept == 1
    assert {f.rule for f in stream.findings} == {"segment.outside", "file.findings"}


@pytest.mark.parametrize("stray", [b"LX*1~", b"GE*0*1~", b"SE*0*1~", b"TA1*1*2*3*A*000~"])
def test_a_door_does_not_read_a_flood_of_errors_to_its_end(stray: bytes) -> None:
    flood = HEAD + stray * 200_000
    with pytest.raises(Unreadable) as no:
        read_file(flood)
    told = no.value.findings
    assert len(told) == limits.FINDINGS + 1
    assert told[-1].sentence == "too much is wrong: the rest was not read"
    assert all(finding.segment < 100_000 for finding in told)


def test_who_looks_into_a_file_sees_it_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FINDINGS", 10)
    read = read_file(HEAD + b"LX*1~" * 100_000 + DATA[GS_AT:], strict=False)
    assert read.findings[-1].sentence == "99990 more findings are not listed"
    assert len(list(read.sets())) == len(list(read_file(DATA).sets()))


def test_a_file_with_more_of_something_than_is_kept_is_refused_whole_and_read_as_a_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = DATA + numbered(18) + numbered(19)
    for name, most in (("SETS", 2), ("SEGMENTS", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(limits, name, most)
            for strict in (True, False):
                with pytest.raises(Unreadable, match="read it as a stream"):
                    read_file(data, strict=strict)
            assert len(list(open_file(data))) == 3


def test_files_with_a_byte_order_mark_each_may_be_joined() -> None:
    mark = b"\xef\xbb\xbf"
    amounts, found = salvaged(mark + DATA + mark + numbered(18))
    assert amounts == [WHOLE, WHOLE]
    assert [f.severity for f in found] == ["warning", "warning"]


def test_a_file_in_the_signs_of_a_mainframe_is_named_as_such() -> None:
    with pytest.raises(Unreadable, match="EBCDIC"):
        read_file(DATA.decode().encode("cp037"), strict=False)
