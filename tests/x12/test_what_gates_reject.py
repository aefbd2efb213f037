"""Codes outside their lists, lines and payers that stand twice, a patient of whom too little is said: each at its element."""

import pytest

from shared.x12 import open_file, read_file
from shared.x12.answering import answer_file
from shared.x12.claim_837p import write_837p
from shared.x12.showing_findings import alike, judge_file, judge_stream
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, batch, claim, secondary, service
from tests.x12.test_named_at_its_place import CHILDS, PROFESSIONAL, STAY, named, without

TWO_LINES = write_837p(HEADER, [batch(claim(service(1), service(2)))])
SECOND = write_837p(HEADER, [batch(secondary())])
REMIT = WRITTEN["835"]

ERRORS: dict[str, tuple[bytes, bytes, bytes, str]] = {
    "kind of an id": (
        PROFESSIONAL,
        b"*2*SYNTHETIC CLINIC*****XX*",
        b"*2*SYNTHETIC CLINIC*****ZZ*",
        "NM108",
    ),
    "sex": (PROFESSIONAL, b"*F~", b"*X~", "DMG03"),
    "relation of a patient": (CHILDS, b"PAT*19~", b"PAT*ZZ~", "PAT01"),
    "signature": (PROFESSIONAL, b"*Y*A*Y*Y~", b"*X*A*Y*Y~", "CLM06"),
    "assignment": (PROFESSIONAL, b"*Y*A*Y*Y~", b"*Y*Z*Y*Y~", "CLM07"),
    "benefits": (PROFESSIONAL, b"*Y*A*Y*Y~", b"*Y*A*Q*Y~", "CLM08"),
    "release": (PROFESSIONAL, b"*Y*A*Y*Y~", b"*Y*A*Y*W~", "CLM09"),
    "assignment of a stay": (STAY, b"**A*Y*Y~", b"**Z*Y*Y~", "CLM07"),
    "place of a professional claim": (PROFESSIONAL, b":B:1*", b":A:1*", "CLM05"),
    "place of a stay": (STAY, b":A:1*", b":B:1*", "CLM05"),
    "turn of no payer": (PROFESSIONAL, b"~SBR*P*", b"~SBR*X*", "SBR01"),
    "sort of payer": (PROFESSIONAL, b"******MB~", b"******09~", "SBR09"),
    "why late": (PROFESSIONAL, b"*Y*A*Y*Y~", b"*Y*A*Y*Y***********12~", "CLM20"),
    "release by another payer": (SECOND, b"~OI***Y***Y~", b"~OI***Y***N~", "OI06"),
    "line twice": (TWO_LINES, b"LX*2~", b"LX*1~", "LX01"),
    "turn twice": (SECOND, b"~SBR*S*", b"~SBR*P*", "SBR01"),
    "nobody is the patient": (PROFESSIONAL, b"~SBR*P*18*", b"~SBR*P**", "SBR02"),
    "relation of a subscriber": (CHILDS, b"~SBR*P**", b"~SBR*P*01*", "SBR02"),
    "day of birth": (PROFESSIONAL, b"*D8*19800203*", b"*D8*19800230*", "DMG02"),
    "day of a patient's birth": (CHILDS, b"*D8*20150203*", b"*D8*20151303*", "DMG02"),
    "day of the batch": (PROFESSIONAL, b"*B0001*20260105*", b"*B0001*20260199*", "BHT04"),
    "day of somebody who is asked about": (
        WRITTEN["270"],
        b"*D8*20260105~",
        b"*D8*20260132~",
        "DMG02",
    ),
    "benefit": (WRITTEN["271"], b"~EB*1*", b"~EB*ZZ*", "EB01"),
}
WARNINGS: dict[str, tuple[bytes, bytes, bytes, str]] = {
    "lines not from one": (PROFESSIONAL, b"LX*1~", b"LX*7~", "LX01"),
    "third turn twice": (SECOND.replace(b"~SBR*S*", b"~SBR*T*"), b"~SBR*P*", b"~SBR*T*", "SBR01"),
    "day of a remittance": (REMIT, b"~DTM*472*20260105", b"~DTM*472*20260135", "DTM02"),
    "reason of the provider's adjustment": (REMIT, b"*WO:", b"*ZZ:", "PLB03"),
}


