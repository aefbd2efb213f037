"""Amounts by the strict grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.x12.money import MAX_CENTS, NotMoney, amount, cents

WRONG = ["1.234", "0x10", "--1", "1-", "1.2.3", "²", "1\n", "99999999999999999999", "$1"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("810.8", 81_080),
        ("810.80", 81_080),
        ("0000810.8", 81_080),
        ("810.8000", 81_080),
        (".5", 50),
        ("0", 0),
        ("-0", 0),
        ("-12.34", -1_234),
        ("-.07", -7),
        ("1", 100),
    ],
)
def test_the_same_amount_may_be_written_in_many_ways(text: str, value: int) -> None:
    assert cents(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "-.",
        "5.",
        "+5",
        "1E3",
        "NaN",
        "inf",
        "1_000",
        " 5",
        "5 ",
        "1,000",
        "٥",
        "５",
        *WRONG,
    ],
)
def test_what_is_no_amount_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(NotMoney) as refused:
        cents(text)
    assert len(text) < 3 or text not in str(refused.value)


@given(st.integers(-MAX_CENTS, MAX_CENTS))
def test_what_is_written_reads_back(value: int) -> None:
    assert cents(amount(value)) == value


@given(st.integers(-MAX_CENTS, MAX_CENTS))
def test_no_amount_is_written_with_a_plus_or_needless_zeros(value: int) -> None:
    text = amount(value)
    assert "+" not in text
    assert "." not in text or not text.endswith("0")


@given(st.text(max_size=8))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        assert isinstance(cents(text), int)
    except NotMoney:
        pass
