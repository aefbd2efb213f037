"""HL loops: numbered without gaps, under a parent that is there, and with the child flag that is true."""

from collections.abc import Mapping

from shared.x12 import limits
from shared.x12.envelope import TransactionSet
from shared.x12.fields import padded
from shared.x12.findings import Finding

CLAIMS: Mapping[str, str] = {"20": "", "22": "20", "23": "22"}
STATUS: Mapping[str, str] = {"20": "", "21": "20", "19": "21", "22": "19", "23": "22", "PT": "19"}
ELIGIBILITY: Mapping[str, str] = {"20": "", "21": "20", "22": "21", "23": "22"}
SERVICES: Mapping[str, str] = {
    **{"20": "", "21": "20", "22": "21", "23": "22", "EV": "22 23", "SS": "EV"},
}


def check_levels(one: TransactionSet, parents: Mapping[str, str]) -> list[Finding]:
    """All findings; `parents` gives for each level code those that it may stand under (empty: none)."""
    found: list[Finding] = []
    levels: list[tuple[int, str, str]] = []
    with_children: set[int] = set()
    for place, s in enumerate(one.segments):
        if s[0] != "HL":
            continue
        if len(levels) >= limits.LEVELS:
            return [*found, one.finding(place, "more levels than any batch has", element="HL")]
        number = len(levels) + 1
        _, hl01, hl02, hl03, hl04 = padded(s, 5)[:5]
        if hl01 != str(number):
            found.append(one.finding(place, "levels are not numbered 1, 2, 3", element="HL01"))
        if hl03 not in parents:
            found.append(one.finding(place, "a level that this set has not", element="HL03"))
        parent = int(hl02) if hl02.isascii() and hl02.isdigit() and len(hl02) < 9 else 0
        of = levels[parent - 1][1] if 0 < parent < number else ""
        wanted = parents.get(hl03, "").split()
        if (of not in wanted) if wanted else bool(hl02):
            found.append(one.finding(place, "a level stands under no fit parent", element="HL02"))
        with_children.add(parent)
        levels.append((place, hl03, hl04))
    for number, (place, _, hl04) in enumerate(levels, 1):
        if hl04 and (hl04 == "1") != (number in with_children):
            sentence = "a level does not say truly whether it has children"
            found.append(
                one.finding(place, sentence, severity="warning", element="HL04", loop="2000")
            )
    return found