@pytest.mark.parametrize("what", ERRORS)
def test_what_gates_reject_is_an_error_at_its_element(what: str) -> None:
    data, old, new, element = ERRORS[what]
    assert old in data
    assert named(data, "e") == []
    broken = data.replace(old, new, 1)
    ((at, segment),) = named(broken, "e")
    assert at == element
    assert segment.startswith(element[:-2] + "*")
    (ack,) = answer_file(read_file(broken, strict=False)).acks
    rejected = [(f.segment, f.element) for one in ack.sets for f in one.faults]
    assert rejected == [(element[:-2], str(int(element[-2:])))]
    assert alike(judge_stream(open_file(broken))) == alike(judge_file(read_file(broken)))


@pytest.mark.parametrize("what", WARNINGS)
def test_what_payers_take_all_the_same_is_a_warning(what: str) -> None:
    data, old, new, element = WARNINGS[what]
    assert old in data
    broken = data.replace(old, new, 1)
    assert named(broken, "e") == []
    ((segment, at),) = [(s, at) for at, s in named(broken) if at == element]
    assert segment.startswith(element[:-2] + "*")
    assert named(data).count((at, segment)) == 0
    assert alike(judge_stream(open_file(broken))) == alike(judge_file(read_file(broken)))


def test_a_statement_of_one_day_that_is_no_range_is_told() -> None:
    at = STAY.index(b"DTP*434*RD8*")
    day = STAY[at + 12 : at + 20]
    broken = STAY[:at] + b"DTP*434*D8*" + day + STAY[STAY.index(b"~", at) :]
    assert ("DTP02", f"DTP*434*D8*{day.decode()}") in named(broken)
    assert named(broken, "e") == []


@pytest.mark.parametrize(("left_out", "segment"), [((b"N3*2 ", b"N4*"), "N3"), ((b"DMG*",), "DMG")])
def test_a_subscriber_who_is_the_patient_has_address_birth_and_sex(
    left_out: tuple[bytes, ...], segment: str
) -> None:
    start = PROFESSIONAL.index(b"NM1*IL")
    data = PROFESSIONAL[:start] + without(PROFESSIONAL[start:], *left_out)
    ((_, at),) = named(data, "e")
    assert at.startswith("NM1*IL*")
    (ack,) = answer_file(read_file(data, strict=False)).acks
    assert [(f.segment, f.code, f.loop) for f in ack.sets[0].faults] == [(segment, "3", "2010BA")]


def test_a_question_that_asks_nothing_lacks_its_eq() -> None:
    data = without(WRITTEN["270"], b"EQ*")
    (ack,) = answer_file(read_file(data, strict=False)).acks
    assert [(f.segment, f.code, f.loop, f.element) for f in ack.sets[0].faults] == [
        ("EQ", "3", "2110C", "")
    ]


def test_lines_of_a_claim_that_comes_in_pieces_are_counted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.x12.source._LEAST", 200)
    data = write_837p(HEADER, [batch(claim(*(service(n) for n in range(1, 51))))])
    for broken, found in ((data, []), (data.replace(b"LX*50~", b"LX*49~"), [("LX01", "LX*49")])):
        pieces = [broken[at : at + 97] for at in range(0, len(broken), 97)]
        judged = [f for _, f in judge_stream(open_file(pieces)) if f is not None]
        assert [f.element for f in judged] == [element for element, _ in found]
        assert named(broken) == found


@pytest.mark.parametrize(("frequency", "severity"), [("8", "w"), ("1", "e")])
def test_a_void_beside_a_new_claim_of_its_number_is_only_told(
    frequency: str, severity: str
) -> None:
    first = claim(frequency=frequency, payer_control="ICN1")
    data = write_837p(HEADER, [batch(first, claim())])
    assert [element for element, _ in named(data, severity) if element == "CLM01"] == ["CLM01"]
    assert [element for element, _ in named(data, "e")] == (["CLM01"] if severity == "e" else [])
    assert alike(judge_stream(open_file(data))) == alike(judge_file(read_file(data)))
