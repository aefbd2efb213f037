"""A redacted file tells of nobody, says the same thing for the same thing, and balances and is judged as the file itself."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.x12 import Unreadable, read_file
from shared.x12.claim_837p import Batch837, read_837p, rewrite_837p, write_837p
from shared.x12.dates import day
from shared.x12.npi import is_npi
from shared.x12.redacting import WORD, NotRedacted, Redactor, redact
from shared.x12.redacting_rules import KINDS
from shared.x12.remittance_835 import check_835, read_835, write_835
from shared.x12.showing_findings import alike, judge_file
from tests.x12.everything import OFFICE, WRITTEN
from tests.x12.made import DAY, HEADER, SAMPLES, VARIETY, batch, needs_samples
from tests.x12.strategies import billing, claims_837p, remittances

SETS = sorted({*WRITTEN} & (KINDS | {"TA1"}))
CANARIES = ("QZCANARYKX", "Zx9Canary7q", "48151623421199", "ZZ-TOP O'CANARY", "J.CANARY@ZQ.ORG")
OF_PEOPLE = re.compile(
    rb"ZZTEST|QUINN|ROBIN|XX000|XX001|XX111|NOWHERE|ANYTOWN|SYNTHETIC|CLINIC|CLM0001|INST0001|ICN1"
    rb"|CHECK1|NOTE|CHART1|AUTH1|19800203|20260105|5550100001|199999999|99D9999999"
)
quickly = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow], database=None
)


def redacted(data: bytes, secret: bytes = b"secret") -> bytes:
    return b"".join(redact([data], Redactor(secret)))


def judged(data: bytes) -> Any:
    return alike(judge_file(read_file(data, strict=False)))


def atoms(data: bytes) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, segment id, element) of every component of every element."""
    at = 0
    for segment in data.split(b"~"):
        elements = segment.split(b"*")
        start = at
        for n, element in enumerate(elements):
            for part in element.split(b":"):
                if n and part and not (elements[0] == b"ISA" and n in (11, 16)):
                    yield start, start + len(part), elements[0].decode(), n
                start += len(part) + 1
        at += len(segment) + 1


@pytest.mark.parametrize("kind", SETS)
def test_nothing_of_anybody_is_left(kind: str) -> None:
    assert OF_PEOPLE.findall(redacted(WRITTEN[kind])) == []


@pytest.mark.parametrize("name", sorted(VARIETY))
def test_of_no_claim_anything_of_anybody_is_left(name: str) -> None:
    data = write_837p(HEADER, [batch(VARIETY[name])])
    assert OF_PEOPLE.findall(redacted(data)) == []
    assert judged(redacted(data)) == judged(data)


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("kind", SETS)
def test_what_stands_in_whatever_element_does_not_survive(kind: str, canary: str) -> None:
    data = WRITTEN[kind]
    for start, end, tag, n in atoms(data):
        planted = data[:start] + canary.encode() + data[end:]
        try:
            left = redacted(planted)
        except (NotRedacted, Unreadable):
            continue  # Nothing is written at all.
        assert canary.upper().encode() not in left.upper(), f"{tag}{n:02d}"


@pytest.mark.parametrize("kind", SETS)
def test_canaries_in_all_free_elements_at_once_are_all_gone(kind: str) -> None:
    data, planted = WRITTEN[kind], []
    for start, end, tag, _ in sorted(atoms(data), reverse=True):
        free = end - start > 3 and tag not in ("ISA", "GS", "ST", "SE", "GE", "IEA", "HL")
        if free and not re.fullmatch(rb"[0-9.-]+", data[start:end]):
            planted.append(f"ZQ{len(planted):04d}CNRY")
            data = data[:start] + planted[-1].encode() + data[end:]
    left = redacted(data).upper().decode()
    assert planted or kind in ("999", "TA1")
    assert [canary for canary in planted if canary in left] == []


