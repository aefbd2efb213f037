"""No code of a closed list is replaced: not where our guides give the list, nor where those of another judge do."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, parse

import pytest
import pyx12

from shared.x12.claim_837i import write_837i
from shared.x12.claim_837p import write_837p
from shared.x12.guides import Guide, Loop, Seg
from shared.x12.redacting import Redactor, redact
from shared.x12.redacting_rules import RULES, keeps, rules_of
from shared.x12.sets import ROOMS
from tests.x12 import test_837i as stays
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, SAMPLES, VARIETY, batch

MAPS = Path(pyx12.__file__).parent / "map"
THEIRS = (
    *("837.5010.X222.A1.xml", "837Q3.I.5010.X223.A1.xml", "835.5010.X221.A1.xml", "999.5010.xml"),
    *("277.5010.X212.xml", "277.5010.X214.xml", "270.4010.X092.A1.xml", "271.4010.X092.A1.xml"),
    *("276.4010.X093.A1.xml", "278.4010.X094.A1.xml", "278.4010.X094.27.A1.xml"),
    *("837.4010.X096.A1.xml", "837.4010.X098.A1.xml", "835.4010.X091.A1.xml", "997.4010.xml"),
)
REFERENCE = ("REF", 2, 0)
"""What REF02 holds is a code only after some REF01; see below."""
Lists = dict[tuple[str, int, int], set[str]]
"""Codes by segment, element and component (0: the element is none of several)."""


def of_guide(guide: Guide) -> Iterator[Seg]:
    """Every segment of one of our guides, from all its loops."""
    waiting = [opened.node.loop for opened in guide.start.open]
    while waiting:
        for part in waiting.pop().parts:
            if isinstance(part, Loop):
                waiting.append(part)
            else:
                yield part


def ours() -> Lists:
    found: Lists = defaultdict(set)
    for room in ROOMS.values():
        for guide in filter(None, (room.guide, room.answer_guide)):
            for seg in of_guide(guide):
                for position, codes in (*seg.allowed.items(), (seg.at, seg.only or ())):
                    found[seg.tag, position, 0] |= set(codes)
    return found


def theirs() -> Lists:
    found: Lists = defaultdict(set)
    for name in THEIRS:
        for segment in parse(MAPS / name).getroot().iter("segment"):
            tag = segment.get("xid", "")
            for element in segment.findall("element"):
                found[tag, place(element), 0] |= listed(element)
            for composite in segment.findall("composite"):
                at = place(composite)
                for part in composite.findall("element"):
                    found[tag, at, place(part)] |= listed(part)
    return {
        at: codes for at, codes in found.items() if codes and at[0] != "ISA" and at != REFERENCE
    }


def place(element: Element) -> int:
    return int(element.findtext("seq") or element.get("xid", "")[-2:])


def listed(element: Element) -> set[str]:
    return {code.text.strip() for code in element.findall("valid_codes/code") if code.text}


def lost(lists: Lists) -> set[str]:
    """Codes that our rules would replace."""
    found = set()
    for (tag, position, part), codes in lists.items():
        tokens = RULES.get(tag, {}).get(position, ("",))
        token = tokens[0] if len(tokens) == 1 else tokens[max(part - 1, 0)]
        found |= {f"{tag}{position:02d} {code}" for code in codes if not keeps(token, code, [code])}
    return found


def test_the_rules_keep_every_code_that_a_guide_lists() -> None:
    for lists in (ours(), theirs()):
        assert len(lists) > 40
        assert lost(lists) == set()


@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        ("4N*3", True),
        ("F5*Y", True),
        ("87*004010X098A1", True),
        ("6R*3", False),
        ("EA*Y", False),
    ],
)
def test_a_reference_that_is_a_code_stays(reference: str, kept: bool) -> None:
    elements = reference.split("*")
    assert keeps(rules_of("REF", elements).get(2, ("",))[0], elements[1], [""]) is kept


FILES = {
    **WRITTEN,
    **{name: write_837p(HEADER, [batch(made)]) for name, made in VARIETY.items()},
    **{
        f"stay: {name}": write_837i(HEADER, [stays.batch(made)])
        for name, made in stays.VARIETY.items()
    },
    **{path.name: path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file()},
}
LISTS = (ours(), theirs())


@pytest.mark.parametrize("name", FILES)
def test_no_code_of_a_list_is_another_in_the_copy(name: str) -> None:
    data = FILES[name]
    marks = (chr(data[105]), chr(data[3]), chr(data[104]))
    copy = b"".join(redact([data], Redactor(b"x")))
    places, again = (dict(elements(one.decode("latin-1"), *marks)) for one in (data, copy))
    assert len(places) == len(again)
    changed = {
        at[1:]
        for at, text in places.items()
        if again[at] != text and any(text in lists.get(at[1:], ()) for lists in LISTS)
    }
    assert changed == set()


def elements(
    text: str, end: str, mark: str, component: str
) -> Iterator[tuple[tuple[int, str, int, int], str]]:
    """Every element and component of a file with its segment's number, its own and its component's."""
    for number, segment in enumerate(text.split(end)):
        tag, *rest = segment.strip().split(mark)
        for position, element in enumerate(rest, 1):
            yield (number, tag, position, 0), element
            for part, one in enumerate(element.split(component), 1):
                yield (number, tag, position, part), one
