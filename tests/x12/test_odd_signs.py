"""Each kind of odd sign is told of once a block, where it first stands, whatever else was told of before it."""

from shared.x12.segments import Delimiters, block_of

MARKS = Delimiters("*", ":", "~", "^")


def odd(*segments: bytes) -> list[tuple[int, str]]:
    block = block_of(b"".join(one + b"~" for one in segments), 0, MARKS, False)
    assert block.count == len(segments)
    return [(one.place, one.rule) for one in block.odd]


def test_every_kind_is_told_at_its_first_place() -> None:
    assert odd(
        b"A*\x01", b"B*\x02", b"C*a\nb", b"D*\xe4", b"E*\tx", b"F*\xf6", b"G*" + b"*" * 201
    ) == [
        (0, "segment.control_sign"),
        (2, "segment.line_end"),
        (3, "segment.latin_1"),
        (6, "segment.elements"),
    ]


def test_a_control_sign_is_told_behind_a_line_end_and_beside_one() -> None:
    assert odd(b"A*a\nb", b"B*\x01\nc", b"C*\x01") == [
        (0, "segment.line_end"),
        (1, "segment.control_sign"),
    ]


def test_latin_1_is_told_beside_what_was_told_before() -> None:
    assert odd(b"A*\x01", b"B*\x01\xe4") == [(0, "segment.control_sign"), (1, "segment.latin_1")]


def test_utf_8_is_no_latin_1_wherever_it_stands() -> None:
    assert odd(b"A*\xc3\xa4", b"B*\xe4", b"C*\xc3\xa4") == [(1, "segment.latin_1")]
    assert block_of(b"A*\xe4~C*\xc3\xa4~", 0, MARKS, False).texts == ["A*ä", "C*ä"]


def test_the_text_keeps_odd_signs_and_loses_white_space_around_elements() -> None:
    assert block_of(b" A* b *\x01~\r\nB*c ~", 0, MARKS, False).texts == ["A*b*\x01", "B*c"]
