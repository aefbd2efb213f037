"""Files of TA1s and 999s as the answers of queues: known by partner and control number, faults led to claims."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Literal, NamedTuple

import msgspec

from contracts.submission import (
    BatchedSet,
    InterchangeBatched,
    TransportAnswered,
    TransportFault,
    UnknownAnswer,
)
from services.submission.domain.books import Books
from services.submission.domain.lanes import lane_of_control
from services.submission.gateway.writing import Reading, batches_of, header_for, left_in
from shared.aside import aside
from shared.errors import Malformed, Refused
from shared.service import Doors, Row
from shared.streams import outbound_stream
from shared.x12 import Interchange, Unreadable, X12File, read_file
from shared.x12.ack_999 import REJECTED, Fault999, read_999
from shared.x12.ack_ta1 import read_ta1
from shared.x12.claim_837p import ProfessionalClaim, rewrite_837p

MAX_ANSWERS = 2_000
_TAKEN = frozenset("AEP")
_INTERCHANGES = """
select receiver, isa13, batched, batched_at, aside from interchange
where (receiver, isa13) in (select * from unnest($1::text[], $2::bigint[]))
"""


class Answers(NamedTuple):
    """What a file says: (stream, answer) pairs in order, and what answers nothing of ours."""

    known: tuple[tuple[str, TransportAnswered], ...]
    unknown: tuple[UnknownAnswer, ...]


class _Read(NamedTuple):
    """One answer as it stands in the file."""

    partner: str
    level: Literal["TA1", "999"]
    control: str
    st02: str
    code: str
    accepted: bool
    faults: tuple[Fault999, ...] = ()


class _Ours(NamedTuple):
    """The interchange that is answered."""

    receiver: str
    event: InterchangeBatched
    row: Row


async def read_answers(data: bytes, doors: Doors) -> Answers:
    """Read a whole file; Malformed with segment, byte and reason when it is broken."""
    answers = await aside(_read, data)
    book: Books = await doors.book()
    by_partner = {r.receiver_id.strip().upper(): r.receiver for r in book.receivers.values()}
    ours = await _ours(answers, by_partner, doors)
    known: list[tuple[str, TransportAnswered]] = []
    unknown: list[UnknownAnswer] = []
    for one in answers:
        sent = ours.get((by_partner.get(one.partner, ""), _number(one.control)))
        reason = _why_unknown(one, sent)
        if reason or sent is None:
            unknown.append(_unknown(one, reason))
        else:
            known.append(await _answer(one, sent, doors))
    return Answers(tuple(known), tuple(unknown))


def _read(data: bytes) -> list[_Read]:
    try:
        file = read_file(data)
    except Unreadable as broken:
        raise Malformed(f"the file cannot be read: {broken}") from None
    answers = [one for interchange in file.interchanges for one in _of(interchange)]
    if not answers:
        raise Malformed("the file holds no TA1 and no 999")
    if len(answers) > MAX_ANSWERS:
        raise Malformed(f"the file holds more than {MAX_ANSWERS} answers")
    return answers


def _of(interchange: Interchange) -> Iterator[_Read]:
    partner = interchange.isa[6].strip().upper()
    for ta1 in read_ta1(X12File([interchange])):
        yield _Read(partner, "TA1", ta1.isa13, "", ta1.code, ta1.accepted)
    for one in (one for group in interchange.groups for one in group.sets):
        if one.id != "999":
            raise Malformed(
                f"beside the answers stands a {one.id[:3]} (byte {one.st_offset}); only TA1 and 999 are taken"
            )
        ack, findings = read_999(one)
        broken = [finding for finding in findings if finding.severity == "error"]
        if broken:
            raise Malformed(f"the 999 cannot be read: {broken[0]}")
        control = ack.gs06 if ack.functional_id == "HC" else ""
        whole_group_rejected = ack.code in REJECTED
        for s in ack.sets:
            code = ack.code if whole_group_rejected and s.accepted else s.code
            accepted = code not in REJECTED
            yield _Read(partner, "999", control, s.st02, code, accepted, tuple(s.faults))
        if len(ack.sets) < max(ack.included, 1):
            # Sets that the 999 does not name share the group's answer; P says that the rest was taken.
            yield _Read(partner, "999", control, "", ack.code, not whole_group_rejected)


def _number(control: str) -> int:
    text = control.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


async def _ours(
    answers: list[_Read], by_partner: Mapping[str, str], doors: Doors
) -> dict[tuple[str, int], _Ours]:
    wanted = {(by_partner.get(one.partner, ""), _number(one.control)) for one in answers}
    receivers, numbers = [r for r, _ in wanted], [n for _, n in wanted]
    return {
        (row["receiver"], row["isa13"]): _Ours(
            row["receiver"], msgspec.json.decode(row["batched"], type=InterchangeBatched), row
        )
        for row in await doors.rows(_INTERCHANGES, receivers, numbers)
    }


def _why_unknown(one: _Read, sent: _Ours | None) -> str:
    if one.code not in REJECTED | _TAKEN:
        return "the answer has no code that we know"
    if sent is None:
        return "no file with this control number went to this partner"
    if one.st02 and one.st02 not in {batched.st02 for batched in sent.event.sets}:
        return "the file that is answered has no such set"
    return ""


def _unknown(one: _Read, reason: str) -> UnknownAnswer:
    number = _number(one.control)
    return UnknownAnswer(
        level=one.level, control=str(number or ""), st02=_shown(one.st02, 9), reason=reason
    )


def _shown(text: str, longest: int) -> str:
    """A control number or segment id as it may be shown; anything else could be data."""
    return text if len(text) <= longest and text.isascii() and text.isalnum() else ""


async def _answer(one: _Read, sent: _Ours, doors: Doors) -> tuple[str, TransportAnswered]:
    event = sent.event
    owners: list[ProfessionalClaim] = []
    if not one.accepted and one.faults:
        with suppress(
            Refused
        ):  # Without its people a set cannot be made again: no offender is named.
            owners = await _claims_of(one.st02, sent, doors)
    answer = TransportAnswered(
        level=one.level,
        isa13=event.isa13,
        gs06=event.gs06,
        st02=one.st02,
        accepted=one.accepted,
        code=one.code,
        faults=tuple(_fault(fault, owners) for fault in one.faults),
        sets=() if one.accepted else _sets_of(one.st02, sent),
    )
    return outbound_stream(sent.receiver, lane_of_control(event.isa13)), answer


def _sets_of(st02: str, sent: _Ours) -> tuple[BatchedSet, ...]:
    """The set that is named, or all of the file, as it left."""
    left = left_in(sent.event, sent.row["aside"])
    return tuple(replace(one, billing=None) for one in left if st02 in ("", one.st02))


async def _claims_of(st02: str, sent: _Ours, doors: Doors) -> list[ProfessionalClaim]:
    """The set's claims with the ordinals of their segments, by writing the same bytes again."""
    sets = [one for one in left_in(sent.event, sent.row["aside"]) if one.st02 == st02]
    at = sent.row["batched_at"]
    batches = await batches_of(sent.event, sets, at, Reading(doors.rows, doors.open_all))
    rewrite_837p(header_for(sent.event, at), batches)
    return [claim for batch in batches for claim in batch.claims]


def _fault(fault: Fault999, owners: list[ProfessionalClaim]) -> TransportFault:
    owner = next((c.clm01 for c in owners if c.first <= fault.ordinal <= c.last), "")
    segment, element = _shown(fault.segment, 3), _shown(fault.element, 2)
    element = element.zfill(2) if element else ""
    where = f"{segment}{element}" or "a segment"
    code = _shown(fault.element_code or fault.code, 4) or "unstated"
    return TransportFault(
        code=code,
        segment=segment,
        ordinal=fault.ordinal,
        element=element,
        sentence=f"The receiver refused {where} with error {code}.",
        claim=owner,
    )
