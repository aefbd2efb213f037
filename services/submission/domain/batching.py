"""How a queue becomes interchanges: one ST per billing provider and at most 100 claims."""

from collections.abc import Iterator
from datetime import date

import msgspec

from contracts.reference import FacilityListed, ReceiverListed
from contracts.submission import (
    BatchedClaim,
    BatchedSet,
    BillingProvider,
    FileHeader,
    InterchangeBatched,
    PayerName,
)
from services.submission.domain.books import Books
from services.submission.domain.lanes import control_number

MAX_CLAIMS_PER_SET = 100
MAX_CLAIMS_PER_FILE = 2_000


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """A claim in the queue."""

    facility: str
    legal_entity: str
    claim: BatchedClaim


def close(
    place: tuple[str, int], queue: tuple[Waiting, ...], batch: int, day: date, books: Books
) -> list[InterchangeBatched]:
    """The whole queue as interchanges; nothing when the queue is empty."""
    receiver, lane = place
    if receiver not in books.receivers:
        return []
    return [
        _interchange(receiver, lane, batch + n, day, sets, books)
        for n, sets in enumerate(_files(_sets(queue)), start=1)
    ]


def _sets(queue: tuple[Waiting, ...]) -> Iterator[list[Waiting]]:
    by_provider: dict[tuple[str, str], list[Waiting]] = {}
    for waiting in queue:
        by_provider.setdefault((waiting.facility, waiting.legal_entity), []).append(waiting)
    for claims in by_provider.values():
        for start in range(0, len(claims), MAX_CLAIMS_PER_SET):
            yield claims[start : start + MAX_CLAIMS_PER_SET]


def _files(sets: Iterator[list[Waiting]]) -> Iterator[list[list[Waiting]]]:
    file: list[list[Waiting]] = []
    for claims in sets:
        if sum(map(len, file)) + len(claims) > MAX_CLAIMS_PER_FILE:
            yield file
            file = []
        file.append(claims)
    if file:
        yield file


def _interchange(
    receiver: str, lane: int, batch: int, day: date, sets: list[list[Waiting]], books: Books
) -> InterchangeBatched:
    isa13 = control_number(batch, lane)
    listed = books.receivers[receiver]
    payers = sorted({waiting.claim.payer for claims in sets for waiting in claims})
    payers += sorted(_other_payers(books, payers))
    return InterchangeBatched(
        receiver=receiver,
        lane=lane,
        isa13=isa13,
        gs06=isa13,
        file_name=f"{receiver}/837P-{isa13:09d}.edi",
        batched_on=day,
        sets=tuple(_set(n, claims, books) for n, claims in enumerate(sets, start=1)),
        header=header_for(listed),
        payers=tuple(payer_name(payer, day, books) for payer in payers),
    )


def header_for(listed: ReceiverListed) -> FileHeader:
    """Who sends a file to this receiver."""
    return FileHeader(
        receiver_name=listed.name,
        receiver_id=listed.receiver_id,
        submitter_id=listed.submitter_id,
        submitter_name=listed.submitter_name,
        contact_name=listed.contact_name,
        contact_phone=listed.contact_phone,
        usage=listed.usage,
    )


def _other_payers(books: Books, named: list[str]) -> set[str]:
    # A claim's other payers stand in loop 2330B; the queue does not know which, the book is small.
    return set(books.payers) - set(named)


def payer_name(payer: str, day: date, books: Books) -> PayerName:
    """The payer as the file calls it."""
    listed = books.payer(payer, day)
    if listed is None:
        return PayerName(payer=payer, name=payer, payer_id=payer)
    return PayerName(payer=payer, name=listed.name, payer_id=listed.payer_id)


def _set(number: int, claims: list[Waiting], books: Books) -> BatchedSet:
    first = claims[0]
    facility = books.facilities.get(first.facility)
    return BatchedSet(
        st02=f"{number:04d}",
        facility=first.facility,
        legal_entity=first.legal_entity,
        claims=tuple(waiting.claim for waiting in claims),
        billing=billing_of(facility) if facility else None,
    )


def billing_of(facility: FacilityListed) -> BillingProvider:
    """Loop 2010AA as the books have it."""
    return BillingProvider(
        name=facility.name,
        tax_id=facility.tax_id,
        npi=facility.npi,
        taxonomy=facility.taxonomy,
        street=facility.street,
        city=facility.city,
        state=facility.state,
        zip=facility.zip,
    )
