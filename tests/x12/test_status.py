"""276 and 277: who asks about which claim, what became of it at which level, and which answer is whose."""

from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from shared.x12 import Finding, TransactionSet, read_file
from shared.x12.inquiry_loops.model import Dated, Trace
from shared.x12.status_276 import (
    StatusSet,
    check_276,
    read_276,
    rewrite_276,
    write_276,
)
from shared.x12.status_277 import (
    Status,
    StatusCode,
    check_277,
    check_echo,
    match_277,
    read_277,
    rewrite_277,
    stage,
    write_277,
)
from tests.x12.canonical import canonical, only_set
from tests.x12.made import DAY, HEADER, NPI, SAMPLES, needs_samples
from tests.x12.made_status import WRITTEN_276, WRITTEN_277, answered, asked
from tests.x12.strategies_status import requests, responses

often = settings(max_examples=40, deadline=None)
FOLDERS = [SAMPLES / "demo-file", *SAMPLES.glob("resources/27[67]_005010X212")]
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.27[67]"))


def found_276(data: bytes) -> list[Finding]:
    one = only_set(data)
    request, findings = read_276(one)
    return [*findings, *check_276(request, one)]


def found_277(data: bytes) -> list[Finding]:
    one = only_set(data)
    response, findings = read_277(one)
    return [*findings, *check_277(response, one)]


def where(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(f.loop, f.element) for f in findings}


def recounted(data: bytes) -> bytes:
    """The file with the SE01 that its segments make."""
    head, _, tail = data.partition(b"SE*")
    count = head.partition(b"ST*")[2].count(b"~") + 1
    return head + b"SE*" + str(count).encode() + tail[tail.index(b"*") :]


def sample(name: str) -> TransactionSet:
    (path,) = (path for path in FILES if f"{path.parent.name}/{path.name}".endswith(name))
    return next(read_file(path.read_bytes()).sets())


# -- reading and writing -------------------------------------------------------------------------


@often
@given(requests)
def test_a_276_reads_back_as_it_was_written(model: StatusSet) -> None:
    data = rewrite_276(HEADER, [model])
    back, findings = read_276(only_set(data))
    assert findings == []
    assert back == model
    assert rewrite_276(HEADER, [back]) == data


@often
@given(responses)
def test_a_277_reads_back_as_it_was_written(model: StatusSet) -> None:
    data = rewrite_277(HEADER, [model])
    back, findings = read_277(only_set(data))
    assert findings == []
    assert back == model
    assert rewrite_277(HEADER, [back]) == data


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_is_written_as_it_stood(path: Path) -> None:
    (one,) = read_file(path.read_bytes()).sets()
    read, write = (read_276, write_276) if one.id == "276" else (read_277, write_277)
    model, findings = read(one)
    assert findings == []
    assert canonical(only_set(write(HEADER, [model]))) == canonical(one)


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_of_a_sample_only_npis_and_days_are_odd(path: Path) -> None:
    findings = (found_276 if path.suffix == ".276" else found_277)(path.read_bytes())
    assert {f.severity for f in findings} <= {"warning"}
    assert {f.element for f in findings} <= {"NM109", "DTP03", "STC02"}


@needs_samples
def test_a_sample_question_says_who_asks_whom_about_which_claims() -> None:
    request, _ = read_276(sample("demo-file/demo.276"))
    assert (request.reference, request.on, request.hhmm) == ("ABC276XXX", date(2005, 9, 15), "1425")
    first, second, third = request.claims()
    assert (first.payer.name.id, first.receiver.name.id) == ("12345", "X67E")
    assert [a.provider.name.last for a in (first, second, third)] == [
        *("HOME HOSPITAL", "HOME HOSPITAL", "HOME HOSPITAL PHYSICANS")
    ]
    assert [(a.claim.trace.number, a.claim.charge_cents) for a in (first, second, third)] == [
        *(("ABCXYZ1", 851_388), ("ABCXYZ2", 759_900), ("ABCXYZ3", None))
    ]
    assert (first.claim.bill_type, first.claim.account) == ("111", "SM123456")
    assert first.claim.served == Dated("472", date(2005, 8, 31), date(2005, 9, 6))
    assert first.dependent is None
    assert third.subscriber.name.id == "345678901"
    assert (third.patient.name.first, third.patient.name.born_on) == ("JOSEPH", date(1995, 11, 1))
    (line,) = third.claim.lines
    assert (line.procedure.code, line.charge_cents, line.units) == ("99203", 15_000, 1)


