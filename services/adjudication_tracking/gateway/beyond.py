"""What an 835 may say and no event can hold: sums beyond any payment, claims beyond any record, codes that are none."""

import re
from collections.abc import Iterator

from shared.x12 import Finding, TransactionSet
from shared.x12.money import MAX_CENTS
from shared.x12.remittance_835 import RemitClaim, Remittance

BEYOND = "the amounts add up to more than any payment"
NO_CODE = "a code or id is longer than 48 signs, or has signs that none has"
MOST_PARTS = 10_000
"""Lines, adjustments and remarks of one claim, together: a line has two or three adjustments, a claim at most 999 lines."""
_CODE = re.compile(r"[ -~]{0,48}")


def unkeepable(remit: Remittance, one: TransactionSet) -> list[Finding]:
    """An error for each: what was read of the set says it, and nothing of it can be staged."""
    found = [one.finding(0, BEYOND)] if beyond(remit) else []
    found += [
        one.finding(claim.segment, told, claim=claim.clp01) for claim, told in overfull(remit)
    ]
    return found + [
        one.finding(max(place, 0), NO_CODE, element=element)
        for place, element, code in _codes(remit)
        if not _CODE.fullmatch(code)
    ]


def beyond(remit: Remittance) -> bool:
    """Whether a sum of its amounts may be larger than an event can say, though each by itself is not.

    Whatever follows from a payment (totals, differences, a patient's part) is a sum of some of them, with either sign.
    """
    return sum(map(abs, _amounts(remit))) > MAX_CENTS


def overfull(remit: Remittance) -> Iterator[tuple[RemitClaim, str]]:
    """Claims of which one record could not hold what follows from them, each with the limit that it passes."""
    for claim in remit.claims:
        parts = (
            len(claim.cas)
            + len(claim.remarks)
            + sum(1 + len(o.cas) + len(o.remarks) for o in claim.lines)
        )
        if parts > MOST_PARTS:
            yield (
                claim,
                f"{parts:,} lines, adjustments and remarks together; of one claim {MOST_PARTS:,} are taken",
            )


def _amounts(remit: Remittance) -> Iterator[int]:
    yield remit.amount_cents
    yield from (p.cents for p in remit.plb)
    for claim in remit.claims:
        yield from (claim.charge_cents, claim.paid_cents, claim.patient_cents)
        yield from (c.cents for c in claim.cas)
        for line in claim.lines:
            yield from (line.charge_cents, line.paid_cents)
            yield from (c.cents for c in line.cas)


def _codes(remit: Remittance) -> Iterator[tuple[int, str, str]]:
    """Each code with the place of its loop and its element."""
    yield 0, "BPR01", remit.handling
    yield remit.payee_segment, "the payee's NPI", remit.payee_npi
    yield remit.payee_segment, "the payee's tax id", remit.payee_tax_id
    yield from ((p.segment, "PLB03", p.reason) for p in remit.plb)
    for claim in remit.claims:
        yield claim.segment, "CLP02", claim.status
        yield from ((claim.segment, "MOA", remark) for remark in claim.remarks)
        yield from ((claim.segment, "CAS02", c.reason) for c in claim.cas)
        for line in claim.lines:
            yield from ((line.segment, "LQ02", remark) for remark in line.remarks)
            yield from ((line.segment, "CAS02", c.reason) for c in line.cas)
