"""Whatever stands in an element is in the model, under its name or in the segment kept whole; or a finding names it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.x12 import read_file
from shared.x12.claim_837i import read_batch_837i
from shared.x12.claim_837p import read_batch_837p, write_837p
from shared.x12.findings import Finding
from shared.x12.remittance_835 import read_835
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, VARIETY, batch

READ: dict[str, Any] = {"837P": read_batch_837p, "837I": read_batch_837i, "835": read_835}
ENVELOPE = {"ISA", "GS", "ST", "SE", "GE", "IEA", ""}
BEYOND = 4
"""So many elements behind the last one are tried too."""
MARKS = ("ZQ7Y", "73519", "HC:73519", "20290317")
"""One of these fits wherever something may stand: a code, a number, a procedure, a day."""
SHOWN = ("ZQ7Y", "73519", "datetime.date(2029, 3, 17)")
TIMES = 2
"""A kind of segment is tried so often: it may stand in several loops."""
FILES = {
    **{kind: [WRITTEN[kind]] for kind in READ},
    "837P": [WRITTEN["837P"], *(write_837p(HEADER, [batch(c)]) for c in VARIETY.values())],
}
PARTS_OF = {"SV1": (1,), "SV2": (2,), "SVC": (1, 6), "SVD": (3,), "HI": (1, 2)}
"""Elements of several parts, to which parts are added."""
COUNTERS = {("HL", 2)}
"""The levels themselves, which are judged as they are read, not kept."""


def places(data: bytes) -> Iterator[tuple[list[str], int, int]]:
    """Segments of a file, and in each of them where nothing stands."""
    segments = [text.strip() for text in data.decode().split("~")]
    for number, text in enumerate(segments):
        elements = text.split("*")
        if elements[0] in ENVELOPE:
            continue
        for position in range(1, len(elements) + BEYOND):
            empty = position >= len(elements) or not elements[position]
            if empty and (elements[0], position) not in COUNTERS:
                yield segments, number, position


def marked(segments: list[str], number: int, position: int, mark: str) -> bytes:
    """The file with something at that place."""
    elements = segments[number].split("*")
    elements += [""] * (position + 1 - len(elements))
    elements[position] += mark
    return "~".join((*segments[:number], "*".join(elements), *segments[number + 1 :])).encode()


def holds(kind: str, data: bytes) -> bool:
    """Whether the model of a set holds the mark, or an error of the set names it."""
    return any(_held(*READ[kind](one)) for one in read_file(data, strict=False).sets())


def _held(model: Any, findings: list[Finding]) -> bool:
    said = repr(model)
    return any(mark in said for mark in SHOWN) or any(f.severity == "error" for f in findings)


@pytest.mark.parametrize("kind", sorted(READ))
def test_no_element_is_lost(kind: str) -> None:
    tried, lost = Counter[str](), []
    for data in FILES[kind]:
        for segments, number, position in places(data):
            where = f"{'*'.join(segments[number].split('*')[:2])} at {position}"
            tried[where] += 1
            if tried[where] <= TIMES and not any(
                holds(kind, marked(segments, number, position, mark)) for mark in MARKS
            ):
                lost.append(where)
    assert tried
    assert sorted(set(lost)) == []


@pytest.mark.parametrize("kind", sorted(READ))
def test_no_part_of_an_element_is_lost(kind: str) -> None:
    lost = []
    for data in FILES[kind]:
        segments = [text.strip() for text in data.decode().split("~")]
        for number, text in enumerate(segments):
            tag = text.partition("*")[0]
            for position in PARTS_OF.get(tag, ()):
                for further in (":::::::ZQ7Y", "::::::::ZQ7Y"):
                    if position < len(text.split("*")) and not holds(
                        kind, marked(segments, number, position, further)
                    ):
                        lost.append(f"{text.split('*')[:2]} at {position}")
    assert sorted(set(lost)) == []
