"""What a payer's gate complains of in any claim: totals, identifiers, the balance with earlier payers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from shared.x12.claim_loops.model import BillingProvider, ClaimBody, PriorLine, PriorPayer
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Severity
from shared.x12.npi import is_npi

CLM01_MOST = 38
CLM01_SAFE = 20
_PO_BOX = ("PO BOX", "P O BOX", "P.O. BOX", "POST OFFICE BOX")


class ChargedLine(Protocol):
    """What the balances need of a line."""

    charge_cents: int
    prior: list[PriorLine]


class Wrong:
    """Findings at one claim."""

    def __init__(self, one: TransactionSet, claim: ClaimBody, clm01: str) -> None:
        self.one, self.claim, self.clm01 = one, claim, clm01

    def __call__(
        self,
        sentence: str,
        loop: str,
        element: str,
        difference: int = 0,
        severity: Severity = "error",
        level: str = "",
    ) -> Finding:
        return self.one.finding(
            self.claim.segment,
            sentence,
            severity=severity,
            loop=loop,
            element=element,
            difference_cents=difference,
            claim=self.clm01,
            level=level,
        )


def repeated(one: TransactionSet, numbers: Sequence[str]) -> Iterator[Finding]:
    """A CLM01 must be the only one of its kind in a set, else no answer finds its claim."""
    for number, times in Counter(numbers).items():
        if times > 1:
            sentence = f"a CLM01 stands {times} times in one set"
            yield one.finding(-1, sentence, loop="2300", element="CLM01", claim=number)


def common(
    wrong: Wrong, c: ClaimBody, total_cents: int, frequency: str, lines: Sequence[ChargedLine]
) -> Iterator[Finding]:
    """What holds for professional and institutional claims alike."""
    total = sum(line.charge_cents for line in lines)
    if total != total_cents:
        sentence = "CLM02 is not the sum of its lines"
        yield wrong(sentence, "2300", "CLM02", total_cents - total, level="claim")
    if not wrong.clm01 or len(wrong.clm01) > CLM01_MOST:
        yield wrong("CLM01 is missing or too long", "2300", "CLM01")
    elif len(wrong.clm01) > CLM01_SAFE:
        sentence = f"CLM01 is longer than {CLM01_SAFE}: payers may cut it off"
        yield wrong(sentence, "2300", "CLM01", severity="warning")
    if frequency in ("7", "8") and not c.payer_control:
        yield wrong("a replacement or void names no payer control number", "2300", "REF02")
    if c.billing is not None:
        yield from _billing(wrong, c.billing)
    if c.rendering_npi and not is_npi(c.rendering_npi):
        yield wrong("the rendering provider's NPI has a wrong check digit", "2310", "NM109")
    for provider in c.providers:
        if provider.npi and not is_npi(provider.npi):
            yield wrong("a provider's NPI has a wrong check digit", "2310", "NM109")
    for prior in c.prior:
        yield from _earlier(wrong, prior, total_cents, lines)


def _billing(wrong: Wrong, billing: BillingProvider) -> Iterator[Finding]:
    if not is_npi(billing.npi):
        yield wrong("the billing provider's NPI has a wrong check digit", "2010AA", "NM109")
    if billing.street.upper().startswith(_PO_BOX):
        sentence = "the billing provider's address is a post-office box"
        yield wrong(sentence, "2010AA", "N301", severity="warning")
    if len(billing.zip) != 9:
        sentence = "the billing provider's ZIP has not nine digits"
        yield wrong(sentence, "2010AA", "N403", severity="warning")
    if not billing.tax_id:
        yield wrong("the billing provider has no tax number", "2010AA", "REF02")


def _earlier(
    wrong: Wrong, prior: PriorPayer, total_cents: int, lines: Sequence[ChargedLine]
) -> Iterator[Finding]:
    """The three balances of COB: each line, the payer's lines, and the whole claim."""
    if prior.paid_cents is None:
        return
    at_claim = sum(c.cents for c in prior.cas)
    in_lines = paid_in_lines = 0
    any_line = False
    for line in lines:
        for p in line.prior:
            if p.payer_id != prior.payer.payer_id:
                continue
            any_line = True
            adjusted = sum(c.cents for c in p.cas)
            in_lines += adjusted
            paid_in_lines += p.paid_cents
            difference = line.charge_cents - p.paid_cents - adjusted
            # Split and bundled lines balance in the sum only.
            if difference and len(line.prior) == 1 and len(lines) == 1:
                sentence = "a line's charge is not what an earlier payer paid and adjusted"
                yield wrong(sentence, "2430", "SVD02", difference, level="line")
    if any_line and paid_in_lines - at_claim != prior.paid_cents:
        difference = prior.paid_cents - paid_in_lines + at_claim
        sentence = "an earlier payer's lines do not add up to what it paid"
        yield wrong(sentence, "2320", "AMT02", difference, level="payer")
    difference = total_cents - prior.paid_cents - at_claim - in_lines
    if difference and (any_line or prior.cas):
        sentence = "CLM02 is not what an earlier payer paid and adjusted"
        yield wrong(sentence, "2320", "AMT02", difference, "warning", level="payer")
