"""A set as text in one spelling: amounts without needless zeros, our separators, no childless mark where it may be left out."""

import re

from shared.x12 import TransactionSet, read_file

_DECIMAL = re.compile(r"(?<![0-9A-Z.])(-?[0-9]*)\.([0-9]*?)0*(?![0-9A-Z.])")
_AMOUNTS = frozenset({"SVC", "STC", "AMT", "EB", "SV1", "SV2", "SV3", "HSD", "QTY"})


def canonical(one: TransactionSet) -> list[str]:
    """The segments of a set."""
    return [_segment(one, text) for text in one.raw]


def only_set(data: bytes) -> TransactionSet:
    """The one set of a file that was written."""
    (one,) = read_file(data).sets()
    return one


def _segment(one: TransactionSet, text: str) -> str:
    marks = one.delimiters
    text = text.rstrip(marks.element).replace(marks.component, ":").upper()
    text = re.sub(r":+(?=\*|$)", "", text.replace(marks.element, "*"))
    if text.startswith("HL*"):
        return text.removesuffix("*0")
    if text.partition("*")[0] in _AMOUNTS:
        return _DECIMAL.sub(_spelled, text)
    return text


def _spelled(found: re.Match[str]) -> str:
    whole, rest = found[1] or "0", found[2]
    return f"{whole}.{rest}" if rest else whole
