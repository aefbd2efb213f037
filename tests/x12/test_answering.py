"""What a sender hears from us: one word for each interchange, group and set, with the code of what is wrong."""

import pytest

from shared.x12 import Finding, read_file
from shared.x12.ack_999 import Ack999, answer_999, read_999, write_999
from shared.x12.ack_ta1 import read_ta1
from shared.x12.answering import Answers, answer_file
from shared.x12.remittance_835 import write_835
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, bytes_835, claim_paid, line_paid, remittance

DATA = bytes_835()


def answers(data: bytes) -> Answers:
    return answer_file(read_file(data, strict=False))


def said(data: bytes) -> Ack999:
    """The one 999, as its receiver reads it."""
    given = answers(data)
    assert given.ta1 == []
    (written,) = given.write(HEADER)
    (one,) = read_file(written).sets()
    ack, found = read_999(one)
    assert found == []
    return ack


def faults(data: bytes) -> list[tuple[str, str, str, str, str]]:
    """(segment, loop, IK304, element, IK403) of the only set."""
    (one,) = said(data).sets
    return [(f.segment, f.loop, f.code, f.element, f.element_code) for f in one.faults]


def test_what_is_sound_is_accepted() -> None:
    ack = said(DATA)
    assert (ack.functional_id, ack.gs06, ack.version, ack.code) == ("HP", "18", "005010X221A1", "A")
    assert [(s.set_id, s.st02, s.code) for s in ack.sets] == [("835", "0001", "A")]


def test_a_ta1_goes_out_when_it_is_asked_for() -> None:
    given = answers(DATA.replace(b"*000000017*0*T*", b"*000000017*1*T*"))
    assert [(t.isa13, t.code, t.note) for t in given.ta1] == [("000000017", "A", "000")]
    first, second = given.write(HEADER)
    assert [t.code for t in read_ta1(read_file(first))] == ["A"]
    assert [s.isa13 for s in read_file(second).sets()] == ["000000018"]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (b"IEA*1*000000017", b"IEA*1*000000099", "001"),
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"GE*1*18~", b"", "022"),
        (b"IEA*1*000000017~", b"", "023"),
        (b"GS*HP*CLAIMLOG*CLEARING*20260105*0800*18", b"GS*HP*A*B*20260105*0800*", "024"),
    ],
)
def test_a_broken_interchange_is_rejected_with_its_note_and_no_group_is_answered(
    old: bytes, new: bytes, note: str
) -> None:
    assert old in DATA
    given = answers(DATA.replace(old, new))
    assert [(t.code, t.note) for t in given.ta1] == [("R", note)]
    assert given.acks == []


def test_an_interchange_that_came_twice_is_rejected_the_second_time() -> None:
    given = answers(DATA + DATA)
    assert [(t.code, t.note) for t in given.ta1] == [("R", "025")]
    assert [ack.code for ack in given.acks] == ["A"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(b"GE*1*18", b"GE*1*19", "4"), (b"GE*1*", b"GE*3*", "5")],
)
def test_a_broken_group_is_rejected_with_its_code(old: bytes, new: bytes, code: str) -> None:
    ack = said(DATA.replace(old, new))
    assert (ack.code, ack.codes, ack.accepted, ack.received) == ("R", [code], 0, 1)
    assert ack.included == (3 if code == "5" else 1)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"SE*36*0001", b"", "2"),
        (b"SE*36*0001", b"SE*36*0002", "3"),
        (b"SE*36*", b"SE*37*", "4"),
        (b"GS*HP*", b"GS*HC*", "6"),
        (b"ST*835*0001", b"ST*835*", "7"),
        (b"ST*835*", b"ST*850*", "1"),
    ],
)
def test_a_broken_set_is_rejected_with_its_code(old: bytes, new: bytes, code: str) -> None:
    assert old in DATA
    data = DATA.replace(old + (b"~" if not new else b""), new)
    ack = said(data)
    assert (ack.code, ack.accepted) == ("R", 0)
    assert ack.sets[0].code == "R"
    assert code in ack.sets[0].codes


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"~N1*PE*", b"~ZZZ*PE*", ("ZZZ", "1000A", "1", "", "")),
        (b"~N1*PE*", b"~SVC*A*1*1~N1*PE*", ("SVC", "1000A", "2", "", "")),
        (b"~TRN*1*CHECK1*1999999999", b"", ("TRN", "", "3", "", "")),
        (b"~N1*PE*", b"~N1*PE*A*XX*1~N1*PE*", ("N1", "1000B", "4", "", "")),
        (b"~TRN*1*CHECK1", b"~TRN*1*A*1~TRN*1*CHECK1", ("TRN", "", "5", "", "")),
        (b"~CLP*B2*1*", b"~CLP*B2*77*", ("CLP", "2100", "8", "2", "7")),
        (b"~CLP*B2*1*", b"~CLP**1*", ("CLP", "2100", "8", "1", "1")),
        (b"*CO*45*25~", b"*CO*45*NaN~", ("CAS", "", "8", "3", "6")),
        (b"*ZZTESTA*", b"*ZZ\x00TESTA*", ("NM1", "", "8", "", "")),
    ],
)
def test_a_broken_segment_is_named_with_place_and_code(
    old: bytes, new: bytes, fault: tuple[str, str, str, str, str]
) -> None:
    assert old in DATA
    data = DATA.replace(old, new, 1)
    count = data[data.index(b"ST*") : data.index(b"GE*")].count(b"~")
    assert fault in faults(data.replace(b"SE*36*", b"SE*%d*" % count))
    (one,) = said(data).sets
    assert "5" in one.codes