@needs_samples
def test_a_sample_answer_says_what_became_of_each_claim_and_line() -> None:
    response, _ = read_277(sample("277_005010X212/claim-level-status.277"))
    pending, paid, refused = (a.claim for a in response.claims())
    said = [
        (c.statuses[0].category, c.statuses[0].code, c.statuses[0].on, c.statuses[0].charge_cents)
        for c in (pending, paid, refused)
    ]
    assert said == [
        ("P3", "317", date(2005, 9, 13), 851_388),
        ("F0", "3", date(2005, 9, 15), 759_900),
        ("F2", "88", date(2005, 6, 12), 15_000),
    ]
    assert [c.statuses[0].paid_cents for c in (pending, paid, refused)] == [None, 759_900, 0]
    assert [c.payer_control for c in (pending, paid)] == ["05347006051", "0529675341"]
    (line,) = refused.lines
    assert (line.charge_cents, line.paid_cents) == (15_000, 0)
    assert line.statuses[0].codes == [StatusCode("F2", "88", "QC")]


@needs_samples
def test_a_sample_answer_to_a_pharmacy_has_its_prescription_and_code_list() -> None:
    request, _ = read_276(sample("claim-level-status-ncpdp.276"))
    response, _ = read_277(sample("claim-level-status-ncpdp.277"))
    (asked_for,), (answer,) = request.claims(), response.claims()
    assert asked_for.claim.prescription == answer.claim.prescription == "7654321"
    (status,) = answer.claim.statuses
    assert status.codes == [StatusCode("F2", "80", "", "RX")]
    assert (status.charge_cents, status.paid_cents) == (8_500, 0)


@needs_samples
def test_a_sample_answer_may_be_given_to_the_one_who_asked_at_once() -> None:
    response, _ = read_277(sample("information-receiver-level-status.277"))
    assert response.claims() == []
    ((payer),) = response.payers
    (receiver,) = payer.receivers
    assert receiver.trace == Trace("ABC276XXX", kind="2")
    assert receiver.statuses == [Status([StatusCode("E0", "0")], date(2005, 9, 16))]
    request, _ = read_276(sample("information-receiver-level-status.276"))
    (question,) = match_277(request, [response]).questions
    assert [s.category for s in question.statuses] == ["E0"]


@needs_samples
def test_a_sample_answer_may_be_given_for_a_provider_at_once() -> None:
    request, _ = read_276(sample("provider-level-status.276"))
    response, _ = read_277(sample("provider-level-status.277"))
    own, of_provider = match_277(request, [response]).questions
    assert [a.claim.statuses[0].category for a in own.answers] == ["P3"]
    assert (of_provider.answers, of_provider.open) == ([], False)
    assert of_provider.statuses[0].codes == [StatusCode("E0", "24", "85")]


@needs_samples
def test_a_sample_answer_to_a_trace_that_nobody_gave_is_strange() -> None:
    request, _ = read_276(sample("demo-file/demo.276"))
    one = sample("demo-file/demo.277")
    response, _ = read_277(one)
    matching = match_277(request, [response])
    assert [q.open for q in matching.questions] == [False, False, True]
    assert [a.claim.trace.number for a in matching.strange] == ["ABCXYC3"]
    assert [f.severity for f in check_echo(request, response, one)] == ["warning", "error"]


