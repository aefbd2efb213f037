"""Whether an 835 balances, in integer cents: line, claim, roll-up, payment; and whether the payee is ours."""

from collections.abc import Iterable, Iterator, Sequence

from contracts.adjudication_tracking import BalanceFault, RemittanceReceived
from contracts.values import Adjustment, ClaimPayment
from services.adjudication_tracking.domain.books import Book

NO_MONEY = frozenset({"23", "25"})
"""CLP02 of a claim that is another payer's, and of a predetermination: neither decides anything in money."""


def _sum(adjustments: Iterable[Adjustment]) -> int:
    return sum(a.cents for a in adjustments)


def claim_faults(claim: ClaimPayment) -> Iterator[BalanceFault]:
    """Where one claim does not balance."""

    def fault(level: str, difference: int, sentence: str) -> BalanceFault:
        return BalanceFault(
            level=level,  # type: ignore[arg-type]
            claim=claim.claim[:50],
            segment=claim.segment,
            difference_cents=difference,
            sentence=sentence,
        )

    if claim.status in NO_MONEY and claim.paid_cents:
        sentence = "a claim that the payer did not decide (CLP02 23 or 25) carries a payment"
        yield fault("claim", claim.paid_cents, sentence)
    for line in claim.lines:
        difference = line.charge_cents - _sum(line.adjustments) - line.paid_cents
        if difference:
            yield fault(
                "line", difference, "a line's charge less its adjustments is not what it paid"
            )
    in_lines = sum(_sum(line.adjustments) for line in claim.lines)
    difference = claim.charge_cents - _sum(claim.adjustments) - in_lines - claim.paid_cents
    if difference:
        yield fault("claim", difference, "the claim's charge less adjustments is not what it paid")
    if claim.lines:
        difference = sum(line.charge_cents for line in claim.lines) - claim.charge_cents
        if difference:
            yield fault("roll_up", difference, "the lines' charges are not the claim's")
        paid = sum(line.paid_cents for line in claim.lines) - _sum(claim.adjustments)
        if paid != claim.paid_cents:
            yield fault(
                "roll_up", paid - claim.paid_cents, "the lines' payments are not the claim's"
            )


def faults(
    remittance: RemittanceReceived, claims: Sequence[ClaimPayment], book: Book
) -> tuple[BalanceFault, ...]:
    """Everything that forbids releasing the remittance."""
    found = [fault for claim in claims for fault in claim_faults(claim)]
    provider = sum(p.cents for p in remittance.provider_adjustments)
    difference = sum(c.paid_cents for c in claims) - provider - remittance.amount_cents
    if difference:
        found.append(
            BalanceFault(
                level="payment",
                difference_cents=difference,
                sentence="the claims' payments less provider adjustments are not the check's amount",
            )
        )
    if not book.payee(remittance.payee_npi, remittance.payee_tax_id):
        found.append(
            BalanceFault(
                level="payee",
                difference_cents=remittance.amount_cents,
                sentence="the payee's NPI and TIN are not ours",
            )
        )
    seen = {(fault.level, fault.claim, fault.difference_cents) for fault in found}
    found += [f for f in remittance.faults if (f.level, f.claim, f.difference_cents) not in seen]
    return tuple(found[:200])
