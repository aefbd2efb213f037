"""Whether an 835 balances: line, claim, line roll-up and payment (the balancing rules of its guide, in cents).

`BalanceOfFile` is the fourth level: all payments of a file together.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from shared.x12 import limits
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Severity
from shared.x12.guides import codes
from shared.x12.npi import is_npi
from shared.x12.remittance_835.model import Cas, RemitClaim, Remittance
from shared.x12.remittance_835.read import Reading835

GROUPS = frozenset({"CO", "OA", "PI", "PR", "CR"})
PLB_REASONS = codes(
    "50 51 72 90 AH AM AP B2 B3 BD BN C5 CR CS CT CV CW DM E3 FB FC GO HM IP IR IS J1 L3 L6 LE LS OA OB PI PL RA RE SL TL WO WU"
)
"""PLB03-1. Payers use others too; the money is known all the same."""
REVERSED = "22"
UNPAID = {"23": "not this payer's and was forwarded", "25": "only a predetermination"}
_UNUSUAL = frozenset({REVERSED, *UNPAID})
_ELEMENTS = {"line": "SVC03", "claim": "CLP04", "roll_up": "CLP"}


class Places(Protocol):
    """Where a remittance stands, as a finding names it: a set of a file, or whatever else it was read from."""

    def split_at(self, place: int) -> list[str]:
        """The elements of the segment at this place."""

    def finding(
        self,
        place: int,
        sentence: str,
        *,
        severity: Severity = "error",
        element: str = "",
        loop: str = "",
        code: str = "",
        level: str = "",
        difference_cents: int = 0,
        claim: str = "",
        rule: str = "",
        value: str = "",
    ) -> Finding:
        """A finding at this place."""


def check_835(remit: Remittance, one: Places) -> list[Finding]:
    """All findings; an error at any level forbids posting."""
    found: list[Finding] = []
    for claim in remit.claims:
        found += check_claim(claim, one)
    found += check_payment(remit, one, sum(claim.paid_cents for claim in remit.claims))
    return found


def check_stream(reading: Reading835) -> Iterator[RemitClaim | Finding]:
    """Claims and findings of an 835 of any size as they come; the findings of the payment last."""
    paid = 0
    for claim in reading.claims():
        paid += claim.paid_cents
        yield claim
        yield from check_claim(claim, reading.set)
    yield from reading.findings
    yield from check_payment(reading.remit, reading.set, paid)


def check_claim(claim: RemitClaim, one: Places) -> list[Finding]:
    """Line, claim and roll-up balance of one claim, its groups and its patient responsibility."""
    found: list[Finding] = []
    charges = paid = in_lines = patient = 0
    known = True
    for line in claim.lines:
        adjusted, of_patient, of_known = _sums(line.cas)
        known = known and of_known
        patient += of_patient
        charges += line.charge_cents
        paid += line.paid_cents
        in_lines += adjusted
        if not line.procedure and not line.revenue_code:
            found.append(_nameless(one, line.segment, claim))
        if line.charge_cents - adjusted != line.paid_cents:
            difference = line.charge_cents - adjusted - line.paid_cents
            sentence = "SVC02 less adjustments is not SVC03"
            found.append(_out(one, line.segment, "line", sentence, difference, claim))
    at_claim, of_patient, of_known = _sums(claim.cas)
    patient += of_patient
    difference = claim.charge_cents - at_claim - in_lines - claim.paid_cents
    if difference:
        sentence = "CLP03 less adjustments is not CLP04"
        found.append(_out(one, claim.segment, "claim", sentence, difference, claim))
    if claim.lines:
        if charges != claim.charge_cents:
            difference = charges - claim.charge_cents
            sentence = "the lines' charges are not CLP03"
            found.append(_out(one, claim.segment, "roll_up", sentence, difference, claim))
        if paid - at_claim != claim.paid_cents:
            difference = paid - at_claim - claim.paid_cents
            sentence = "the lines' payments are not CLP04"
            found.append(_out(one, claim.segment, "roll_up", sentence, difference, claim))
    if patient != claim.patient_cents and claim.status != REVERSED:
        found.append(_patient_differs(claim, one, claim.patient_cents - patient))
    if claim.status in _UNUSUAL or claim.charge_cents < 0 or claim.paid_cents < 0:
        found += _status(claim, one)
    if not (known and of_known):
        found += _groups(claim, one)
    return found


def _status(claim: RemitClaim, one: Places) -> Iterable[Finding]:
    """A reversal takes back and nothing else does; what is not paid has no payment."""
    signed = (("CLP03", claim.charge_cents), ("CLP04", claim.paid_cents))
    if claim.status == REVERSED:
        for element, cents in signed:
            if cents > 0:
                sentence = "a reversal has a positive amount"
                yield _of_status(one, claim, sentence, element, cents)
    elif claim.status in UNPAID and claim.paid_cents:
        sentence = f"a claim that is {UNPAID[claim.status]} has a payment"
        yield _of_status(one, claim, sentence, "CLP04", claim.paid_cents)
    elif claim.status not in UNPAID:
        for element, cents in signed:
            if cents < 0:
                sentence = "a claim that is no reversal has a negative amount"
                yield _of_status(one, claim, sentence, element, cents, "warning")


def _of_status(
    one: Places,
    claim: RemitClaim,
    sentence: str,
    element: str,
    cents: int,
    severity: Severity = "error",
) -> Finding:
    return one.finding(
        claim.segment,
        sentence,
        severity=severity,
        element=element,
        difference_cents=cents,
        claim=claim.clp01,
        loop="2100",
        rule="claim.status",
    )


def _nameless(one: Places, place: int, claim: RemitClaim) -> Finding:
    return one.finding(
        place,
        "a line has no procedure; is its separator the one of ISA16?",
        severity="warning",
        element="SVC01",
        claim=claim.clp01,
    )


def _sums(cas: list[Cas]) -> tuple[int, int, bool]:
    """(all adjustments, those of the patient, whether all their groups exist)."""
    total = patient = 0
    known = True
    for c in cas:
        total += c.cents
        if c.group == "PR":
            patient += c.cents
        elif c.group not in GROUPS:
            known = False
    return total, patient, known


def _patient_differs(claim: RemitClaim, one: Places, difference: int) -> Finding:
    return one.finding(
        claim.segment,
        "CLP05 is not the sum of the patient's adjustments",
        severity="warning",
        element="CLP05",
        difference_cents=difference,
        claim=claim.clp01,
    )


def _groups(claim: RemitClaim, one: Places) -> Iterable[Finding]:
    for place, loop, cas in (
        (claim.segment, "2100", claim.cas),
        *((line.segment, "2110", line.cas) for line in claim.lines),
    ):
        for group in {c.group for c in cas} - GROUPS:
            yield one.finding(
                place,
                "an adjustment group that does not exist",
                element="CAS01",
                code="7",
                claim=claim.clp01,
                loop=loop,
                rule="cas.group",
                value=group or " ",
            )


def check_payment(remit: Remittance, one: Places, paid_cents: int) -> list[Finding]:
    """Whether BPR02 is what the claims were paid, less the provider adjustments, and the ids are sound."""
    found: list[Finding] = []
    difference = paid_cents - sum(plb.cents for plb in remit.plb) - remit.amount_cents
    if difference:
        sentence = "the claims' payments less provider adjustments are not BPR02"
        found.append(
            one.finding(0, sentence, element="BPR02", level="payment", difference_cents=difference)
        )
    if remit.amount_cents < 0:
        found.append(one.finding(0, "BPR02 is negative", element="BPR02", level="payment"))
    if remit.method == "NON" and remit.amount_cents:
        found.append(
            one.finding(
                0, "a payment by no method has an amount", severity="warning", element="BPR04"
            )
        )
    for plb in remit.plb:
        if plb.reason not in PLB_REASONS:
            s = one.split_at(plb.segment)
            at = next((n for n in range(3, len(s), 2) if s[n].startswith(plb.reason)), 3)
            sentence = "a provider adjustment for a reason that the guide has not"
            found.append(
                one.finding(
                    plb.segment,
                    sentence,
                    severity="warning",
                    element=f"PLB{at:02d}",
                    rule="plb.reason",
                )
            )
    if remit.payee_npi and not is_npi(remit.payee_npi):
        sentence = "the payee's NPI has a wrong check digit"
        place = remit.payee_segment
        found.append(one.finding(place, sentence, severity="warning", element="N104", loop="1000B"))
    return found


def _out(
    one: Places, place: int, level: str, sentence: str, difference: int, claim: RemitClaim
) -> Finding:
    return one.finding(
        place,
        sentence,
        element=_ELEMENTS[level],
        level=level,
        difference_cents=difference,
        claim=claim.clp01,
    )


class BalanceOfFile:
    """All payments of a file together: `add` each when it was read, then `end`."""

    def __init__(self) -> None:
        self.amount_cents = self.claims_cents = self.plb_cents = 0
        self._payments: set[tuple[str, str, str, int]] = set()
        self._last: TransactionSet | None = None
        self._found: list[Finding] = []

    def add(self, remit: Remittance, one: TransactionSet, paid_cents: int | None = None) -> None:
        """One payment; `paid_cents` is what its claims were paid where the claims are no longer held."""
        if paid_cents is None:
            paid_cents = sum(claim.paid_cents for claim in remit.claims)
        self._last = one
        self.amount_cents += remit.amount_cents
        self.claims_cents += paid_cents
        self.plb_cents += sum(plb.cents for plb in remit.plb)
        key = (remit.trn02, remit.trn03, str(remit.paid_on), remit.amount_cents)
        if remit.trn02 and key in self._payments:
            sentence = "the same payment stands twice in one file"
            self._found.append(self._finding(one, sentence, remit.amount_cents, "TRN02"))
        if len(self._payments) < limits.CONTROLS:
            self._payments.add(key)

    def end(self) -> list[Finding]:
        """Payments that stand twice, and the cents by which the file as a whole is out of balance."""
        difference = self.claims_cents - self.plb_cents - self.amount_cents
        if difference and self._last is not None:
            sentence = "the file's claims less provider adjustments are not its payments"
            return [*self._found, self._finding(self._last, sentence, difference, "BPR02")]
        return self._found

    def _finding(self, one: TransactionSet, sentence: str, cents: int, element: str) -> Finding:
        return one.finding(
            -1,
            sentence,
            element=element,
            level="file",
            difference_cents=cents,
            rule="file.balance" if element == "BPR02" else "payment.repeated",
        )
