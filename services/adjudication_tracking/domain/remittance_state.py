"""One payment as tracking knows it: the file that stands for it, the files that came beside, and how far it is."""

from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    ClaimMatched,
    ClaimUnmatched,
    RemittanceClaimsStaged,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.values import ClaimPayment, Source
from services.adjudication_tracking.domain.balancing import claim_faults

Chunks = dict[int, tuple[ClaimPayment, ...]]


def mark(source: Source) -> str:
    """A set of a file: its hash and ST02."""
    return f"{source.sha256}/{source.st02}"


class Staged(msgspec.Struct, frozen=True):
    """One file of the payment as it comes in, chunk by chunk; `matched` are its foreign claim numbers."""

    received: RemittanceReceived
    chunks: Chunks = {}
    matched: dict[int, tuple[str, str, str]] = {}

    def complete(self) -> bool:
        """Whether every chunk is there."""
        return len(self.chunks) == self.received.chunks


class Remittance(msgspec.Struct, frozen=True):
    """The staged payment and how far it is. `unmatched` are positions that wait for a person.

    `beside` are files of the same payment that came before the first was decided: if that one is refused, the next
    of them stands.
    """

    received: RemittanceReceived | None = None
    chunks: Chunks = {}
    state: str = ""
    sent: int = 0
    matched: dict[int, tuple[str, str, str]] = {}
    unmatched: tuple[int, ...] = ()
    repeats: tuple[str, ...] = ()
    skipped: tuple[int, ...] = ()
    beside: dict[str, Staged] = {}

    def claims(self) -> list[ClaimPayment]:
        """All staged claims in the file's order."""
        return [claim for n in sorted(self.chunks) for claim in self.chunks[n]]

    def complete(self) -> bool:
        """Whether every chunk is there."""
        return self.received is not None and len(self.chunks) == self.received.chunks


_replace = msgspec.structs.replace


def evolve(state: Remittance | None, event: Any) -> Remittance:
    """The remittance after an event."""
    remit = state or Remittance()
    match event:
        case RemittanceReceived():
            return _received(remit, event)
        case RemittanceClaimsStaged():
            return _chunk(remit, event)
        case RemittanceRepeated():
            return _replace(remit, repeats=(*remit.repeats, mark(event.source)))
        case RemittanceReleased():
            return _released(remit)
        case RemittanceRefused():
            return _next(_replace(remit, state="refused"))
        case RemittanceClosed():
            return _next(_replace(remit, state="closed"))
        case RemittanceDispatched(sent=sent):
            return _replace(remit, sent=sent)
        case ClaimMatched():
            return _matched(remit, event)
        case ClaimUnmatched(position=position) if position not in remit.unmatched:
            return _replace(remit, unmatched=(*remit.unmatched, position))
    return remit


def _received(remit: Remittance, event: RemittanceReceived) -> Remittance:
    """The first file stands; after a refusal the next one takes its place, for nothing of the first was posted."""
    if remit.received is None or remit.state in ("refused", "closed"):
        if remit.received is not None and mark(remit.received.source) == mark(event.source):
            return remit
        return _stand(remit, Staged(event))
    own = mark(event.source)
    if remit.state or own == mark(remit.received.source) or own in remit.beside:
        return remit
    return _replace(remit, beside={**remit.beside, own: Staged(event)})


def _stand(remit: Remittance, staged: Staged) -> Remittance:
    return _replace(
        remit,
        received=staged.received,
        chunks=staged.chunks,
        matched=staged.matched,
        state="",
    )


def _next(remit: Remittance) -> Remittance:
    """Another file that came meanwhile stands in the place of the one that was refused."""
    if not remit.beside:
        return remit
    first, *others = remit.beside
    left = {name: remit.beside[name] for name in others}
    return _replace(_stand(remit, remit.beside[first]), beside=left)


def _chunk(remit: Remittance, event: RemittanceClaimsStaged) -> Remittance:
    own, first = f"{event.sha256}/{event.st02}", remit.received
    if first is not None and own == mark(first.source):
        return _replace(remit, chunks={**remit.chunks, event.chunk: event.claims})
    staged = remit.beside.get(own)
    if first is None or staged is None:
        return remit  # A repeat's claims: the first file's stand.
    staged = _replace(staged, chunks={**staged.chunks, event.chunk: event.claims})
    if staged.complete() and not remit.complete():
        # The first file broke off half-way: the one that is whole stands.
        beside = {name: one for name, one in remit.beside.items() if name != own}
        beside[mark(first.source)] = Staged(first, remit.chunks, remit.matched)
        return _replace(_stand(remit, staged), beside=beside)
    return _replace(remit, beside={**remit.beside, own: staged})


def _released(remit: Remittance) -> Remittance:
    skipped: tuple[int, ...] = ()
    if remit.state == "refused":
        skipped = tuple(n for n, c in enumerate(remit.claims()) if any(claim_faults(c)))
    return _replace(remit, state="released", skipped=skipped, beside={})


def _matched(remit: Remittance, event: ClaimMatched) -> Remittance:
    found = (event.claim, event.account, event.matched_on)
    own = f"{event.sha256}/{event.st02}"
    if event.sha256 and (remit.received is None or own != mark(remit.received.source)):
        staged = remit.beside.get(own)
        if staged is None:
            return remit  # It speaks of a repeat's claims, which may stand in another order.
        staged = _replace(staged, matched={**staged.matched, event.position: found})
        return _replace(remit, beside={**remit.beside, own: staged})
    return _replace(
        remit,
        matched={**remit.matched, event.position: found},
        unmatched=tuple(n for n in remit.unmatched if n != event.position),
    )