# -- matching ------------------------------------------------------------------------------------


def test_a_payer_may_name_several_claims_that_fit_one_question() -> None:
    response = answered()
    person = response.claims()[0].subscriber
    person.claims.append(deepcopy(person.claims[0]))
    first, _ = match_277(asked(), [response]).questions
    assert len(first.answers) == 2


def test_a_payer_may_answer_in_several_sets() -> None:
    one, other = answered(), answered()
    provider = one.providers()[0][2]
    provider.subscribers = provider.subscribers[:1]
    provider = other.providers()[0][2]
    provider.subscribers = provider.subscribers[1:]
    matching = match_277(asked(), [one, other])
    assert [q.open for q in matching.questions] == [False, False]
    assert matching.strange == []


def test_a_question_without_any_answer_stays_open() -> None:
    matching = match_277(asked(), [])
    assert [q.open for q in matching.questions] == [True, True]


# -- checking ------------------------------------------------------------------------------------


def test_a_sound_question_and_its_sound_answer_have_no_findings() -> None:
    assert found_276(WRITTEN_276) == []
    data = WRITTEN_277
    assert found_277(data) == []
    assert check_echo(asked(), answered(), only_set(data)) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (b"TRN*1*T2", b"TRN*1*T1", ("2200D", "TRN02")),
        (b"TRN*1*T2", b"TRN*1*T1", ("2200E", "TRN02")),
        (b"TRN*1*T1", b"TRN*2*T1", ("2200D", "TRN01")),
        (b"AMT*T3*8513.88", b"AMT*T3*-1", ("2200D", "AMT02")),
        (b"HL*3*2*19", b"HL*3*1*19", ("", "HL02")),
        (b"HL*5*3*22", b"HL*5*2*22", ("", "HL02")),
        (b"HL*5*3*22", b"HL*5*4*22", ("2000", "HL02")),
        (b"NM1*41", b"NM1*PR", ("2100B", "NM101")),
        (b"NM1*41*1", b"NM1*41*7", ("2100B", "NM102")),
        (b"*XX*" + NPI.encode(), b"*XX*1234567890", ("2100C", "NM109")),
        (b"*46*C1", b"*46", ("2100B", "NM109")),
        (b"DMG*D8*20260105~", b"DMG*D8*20270105~", ("2100D", "DMG02")),
        (b"20260105-20260105", b"20260105-20260104", ("2200D", "DTP03")),
        (b"20260105-20260105", b"20260106-20260107", ("2200D", "DTP03")),
        (b"BHT*0010*13", b"BHT*0010*08", ("", "BHT02")),
        (b"BHT*0010*13*R1", b"BHT*0010*13*", ("", "BHT03")),
        (b"BHT*0010", b"BHT*0022", ("", "BHT01")),
        (b"SVC*HC:99213:25*150", b"SVC*HC*150", ("2220E", "SVC01")),
        (b"SVC*HC:99213:25*150", b"SVC*HC:99213*15O", ("", "SVC02")),
        (b"*851", b"*8E1", ("", "AMT02")),
    ],
)
def test_what_is_wrong_in_a_question_is_named(
    old: bytes, new: bytes, place: tuple[str, str]
) -> None:
    data = WRITTEN_276.replace(b"NM1*41*2", b"NM1*41*1")
    assert old in data
    assert place in where(found_276(data.replace(old, new)))


@pytest.mark.parametrize(
    ("gone", "place"),
    [
        (b"TRN*1*T1~REF*EJ*ACCT1~REF*BLT*111~AMT*T3*8513.88~DTP*472*RD8*20260105-20260105~",
         ("2000D", "HL")),
        (b"NM1*41*2*CLAIMLOG*****46*C1~", ("2100B", "NM1")),
        (b"DTP*472*RD8*20260105-20260105~", ("2200D", "DTP03")),
        (b"AMT*T3*8513.88~", ("2200D", "AMT02")),
        (b"DMG*D8*20260105~", ("2200D", "DMG02")),
    ],
)  # fmt: skip
def test_what_a_question_lacks_is_named(gone: bytes, place: tuple[str, str]) -> None:
    data = WRITTEN_276
    assert gone in data
    assert place in where(found_276(recounted(data.replace(gone, b""))))


