"""TA1, 999 and 277CA: who says what about which interchange, group, set, batch and claim."""

import pytest

from shared.x12 import read_file
from shared.x12.ack_999 import Ack999, Fault999, Set999, answer_999, read_999, write_999
from shared.x12.ack_ta1 import Ta1, answer_ta1, read_ta1, write_ta1
from shared.x12.claim_837p import check_837p, read_837p, rewrite_837p, write_837p
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    LineStatus277,
    ProviderAck277,
    Status277,
    check_277ca,
    read_277ca,
    write_277ca,
)
from tests.x12.everything import ACK
from tests.x12.made import DAY, HEADER, NPI, batch, claim, service

TWO_SETS = write_837p(HEADER, [batch(claim()), batch(claim(), control="0002")])


def read_back(ack: ClaimAck277) -> ClaimAck277:
    (one,) = read_file(write_277ca(HEADER, [ack])).sets()
    return read_277ca(one)[0]


@pytest.mark.parametrize(("code", "accepted"), [("A", True), ("E", True), ("R", False)])
def test_a_ta1_accepts_also_with_errors(code: str, accepted: bool) -> None:
    (back,) = read_ta1(read_file(write_ta1(HEADER, [Ta1("000000009", code, "024", DAY)])))
    assert (back.isa13, back.accepted, back.on) == ("000000009", accepted, DAY)


def test_an_interchange_that_is_sound_is_accepted() -> None:
    file = read_file(TWO_SETS)
    assert answer_ta1(file, file.interchanges[0]) == Ta1("000000017", "A", "000", DAY, "0800")


def test_an_interchange_whose_numbers_differ_is_rejected_with_the_reason() -> None:
    file = read_file(TWO_SETS.replace(b"IEA*1*000000017", b"IEA*1*000000018"), strict=False)
    answer = answer_ta1(file, file.interchanges[0])
    assert (answer.isa13, answer.code, answer.note) == ("000000017", "R", "001")


def test_a_group_that_is_sound_is_accepted_set_by_set() -> None:
    file = read_file(TWO_SETS)
    ack = answer_999(file, file.interchanges[0].groups[0])
    assert (ack.functional_id, ack.gs06, ack.version) == ("HC", "18", "005010X222A1")
    assert [(s.st02, s.code) for s in ack.sets] == [("0001", "A"), ("0002", "A")]
    assert (ack.code, ack.included, ack.received, ack.accepted) == ("A", 2, 2, 2)


def test_only_the_set_that_is_broken_is_rejected() -> None:
    head, _, tail = TWO_SETS.rpartition(b"SE*")
    file = read_file(head + b"SE*9" + tail, strict=False)
    ack = answer_999(file, file.interchanges[0].groups[0])
    assert [(s.st02, s.code, s.codes) for s in ack.sets] == [
        ("0001", "A", []),
        ("0002", "R", ["4"]),
    ]
    assert (ack.code, ack.accepted) == ("P", 1)


def test_a_group_that_miscounts_is_rejected_whole() -> None:
    file = read_file(TWO_SETS.replace(b"GE*2*", b"GE*3*"), strict=False)
    ack = answer_999(file, file.interchanges[0].groups[0])
    assert (ack.code, ack.codes, ack.accepted) == ("R", ["5"], 0)


def test_an_interchange_that_is_sound_is_accepted_beside_a_broken_one_of_the_same_numbers() -> None:
    head, _, tail = TWO_SETS.rpartition(b"SE*")
    broken = (head + b"SE*9" + tail).replace(b"IEA*1*", b"IEA*2*")
    other = TWO_SETS.replace(b"*ZZ*CLAIMLOG       *", b"*ZZ*SOMEBODY       *")
    file = read_file(broken + other, strict=False)
    assert [answer_ta1(file, one).code for one in file.interchanges] == ["R", "A"]
    acks = [answer_999(file, one.groups[0]) for one in file.interchanges]
    assert [[s.code for s in ack.sets] for ack in acks] == [["A", "R"], ["A", "A"]]


