"""Findings: where something is, by which rule, and never a word of a person."""

import pytest

from shared.x12 import Finding, read_file
from shared.x12.fields import Taker
from shared.x12.findings import masked
from shared.x12.remittance_835 import check_835, read_835
from tests.x12.made import bytes_835


@pytest.mark.parametrize(
    ("value", "element", "shown"),
    [
        ("ZZTESTA", "NM103", "AAAAAAA"),
        ("19800203", "DMG02", "99999999"),
        ("A-1 b", "", "A-9 A"),
        ("810.80", "CLP03", "810.80"),
        ("1E3", "CLP03", "9A9"),
        ("999999999", "CLP03", "999999999"),
        ("123456789", "CLP03", "999999999"),
        ("QC", "NM101", "QC"),
        ("ZZTESTA", "NM101", "AAAAAAA"),
        ("\x07é", "NM103", "??"),
        ("X" * 30, "NM103", "A" * 24 + "…"),
    ],
)
def test_a_value_is_shown_only_where_no_person_can_stand(
    value: str, element: str, shown: str
) -> None:
    assert masked(value, element) == shown


def test_a_finding_at_an_element_says_what_stands_there_and_in_which_loop() -> None:
    (one,) = read_file(bytes_835().replace(b"*100*60*", b"*1E3*60*", 1)).sets()
    _, (found,) = read_835(one)
    assert (found.element, found.value, found.rule) == ("CLP03", "9A9", "amount.unreadable")
    taker = Taker(one)
    taker.loop = "1000A"
    taker.note(2, "a sentence", 3, rule="a.rule")
    assert (taker.findings[0].loop, taker.findings[0].rule) == ("1000A", "a.rule")


def test_a_finding_knows_the_numbers_of_its_isa_and_st() -> None:
    data = bytes_835()
    (one,) = read_file(data).sets()
    found = one.finding(0, "a sentence")
    assert (found.isa_ordinal, found.st_ordinal, found.segment) == (1, 3, 4)


def test_neither_text_nor_repr_of_a_finding_shows_the_number_of_a_claim() -> None:
    (one,) = read_file(bytes_835().replace(b"CLP*B2*1*100*", b"CLP*B2*1*101*")).sets()
    remit, _ = read_835(one)
    found = check_835(remit, one)
    assert {f.claim for f in found} == {"B2"}
    assert "B2" not in f"{found[0]} {found}"


def test_a_finding_can_be_made_as_before() -> None:
    made = Finding("a sentence", "error", "17", "18", "0001", 4, 100, "2100", "CLP01")
    assert str(made) == "segment 4, byte 100, loop 2100, CLP01: a sentence"
