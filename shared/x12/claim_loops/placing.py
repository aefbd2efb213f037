"""Where the segment stands that a rule about a claim complains of: a check knows loop and element, a biller wants the line."""

from shared.x12.envelope import TransactionSet

_BEFORE = {"2000B": "IL", "2010AA": "85", "2010BA": "IL", "2010BB": "PR", "2010CA": "QC"}
"""Whose name opens a loop that stands before the claim."""
_OF_A_PAYER = {"2320": "SBR", "2430": "SVD"}
"""What opens the loop of another payer, of the claim and of a line; it names the payer first."""
_OF_SOMEBODY = frozenset({"2310", "2420"})
"""What is missing of somebody who took part is named at the name."""
_PAID = "D"
_NEXT_LEVEL = frozenset({"HL", "CLM"})
_NEXT_LINE = frozenset({"HL", "CLM", "LX"})
_ONE_OF_MANY = frozenset({"DTP", "REF", "AMT", "CAS"})
"""Of a claim: where a check of one of them says not which (there is none), its claim is named."""


def place_of(
    one: TransactionSet,
    claim: int,
    loop: str,
    element: str,
    line: int = 0,
    role: str = "",
    text: str = "",
) -> int:
    """The place of the element's segment, or of what opens its loop, as far as it is held; else of line or claim.

    `line` is the number of a line in its claim, from 1, `role` the NM101 of somebody in 2310 or 2420, the SBR01 of
    another payer in 2320, its id in 2430, or what else its first element tells from others of its kind: which date,
    number or amount; `text` is what its third element says, where several of a kind may stand.
    """
    tag = element[:-2]
    if loop in _BEFORE:
        return _before(one, claim, _BEFORE[loop], tag)
    start = _line(one, claim, line) if line else claim
    if loop in _OF_A_PAYER:
        return _of_payer(one, start, role, tag, _OF_A_PAYER[loop])
    if role:
        return _after(one, start, "NM1" if loop in _OF_SOMEBODY else tag, role, text)
    if loop == "2400" and tag == "DTP":
        return _after(one, start, "DTP", "472")
    if loop == "2300" and tag not in _ONE_OF_MANY and tag != "CLM":
        return _after(one, start, tag)
    return start


def _line(one: TransactionSet, claim: int, number: int) -> int:
    """On from a claim to the SV1 or SV2 of a line; its LX where it has none."""
    at = claim
    for _ in range(number):
        at += 1
        while one.holds(at) and one.split_at(at)[0] not in _NEXT_LINE:
            at += 1
        if one.split_at(at)[0] != "LX":
            return claim
    return at + 1 if one.split_at(at + 1)[0] in ("SV1", "SV2") else at


def _before(one: TransactionSet, claim: int, role: str, tag: str) -> int:
    """Back from a claim to somebody's name, and on from there to what is said of him."""
    at = claim - 1
    while one.split_at(at)[:2] != ["NM1", role]:
        if at < 0 or not one.holds(at):
            return claim
        at -= 1
    if tag == "SBR":
        return at - 1 if one.split_at(at - 1)[0] == tag else at
    if tag == "NM1":
        return at
    for place in range(at + 1, claim):
        found = one.split_at(place)[0]
        if found == tag:
            return place
        if found == "NM1" or found in _NEXT_LEVEL:
            break
    return at


def _of_payer(one: TransactionSet, start: int, payer: str, tag: str, opener: str) -> int:
    """On from a claim or line to what it says of another payer: in 2320 only one sum is asked for, what was paid."""
    opened = _after(one, start, opener, payer) if payer else start
    if opened == start or tag == opener:
        return opened
    at = opened + 1
    while one.holds(at):
        s = one.split_at(at)
        if s[0] == opener or s[0] in _NEXT_LINE:
            break
        if s[0] == tag and (tag != "AMT" or s[1:2] == [_PAID]):
            return at
        at += 1
    return opened


def _after(one: TransactionSet, start: int, tag: str, qualifier: str = "", text: str = "") -> int:
    """On from a claim or line to the first segment of a kind that is its own; that says this text, if any does."""
    first, at = start, start + 1
    while one.holds(at):
        s = one.split_at(at)
        if s[0] in _NEXT_LINE:
            break
        if s[0] == tag and (not qualifier or s[1:2] == [qualifier]):
            if not text or s[3:4] == [text]:
                return at
            first = at if first == start else first
        at += 1
    return first


def coded(one: TransactionSet, claim: int, kinds: str, code: str) -> tuple[int, str]:
    """Where in the HIs of a claim a code of these kinds stands, and at which element; else its first HI."""
    at = claim + 1
    while one.holds(at) and (s := one.split_at(at))[0] not in _NEXT_LINE:
        for number, text in enumerate(s[1:] if s[0] == "HI" else (), 1):
            kind, *parts = text.split(one.delimiters.component)
            if kind in kinds.split() and code in parts:
                return at, f"HI{number:02d}"
        at += 1
    return _after(one, claim, "HI"), "HI01"