def test_a_question_may_leave_the_charge_out() -> None:
    found = found_276(recounted(WRITTEN_276.replace(b"AMT*T3*8513.88~", b"")))
    assert [(f.element, f.severity) for f in found] == [("AMT02", "note")]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (b"STC*P3:317", b"STC*Z9:317", ("2200D", "STC01")),
        (b"STC*P3:317", b"STC*:317", ("2200D", "STC01")),
        (b"STC*P3:317", b"STC*P3", ("2200D", "STC01")),
        (b"STC*P3:317*20260105", b"STC*P3:317*20260106", ("2200D", "STC02")),
        (b"STC*P3:317*20260105", b"STC*P3:317*", ("2200D", "STC02")),
        (b"STC*P3:317*20260105", b"STC*F1:317*20260105", ("2200D", "STC05")),
        (b"**150*0~", b"**150*151~", ("2200E", "STC05")),
        (b"**150*0~", b"**150*1~", ("2200E", "STC05")),
        (b"TRN*2*T1", b"TRN*1*T1", ("2200D", "TRN01")),
        (b"TRN*2*T1", b"TRN*2", ("2200D", "TRN02")),
    ],
)
def test_what_is_wrong_in_an_answer_is_named(
    old: bytes, new: bytes, place: tuple[str, str]
) -> None:
    data = WRITTEN_277
    assert old in data
    assert place in where(found_277(data.replace(old, new)))


def test_lines_that_are_not_paid_as_their_claim_say_by_how_much() -> None:
    data = WRITTEN_277.replace(b"**150*0~", b"**150*100~")
    (finding,) = found_277(data)
    assert (finding.level, finding.difference_cents, finding.claim) == ("roll_up", -10_000, "T2")


def test_a_level_below_which_nothing_stands_must_have_a_status() -> None:
    response = answered()
    response.payers[0].receivers[0].providers = []
    assert ("2200B", "STC") in where(found_277(write_277(HEADER, [response])))
    receiver = response.payers[0].receivers[0]
    receiver.trace = Trace("R1", kind="2")
    receiver.statuses = [Status([StatusCode("E0", "0")], DAY)]
    assert found_277(write_277(HEADER, [response])) == []


@pytest.mark.parametrize(
    ("category", "words"),
    [("A1", "acknowledged"), ("P3", "pending"), ("F2", "finalized"), ("R17", "more is asked for"),
     ("E4", "not answered"), ("D0", "not found"), ("Z1", ""), ("", ""), ("R18", "")],
)  # fmt: skip
def test_a_category_says_how_far_a_claim_is(category: str, words: str) -> None:
    assert stage(category) == words


@pytest.mark.parametrize("segment", [b"K3*WORDS~", b"REF*6P*G1*A*B~", b"STC~", b"SVC*HC:1*1**1*5~"])
def test_a_segment_without_a_place_is_kept_and_noted(segment: bytes) -> None:
    data = WRITTEN_276
    data = recounted(data.replace(b"TRN*1*T2~", b"TRN*1*T2~" + segment))
    request, findings = read_276(only_set(data))
    assert [f.severity for f in findings] == ["note"]
    assert request.claims()[1].patient.unknown == [segment.decode().rstrip("~").split("*")]


def test_other_separators_are_read_and_ours_are_written() -> None:
    written = WRITTEN_276
    other = written.translate(bytes.maketrans(b"*:~^", b"|>\n!"))
    assert read_276(only_set(other))[0] == read_276(only_set(written))[0]