@pytest.mark.parametrize("kind", SETS)
def test_what_nobody_expects_is_replaced(kind: str) -> None:
    data = WRITTEN[kind]
    for strange in (b"~ZZZ*JOHN DOE*19800101", b"~K3*JOHN DOE", b"~JOHN DOE*1", b"~DOE JOHN"):
        planted = data.replace(b"~SE*", strange + b"~SE*")
        assert not re.search(rb"(?i)john|doe|19800101", redacted(planted))


@pytest.mark.parametrize("kind", SETS)
def test_more_elements_repetitions_and_components_than_there_should_be_are_replaced(
    kind: str,
) -> None:
    for more in (b"*JOHN DOE", b":JOHN DOE", b"^JOHN DOE"):
        for tag in (b"NM1", b"CLM", b"SVC", b"REF", b"EB", b"CLP", b"AK2"):
            planted = re.sub(rb"(~%s\*[^~]*)" % tag, rb"\1" + more, WRITTEN[kind])
            assert not re.search(rb"(?i)john|doe", redacted(planted))


@pytest.mark.parametrize("kind", SETS)
def test_it_is_judged_as_before(kind: str) -> None:
    assert judged(redacted(WRITTEN[kind])) == judged(WRITTEN[kind])
    assert len(read_file(redacted(WRITTEN[kind])).findings) == 0


def test_a_broken_file_is_broken_in_the_same_way() -> None:
    for broken in (
        WRITTEN["835"].replace(b"SVC*HC:99213*100*60", b"SVC*HC:99213*100*59", 1),
        WRITTEN["835"].replace(b"SE*", b"SE*9", 1),
        WRITTEN["835"].replace(b"IEA*1*000000017", b"IEA*1*000000018"),
        WRITTEN["835"].replace(b"*20260105~", b"*20260230~"),
        WRITTEN["835"].replace(b"CAS*CO*45*", b"CAS*CO*45*1E"),
        WRITTEN["837P"].replace(b"N3*1 NOWHERE RD", b"N3*PO BOX 7712"),
        WRITTEN["837P"].replace(b"HC:99213", b"HC>99213"),
        WRITTEN["837P"].replace(b"1999999992", b"1999999993"),
        WRITTEN["837P"][:700],
    ):
        assert judged(broken)
        assert judged(redacted(broken)) == judged(broken)


def test_the_money_is_the_same_to_the_cent() -> None:
    (one,), (made,) = (read_file(x).sets() for x in (WRITTEN["835"], redacted(WRITTEN["835"])))
    before, after = read_835(one)[0], read_835(made)[0]
    assert check_835(after, made) == []
    assert after.amount_cents == before.amount_cents
    assert [(c.charge_cents, c.paid_cents, c.lines[0].cas) for c in after.claims] == [
        (c.charge_cents, c.paid_cents, c.lines[0].cas) for c in before.claims
    ]
    assert [p.cents for p in after.plb] == [p.cents for p in before.plb]


def test_the_same_stays_the_same_and_two_things_stay_two() -> None:
    (made,) = read_file(redacted(WRITTEN["835"])).sets()
    back, again, other = read_835(made)[0].claims
    assert back.clp01 == again.clp01 != other.clp01
    assert back.patient_id == other.patient_id
    assert (back.payer_control, len(again.payer_control)) != (again.payer_control, 4)


def test_two_values_never_become_one_even_when_all_of_a_shape_are_used() -> None:
    redactor = Redactor(b"x")
    values = [f"{n}" for n in range(2_000)] + [f"A{n}" for n in range(10)] + [*"ABCDEFG"]
    assert len({redactor.value(text) for text in values}) == len(values)


def test_a_replacement_has_the_length_and_the_signs_of_what_it_replaces() -> None:
    redactor = Redactor(b"x")
    for text in ("ZZTESTA", "a-1 B", "000123", "5550100001", "JOSÉ", "O'CANARY-DOE"):
        made = redactor.value(text)
        assert made != text
        assert len(made) == len(text)
        assert not made.startswith("0") or text.startswith("0")
        assert [c.isdigit() for c in made] == [c.isdigit() for c in text]
        assert [c.isalnum() for c in made] == [c.isalnum() for c in text]


