"""The 837P file of a closed batch: the same bytes from the same event, handed over by the kernel."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from contracts.phi import MemberDetails, PersonDetails
from contracts.registry import wire_name
from contracts.submission import (
    BatchedSet,
    BillingProvider,
    ClaimPackage,
    FileHeader,
    InterchangeBatched,
    PayerName,
)
from services.submission.domain.queue import RecordSent
from services.submission.gateway.claims import Opened, claim
from shared.errors import Refused
from shared.service import At, Command, HandOver, Outside, Row
from shared.x12 import claim_837p as x
from shared.x12.writing import Header, NotWritable, plain

_PACKAGES = """
select package from claim_package
where (claim, attempt) in (select * from unnest($1::text[], $2::bigint[]))
"""


class Reading(NamedTuple):
    """What is needed of doors or the outside to make the bytes again."""

    rows: Callable[..., Awaitable[list[Row]]]
    open_all: Callable[[Sequence[tuple[Any, type]]], Awaitable[list[Any]]]


async def build(event: InterchangeBatched, at: At, outside: Outside) -> bytes:
    """The file's bytes; Refused (a person has to look) when a package or a person is gone or a gate would say no."""
    source = Reading(outside.rows, outside.open_all)
    batches = await batches_of(event, event.sets, at.recorded_at, source)
    try:
        return x.write_837p(header_of(event, at.recorded_at), batches)
    except NotWritable as no:
        raise Refused(f"a claim of the batch cannot be sent: {no}") from None


def header_of(event: InterchangeBatched, batched_at: datetime) -> Header:
    """ISA and GS: ids and numbers of the event, its business day, the time at which it was recorded."""
    header = _header(event)
    return Header(
        sender=header.submitter_id,
        receiver=header.receiver_id,
        isa13=event.isa13,
        gs06=event.gs06,
        on=event.batched_on,
        hhmm=f"{batched_at:%H%M}",
        usage=header.usage,
    )


def _header(event: InterchangeBatched) -> FileHeader:
    if event.header is None:
        raise Refused("the batch does not say who sends it to whom")
    return event.header


async def batches_of(
    event: InterchangeBatched, sets: Sequence[BatchedSet], batched_at: datetime, source: Reading
) -> list[x.Batch837]:
    """These sets of the file with their claims in order, people opened."""
    header = _header(event)
    payers = {payer.payer: payer for payer in event.payers}
    opened = await _opened(await _packages(sets, source), source)
    return [_batch(event, header, one, batched_at, opened, payers) for one in sets]


def bht03(isa13: int, st02: str) -> str:
    """The batch id that a 277CA answers: ISA13 and ST02."""
    return f"{isa13:09d}{st02}"


def _batch(
    event: InterchangeBatched,
    header: FileHeader,
    batched: BatchedSet,
    batched_at: datetime,
    opened: Mapping[tuple[str, int], Opened],
    payers: Mapping[str, PayerName],
) -> x.Batch837:
    return x.Batch837(
        control=batched.st02,
        reference=bht03(event.isa13, batched.st02),
        on=event.batched_on,
        hhmm=f"{batched_at:%H%M}",
        submitter_name=plain(header.submitter_name, 60),
        submitter_id=header.submitter_id,
        contact_name=plain(header.contact_name, 60),
        contact_phone=header.contact_phone,
        receiver_name=plain(header.receiver_name, 60),
        receiver_id=header.receiver_id,
        billing=_billing(batched.billing),
        claims=[claim(opened[c.claim, c.attempt], payers) for c in batched.claims],
    )


def _billing(billing: BillingProvider | None) -> x.BillingProvider:
    if billing is None:
        raise Refused("the facility of a set was not listed when the batch was closed")
    return x.BillingProvider(
        name=plain(billing.name, 60),
        npi=billing.npi,
        tax_id=billing.tax_id,
        taxonomy=billing.taxonomy,
        street=plain(billing.street, 55),
        city=plain(billing.city, 30),
        state=plain(billing.state, 2),
        zip=billing.zip,
    )


async def _packages(sets: Sequence[BatchedSet], source: Reading) -> list[ClaimPackage]:
    wanted = [(c.claim, c.attempt) for batched in sets for c in batched.claims]
    rows = await source.rows(_PACKAGES, [c for c, _ in wanted], [a for _, a in wanted])
    packages = [msgspec.json.decode(row["package"], type=ClaimPackage) for row in rows]
    if {(p.claim, p.attempt) for p in packages} != set(wanted):
        raise Refused("a claim of the batch has no package")
    return packages


async def _opened(
    packages: Sequence[ClaimPackage], source: Reading
) -> dict[tuple[str, int], Opened]:
    """All people of the file in one go."""
    sealed: list[tuple[Any, type]] = []
    for package in packages:
        sealed.append((package.person, PersonDetails))
        sealed += [(coverage.member, MemberDetails) for coverage in package.coverages]
    contents = iter(await source.open_all(sealed))
    opened = {}
    for package in packages:
        person = next(contents)
        members = {coverage.order: next(contents) for coverage in package.coverages}
        if person is None or None in members.values():
            raise Refused("a person of the batch was erased")
        opened[package.claim, package.attempt] = Opened(package, person, members)
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
