"""What a payer's gate would complain of in an 837P: totals, identifiers, pointers, COB balance, hierarchy."""

from collections.abc import Iterator

from shared.x12 import hierarchy
from shared.x12.claim_837p.model import ProfessionalClaim, ServiceLine
from shared.x12.claim_loops.check import Wrong, common, repeated
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.npi import is_npi

LINES = 50
DIAGNOSES = 12
POINTERS = 4


def check_837p(claims: list[ProfessionalClaim], one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    found = hierarchy.check_levels(one, hierarchy.CLAIMS)
    found += repeated(one, [claim.clm01 for claim in claims])
    for claim in claims:
        found += check_claim_837p(claim, one)
    return found


def check_claim_837p(c: ProfessionalClaim, one: TransactionSet) -> list[Finding]:
    """What is wrong with one claim."""
    wrong = Wrong(one, c, c.clm01)
    return [
        *common(wrong, c, c.total_cents, c.frequency, c.lines),
        *_claim(wrong, c),
        *(finding for line in c.lines for finding in _line(wrong, c, line)),
    ]


def _claim(wrong: Wrong, c: ProfessionalClaim) -> Iterator[Finding]:
    if not 1 <= len(c.lines) <= LINES:
        yield wrong(f"a professional claim has 1 to {LINES} lines", "2400", "LX01")
    if not 1 <= len(c.diagnoses) <= DIAGNOSES:
        yield wrong(f"a professional claim has 1 to {DIAGNOSES} diagnoses", "2300", "HI01")
    if c.accident_causes and c.on("439") is None:
        yield wrong("an accident has no date", "2300", "DTP03", severity="warning")
    if "AA" in c.accident_causes and not c.accident_state:
        yield wrong("a car accident has no state", "2300", "CLM11", severity="warning")
    if not all(line.line_control for line in c.lines):
        sentence = "a line has no control number, so its payment cannot name it"
        yield wrong(sentence, "2400", "REF02", severity="note")
    if c.place_of_service == "21" and c.on("435") is None:
        yield wrong(
            "an inpatient stay has no day of admission", "2300", "DTP03", severity="warning"
        )


def _line(wrong: Wrong, c: ProfessionalClaim, line: ServiceLine) -> Iterator[Finding]:
    pointed = bool(line.pointers) and len(line.pointers) <= POINTERS
    if not pointed or any(not 1 <= p <= len(c.diagnoses) for p in line.pointers):
        yield wrong("a line points at a diagnosis that is not there", "2400", "SV107")
    if line.service_from is None:
        yield wrong("a line has no date of service", "2400", "DTP03")
    elif line.service_to is not None and line.service_to < line.service_from:
        yield wrong("a line's service ends before it starts", "2400", "DTP03")
    if not line.procedure:
        yield wrong("a line has no procedure", "2400", "SV101")
    if any(p.npi and not is_npi(p.npi) for p in line.providers):
        yield wrong("a provider's NPI has a wrong check digit", "2420", "NM109")
