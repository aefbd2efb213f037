"""What an ISA and a GS say of themselves: doubts that stop nobody's money, named with the codes of a TA1."""

import pytest

from shared.x12 import read_file
from shared.x12.ack_ta1 import answer_ta1
from shared.x12.remittance_835 import read_835
from tests.x12.made import bytes_835

DATA = bytes_835()
ISA = DATA[:106].decode()


def doubts(data: bytes) -> list[tuple[str, str]]:
    file = read_file(data)
    return [(f.element, f.code) for f in file.findings if f.severity == "warning"]


def with_isa(position: int, text: str) -> bytes:
    elements = ISA[:-2].split("*")
    elements[position] = text
    return "*".join(elements).encode() + DATA[104:]


def test_what_we_write_ourselves_raises_no_doubt() -> None:
    assert doubts(DATA) == []


@pytest.mark.parametrize(
    ("position", "text", "code"),
    [
        (5, "QQ", "005"),
        (6, " " * 15, "006"),
        (7, "  ", "007"),
        (8, " " * 15, "008"),
        (9, "261301", "014"),
        (9, "      ", "014"),
        (10, "2460", "015"),
        (12, "99999", "017"),
        (14, "2", "019"),
        (15, "X", "020"),
    ],
)
def test_an_element_of_an_isa_that_says_nothing_is_a_doubt_and_no_error(
    position: int, text: str, code: str
) -> None:
    data = with_isa(position, text)
    assert doubts(data) == [(f"ISA{position:02d}", code)]
    (one,) = read_file(data).sets()
    assert read_835(one)[0].claims


def test_a_control_number_that_is_none_is_a_doubt_as_long_as_both_ends_agree() -> None:
    data = DATA.replace(b"*000000017", b"*A00000017")
    assert doubts(data) == [("ISA13", "018")]


def test_a_sign_that_separates_components_cannot_separate_repetitions_too() -> None:
    assert doubts(with_isa(11, ":")) == [("ISA11", "024")]


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (b"*20260105*0800*18*X*", b"*20261305*0800*18*X*", "GS04"),
        (b"*20260105*0800*18*X*", b"*20260105*8*18*X*", "GS05"),
        (b"*20260105*0800*18*X*", b"*20260105*080059*18*T*", "GS07"),
    ],
)
def test_an_element_of_a_gs_that_says_nothing_is_a_doubt(
    old: bytes, new: bytes, element: str
) -> None:
    assert old in DATA
    assert doubts(DATA.replace(old, new)) == [(element, "")]


def test_a_set_of_another_guide_than_its_group_is_a_doubt() -> None:
    data = DATA.replace(b"*X*005010X221A1", b"*X*005010X222A1")
    data = data.replace(b"ST*835*0001~", b"ST*835*0001*005010X221A1~")
    assert ("ST03", "") in doubts(data)


def test_a_set_that_is_known_does_not_stand_in_a_group_of_an_unknown_kind() -> None:
    file = read_file(DATA.replace(b"GS*HP*", b"GS*QQ*"), strict=False)
    assert [(f.element, f.code) for f in file.errors] == [("ST01", "6")]


def test_a_ta1_takes_an_interchange_with_doubts_as_one_with_errors() -> None:
    for data, said in ((DATA, ("A", "000")), (with_isa(10, "2460"), ("E", "015"))):
        file = read_file(data, strict=False)
        answer = answer_ta1(file, file.interchanges[0])
        assert (answer.code, answer.note) == said and answer.accepted
