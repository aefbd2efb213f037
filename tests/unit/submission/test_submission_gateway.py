"""The 837P that leaves, and the TA1s and 999s that come back."""

import asyncio
import io

import pytest
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from contracts.values import Sealed
from services.submission.gateway import HAND_OVER, Answers, read_answers
from shared.errors import Busy, Malformed, Refused
from shared.x12 import read_file
from shared.x12.ack_999 import Ack999, Fault999, Set999, write_999
from shared.x12.ack_ta1 import Ta1, write_ta1
from shared.x12.claim_837p import check_837p, read_837p
from shared.x12.writing import Header, plain
from tests.unit.submission.facts import DAY, coverage
from tests.unit.submission.outside import AT, NOBODY, SELF, TWO, Memory, one_package, second_payer

BACK = Header("CLEARING01", "CLAIMLOG01", 501, 501, DAY)


def built(memory: Memory) -> bytes:
    """The file's bytes."""
    data = asyncio.run(HAND_OVER.build(memory.event, AT, memory))  # type: ignore[arg-type]
    assert data is not None
    return data


def read(data: bytes, memory: Memory) -> Answers:
    """What a file says."""
    return asyncio.run(read_answers(data, memory))  # type: ignore[arg-type]


def judged_by_pyx12(data: bytes) -> tuple[bool, str]:
    """Whether pyx12 takes the file, and its acknowledgement."""
    report = io.StringIO()
    fine = x12n_document(params(), io.StringIO(data.decode()), report, None)
    return bool(fine), report.getvalue()


