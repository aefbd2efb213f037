"""The check digit of a National Provider Identifier: Luhn over the NPI with the prefix 80840 (45 CFR 162.406)."""

from functools import lru_cache


def _luhn_sum(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def is_npi(text: str) -> bool:
    """Ten ASCII digits whose check digit is right."""
    return len(text) == 10 and _is_right(text)


@lru_cache(maxsize=16_384)
def _is_right(text: str) -> bool:
    return text.isascii() and text.isdigit() and _luhn_sum("80840" + text) % 10 == 0


def with_check_digit(nine: str) -> str:
    """Nine digits and their check digit; for synthetic providers."""
    return nine + str(-_luhn_sum("80840" + nine + "0") % 10)
