"""Earlier payers' decisions on a claim that goes to the next one (loops 2320, 2330 and 2430), as their 835s said them."""

from collections.abc import Sequence

from contracts.submission import ClaimPackage, PriorPayment
from contracts.values import AdjudicatedLine, Adjustment
from shared.x12 import claim_837p as x
from shared.x12.cob import Cob, earlier_payment, with_earlier_payment
from shared.x12.remittance_835 import Cas, RemitClaim, RemitLine, Remittance
from shared.x12.writing import NotWritable

Other = tuple[int, x.Subscriber, x.Payer]
"""Another coverage of the claim: its place in the order of benefits, who holds it, who pays."""


def with_earlier_payers(
    claim: x.ProfessionalClaim, package: ClaimPackage, others: Sequence[Other]
) -> x.ProfessionalClaim:
    """The claim with its other coverages; with money those that decided before.

    NotWritable when a decision does not balance to the cent.
    """
    decided = {prior.payer_order: prior for prior in package.prior}
    for order, subscriber, payer in others:
        prior = decided.get(order)
        if prior is None:
            cob = Cob(x.PriorPayer(subscriber, payer), [[] for _ in claim.lines])
        else:
            cob = _told(claim, prior, subscriber, payer)
        cob.payer.benefits_assigned, cob.payer.release = claim.benefits_assigned, claim.release
        cob.payer.signature_source = claim.signature_source
        claim = with_earlier_payment(claim, cob)
    return claim


def _told(
    claim: x.ProfessionalClaim, prior: PriorPayment, subscriber: x.Subscriber, payer: x.Payer
) -> Cob:
    """By lines where each balances and leads to one of ours; else all of it at claim level, so that nothing is dropped."""
    remittance = Remittance("I", prior.paid_cents, paid_on=prior.paid_on)
    ours = {line.line_control for line in claim.lines}
    if prior.lines and ours.issuperset([line.charge or "" for line in prior.lines]):
        try:
            return earlier_payment(claim, remittance, _by_lines(claim, prior), subscriber, payer)
        except NotWritable:
            pass
    return earlier_payment(claim, remittance, _as_a_whole(claim, prior), subscriber, payer)


def _paid(claim: x.ProfessionalClaim, prior: PriorPayment) -> RemitClaim:
    return RemitClaim(
        claim.clm01,
        "1",
        claim.total_cents,
        prior.paid_cents,
        payer_control=prior.payer_control,
        cas=_cas(prior.adjustments),
    )


def _as_a_whole(claim: x.ProfessionalClaim, prior: PriorPayment) -> RemitClaim:
    paid = _paid(claim, prior)
    paid.cas = [*paid.cas, *(cas for line in prior.lines for cas in _cas(line.adjustments))]
    return paid


def _by_lines(claim: x.ProfessionalClaim, prior: PriorPayment) -> RemitClaim:
    paid = _paid(claim, prior)
    charged = {line.line_control: line for line in claim.lines}
    paid.lines = [_line(line, charged[line.charge or ""]) for line in prior.lines]
    return paid


def _line(line: AdjudicatedLine, charged: x.ServiceLine) -> RemitLine:
    return RemitLine(
        line.procedure or charged.procedure,
        line.charge_cents,
        line.paid_cents,
        modifiers=list(line.modifiers),
        units=line.units,
        cas=_cas(line.adjustments),
        line_control=charged.line_control,
    )


def _cas(adjustments: Sequence[Adjustment]) -> list[Cas]:
    return [Cas(a.group, a.reason, a.cents, a.quantity) for a in adjustments]
