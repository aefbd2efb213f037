"""The 837P file of a closed batch: the same bytes from the same event, handed over by the kernel.

A claim that cannot be written is set aside by a word of its own, and the file is written without it once that is heard.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from contracts.phi import ClaimNote, MemberDetails, PersonDetails
from contracts.registry import wire_name
from contracts.submission import BatchedClaim, BatchedSet, ClaimPackage, InterchangeBatched
from services.submission.domain.file import batch_of, header_of, told
from services.submission.domain.loops import Opened
from services.submission.domain.queue import RecordSent, SetAside
from services.submission.domain.sending import ERASED
from services.submission.domain.writable import Refusal, refusals
from shared.errors import Busy, Refused
from shared.service import At, Command, HandOver, Order, Outside, Row
from shared.x12 import claim_837p as x
from shared.x12.writing import Header, NotWritable

_PACKAGES = """
select package from claim_package
where (claim, attempt) in (select * from unnest($1::text[], $2::bigint[]))
"""
_ASIDE = """
select aside from interchange
where (receiver, isa13) in (select * from unnest($1::text[], $2::bigint[]))
"""
GONE = Refusal(ERASED, "2010BA", "NM103")
_Attempt = tuple[str, int]


class Reading(NamedTuple):
    """What is needed of doors or the outside to make the bytes again."""

    rows: Callable[..., Awaitable[list[Row]]]
    open_all: Callable[[Sequence[tuple[Any, type]]], Awaitable[list[Any]]]


async def build(event: InterchangeBatched, at: At, outside: Outside) -> bytes | None:
    """The file's bytes; None when every claim of it was set aside.

    Busy while claims are being set aside; Refused (a person has to look) when a package is gone or no claim is to
    blame for what the writer refuses.
    """
    (row,) = await outside.rows(_ASIDE, [event.receiver], [event.isa13]) or [{"aside": []}]
    sets = left_in(event, row["aside"])
    if not sets:
        return None
    header = header_for(event, at.recorded_at)
    people = await _people(sets, Reading(outside.rows, outside.open_all))
    try:
        batches = [_batch(event, header, one, people) for one in sets]
        return x.write_837p(header, batches)
    except (NotWritable, _Erased) as no:
        aside = [
            (claim, refusal)
            for one in sets
            for claim in one.claims
            for refusal in _refusal(event, header, one, claim, people)
        ]
        if not aside:
            raise Refused(f"the file cannot be written: {no}") from None
    await _set_aside(event, at, outside, aside)
    raise Busy(f"{len(aside)} claims of the file are set aside first")


def left_in(event: InterchangeBatched, aside: Sequence[Sequence[Any]]) -> list[BatchedSet]:
    """The sets of the file with the claims that were not set aside, given as pairs of claim and attempt."""
    gone = {(claim, attempt) for claim, attempt in aside}
    kept = [
        replace(s, claims=tuple(c for c in s.claims if (c.claim, c.attempt) not in gone))
        for s in event.sets
    ]
    return [one for one in kept if one.claims]


def header_for(event: InterchangeBatched, batched_at: datetime) -> Header:
    """ISA and GS: ids and numbers of the event, its business day, the time at which it was recorded."""
    return header_of(event.header, event.isa13, event.batched_on, f"{batched_at:%H%M}")


async def batches_of(
    event: InterchangeBatched, sets: Sequence[BatchedSet], batched_at: datetime, source: Reading
) -> list[x.Batch837]:
    """These sets of the file with their claims in order, people opened; Refused when one cannot be made again."""
    people = await _people(sets, source)
    header = header_for(event, batched_at)
    try:
        return [_batch(event, header, one, people) for one in sets]
    except (NotWritable, _Erased) as no:
        raise Refused(f"the set cannot be made again: {no}") from None


class _Erased(Exception):
    """A claim of the file has no person any more."""


def _batch(
    event: InterchangeBatched,
    of: Header,
    batched: BatchedSet,
    people: Mapping[_Attempt, Opened | None],
) -> x.Batch837:
    opened = [people[c.claim, c.attempt] for c in batched.claims]
    here = [one for one in opened if one is not None]
    if len(here) < len(opened):
        raise _Erased("a person of the batch was erased")
    payers = {payer.payer: payer for payer in event.payers}
    return batch_of(of, told(event.header), batched, here, payers)


def _refusal(
    event: InterchangeBatched,
    of: Header,
    batched: BatchedSet,
    claim: BatchedClaim,
    people: Mapping[_Attempt, Opened | None],
) -> list[Refusal]:
    """Why this claim cannot be written by itself: the first reason, or none."""
    try:
        alone = _batch(event, of, replace(batched, claims=(claim,)), people)
    except _Erased:
        return [GONE]
    except NotWritable as no:
        return [Refusal(no.sentence, no.loop, no.element)]
    return refusals(of, alone)[:1]


async def _set_aside(
    event: InterchangeBatched,
    at: At,
    outside: Outside,
    aside: Sequence[tuple[BatchedClaim, Refusal]],
) -> None:
    orders = []
    for claim, why in aside:
        body = msgspec.json.encode([event.isa13, claim.claim, claim.attempt, *why])
        key = f"aside/{at.event_id}/{hashlib.sha256(body).hexdigest()[:16]}"
        command = SetAside(event.receiver, event.isa13, claim.claim, claim.attempt, *why)
        orders.append(Order(at.stream, command, key, body, at.scope, "service:submission"))
    await outside.handle(orders)


async def _packages(sets: Sequence[BatchedSet], source: Reading) -> list[ClaimPackage]:
    wanted = [(c.claim, c.attempt) for batched in sets for c in batched.claims]
    rows = await source.rows(_PACKAGES, [c for c, _ in wanted], [a for _, a in wanted])
    packages = [msgspec.json.decode(row["package"], type=ClaimPackage) for row in rows]
    if {(p.claim, p.attempt) for p in packages} != set(wanted):
        raise Refused("a claim of the batch has no package")
    return packages


async def _people(sets: Sequence[BatchedSet], source: Reading) -> dict[_Attempt, Opened | None]:
    """The packages with all people of the file, opened in one go; None for a claim whose person was erased."""
    packages = await _packages(sets, source)
    sealed: list[tuple[Any, type]] = []
    for package in packages:
        sealed.append((package.person, PersonDetails))
        sealed += [(coverage.member, MemberDetails) for coverage in package.coverages]
        sealed += [(package.stated_note, ClaimNote)] if package.stated_note else []
    contents = iter(await source.open_all(sealed))
    opened: dict[_Attempt, Opened | None] = {}
    for package in packages:
        person = next(contents)
        members = {coverage.order: next(contents) for coverage in package.coverages}
        erased = person is None or None in members.values()
        note = next(contents) if package.stated_note else None
        made = None if erased else Opened(package, person, members, note)
        opened[package.claim, package.attempt] = made
    return opened


def handed(event: InterchangeBatched, at: At, sha256: str, size: int) -> tuple[str, Command]:
    """The fact that the file left."""
    return at.stream, RecordSent(event.receiver, event.isa13, sha256, size)


HAND_OVER = HandOver(
    wire=wire_name(InterchangeBatched),
    file_name=lambda event: str(event.file_name),
    build=build,
    handed=handed,
)
