"""What a payer's gate would complain of in an 837P: totals, identifiers, pointers, COB balance, hierarchy."""

from collections.abc import Iterator

from shared.x12.claim_837p.model import ProfessionalClaim, ServiceLine
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
from shared.x12.claim_loops.sound import sound
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.npi import is_npi

LINES = 50
DIAGNOSES = 12
POINTERS = 4
CAUSES = frozenset({"AA", "EM", "OA"})
QUALIFIERS = frozenset({"HC", "ER", "IV", "WK"})
UNITS = frozenset({"UN", "MJ"})


def check_837p(claims: list[ProfessionalClaim], one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    found = check_claim_levels(one)
    found += repeated(one, [(c.clm01, c.frequency, c.segment) for c in claims])
    for claim in claims:
        found += check_claim_837p(claim, one)
    return found if claims else [*found, no_claim(one)]


def check_claim_837p(c: ProfessionalClaim, one: TransactionSet) -> list[Finding]:
    """What is wrong with one claim."""
    wrong = Wrong(one, c, c.clm01)
    found = [*rules_837p(c, wrong), *as_it_stands(wrong, "B")]
    codes = [*c.diagnoses, *(line.procedure for line in c.lines)]
    return whole(found, c.place_of_service, c.frequency, codes)


def rules_837p(c: ProfessionalClaim, wrong: Say) -> Iterator[Finding]:
    """Every rule that a claim breaks."""
    return iter(()) if is_sound(c) else every_rule(c, wrong)


def is_sound(c: ProfessionalClaim) -> bool:
    """Whether a claim surely breaks no rule, told at a glance; False says nothing."""
    lines, diagnoses, where = c.lines, c.diagnoses, c.place_of_service
    charges, days = [], []
    for line in lines:
        day, pointers = line.service_from, line.pointers
        if day is None or line.service_to is not None or line.providers or line.prior:
            return False
        if not (line.line_control and line.procedure and line.units >= 0) or line.quantity:
            return False
        if line.qualifier not in QUALIFIERS or line.unit_code not in UNITS:
            return False
        if pointers != [1] and not (
            0 < len(pointers) <= POINTERS and min(pointers) > 0 and max(pointers) <= len(diagnoses)
        ):
            return False
        charges.append(line.charge_cents)
        days.append(day)
    if c.dates or c.accident_causes or not (0 < len(lines) <= LINES and len(where) == 2):
        return False
    if not 0 < len(diagnoses) <= DIAGNOSES or "" in diagnoses or where == "21":
        return False
    if len(c.frequency) != 1 or (c.frequency in "78" and not c.payer_control):
        return False
    born_on = (c.subscriber.party if c.patient is None else c.patient).born_on
    if born_on is not None and born_on > min(days):
        return False
    return sound(c, c.clm01, charges, c.total_cents, c.subscriber, c.payer)


def every_rule(c: ProfessionalClaim, wrong: Say) -> Iterator[Finding]:
    """What each rule finds."""
    parts = (c.clm01, c.total_cents, c.frequency, c.subscriber, c.payer, c.lines)
    yield from common(wrong, c, *parts)
    yield from _claim(wrong, c)
    diagnoses = len(c.diagnoses)
    for number, line in enumerate(c.lines, 1):
        yield from _line(wrong, number, line, diagnoses)


def _claim(wrong: Say, c: ProfessionalClaim) -> Iterator[Finding]:
    if not 1 <= len(c.lines) <= LINES:
        yield wrong(f"a professional claim has 1 to {LINES} lines", "2400", "LX01")
    if not 1 <= len(c.diagnoses) <= DIAGNOSES or "" in c.diagnoses:
        yield wrong(f"a professional claim has 1 to {DIAGNOSES} diagnoses", "2300", "HI01")
    if len(c.place_of_service) != 2 or len(c.frequency) != 1:
        yield wrong("the place of service or the frequency is not whole", "2300", "CLM05")
    if c.accident_causes:
        yield from _accident(wrong, c)
    if not all([line.line_control for line in c.lines]):
        yield unnumbered(wrong, c.lines)
    if c.place_of_service == "21" and c.on("435") is None:
        yield wrong(
            "an inpatient stay has no day of admission", "2300", "DTP03", severity="warning"
        )
    days = [line.service_from for line in c.lines if line.service_from is not None]
    if days:
        yield from born(wrong, c, c.subscriber, min(days))
    if c.dates:
        yield from dates_in_order(wrong, c.dates, max(days, default=None))


def _accident(wrong: Say, c: ProfessionalClaim) -> Iterator[Finding]:
    if c.on("439") is None:
        yield wrong("an accident has no date", "2300", "DTP03", severity="warning")
    if "AA" in c.accident_causes and not c.accident_state:
        yield wrong("a car accident has no state", "2300", "CLM11", severity="warning")
    if not CAUSES.issuperset(c.accident_causes):
        yield wrong("an unknown cause of accident", "2300", "CLM11", severity="warning")


def _line(wrong: Say, number: int, line: ServiceLine, diagnoses: int) -> Iterator[Finding]:
    pointers = line.pointers
    if not 0 < len(pointers) <= POINTERS or min(pointers) < 1 or max(pointers) > diagnoses:
        yield wrong("a line points at a diagnosis that is not there", "2400", "SV107", line=number)
    if line.service_from is None:
        yield wrong("a line has no date of service", "2400", "DTP03", line=number)
    elif line.service_to is not None and line.service_to < line.service_from:
        yield wrong("a line's service ends before it starts", "2400", "DTP03", line=number)
    if not line.procedure:
        yield wrong("a line has no procedure", "2400", "SV101", line=number)
    if line.qualifier not in QUALIFIERS:
        yield wrong("a procedure of a list that is not used here", "2400", "SV101", line=number)
    if line.unit_code not in UNITS:
        yield wrong("units that are not used here", "2400", "SV103", line=number)
    if line.units < 0 or line.quantity.startswith("-"):
        yield wrong("a negative number of units", "2400", "SV104", line=number)
    for p in line.providers:
        if p.npi and not is_npi(p.npi):
            yield wrong(
                "a provider's NPI has a wrong check digit",
                "2420",
                "NM109",
                line=number,
                role=p.role,
            )
