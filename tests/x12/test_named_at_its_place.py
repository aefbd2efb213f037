"""Faults that payers' gates reject, each planted in a sound file and named where it stands; and lawful oddities that are none."""

import pytest

from shared.x12 import open_file, read_file
from shared.x12.answering import answer_file
from shared.x12.claim_837i import write_837i
from shared.x12.claim_837p import Payer, Reference, write_837p
from shared.x12.cutting import split_sets
from shared.x12.redacting import Redactor, redact
from shared.x12.showing_findings import judge_file
from tests.x12.everything import WRITTEN
from tests.x12.made import BILLING, CHILD, HEADER, batch, bytes_835, claim
from tests.x12.test_837i import batch as stays
from tests.x12.test_837i import claim as stay

CHILDS = write_837p(HEADER, [batch(claim(patient=CHILD, patient_relation="19"))])
PROFESSIONAL = write_837p(HEADER, [batch(claim())])
STAY = write_837i(HEADER, [stays(stay())])


def named(data: bytes, severities: str = "ew") -> list[tuple[str, str]]:
    """Element and segment of everything that is wrong with a file."""
    segments = [text.strip() for text in data.decode("latin-1").split("~")]
    return [
        (f.element, segments[f.segment - 1])
        for _, f in judge_file(read_file(data, strict=False))
        if f is not None and f.severity[0] in severities
    ]


def more(data: bytes, after: bytes, segments: bytes) -> bytes:
    """The file with segments behind the first one that begins so; its SE counts them."""
    at = data.index(b"~", data.index(after)) + 1
    made = data[:at] + segments + data[at:]
    start = made.index(b"~SE*") + 4
    count = made[start : made.index(b"*", start)]
    return made.replace(b"~SE*" + count, b"~SE*%d" % (int(count) + segments.count(b"~")), 1)


def without(data: bytes, *texts: bytes) -> bytes:
    """The file without the first segments that begin so, after the last of the given ones; its SE counts them not."""
    for text in texts:
        at = data.index(text)
        data = data[:at] + data[data.index(b"~", at) + 1 :]
        start = data.index(b"~SE*") + 4
        count = data[start : data.index(b"*", start)]
        data = data.replace(b"~SE*" + count, b"~SE*%d" % (int(count) - 1), 1)
    return data


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (PROFESSIONAL.replace(b"DTP*472*D8*20260105", b"DTP*472*RD8*20260101-20260231"), "DTP03"),
        (PROFESSIONAL.replace(b"DTP*472*D8*20260105", b"DTP*472*D8*20260101-20260105"), "DTP02"),
        (PROFESSIONAL.replace(b"DTP*472*D8*20260105", b"DTP*472*RD8*20260105"), "DTP02"),
        (PROFESSIONAL.replace(b"HI*ABK", b"HI*ABF"), "HI01"),
        (bytes_835().replace(b"*XX*1999999992", b"*XX*1999999993"), "N104"),
    ],
    ids=["end of a range", "range as a day", "day as a range", "no principal diagnosis", "payee"],
)
def test_a_fault_is_named_at_its_element(data: bytes, fault: str) -> None:
    ((element, segment), *_) = [one for one in named(data) if one[0] == fault]
    assert segment.startswith(element[:-2] + "*")


@pytest.mark.parametrize(
    ("segment", "element"),
    [
        (b"HI*BI:M1:RD8:20260108-20260105~", "HI01"),
        (b"HI*BH:11:D8:20260105*BH:A1:D8:20261399~", "HI02"),
        (b"HI*BE:01:::900.5*BE:80:::4X~", "HI02"),
        (b"HI*BBR:02703ZZ:D8:20261232~", "HI01"),
        (b"HI*ABF:J209:::::::Q~", "HI01"),
    ],
    ids=["span", "occurrence", "value", "procedure", "present on admission"],
)
def test_a_wrong_code_of_a_stay_is_named_among_many(segment: bytes, element: str) -> None:
    found = named(more(STAY, b"HI*", b"HI*BG:09~" + segment))
    assert (element, segment.decode().rstrip("~")) in found


