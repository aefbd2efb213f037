"""Whether the TA1s of a file say what a TA1 must say."""

from shared.x12.envelope import X12File
from shared.x12.findings import Finding, masked
from shared.x12.structure import Seg, codes, fault_of

_NOTES = frozenset(f"{number:03d}" for number in range(32))
TA1 = Seg(
    tag="TA1",
    must=True,
    needs=(1, 2, 3, 4, 5),
    allowed={4: codes("A E R"), 5: _NOTES},
    elements=5,
)


def check_ta1(file: X12File) -> list[Finding]:
    """One finding for each TA1 that cannot be relied on; it names the interchange it stands in."""
    found: list[Finding] = []
    for interchange in file.interchanges:
        for segment in interchange.loose:
            fault = fault_of(TA1, segment) if segment[0] == "TA1" else None
            if fault is None:
                continue
            position, sentence, code = fault
            element = f"TA1{position:02d}"
            found.append(
                Finding(
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
            )
    return found
