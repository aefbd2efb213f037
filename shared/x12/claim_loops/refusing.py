"""What a writer of claims refuses before a byte is given out: every error of the checks, and what only senders owe."""

from collections.abc import Iterable, Sequence

from shared.x12.claim_loops.check import billing_provider, by_payers_number
from shared.x12.claim_loops.model import Batch, C, LineBody, Payer
from shared.x12.findings import Finding, Severity
from shared.x12.writing import Line, NotWritable


class Refusing:
    """Says an error of a check as a refusal; what is only odd is let through."""

    def __init__(self) -> None:
        self.clm01 = ""
        self.number = 0
        """Which claim of the set it is, from 1."""

    def __call__(
        self,
        sentence: str,
        loop: str,
        element: str,
        difference: int = 0,
        severity: Severity = "error",
        level: str = "",
        *,
        line: int = 0,
        role: str = "",
        text: str = "",
    ) -> Finding:
        if severity == "error":
            if self.number:
                sentence = f"{sentence}; claim {self.number} of its set"
            raise NotWritable(sentence, loop, element, claim=self.clm01)
        return Finding(sentence, severity)

    def batch(self, b: Batch[C]) -> None:
        """What the set itself must say."""
        self.number = 0
        for text, loop, element in (
            (b.reference, "", "BHT03"),
            (b.submitter_name, "1000A", "NM103"),
            (b.submitter_id, "1000A", "NM109"),
            (b.contact_phone, "1000A", "PER04"),
            (b.receiver_name, "1000B", "NM103"),
            (b.receiver_id, "1000B", "NM109"),
        ):
            if not text:
                raise NotWritable("an element that must be there is empty", loop, element)
        under = [claim for claim in b.claims if claim.billing is None]
        if under or not b.claims:
            payers = [getattr(claim, "payer", _NO_PAYER) for claim in under]
            atypical = all(by_payers_number(payer) for payer in payers)
            self.all(billing_provider(self, b.billing, atypical=atypical))

    def all(self, findings: Iterable[Finding]) -> None:
        """Let a check run; its first error raises."""
        for _ in findings:
            pass

    def lines(self, lines: Sequence[LineBody]) -> None:
        """An 835 names lines by REF*6R: every line has one, and no two the same."""
        controls = {line.line_control for line in lines}
        if "" in controls:
            self("a line has no control number", "2400", "REF02")
        if len(controls) < len(lines):
            self("two lines have one control number", "2400", "REF02")


_NO_PAYER = Payer("", "")
_BEFORE = {"41": "1000A", "40": "1000B"}
_LEVELS = {"20": "2000A", "22": "2000B", "23": "2000C"}
_NAMES = {"85": "2010AA", "87": "2010AB", "IL": "2010BA", "PR": "2010BB", "QC": "2010CA"}
_OPENS = {"CLM": "2300", "LX": "2400", "LIN": "2410", "SVD": "2430"}


def place(lines: Sequence[Line], at: int) -> str:
    """The loop of a written segment, for whoever must mend it."""
    loop = outer = ""
    for line in lines[: at + 1]:
        tag, first = line[0], line[1] if len(line) > 1 else ""
        if tag == "HL":
            loop = outer = _LEVELS.get(line[3], "2000")
        elif tag in _OPENS:
            loop = outer = _OPENS[tag]
        elif tag == "SBR" and outer in ("2300", "2320"):
            loop = outer = "2320"
        elif tag == "NM1":
            loop = _name(first, outer)
    return loop


def _name(role: str, outer: str) -> str:
    if not outer:
        return _BEFORE.get(role, "1000")
    if outer == "2300":
        return "2310"
    if outer == "2320":
        return {"IL": "2330A", "PR": "2330B"}.get(role, "2330")
    return "2420" if outer in ("2400", "2410", "2430") else _NAMES.get(role, outer)
