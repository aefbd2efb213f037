"""Writing 270 files and reading 271 files."""

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from contracts.eligibility import (
    BenefitsConfirmed,
    BenefitsUnclear,
    InquiriesBatched,
    InquiryRejected,
)
from contracts.phi import MemberDetails, PersonDetails
from contracts.reference import PayerListed
from contracts.values import Sealed, Source
from services.eligibility.domain.account import read_trace
from services.eligibility.domain.books import Book
from services.eligibility.domain.inbound import Answered, TakeAnswers
from services.eligibility.domain.queue import RecordSent
from shared.aside import aside
from shared.errors import Malformed, NotFound, Refused
from shared.service import At, Command, Doors, HandOver, Outside, Row
from shared.x12 import Finding, Unreadable, read_file
from shared.x12.eligibility_270 import Batch270, Dependent, Inquiry270, write_270
from shared.x12.eligibility_271 import Answer271, Benefit, read_271
from shared.x12.envelope import kind_of
from shared.x12.writing import Header, NotWritable, plain

INQUIRIES_IN_SET = 99
"""Batch vendors take at most 99 inquiries in a set."""
ACTIVE = frozenset("12345")
INACTIVE = frozenset("678")
"""EB01: the payer says that there is no cover. Anything else but active says nothing either way."""
ORIGIN = "9CLAIMLOG1"
SELF, OTHER_ADULT = "18", "34"
_CODE = re.compile(r"[ -~]{1,48}")
"""As an event can hold one; what a payer says otherwise stands in its file alone."""
RELATIONS = frozenset({"01", "19", OTHER_ADULT})
"""INS02 of loop 2100D tells spouse, child and any other apart, no more."""


async def build(event: InquiriesBatched, at: At, outside: Outside) -> bytes:
    """The 270 file of a batch; every date comes from the event, so it is the same file every time.

    Refused (a person has to look) where the books say something that no file can hold.
    """
    book: Book = await outside.book(at.partition)
    traces = [i.trace for i in event.inquiries]
    rows = await outside.rows(
        "select * from queued_inquiry where queue = $1 and trace = any($2::text[])",
        at.stream,
        traces,
    )
    by_trace = {row["trace"]: row for row in rows}
    if len(by_trace) < len(traces):
        raise NotFound("a batched inquiry has no package")
    # A coverage that was replaced meanwhile has the package of its new payer: this receiver is not told of that one.
    ordered = [by_trace[i.trace] for i in event.inquiries if by_trace[i.trace]["payer"] == i.payer]
    sealed = [
        box
        for row in ordered
        for box in (
            (Sealed(key_id=row["person_key"], box=row["person"]), PersonDetails),
            (Sealed(key_id=row["member_key"], box=row["member"]), MemberDetails),
        )
    ]
    opened = await outside.open_all(sealed)
    relations = {i.trace: i.relation for i in event.inquiries}
    inquiries = [
        _inquiry(
            {**row, "relation": relations[row["trace"]]}, opened[2 * n], opened[2 * n + 1], book
        )
        for n, row in enumerate(ordered)
        if opened[2 * n] is not None and opened[2 * n + 1] is not None
    ]
    inquiries.sort(key=lambda i: (i.payer_id, i.provider_npi, i.trace))
    on = event.batched_on or at.occurred_on
    receiver = book.receivers[event.receiver]
    header = Header(
        receiver.submitter_id,
        receiver.receiver_id,
        event.isa13,
        event.gs06,
        on,
        usage=receiver.usage,
    )
    sets = [
        Batch270(
            f"{n // INQUIRIES_IN_SET + 1:04d}",
            f"{event.isa13}{n // INQUIRIES_IN_SET + 1:04d}",
            on,
            "0800",
            inquiries[n : n + INQUIRIES_IN_SET],
        )
        for n in range(0, len(inquiries), INQUIRIES_IN_SET)
    ]
    try:
        return write_270(header, sets)
    except NotWritable as no:
        raise Refused(f"the file cannot be written: {no}") from None


def _inquiry(row: Row, person: PersonDetails, member: MemberDetails, book: Book) -> Inquiry270:
    payer, facility = book.payers[row["payer"]], book.facilities[row["facility"]]
    who = member.subscriber or person
    asked = _dependent(row["relation"], person) if _is_dependent(row, member, payer) else None
    return Inquiry270(
        trace=row["trace"],
        trace_origin=ORIGIN,
        payer_name=plain(payer.name, 60),
        payer_id=payer.payer_id,
        provider_name=plain(facility.name, 60),
        provider_npi=facility.npi,
        member_id=plain(member.member_id, 80),
        last=plain(who.last, 60),
        first=plain(who.first, 35),
        born_on=who.born_on,
        sex=who.sex,
        service_on=row["service_on"],
        dependent=asked,
    )


def _is_dependent(row: Row, member: MemberDetails, payer: PayerListed) -> bool:
    """Whoever has a member number of their own is the subscriber; some payers know subscribers alone."""
    somebody_else = member.subscriber is not None and row["relation"] != SELF
    return somebody_else and payer.inquires_about == "patient"


