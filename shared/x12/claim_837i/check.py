"""What a payer's gate would complain of in an 837I: totals, type of bill, admission, attending provider."""

from collections.abc import Iterator

from shared.x12 import hierarchy
from shared.x12.claim_837i.model import InstitutionalClaim, RevenueLine
from shared.x12.claim_loops.check import Wrong, common, repeated
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding

LINES = 999
STILL_PATIENT = "30"


def check_837i(claims: list[InstitutionalClaim], one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    found = hierarchy.check_levels(one, hierarchy.CLAIMS)
    found += repeated(one, [claim.clm01 for claim in claims])
    for claim in claims:
        found += check_claim_837i(claim, one)
    return found


def check_claim_837i(c: InstitutionalClaim, one: TransactionSet) -> list[Finding]:
    """What is wrong with one claim."""
    wrong = Wrong(one, c, c.clm01)
    return [
        *common(wrong, c, c.total_cents, c.frequency, c.lines),
        *_claim(wrong, c),
        *(finding for line in c.lines for finding in _line(wrong, line)),
    ]


def _claim(wrong: Wrong, c: InstitutionalClaim) -> Iterator[Finding]:
    if not 1 <= len(c.lines) <= LINES:
        yield wrong(f"an institutional claim has 1 to {LINES} lines", "2400", "LX01")
    if not c.diagnoses:
        yield wrong("an institutional claim has a principal diagnosis", "2300", "HI01")
    if len(c.facility_code) != 2 or len(c.frequency) != 1:
        yield wrong("the type of bill is not whole", "2300", "CLM05")
    if c.statement_from is None:
        yield wrong("the statement has no period", "2300", "DTP03")
    elif c.statement_to is not None and c.statement_to < c.statement_from:
        yield wrong("the statement's period ends before it starts", "2300", "DTP03")
    if not c.patient_status:
        yield wrong("the patient's status is missing", "2300", "CL103")
    if c.inpatient and c.admitted_on is None:
        yield wrong("an inpatient stay has no day of admission", "2300", "DTP03")
    if c.frequency == "1" and c.patient_status == STILL_PATIENT:
        sentence = "a bill for a whole stay says that the patient is still there"
        yield wrong(sentence, "2300", "CLM05", severity="warning")
    if all(p.role != "71" for p in c.providers):
        yield wrong("no attending provider is named", "2310A", "NM101", severity="warning")
    if not all(line.line_control for line in c.lines):
        sentence = "a line has no control number, so its payment cannot name it"
        yield wrong(sentence, "2400", "REF02", severity="note")


def _line(wrong: Wrong, line: RevenueLine) -> Iterator[Finding]:
    if not line.revenue_code:
        yield wrong("a line has no revenue code", "2400", "SV201")
    if line.noncovered_cents > line.charge_cents:
        yield wrong("more is not covered than was charged", "2400", "SV207", severity="warning")
    if line.service_from and line.service_to and line.service_to < line.service_from:
        yield wrong("a line's service ends before it starts", "2400", "DTP03")
