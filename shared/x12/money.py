"""X12 amounts to integer cents and back, by the strict grammar: ASCII digits, one point, at most two decimals."""

import re
from functools import lru_cache

_AMOUNT = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})", re.ASCII)
MAX_CENTS = 10**13


class NotMoney(ValueError):
    """The text is not an amount; the text itself is not quoted."""


def cents(text: str) -> int:
    """`810.8`, `810.80` and `0000810.8` are 81080; `1E3`, `NaN`, `1_000`, `+5` and `` are not money."""
    whole, point, decimals = text.partition(".")
    if whole.isdigit() and len(text) < 12 and text.isascii():  # Nearly all are of these two forms.
        if not point:
            return int(whole) * 100
        if len(decimals) == 2 and decimals.isdigit():
            return int(whole + decimals)
    if _AMOUNT.fullmatch(text) is None:
        raise NotMoney("not an amount")
    whole, _, decimals = text.lstrip("-").partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) > 2:
        raise NotMoney("an amount with more than two decimals")
    value = int(whole or "0") * 100 + int(decimals.ljust(2, "0"))
    if value > MAX_CENTS:
        raise NotMoney("an amount beyond any payment")
    return -value if text[0] == "-" else value


class Cents(dict[str, int]):
    """Amounts by their text: a file says the same ones again and again, and asking a dict costs no call."""

    MOST = 65_536

    def __missing__(self, text: str) -> int:
        value = cents(text)
        if len(self) >= self.MOST:
            self.clear()
        self[text] = value
        return value


CENTS = Cents()


@lru_cache(maxsize=16_384)
def amount(value: int) -> str:
    """Cents as X12 writes them: no plus, no needless zeros (`81080` is `810.8`)."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    if rest == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{rest:02d}".rstrip("0")