def _dependent(relation: str, person: PersonDetails) -> Dependent:
    return Dependent(
        plain(person.last, 60),
        plain(person.first, 35),
        person.born_on,
        person.sex,
        relation if relation in RELATIONS else OTHER_ADULT,
    )


def _handed(event: InquiriesBatched, at: At, sha256: str, size: int) -> tuple[str, Command]:
    return at.stream, RecordSent(event.isa13, sha256, size)


HAND_OVER = HandOver(
    wire="eligibility.inquiries_batched.v1",
    file_name=lambda event: event.file_name,
    build=build,
    handed=_handed,
)


class Read(NamedTuple):
    """One answer of a file, as it stands there."""

    answer: Answer271
    source: Source


async def take_answers(data: bytes, name: str, doors: Doors) -> TakeAnswers:
    """A 271 file as a command; Malformed with segment, byte and reason when it cannot be taken.

    A payer may answer under any id: whose answer it is follows from the inquiry that its trace leads to.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    read = await aside(read_answers, data, name, sha256)
    # Of several inquiries under one trace, one is about the coverage as it is by now.
    rows = await doors.rows(
        "select distinct on (trace) trace, payer from queued_inquiry q "
        "left join account_payers a on a.account = left(q.trace, 14) where trace = any($1::text[]) "
        "order by trace, (a.payers ->> right(q.trace, 1) = payer) desc nulls last, queue",
        [trace_in(one) for one in read],
    )
    asked = {row["trace"]: row["payer"] for row in rows}
    return answers_to(read, asked, await doors.book(), sha256)


def read_answers(data: bytes, name: str, sha256: str) -> list[Read]:
    """Every answer of a 271 file."""
    try:
        read = read_file(data)
    except Unreadable as no:
        raise _refuse(name, no.findings) from None
    sets = [one for one in read.sets() if kind_of(one) == "271"]
    if not sets:
        raise Malformed("there is no 271 in this file")
    found: list[Read] = []
    for one in sets:
        answers, findings = read_271(one)
        errors = [f for f in findings if f.severity == "error"]
        if errors:
            raise _refuse(name, errors)
        for answer in answers:
            segment = one.ordinal(answer.segment) if answer.segment >= 0 else one.st_ordinal
            place = Source(
                sha256=sha256, isa13=one.isa13, gs06=one.gs06, st02=one.control, segment=segment
            )
            found.append(Read(answer, place))
    return found


def trace_in(one: Read) -> str:
    """The trace as we wrote it."""
    return one.answer.trace.strip().upper()


def answers_to(read: list[Read], asked: dict[str, str], book: Book, sha256: str) -> TakeAnswers:
    """What answers inquiries of ours; `asked` gives the payer that each trace asked.

    An answer of another listed payer is to an inquiry about a coverage that was replaced since.
    """
    codes = {payer.payer_id: payer.payer for payer in book.payers.values()}
    taken = [
        _answer(one, read_trace(trace_in(one)) or "", payer)
        for one in read
        if (payer := asked.get(trace_in(one))) is not None
        and codes.get(one.answer.payer_id, payer) == payer
    ]
    return TakeAnswers(sha256, tuple(taken), len(read) - len(taken))


def _refuse(name: str, findings: Iterable[Finding]) -> Malformed:
    where = f"{name}: " if name else ""
    return Malformed(where + "; ".join(str(f) for f in list(findings)[:3]))


def _answer(one: Read, account: str, payer: str) -> Answered:
    a, trace = one.answer, trace_in(one)
    if a.rejections and not a.benefits:
        first = a.rejections[0]
        return InquiryRejected(
            account=account,
            trace=trace,
            payer=payer,
            reason=first.reason if _CODE.fullmatch(first.reason) else "?",
            follow_up=first.follow_up,
            loop=first.loop,
            source=one.source,
        )
    active = next((b for b in a.benefits if b.code in ACTIVE), None)
    if active is None and not any(b.code in INACTIVE for b in a.benefits):
        codes = tuple(dict.fromkeys(b.code for b in a.benefits if _CODE.fullmatch(b.code)))
        return BenefitsUnclear(
            account=account, trace=trace, payer=payer, codes=codes, source=one.source
        )
    coinsurance = _first(a.benefits, "A")
    copay = _first(a.benefits, "B")
    left = next((b for b in a.benefits if b.code == "C" and b.period == "29"), None)
    return BenefitsConfirmed(
        account=account,
        trace=trace,
        payer=payer,
        active=active is not None,
        plan=active.plan if active else "",
        copay_cents=copay.cents if copay else None,
        coinsurance_basis_points=coinsurance.basis_points if coinsurance else None,
        deductible_remaining_cents=left.cents if left else None,
        source=one.source,
    )


def _first(benefits: list[Benefit], code: str) -> Benefit | None:
    return next((b for b in benefits if b.code == code), None)
