"""The 999 with which we answer a group sent to us: every finding becomes the code that a 999 has for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from shared.x12 import limits
from shared.x12.ack_999.model import Ack999, Fault999, Set999
from shared.x12.envelope import Group, TransactionSet, X12File
from shared.x12.findings import Finding
from shared.x12.guides import HEADER, codes
from shared.x12.writing import writable

_SEGMENT_CODES = codes("1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9")
_ELEMENT_CODES = codes("1 2 3 4 5 6 7 8 9 10 12 13 I6 I9 I10 I11 I12 I13")
_OF_ELEMENTS = "8"
_MISSING = "3"
_AGAINST_GUIDE = "I12"
"""For an element that is well formed and still wrong, such as an amount that does not balance."""
_SEGMENTS_IN_ERROR = "5"
_NO_ID = "ZZZ"
"""For a segment whose id is none, which is not repeated: it could be anybody's name."""
_NO_NUMBER = "0"
"""For a group or set without a number, which is rejected for it."""
_NO_KIND = "ZZ"
"""For a group without a kind."""
_MOST_SETS = 999_999
"""The highest count that AK902 holds."""


def answer_999(
    file: X12File, group: Group, judged: Mapping[str, Sequence[Finding]] | None = None
) -> Ack999:
    """What we say to a group of a file that was read with `strict=False`.

    `judged` holds the findings of the sets' own checks, under ST02; an error in them rejects the set that they are of.
    """
    broken = _by_set(judged or {})
    at_group = [f.code for f in group.findings if f.severity == "error"]
    sets = [_answer(one, [*broken[one.st_ordinal], *broken[one.control]]) for one in group.sets]
    accepted = sum(one.accepted for one in sets)
    code = "A" if accepted == len(sets) else "P" if accepted else "R"
    if at_group:
        code, accepted = "R", 0
    return Ack999(
        _echo(group.id, 2, _NO_KIND),
        _echo(group.control, 9, _NO_NUMBER),
        _echo(group.version, 12),
        code,
        sets,
        min(group.stated if group.stated is not None else group.count, _MOST_SETS),
        len(sets),
        accepted,
        codes=list(dict.fromkeys(at_group))[:5],
    )


def _echo(text: str, most: int, instead: str = "") -> str:
    """What somebody sent, as far as an element of these many signs holds it."""
    return writable(text)[:most].strip() or instead


def _by_set(judged: Mapping[str, Sequence[Finding]]) -> dict[int | str, list[Finding]]:
    """Errors by the place of their ST, since control numbers may stand twice; by ST02 where it is unknown."""
    found: dict[int | str, list[Finding]] = defaultdict(list)
    for st02, listed in judged.items():
        for f in listed:
            if f.severity == "error":
                found[f.st_ordinal or st02].append(f)
    return found


def _answer(one: TransactionSet, broken: Sequence[Finding]) -> Set999:
    errors = [*(f for f in one.findings if f.severity == "error"), *broken]
    of_segments = sorted((f for f in errors if f.level != "set"), key=lambda f: f.segment)
    claims = {f.segment: _echo(f.claim, 99) for f in of_segments if f.claim}
    faults = [_fault(one, f, claims.get(f.segment, "")) for f in of_segments[: limits.FINDINGS]]
    of_set = [f.code or _SEGMENTS_IN_ERROR for f in errors if f.level == "set"]
    if of_segments:
        of_set.append(_SEGMENTS_IN_ERROR)
    said = list(dict.fromkeys(of_set))[:5]
    named = _echo(one.id, 3, _NO_ID), _echo(one.control, 9, _NO_NUMBER)
    return Set999(*named, "R" if said else "A", faults, said)


def _fault(one: TransactionSet, f: Finding, claim: str) -> Fault999:
    """IK3 and, where the finding is of an element, IK4."""
    ordinal = max(f.segment - one.st_ordinal + 1, 1)
    tag, element = f.element or "ST", ""
    if len(tag) > 3 and tag[-2:].isdigit():
        tag, element = tag[:-2], str(int(tag[-2:]))
    tag = tag.upper() if 2 <= len(tag) <= 3 else _NO_ID
    loop = "" if f.loop == HEADER else f.loop
    if element and tag != one.tag(ordinal - 2):
        return Fault999(
            tag, ordinal, _MISSING, loop, "", "", claim
        )  # Another stands there: it has none.
    if element:
        code = f.code if f.code in _ELEMENT_CODES else _AGAINST_GUIDE
        return Fault999(tag, ordinal, _OF_ELEMENTS, loop, element, code, claim)
    code = f.code if f.code in _SEGMENT_CODES else _OF_ELEMENTS
    return Fault999(tag, ordinal, code, loop, "", "", claim)
