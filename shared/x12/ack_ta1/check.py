"""Whether the TA1s of a file say what a TA1 must say."""

from shared.x12 import limits
from shared.x12.envelope import Interchange, X12File
from shared.x12.findings import Finding, masked
from shared.x12.guides import Seg, codes, faults_of

_NOTES = frozenset(f"{number:03d}" for number in range(32))
TA1 = Seg(
    tag="TA1",
    must=True,
    needs=(1, 2, 3, 4, 5),
    allowed={4: codes("A E R"), 5: _NOTES},
    elements=5,
)


class Ta1Check:
    """The TA1s of a file, interchange by interchange: a finding for each element that cannot be relied on, the first ones kept."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._count = 0

    def add(self, interchange: Interchange) -> None:
        """Those of an interchange that was read."""
        for segment in interchange.loose:
            for fault in faults_of(TA1, segment) if segment[0] == "TA1" else ():
                self._count += 1
                if self._count <= limits.FINDINGS:
                    self._found.append(_finding(interchange, segment, *fault))

    def end(self) -> list[Finding]:
        """All findings; how many more there are is one of them."""
        more = self._count - limits.FINDINGS
        if more <= 0:
            return self._found
        sentence = f"{more} more elements of TA1s cannot be relied on and are not listed"
        return [*self._found, Finding(sentence, rule="ta1.findings")]


def check_ta1(file: X12File) -> list[Finding]:
    """All findings at the TA1s of a file that was read whole."""
    check = Ta1Check()
    for interchange in file.interchanges:
        check.add(interchange)
    return check.end()


def _finding(
    interchange: Interchange, segment: list[str], position: int, sentence: str, code: str
) -> Finding:
    """It names the interchange in which the TA1 stands."""
    element = f"TA1{position:02d}"
    return Finding(
        sentence,
        interchange=interchange.control,
        segment=interchange.ordinal,
        offset=interchange.offset,
        element=element,
        value=masked(segment[position] if position < len(segment) else "", element),
        code=code,
        rule="structure.element",
        isa_ordinal=interchange.ordinal,
    )
