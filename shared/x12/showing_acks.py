"""A 999 and a TA1 as whoever sent the file reads them: what was taken, what was not, and what to mend."""

from collections.abc import Iterator

from shared.x12.ack_999 import Fault999, read_999
from shared.x12.dates import day_or_none
from shared.x12.envelope import TransactionSet
from shared.x12.fields import padded
from shared.x12.showing import Fact, Paging, Shown, Veil, code_of

TAKEN = {
    "A": "accepted",
    "E": "accepted, with errors to look at",
    "P": "partly accepted: some sets are rejected",
    "R": "rejected",
    "M": "rejected: authentication",
    "W": "rejected: assurance",
    "X": "rejected: cannot be decrypted",
}


def show_999(one: TransactionSet, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """The group's verdict, then each set that it speaks of; `paging` counts the sets."""
    ack, findings = read_999(one)
    yield Shown(
        "answer to group",
        {
            "group": ack.gs06,
            "kind": ack.functional_id,
            "version": ack.version,
            "verdict": code_of(TAKEN, ack.code),
            "sets_in_it": ack.included,
            "sets_received": ack.received,
            "sets_accepted": ack.accepted,
            "codes": ack.codes,
        },
    )
    before = paging.left_out
    for answered in ack.sets:
        if paging.takes():
            facts: dict[str, Fact] = {
                "number": paging.count,
                "set": f"{answered.set_id} {answered.st02}".strip(),
                "verdict": code_of(TAKEN, answered.code),
                "codes": answered.codes,
            }
            yield Shown("set answered", facts, [_fault(fault, veil) for fault in answered.faults])
    yield from veil.unknown(ack.unknown)
    rejected = sum(not answered.accepted for answered in ack.sets)
    yield Shown(
        "totals",
        {
            "sets": len(ack.sets),
            "rejected": rejected,
            "not_shown": paging.left_out - before,
            "errors": sum(f.severity == "error" for f in findings),
            "warnings": sum(f.severity == "warning" for f in findings),
        },
    )


def _fault(f: Fault999, veil: Veil) -> Shown:
    return Shown(
        "fault",
        {
            "segment": f.segment,
            "at": f.ordinal,
            "loop": f.loop,
            "code": f.code,
            "element": f.element,
            "component": f.component,
            "element_code": f.element_code,
            "account": veil.id(f.claim),
        },
    )


def show_ta1(segment: list[str]) -> Shown:
    """A TA1: the interchange that it answers, and the verdict."""
    s = padded(segment, 6)
    day = day_or_none("20" + s[2])
    return Shown(
        "TA1",
        {
            "interchange": s[1],
            "of": f"{day.isoformat() if day else s[2]} {s[3]}".strip(),
            "verdict": code_of(TAKEN, s[4]),
            "note": s[5],
        },
    )
