"""What a payer's gate would complain of in an 837I: totals, type of bill, admission, attending provider."""

from collections.abc import Iterator

from shared.x12.claim_837i.model import InstitutionalClaim, RevenueLine
from shared.x12.claim_loops.balance import Say
from shared.x12.claim_loops.check import (
    Wrong,
    as_it_stands,
    born,
    common,
    dates_in_order,
    no_claim,
    repeated,
    unnumbered,
    whole,
)
from shared.x12.claim_loops.hierarchy import check_claim_levels
from shared.x12.claim_loops.model import BillingProvider
from shared.x12.claim_loops.sound import sound
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.npi import is_npi

LINES = 999
STILL_PATIENT = "30"
POA = frozenset("YNUW1")
QUALIFIERS = frozenset({"HC", "ER", "HP", "IV", "WK"})
UNITS = frozenset({"DA", "UN"})
_WITH_POA = "ABK BK ABF BF ABN BN"
"""Kinds of codes (HI01-1) that say whether something was present on admission."""


def check_837i(claims: list[InstitutionalClaim], one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    found = check_claim_levels(one)
    found += repeated(one, [(c.clm01, c.frequency, c.segment) for c in claims])
    for claim in claims:
        found += check_claim_837i(claim, one)
    return found if claims else [*found, no_claim(one)]


def check_claim_837i(c: InstitutionalClaim, one: TransactionSet) -> list[Finding]:
    """What is wrong with one claim."""
    wrong = Wrong(one, c, c.clm01)
    found = [*rules_837i(c, wrong), *as_it_stands(wrong, "A")]
    codes = [*(d.code for d in c.diagnoses), *(line.procedure for line in c.lines)]
    return whole(found, c.facility_code, c.frequency, codes)


def rules_837i(c: InstitutionalClaim, wrong: Say) -> Iterator[Finding]:
    """Every rule that a claim breaks."""
    return iter(()) if is_sound(c) else every_rule(c, wrong)


def is_sound(c: InstitutionalClaim) -> bool:
    """Whether a claim surely breaks no rule, told at a glance; False says nothing."""
    first, until, diagnoses, lines = c.statement_from, c.statement_to, c.diagnoses, c.lines
    if first is None or until is None or until < first or c.dates or c.occurrences or c.procedures:
        return False
    if not 0 < len(lines) <= LINES or not diagnoses or c.external_causes or not c.patient_status:
        return False
    if len(c.facility_code) != 2 or len(c.frequency) != 1 or c.patient_status == STILL_PATIENT:
        return False
    if c.frequency in "78":
        return False
    if (c.inpatient and c.admitted_on is None) or (c.admitted_on and c.admitted_on > until):
        return False
    for diagnosis in diagnoses:
        if not diagnosis.code or (diagnosis.poa and diagnosis.poa not in POA):
            return False
    born_on = (c.subscriber.party if c.patient is None else c.patient).born_on
    if born_on is not None and born_on > until:
        return False
    if all([provider.role != "71" for provider in c.providers]):
        return False
    charges = []
    for line in lines:
        day = line.service_from
        if line.service_to is not None or line.providers or line.prior or line.quantity:
            return False
        if not (line.line_control and line.revenue_code and line.units >= 0):
            return False
        if line.noncovered_cents > line.charge_cents or line.unit_code not in UNITS:
            return False
        if line.qualifier not in QUALIFIERS or (day is not None and day > until):
            return False
        charges.append(line.charge_cents)
    b = c.billing
    if b is not None and (b.first or b.tax_id_kind == "SY"):
        return False
    return sound(c, c.clm01, charges, c.total_cents, c.subscriber, c.payer)


def every_rule(c: InstitutionalClaim, wrong: Say) -> Iterator[Finding]:
    """What each rule finds."""
    parts = (c.clm01, c.total_cents, c.frequency, c.subscriber, c.payer, c.lines)
    yield from common(wrong, c, *parts)
    if c.billing is not None:
        yield from billing_facility(wrong, c.billing)
    yield from _claim(wrong, c)
    yield from _days(wrong, c)
    for number, line in enumerate(c.lines, 1):
        yield from _line(wrong, c, number, line)


def billing_facility(wrong: Say, billing: BillingProvider) -> Iterator[Finding]:
    """A facility bills under its own name and its employer's number, a person never."""
    if billing.first:
        yield wrong("a person bills as a facility", "2010AA", "NM102")
    if billing.tax_id_kind == "SY":
        yield wrong("a facility has a person's tax number", "2010AA", "REF01")


def _claim(wrong: Say, c: InstitutionalClaim) -> Iterator[Finding]:
    if not 1 <= len(c.lines) <= LINES:
        yield wrong(f"an institutional claim has 1 to {LINES} lines", "2400", "LX01")
    if not c.diagnoses or not all(d.code for d in c.diagnoses):
        yield wrong("an institutional claim has a principal diagnosis", "2300", "HI01")
    for d in (*c.diagnoses, *c.external_causes):
        if d.poa and d.poa not in POA:
            sentence = "an unknown sign for present on admission"
            yield wrong(sentence, "2300", "HI01", severity="warning", role=_WITH_POA, text=d.code)
    if len(c.facility_code) != 2 or len(c.frequency) != 1:
        yield wrong("the type of bill is not whole", "2300", "CLM05")
    if not c.patient_status:
        yield wrong("the patient's status is missing", "2300", "CL103")
    if c.frequency == "1" and c.patient_status == STILL_PATIENT:
        sentence = "a bill for a whole stay says that the patient is still there"
        yield wrong(sentence, "2300", "CLM05", severity="warning")
    if all(p.role != "71" for p in c.providers):
        yield wrong("no attending provider is named", "2310A", "NM101", severity="warning")
    if not all([line.line_control for line in c.lines]):
        yield unnumbered(wrong, c.lines)


def _days(wrong: Say, c: InstitutionalClaim) -> Iterator[Finding]:
    """The statement has its period, the stay its admission, and what happened falls into them."""
    if c.statement_from is None:
        yield wrong("the statement has no period", "2300", "DTP03")
        return
    if c.statement_to is None:
        sentence = "the statement's period is not written as a range of days"
        yield wrong(sentence, "2300", "DTP02", severity="warning", role="434")
    until = c.statement_to or c.statement_from
    if until < c.statement_from:
        yield wrong("the statement's period ends before it starts", "2300", "DTP03", role="434")
    if c.inpatient and c.admitted_on is None:
        yield wrong("an inpatient stay has no day of admission", "2300", "DTP03")
    if c.admitted_on is not None and c.admitted_on > until:
        yield wrong("the admission is after the statement's period", "2300", "DTP03", role="435")
    for o in c.occurrences:
        if o.until is not None and o.until < o.on:
            sentence = "an occurrence's span ends before it starts"
            yield wrong(sentence, "2300", "HI01", role="BI", text=o.code)
    late = next((p for p in c.procedures if p.on is not None and p.on > until), None)
    if late is not None:
        sentence = "a procedure is after the statement's period"
        yield wrong(
            sentence, "2300", "HI01", severity="warning", role="BBR BBQ BR BQ CAH", text=late.code
        )
    yield from born(wrong, c, c.subscriber, until)
    if c.dates:
        yield from dates_in_order(wrong, c.dates, until)


def _line(wrong: Say, c: InstitutionalClaim, number: int, line: RevenueLine) -> Iterator[Finding]:
    if not line.revenue_code:
        yield wrong("a line has no revenue code", "2400", "SV201", line=number)
    if line.noncovered_cents > line.charge_cents:
        yield wrong(
            "more is not covered than was charged", "2400", "SV207", severity="warning", line=number
        )
    if line.units < 0 or line.quantity.startswith("-"):
        yield wrong("a negative number of units", "2400", "SV205", line=number)
    if line.unit_code not in UNITS:
        yield wrong(
            "units that are not used here", "2400", "SV204", severity="warning", line=number
        )
    if line.procedure and line.qualifier not in QUALIFIERS:
        yield wrong("a procedure of a list that is not used here", "2400", "SV202", line=number)
    day = line.service_from
    if day is not None:
        last = line.service_to or day
        if last < day:
            yield wrong("a line's service ends before it starts", "2400", "DTP03", line=number)
        until = c.statement_to or c.statement_from
        if until is not None and last > until:
            sentence = "a line's service is after the statement's period"
            yield wrong(sentence, "2400", "DTP03", severity="warning", line=number)
    for p in line.providers:
        if p.npi and not is_npi(p.npi):
            yield wrong(
                "a provider's NPI has a wrong check digit",
                "2420",
                "NM109",
                line=number,
                role=p.role,
            )