SHAPES: dict[str, Memory] = {
    "two billing providers": TWO,
    "a second payer, the patient a child": Memory(second_payer()),
    "a replacement with note and authorization": Memory(
        one_package(1, frequency="7", payer_control="ICN-1", note="MODIFIER", authorization="A1")
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_file_passes_an_independent_judge(shape: str) -> None:
    fine, report = judged_by_pyx12(built(SHAPES[shape]))
    assert fine, report


@pytest.mark.parametrize("shape", SHAPES)
def test_every_file_passes_our_own_reader_and_checks(shape: str) -> None:
    for one in read_file(built(SHAPES[shape])).sets():
        batch, findings = read_837p(one)
        assert [f for f in [*findings, *check_837p(batch, one)] if f.severity == "error"] == []


def test_the_same_event_gives_the_same_bytes() -> None:
    assert built(TWO) == built(TWO)


def test_the_file_is_named_by_receiver_and_control_number() -> None:
    assert HAND_OVER.file_name(TWO.event) == "CLEARING/837P-000000100.edi"


def test_a_delimiter_in_a_name_stops_no_file() -> None:
    assert b"NM1*IL*1*TESTA PERSON*ZOE*" in built(TWO)
    assert plain(" a*b~c:d^e\n ", 60) == "A B C D E"
    assert plain("ABCDEF", 3) == "ABC"
    assert plain("Zoë O`Test", 60) == "ZOE O TEST"
    assert plain("测试", 60) == ""


def test_whoever_has_a_member_number_of_their_own_is_the_subscriber_whatever_they_are_to_the_holder() -> (
    None
):
    child = coverage(relation="19", member=SELF)
    data = built(Memory(one_package(1, coverages=(child,))))
    assert b"SBR*P*18*" in data and b"~PAT*" not in data
    assert b"NM1*IL*1*TESTA PERSON*ZOE*" in data


def test_the_batch_id_is_control_number_and_set() -> None:
    assert b"BHT*0019*00*0000001000002*20250106*1705*CH" in built(TWO)


def test_a_replacement_names_what_it_replaces() -> None:
    data = built(SHAPES["a replacement with note and authorization"])
    assert b"REF*F8*ICN-1~" in data and b":B:7*" in data


# -- what cannot be written


def left(memory: Memory) -> list[str]:
    """The claims of the file that leaves once the others were set aside."""
    with pytest.raises(Busy):
        built(memory)
    written = asyncio.run(HAND_OVER.build(memory.event, AT, memory))  # type: ignore[arg-type]
    if written is None:
        return []
    fine, report = judged_by_pyx12(written)
    assert fine, report
    return [c.clm01 for one in read_file(written).sets() for c in read_837p(one)[0]]


def test_a_claim_that_the_writer_refuses_is_set_aside_alone_and_the_rest_leaves() -> None:
    bad = one_package(2, frequency="8", payer_control="")
    memory = Memory(one_package(1), bad, one_package(3))
    assert left(memory) == [one_package(1).claim, one_package(3).claim]
    (aside,) = memory.aside
    assert (aside.claim, aside.attempt, aside.st02) == (bad.claim, 1, "0001")
    assert (aside.reason.rule, aside.reason.loop, aside.reason.element) == (
        "SET-ASIDE",
        "2300",
        "REF02",
    )


def test_a_claim_whose_person_was_erased_is_set_aside_alone() -> None:
    gone = one_package(2, person=Sealed(key_id="gone", box="Z29uZQ=="))
    memory = Memory(one_package(1), gone)
    assert left(memory) == [one_package(1).claim]
    assert (memory.aside[0].reason.loop, memory.aside[0].claim) == ("2010BA", gone.claim)
    assert memory.aside[0].reason.fix.startswith("Nobody can send it any more")


def test_a_claim_of_somebody_of_whom_nothing_can_be_written_is_set_aside_and_nothing_of_him_is_shown() -> (
    None
):
    memory = Memory(one_package(1), one_package(2, person=NOBODY))
    assert left(memory) == [one_package(1).claim]
    assert memory.aside[0].reason.loop == "2010BA"
    assert "测" not in memory.aside[0].reason.sentence


def test_a_file_of_which_nothing_is_left_does_not_leave() -> None:
    assert left(Memory(one_package(1), erased=True)) == []


def test_a_set_of_which_nothing_is_left_is_not_in_the_file() -> None:
    memory = Memory(one_package(1, frequency="8", payer_control=""), one_package(9, "F2"))
    assert left(memory) == [one_package(9, "F2").claim]
    assert b"ST*837*0002*" in built(memory) and b"ST*837*0001*" not in built(memory)


def test_a_fault_is_led_to_its_claim_although_one_before_it_was_set_aside() -> None:
    memory = Memory(one_package(1, frequency="8", payer_control=""), *map(one_package, (2, 3)))
    left(memory)
    (one,) = list(read_file(built(memory)).sets())
    second = [n for n, s in enumerate(one.segments, start=2) if s[0] == "CLM"][1]
    fault = Fault999("SV1", second + 5, "8", "2400", "1", "7")
    ((_, no),) = read(ack("R", Set999("837", "0001", "R", [fault]), included=1), memory).known
    assert no.faults[0].claim == one_package(3).claim
    assert [c.claim for c in no.sets[0].claims] == [one_package(n).claim for n in (2, 3)]


def test_what_no_claim_is_to_blame_for_waits_for_someone() -> None:
    memory = Memory(one_package(1))
    memory.packages = ()
    with pytest.raises(Refused, match="no package"):
        built(memory)


# -- answers


def ack(code: str, *sets: Set999, gs06: str = "100", included: int = 2) -> bytes:
    """A 999 to our group."""
    return write_999(BACK, [Ack999("HC", gs06, "005010X222A1", code, list(sets), included)])


def test_a_999_rejects_a_set_and_names_the_claim_of_the_segment() -> None:
    data = built(TWO)
    (one, _) = list(read_file(data).sets())
    third = [n for n, s in enumerate(one.segments, start=2) if s[0] == "CLM"][2]
    fault = Fault999("SV1", third + 5, "8", "2400", "1", "7")
    answers = read(ack("P", Set999("837", "0001", "R", [fault]), Set999("837", "0002", "A")), TWO)
    (stream, no), (_, yes) = answers.known
    assert stream == "outbound/CLEARING/0"
    assert (no.st02, no.accepted, yes.st02, yes.accepted) == ("0001", False, "0002", True)
    assert [(one.st02, one.billing) for one in no.sets] == [("0001", None)] and yes.sets == ()
    assert no.sets[0].claims == TWO.event.sets[0].claims
    (named,) = no.faults
    assert named.claim == one.segments[third - 2][1]
    assert (named.segment, named.element, named.code) == ("SV1", "01", "7")


def test_a_fault_outside_every_claim_names_nobody() -> None:
    fault = Fault999("NM1", 3, "8")
    answers = read(ack("P", Set999("837", "0001", "R", [fault]), included=1), TWO)
    assert answers.known[0][1].faults[0].claim == ""


def test_a_999_that_names_no_set_answers_the_whole_group() -> None:
    for code, accepted in (("A", True), ("E", True), ("R", False)):
        ((_, one),) = read(ack(code), TWO).known
        assert (one.st02, one.accepted, one.code) == ("", accepted, code)
        assert [s.st02 for s in one.sets] == ([] if accepted else ["0001", "0002"])


def test_sets_that_a_partial_999_does_not_name_were_taken() -> None:
    answers = read(ack("P", Set999("837", "0001", "R")), TWO)
    assert [(a.st02, a.accepted) for _, a in answers.known] == [("0001", False), ("", True)]


def test_a_ta1_answers_the_whole_interchange() -> None:
    ((stream, one),) = read(write_ta1(BACK, [Ta1("000000100", "R", "024")]), TWO).known
    assert (stream, one.level, one.isa13, one.accepted) == (
        "outbound/CLEARING/0",
        "TA1",
        100,
        False,
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (write_ta1(BACK, [Ta1("000000900", "A")]), "no file with this control number"),
        (write_ta1(BACK, [Ta1("000000100", "Z")]), "no code"),
        (ack("A", gs06="777"), "no file with this control number"),
        (ack("P", Set999("837", "0099", "R"), included=1), "no such set"),
        (
            write_ta1(Header("STRANGER", "CLAIMLOG01", 1, 1, DAY), [Ta1("000000100", "R")]),
            "this partner",
        ),
    ],
)
def test_what_answers_nothing_of_ours_is_listed_and_changes_nothing(
    data: bytes, reason: str
) -> None:
    answers = read(data, TWO)
    assert answers.known == ()
    assert reason in answers.unknown[0].reason


@pytest.mark.parametrize("data", [b"", b"hello", ack("A")[:-30], built(TWO)])
def test_a_broken_file_or_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data, TWO)


def test_a_refusal_tells_segment_and_byte() -> None:
    with pytest.raises(Malformed, match=r"segment \d+, byte \d+"):
        read(ack("A")[:-30], TWO)