def test_a_number_that_stands_twice_is_named_where_it_comes_again() -> None:
    data = write_837p(HEADER, [batch(claim(), claim())])
    ((element, _),) = named(data, "e")
    (found,) = [
        f for _, f in judge_file(read_file(data)) if f is not None and f.severity == "error"
    ]
    second = [n for n, text in enumerate(data.split(b"~"), 1) if text.startswith(b"CLM*")][1]
    assert (element, found.segment) == ("CLM01", second)


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (
            CHILDS.replace(
                b"~N3*2 NOWHERE RD~N4*ANYTOWN*NY*10001~", b"~REF*Y4*CASE~PER*IC*X*TE*5550100001~"
            ),
            "NM1*QC",
        ),
        (more(PROFESSIONAL, b"HI*", b"NM1*77*2*CLINIC~"), "NM1*77"),
    ],
    ids=["patient", "service facility"],
)
def test_who_has_no_address_and_needs_one_is_named(data: bytes, at: str) -> None:
    found = [
        (element, segment) for element, segment in named(data, "e") if element.startswith("N3")
    ]
    (segment,) = {segment for _, segment in found}
    assert segment.startswith(at) or at == "NM1*QC"


def test_who_gives_no_health_care_bills_by_the_payers_number() -> None:
    taxi = claim(payer=Payer("STATE", "SYN9", references=[Reference("G2", "MCD0099")]))
    one = batch(taxi)
    one.billing = type(BILLING)("ABC TAXI", "", BILLING.tax_id, "", *_place())
    assert named(write_837p(HEADER, [one]), "e") == []
    unknown = without(write_837p(HEADER, [one]), b"REF*G2")
    assert [element for element, _ in named(unknown, "e")] == ["NM109"]


def _place() -> tuple[str, str, str, str]:
    return (BILLING.street, BILLING.city, BILLING.state, BILLING.zip)


@pytest.mark.parametrize("kind", ["270", "271"])
def test_a_batch_of_questions_or_answers_needs_no_reference(kind: str) -> None:
    data = WRITTEN[kind]
    at = data.index(b"~BHT*") + 1
    bht = data[at : data.index(b"~", at)].split(b"*")
    bht[3] = b""
    assert named(data[:at] + b"*".join(bht) + data[data.index(b"~", at) :], "e") == []


def test_what_is_missing_is_told_as_missing_in_a_999() -> None:
    data = without(PROFESSIONAL, b"DTP*472")
    (ack,) = answer_file(read_file(data, strict=False)).acks
    (fault,) = ack.sets[0].faults
    assert (fault.segment, fault.code, fault.element) == ("DTP", "3", "")


def test_a_ta1_and_a_999_that_cannot_be_are_named() -> None:
    ta1 = WRITTEN["TA1"]
    code = ta1[ta1.index(b"TA1*") :].split(b"~")[0].split(b"*")[4]
    wrong = ta1.replace(b"*" + code + b"*", b"*Z*", 1)
    assert [element for element, _ in named(wrong)] == ["TA104"]
    ack = WRITTEN["999"].replace(b"AK9*P*2*2*1", b"AK9*A*2*2*2")
    assert [element for element, _ in named(ack)] == ["AK904", "AK901"]


def in_control_signs(data: bytes) -> bytes:
    """The file with the separators that some clearinghouses use."""
    return data.translate(bytes.maketrans(b"*:^~", b"\x1d\x1f\x1c\x1e"))


def test_a_file_with_control_signs_as_separators_is_split_and_redacted_as_it_stands() -> None:
    data = in_control_signs(WRITTEN["835"])
    assert [
        f for _, f in judge_file(read_file(data)) if f is not None and f.severity == "error"
    ] == []
    parts: dict[int, bytes] = {}
    for piece in split_sets(open_file(data)):
        parts[piece.part] = parts.get(piece.part, b"") + piece.data
    for made in (*parts.values(), b"".join(redact([data], Redactor(b"x")))):
        assert made[:106].count(b"\x1d") == 16
        assert (made[82:83], made[104:106]) == (b"\x1c", b"\x1f\x1e")
        assert [
            f for _, f in judge_file(read_file(made)) if f is not None and f.severity == "error"
        ] == []
