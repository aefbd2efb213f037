"""Whether an 835 balances: line, claim, line roll-up and payment (the balancing rules of its guide, in cents)."""

from collections.abc import Iterator

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.npi import is_npi
from shared.x12.remittance_835.model import Cas, RemitClaim, Remittance

GROUPS = frozenset({"CO", "OA", "PI", "PR", "CR"})


def _sum(cas: list[Cas]) -> int:
    return sum(c.cents for c in cas)


def check_835(remit: Remittance, one: TransactionSet) -> list[Finding]:
    """All findings; an error at any level forbids posting."""
    found = [f for claim in remit.claims for f in _claim(claim, one)]
    found += _payment(remit, one)
    if remit.payee_npi and not is_npi(remit.payee_npi):
        sentence = "the payee's NPI has a wrong check digit"
        found.append(one.finding(-1, sentence, severity="warning", element="N104"))
    return found


def _claim(claim: RemitClaim, one: TransactionSet) -> Iterator[Finding]:
    for line in claim.lines:
        difference = line.charge_cents - _sum(line.cas) - line.paid_cents
        if difference:
            yield _out(one, line.segment, "line", "SVC02 - adjustments is not SVC03", difference, claim)
    in_lines = sum(_sum(line.cas) for line in claim.lines)
    difference = claim.charge_cents - _sum(claim.cas) - in_lines - claim.paid_cents
    if difference:
        yield _out(one, claim.segment, "claim", "CLP03 - adjustments is not CLP04", difference, claim)
    if claim.lines:
        difference = sum(line.charge_cents for line in claim.lines) - claim.charge_cents
        if difference:
            yield _out(one, claim.segment, "roll_up", "the lines' charges are not CLP03", difference, claim)
        difference = sum(x.paid_cents for x in claim.lines) - _sum(claim.cas) - claim.paid_cents
        if difference:
            yield _out(one, claim.segment, "roll_up", "the lines' payments are not CLP04", difference, claim)
    for cas in [*claim.cas, *(c for line in claim.lines for c in line.cas)]:
        if cas.group not in GROUPS:
            yield one.finding(claim.segment, "an adjustment group that does not exist", element="CAS01")
    patient = sum(c.cents for c in claim.cas if c.group == "PR")
    patient += sum(c.cents for line in claim.lines for c in line.cas if c.group == "PR")
    if claim.patient_cents and patient != claim.patient_cents and claim.status != "22":
        yield one.finding(
            claim.segment,
            "CLP05 is not the sum of the patient's adjustments",
            severity="warning",
            element="CLP05",
            difference_cents=claim.patient_cents - patient,
        )


def _payment(remit: Remittance, one: TransactionSet) -> Iterator[Finding]:
    claims = sum(claim.paid_cents for claim in remit.claims)
    provider = sum(plb.cents for plb in remit.plb)
    difference = claims - provider - remit.amount_cents
    if difference:
        yield one.finding(
            0,
            "the claims' payments less provider adjustments are not BPR02",
            element="BPR02",
            level="payment",
            difference_cents=difference,
        )
    if remit.amount_cents < 0:
        yield one.finding(0, "BPR02 is negative", element="BPR02", level="payment")


def _out(
    one: TransactionSet, place: int, level: str, sentence: str, difference: int, claim: RemitClaim
) -> Finding:
    element = {"line": "SVC03", "claim": "CLP04", "roll_up": "CLP"}[level]
    return one.finding(
        place, sentence, element=element, level=level, difference_cents=difference, claim=claim.clp01
    )
