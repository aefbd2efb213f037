"""Writing a 999, and the 999 with which we answer a group sent to us."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from shared.x12.ack_999.model import Ack999, Fault999, Set999
from shared.x12.envelope import Group, TransactionSet, X12File
from shared.x12.findings import Finding
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X231A1"


def write_999(header: Header, acks: Sequence[Ack999]) -> bytes:
    """One interchange with one ST per answered group."""
    sets = [
        transaction("999", ack.control or f"{n:04d}", VERSION, _body(ack))
        for n, ack in enumerate(acks, 1)
    ]
    return interchange(header, "FA", VERSION, sets)


def _body(ack: Ack999) -> Segments:
    s = Segments()
    s.add("AK1", ack.functional_id, ack.gs06, ack.version)
    for one in ack.sets:
        s.add("AK2", one.set_id, one.st02, ack.version)
        last = None
        for f in one.faults:
            key = (f.segment, f.ordinal, f.code, f.loop)
            if key != last or not f.element:
                s.add("IK3", f.segment, str(f.ordinal), f.loop, f.code)
                if f.claim:
                    s.raw("CTX", composite("CLM01", f.claim))
            last = key
            if f.element:
                s.raw("IK4", composite(f.element, f.component), "", f.element_code)
        s.add("IK5", one.code, *(one.codes or (("5",) if not one.accepted else ())))
    s.add("AK9", ack.code, str(ack.included), str(ack.received), str(ack.accepted), *ack.codes)
    return s


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
        group.id,
        group.control,
        group.version,
        code,
        sets,
        group.count,
        len(sets),
        accepted,
        codes=list(dict.fromkeys(at_group)),
    )


def _by_set(judged: Mapping[str, Sequence[Finding]]) -> dict[int | str, list[Finding]]:
    """Errors by the place of their ST, since control numbers may stand twice; by ST02 where it is unknown."""
    found: dict[int | str, list[Finding]] = defaultdict(list)
    for st02, listed in judged.items():
        for f in listed:
            if f.severity == "error":
                found[f.st_ordinal or st02].append(f)
    return found


def _answer(one: TransactionSet, broken: Sequence[Finding]) -> Set999:
    envelope = [f.code or "5" for f in one.findings if f.severity == "error"]
    faults = [_fault(one, f) for f in broken]
    codes = list(dict.fromkeys([*envelope, *(["5"] if broken else [])]))
    return Set999(one.id, one.control, "R" if codes else "A", faults, codes)


def _fault(one: TransactionSet, f: Finding) -> Fault999:
    tag, element = f.element[:3].rstrip("0123456789") or "ST", ""
    if f.element[-2:].isdigit():
        tag, element = f.element[:-2], str(int(f.element[-2:]))
    ordinal = f.segment - one.st_ordinal + 1
    return Fault999(tag, ordinal, "8", f.loop, element, f.code if element else "", f.claim)