def test_what_our_checks_find_is_said_with_segment_and_element() -> None:
    data = rewrite_837p(HEADER, [batch(claim(service(pointers=[9]), clm01="BAD"))])
    file = read_file(data)
    (one,) = file.sets()
    found = check_837p(read_837p(one)[0], one)
    ack = answer_999(file, file.interchanges[0].groups[0], {"0001": found})
    (fault,) = ack.sets[0].faults
    assert (fault.segment, fault.element, fault.loop, fault.claim) == ("SV1", "7", "2400", "BAD")
    assert one.segments[fault.ordinal - 2][0] == "SV1"
    back, _ = read_999(next(read_file(write_999(HEADER, [ack])).sets()))
    assert back.sets == ack.sets


def test_a_997_says_the_same_in_its_older_words() -> None:
    ack = Ack999("HC", "18", "", "R", [Set999("837", "0001", "R", [Fault999("NM1", 9, "8")])])
    data = write_999(HEADER, [ack])
    for new, old in ((b"ST*999", b"ST*997"), (b"IK3", b"AK3"), (b"IK5", b"AK5")):
        data = data.replace(new, old)
    (one,) = read_file(data).sets()
    back, _ = read_999(one)
    assert [(s.code, s.faults[0].segment) for s in back.sets] == [("R", "NM1")]


def test_several_elements_of_a_segment_are_several_faults() -> None:
    faults = [Fault999("NM1", 9, "8", "", "3", "1"), Fault999("NM1", 9, "8", "", "9", "7")]
    ack = Ack999("HC", "18", "", "R", [Set999("837", "0001", "R", faults, ["5"])])
    (one,) = read_file(write_999(HEADER, [ack])).sets()
    assert read_999(one)[0].sets[0].faults == faults
    assert sum(text.startswith("IK3") for text in one.raw) == 1


@pytest.mark.parametrize(
    ("category", "accepted"),
    [(f"A{n}", n in (0, 1, 2, 5)) for n in range(9)] + [("", False), ("E0", False)],
)
def test_a_category_takes_a_claim_on_or_refuses_it(category: str, accepted: bool) -> None:
    assert ClaimStatus277("C", category, "20", 1).accepted is accepted


def test_a_claim_with_one_refusing_status_is_refused() -> None:
    made = ClaimStatus277("C", "A1", "19", 1, more=[Status277("A7", "164")])
    assert not made.accepted


def test_who_speaks_is_the_clearinghouse_or_the_payer() -> None:
    for sender in ("AY", "PR"):
        assert read_back(ClaimAck277(sender, "X", "X1", "B1", DAY)).sender == sender


def test_a_batch_may_be_refused_without_naming_any_claim() -> None:
    refused = ClaimAck277("AY", "X", "X1", "B1", DAY, status=Status277("A3", "24", "41", "U", 500))
    back = read_back(refused)
    assert (back.batch, back.batch_refused, back.claims()) == ("B1", True, [])


def test_a_provider_may_be_refused_without_naming_any_claim() -> None:
    made = ProviderAck277("CLINIC", NPI, status=Status277("A3", "496", "85", "U", 500))
    back = read_back(ClaimAck277("PR", "X", "X1", "B1", DAY, providers=[made]))
    assert not back.batch_refused
    (provider,) = back.providers
    assert provider.status is not None
    assert not provider.status.accepted


def test_a_line_that_is_refused_is_known_by_our_line_number() -> None:
    line = LineStatus277("99213", 10_000, "L-1", DAY, [Status277("A7", "454", "", "U")])
    status = ClaimStatus277("C", "A7", "454", 10_000, lines=[line])
    made = ClaimAck277("PR", "X", "X1", "B1", DAY, providers=[ProviderAck277("P", NPI, [status])])
    assert read_back(made).claims()[0].lines[0].line_control == "L-1"


def test_totals_that_are_not_those_of_the_claims_are_named() -> None:
    data = write_277ca(HEADER, [ACK]).replace(b"QTY*90*1", b"QTY*90*5")
    (one,) = read_file(data).sets()
    ack, _ = read_277ca(one)
    assert {(f.element, f.loop) for f in check_277ca(ack, one)} == {("QTY02", "2200B")}


def test_totals_are_those_of_the_claims() -> None:
    (one,) = read_file(write_277ca(HEADER, [ACK])).sets()
    ack, _ = read_277ca(one)
    assert (ack.accepted, ack.rejected) == (1, 1)
    assert (ack.accepted_cents, ack.rejected_cents) == (10_000, 20_000)
    assert check_277ca(ack, one) == []
