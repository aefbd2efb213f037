"""What a payer's gate would complain of in an 837P: totals, identifiers, pointers, COB balance."""

from collections.abc import Iterator

from shared.x12.claim_837p.model import ProfessionalClaim
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.npi import is_npi

LINES = 50
DIAGNOSES = 12


def check_837p(claims: list[ProfessionalClaim], one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    return [finding for claim in claims for finding in _claim(claim, one)]


def _claim(c: ProfessionalClaim, one: TransactionSet) -> Iterator[Finding]:
    def wrong(sentence: str, loop: str, element: str, difference: int = 0) -> Finding:
        return one.finding(
            c.segment,
            sentence,
            loop=loop,
            element=element,
            difference_cents=difference,
            claim=c.clm01,
        )

    total = sum(line.charge_cents for line in c.lines)
    if total != c.total_cents:
        yield wrong("CLM02 is not the sum of its lines", "2300", "CLM02", c.total_cents - total)
    if not c.clm01 or len(c.clm01) > 38:
        yield wrong("CLM01 is missing or too long", "2300", "CLM01")
    if not 1 <= len(c.lines) <= LINES:
        yield wrong("a professional claim has 1 to 50 lines", "2400", "LX01")
    if not 1 <= len(c.diagnoses) <= DIAGNOSES:
        yield wrong("a professional claim has 1 to 12 diagnoses", "2300", "HI01")
    for line in c.lines:
        if not line.pointers or any(not 1 <= p <= len(c.diagnoses) for p in line.pointers):
            yield wrong("a line points at a diagnosis that is not there", "2400", "SV107")
        if line.service_from is None:
            yield wrong("a line has no date of service", "2400", "DTP03")
    billing = c.billing
    if billing is not None and not is_npi(billing.npi):
        yield wrong("the billing provider's NPI has a wrong check digit", "2010AA", "NM109")
    if c.frequency in ("7", "8") and not c.payer_control:
        yield wrong("a replacement or void names no payer control number", "2300", "REF02")
    yield from _cob(c, one)


def _cob(c: ProfessionalClaim, one: TransactionSet) -> Iterator[Finding]:
    for prior in c.prior:
        if prior.paid_cents is None:
            continue
        lines = [p for x in c.lines for p in x.prior if p.payer_id == prior.payer.payer_id]
        if not lines:
            continue
        paid = sum(p.paid_cents for p in lines) - sum(a.cents for a in prior.cas)
        if paid != prior.paid_cents:
            yield one.finding(
                c.segment,
                "an earlier payer's lines do not add up to what it paid",
                loop="2320",
                element="AMT02",
                difference_cents=prior.paid_cents - paid,
                claim=c.clm01,
            )