def test_a_sound_npi_becomes_a_sound_npi_and_a_wrong_one_a_wrong_one() -> None:
    redactor = Redactor(b"x")
    assert is_npi("1999999992")
    for n in range(200):
        text = f"1{n:09d}"
        assert is_npi(redactor.value(text)) == is_npi(text)


def test_all_days_move_by_one_number_of_days() -> None:
    redactor = Redactor(b"x")
    moved = {day(redactor.day(text)) - day(text) for text in ("20260105", "19800203", "20240229")}
    assert len(moved) == 1
    (by,) = moved
    assert by <= timedelta(days=-30)
    first, second = redactor.day("20260105-20260109").split("-")
    assert day(second) - day(first) == timedelta(days=4)
    assert redactor.day("202601050830")[8:] == "0830"
    assert redactor.day("99991231") == "99991231"


@pytest.mark.parametrize("time", ["0800", "080059", "0800597", "08005973"])
def test_a_time_of_day_stays_down_to_hundredths_of_a_second(time: str) -> None:
    data = WRITTEN["835"].replace(b"*0800*18*X*", f"*{time}*18*X*".encode())
    assert time.encode() in data
    for secret in range(20):
        made = redacted(data, str(secret).encode())
        assert f"*{time}*18*X*".encode() in made
        assert judged(made) == judged(data)


def test_free_text_is_one_word() -> None:
    data = write_837p(HEADER, [batch(VARIETY["references, attachments and notes"])])
    assert f"NTE*ADD*{WORD}~".encode() in redacted(data)


def test_a_secret_gives_the_same_again_and_another_one_gives_another() -> None:
    once, twice, other = (redacted(WRITTEN["835"], s) for s in (b"a", b"a", b"b"))
    assert once == twice
    assert once != other


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (WRITTEN["276"].replace(b"ST*276*", b"ST*850*"), "a set is 850"),
        (WRITTEN["837P"].replace(b"005010X222A1", b"005010X224A2"), "a set is 837D"),
        (WRITTEN["276"].replace(b"ST*276*", b"ST*JOHN*"), "a set is of an unknown kind"),
        (WRITTEN["835"] + b"DOE JOHN", "no ISA"),
    ],
)
def test_what_is_not_known_is_not_redacted(data: bytes, why: str) -> None:
    with pytest.raises(NotRedacted, match=why) as no:
        redacted(data)
    assert "JOHN" not in str(no.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x1f\x8b\x08\x00" + b"x" * 200, "compressed"),
        (WRITTEN["835"].decode().encode("utf-16"), "UTF-16"),
        (b"DOE JOHN", "does not start with ISA"),
    ],
)
def test_what_is_no_x12_is_not_redacted(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        redacted(data)


@quickly
@given(st.lists(remittances, min_size=1, max_size=2), st.binary(max_size=8))
def test_any_remittance_is_judged_as_before(made: list[Any], secret: bytes) -> None:
    data = write_835(HEADER, made)
    assert judged(redacted(data, secret)) == judged(data)


@quickly
@given(st.lists(claims_837p, min_size=1, max_size=4), billing, st.binary(max_size=8))
def test_any_claims_are_judged_as_before(made: list[Any], who: Any, secret: bytes) -> None:
    data = rewrite_837p(HEADER, [Batch837("0001", "B1", DAY, "0800", *OFFICE, who, made)])
    left = redacted(data, secret)
    assert judged(left) == judged(data)
    (one,) = read_file(left).sets()
    assert [c.total_cents for c in read_837p(one)[0]] == [c.total_cents for c in made]


@needs_samples
def test_every_sample_is_redacted_and_judged_as_before() -> None:
    for path in sorted(SAMPLES.rglob("*.*")):
        if path.is_file() and path.suffix != ".md":
            data = path.read_bytes()
            left = redacted(data)
            assert judged(left) == judged(data), path.name
            for name in re.findall(rb"(?:NM1\*[A-Z0-9]+\*1\*|N3\*)((?!P ?O BOX)[A-Z ]{5,})", data):
                assert name not in left