def test_a_claim_that_does_not_balance_is_named_by_its_number() -> None:
    broken = claim_paid(clp01="B7", lines=[line_paid(paid_cents=5_999)])
    (one,) = said(write_835(HEADER, [remittance(broken)])).sets
    assert one.code == "R"
    assert {f.claim for f in one.faults} == {"B7"}
    assert ("SVC", "3", "I12") in {(f.segment, f.element, f.element_code) for f in one.faults}


@pytest.mark.parametrize(
    ("group", "guide", "kind", "code"),
    [
        (b"GS*BE*", b"005010X220A1", b"ST*834*", "1"),
        (b"GS*RA*", b"005010X218", b"ST*820*", "1"),
        (b"GS*HC*", b"005010X224A2", b"ST*837*", "I6"),
    ],
    ids=["enrolment", "premium", "dental"],
)
def test_what_nobody_here_judges_is_not_told_accepted(
    group: bytes, guide: bytes, kind: bytes, code: str
) -> None:
    data = DATA.replace(b"GS*HP*", group).replace(b"ST*835*", kind).replace(b"005010X221A1", guide)
    ack = said(data)
    assert (ack.code, ack.received, ack.accepted) == ("R", 1, 0)
    assert [(s.code, s.codes, s.faults) for s in ack.sets] == [("R", [code], [])]


@pytest.mark.parametrize("kind", ["999", "TA1"])
def test_an_acknowledgement_is_never_acknowledged(kind: str) -> None:
    given = answers(WRITTEN[kind])
    assert (given.ta1, given.acks) == ([], [])


def test_every_group_and_interchange_has_its_own_answer() -> None:
    group = DATA[106 : DATA.index(b"IEA")]
    second = group.replace(b"*18*X*", b"*19*X*").replace(b"GE*1*18", b"GE*1*19")
    two = DATA.replace(b"IEA*1*", second.replace(b"SE*36*", b"SE*9*") + b"IEA*2*")
    other = DATA.replace(b"*000000017", b"*000000018").replace(b"IEA*1*", b"IEA*7*")
    given = answers(two + other)
    assert [(ack.gs06, ack.code) for ack in given.acks] == [("18", "A"), ("19", "R")]
    assert [(t.isa13, t.note) for t in given.ta1] == [("000000018", "021")]


def test_what_cannot_stand_in_our_file_is_left_out_of_the_answer() -> None:
    data = DATA.replace(b"CLP*B2*1*100*60*", b"CLP*B^2*9*100*60*")
    (one,) = said(data).sets
    assert {f.claim for f in one.faults} <= {"", "B2"}


def test_no_answer_says_more_than_it_may() -> None:
    file = read_file(DATA, strict=False)
    (one,) = file.sets()
    many = [one.finding(n % 30, "a sentence", code="1", element="CLP01") for n in range(5_000)]
    ack = answer_999(file, file.interchanges[0].groups[0], {"0001": many})
    assert len(ack.sets[0].faults) == 1_000
    assert isinstance(many[0], Finding)


def test_numbers_longer_than_an_answer_holds_are_cut_and_missing_kinds_named() -> None:
    file = read_file(DATA, strict=False)
    group = file.interchanges[0].groups[0]
    group.gs[1], group.gs[6], group.gs[8] = "", "1" * 30, "0" * 30
    group.stated = 10**9
    group.sets[0].st[1] = "NOKIND"
    (one,) = read_file(write_999(HEADER, [answer_999(file, group)])).sets()
    ack, found = read_999(one)
    assert found == []
    assert (ack.functional_id, ack.gs06, ack.version) == ("ZZ", "1" * 9, "0" * 12)
    assert (ack.included, ack.sets[0].set_id) == (999_999, "NOK")
