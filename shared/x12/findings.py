"""What is wrong with a file: where, how bad, and in a plain sentence. Values that may be PHI never appear."""

import re
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `segment` counts from 1 in the file; `offset` is the byte where that segment starts.

    `code` is the error code it maps to where there is one: of a TA1 (`level` interchange), of AK9 (group) or IK5 (set),
    else of IK3 and IK4. `level` of a balance is line, claim, roll_up, payment or file. `rule` is a short key that stays the
    same when the sentence is put better. `value` went through `masked`; `claim` (CLM01 or CLP01) is for answers and
    lookups and is never part of a text. `isa_ordinal` and `st_ordinal` are the segment numbers of the ISA and the ST.
    """

    sentence: str
    severity: Severity = "error"
    interchange: str = ""
    group: str = ""
    set: str = ""
    segment: int = 0
    offset: int = 0
    loop: str = ""
    element: str = ""
    value: str = ""
    code: str = ""
    difference_cents: int = 0
    level: str = ""
    claim: str = field(default="", repr=False)
    file: str = ""
    rule: str = ""
    isa_ordinal: int = 0
    st_ordinal: int = 0

    def __str__(self) -> str:
        where = f"segment {self.segment}, byte {self.offset}"
        if self.loop:
            where += f", loop {self.loop}"
        if self.element:
            where += f", {self.element}"
        return f"{where}: {self.sentence}"


class Unreadable(Exception):
    """The file cannot be taken as X12; carries all findings up to there."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(str(findings[0]) if findings else "not an X12 file")
        self.findings = findings


_NUMBERS = re.compile(
    r"AK90[234]|AMT02|BPR02|CAS(?:03|06|09|12|15|18)|CLM02|CLP0[345]|PLB(?:04|06|08|10|12|14)"
    r"|QTY02|STC04|SV102|SV203|SVC0[23]|SVD02|HL0[12]|LX01|SE01|GE01|IEA01|IK302"
)
_CODES = re.compile(
    r"(?:AAA|AMT|BPR|CAS|DTM|DTP|EB|GS|N1|NM1|QTY|REF|SBR|ST|IK5|AK9)01|AAA03|BHT0[12]|BPR0[34]"
    r"|CLP02|HL0[34]|IK304|IK403|NM10[28]|N103|TA10[45]"
)
"""Elements that hold a number or a code, and never a person, an account or a day."""
_NUMBER = re.compile(r"-?[0-9]{0,7}(?:\.[0-9]{0,2})?", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)
_SHAPE = str.maketrans(
    {chr(n): "A" if chr(n).isalpha() else "9" for n in range(128) if chr(n).isalnum()}
)


def masked(value: str, element: str = "") -> str:
    """A value as it may be shown: an amount, count or code where `element` holds one, else only its shape:

    A for every letter, 9 for every digit, and at most 24 signs.
    """
    if _NUMBERS.fullmatch(element):
        may_be = _NUMBER
    elif _CODES.fullmatch(element):
        may_be = _CODE
    else:
        return _shape(value)
    return value if may_be.fullmatch(value) else _shape(value)


def _shape(value: str) -> str:
    shape = "".join(c if c.isascii() and c.isprintable() else "?" for c in value[:24])
    return shape.translate(_SHAPE) + ("…" if len(value) > 24 else "")
