"""What is wrong with a file: where, how bad, and in a plain sentence. Values that may be PHI never appear."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `segment` counts from 1 in the file; `offset` is the byte where that segment starts.

    `code` is the error code it maps to where there is one: of a TA1 (`level` interchange), of AK9 (group) or IK5 (set),
    else of IK3 and IK4. `level` of a balance is line, claim, roll_up or payment.
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
    claim: str = ""
    file: str = ""

    def __str__(self) -> str:
        where = f"segment {self.segment}, byte {self.offset}"
        if self.element:
            where += f", {self.element}"
        return f"{where}: {self.sentence}"


class Unreadable(Exception):
    """The file cannot be taken as X12; carries all findings up to there."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(str(findings[0]) if findings else "not an X12 file")
        self.findings = findings
