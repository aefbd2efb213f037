"""What earlier payers decided, as the next payer's claim tells it."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from contracts.submission import PriorPayment


class Known(msgspec.Struct, frozen=True, array_like=True):
    """An adjudication that stands, as later claims and corrections need it."""

    adjudication: str
    payment: PriorPayment


def prior_payments(known: Iterable[Known], order: int) -> tuple[PriorPayment, ...]:
    """What each earlier payer said last, for loops 2320 and 2430.

    A payer may decide a claim in parts: decisions on other lines than the newest one's are told with it.
    """
    by_order: dict[int, list[PriorPayment]] = {}
    for one in known:
        if one.payment.payer_order < order:
            by_order.setdefault(one.payment.payer_order, []).append(one.payment)
    return tuple(_together(by_order[earlier]) for earlier in sorted(by_order))


def _together(decisions: list[PriorPayment]) -> PriorPayment:
    newest, *older = reversed(decisions)
    for part in older:
        ours = {line.charge for line in newest.lines}
        theirs = {line.charge for line in part.lines}
        if ours and theirs and None not in ours | theirs and not ours & theirs:
            newest = replace(
                newest,
                paid_cents=newest.paid_cents + part.paid_cents,
                adjustments=part.adjustments + newest.adjustments,
                lines=part.lines + newest.lines,
            )
    return newest


def told(known: Iterable[Known], order: int) -> str:
    """A digest of what a claim of this payer order says of earlier payers' money; empty when there is none."""
    prior = prior_payments(known, order)
    said = [(p.payer_order, p.payer, p.paid_cents, p.adjustments, p.lines) for p in prior]
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=8).hexdigest() if said else ""
