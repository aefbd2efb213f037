"""What claim edits find, each a small function over one claim and the books."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from contracts.reference import FacilityListed
from contracts.submission import ClaimPackage
from contracts.values import Charge
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID
from services.submission.domain.package import in_force
from shared.x12.npi import is_npi

MAX_LINES = 50
MAX_DIAGNOSES = 12
MAX_TOTAL_CENTS = 10**10 - 1
"""CLM02 holds at most ten digits."""
REPEAT_MODIFIERS = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU", "LT", "RT"})


class Facts(NamedTuple):
    """All that an edit may look at."""

    package: ClaimPackage
    books: Books
    today: date | None
    service_from: date
    filing_limit_on: date
    not_covered: str
    """What eligibility said against this payer, or nothing."""
    coding_held: str = ""
    """What coding found, where it holds the encounter."""


class Found(NamedTuple):
    """One thing an edit found, before it is given its rule's name, and its place where that is not the rule's."""

    sentence: str
    loop: str = ""
    element: str = ""


def charges(facts: Facts) -> Iterator[Found]:
    if not facts.package.charges:
        yield Found("No charge of the claim is left.")


def coding_held(facts: Facts) -> Iterator[Found]:
    # A void says what its payer has, whatever is coded by now.
    if facts.coding_held and facts.package.frequency != VOID:
        yield Found(f"Coding holds the encounter: {facts.coding_held}")


def line_count(facts: Facts) -> Iterator[Found]:
    count = len(facts.package.charges)
    if count > MAX_LINES:
        yield Found(f"The claim has {count} lines; 1 to {MAX_LINES} are allowed.")


def diagnosis_count(facts: Facts) -> Iterator[Found]:
    count = len(facts.package.diagnoses)
    if not 1 <= count <= MAX_DIAGNOSES:
        yield Found(f"The claim has {count} diagnoses; 1 to {MAX_DIAGNOSES} are allowed.")


def diagnosis_codes(facts: Facts) -> Iterator[Found]:
    for diagnosis in facts.package.diagnoses:
        if not _is_code(diagnosis.code.replace(".", "")):
            yield Found(f"Diagnosis {diagnosis.sequence} is no code of letters and digits.")


def procedures(facts: Facts) -> Iterator[Found]:
    for line, charge in enumerate(facts.package.charges, start=1):
        if not _is_code(charge.procedure):
            yield Found(f"The procedure of line {line} is no code of letters and digits.")


def _is_code(text: str) -> bool:
    return text.isascii() and text.isalnum()


def pointers(facts: Facts) -> Iterator[Found]:
    known = {diagnosis.sequence for diagnosis in facts.package.diagnoses}
    pointers = {line.charge: line.pointers for line in facts.package.coded}
    for line, charge in enumerate(facts.package.charges, start=1):
        pointed = pointers.get(charge.charge, ())
        if not pointed:
            yield Found(f"Line {line} points to no diagnosis.")
        elif not known.issuperset(pointed):
            yield Found(f"Line {line} points to a diagnosis that is not there.")


def balance(facts: Facts) -> Iterator[Found]:
    lines = sum(charge.charge_cents for charge in facts.package.charges)
    if lines != facts.package.total_cents:
        yield Found(f"The lines add up to {lines} cents, the claim to {facts.package.total_cents}.")
    if facts.package.total_cents > MAX_TOTAL_CENTS:
        yield Found("The total has more digits than CLM02 holds.")


def _facility(facts: Facts) -> FacilityListed | None:
    return facts.books.facilities.get(facts.package.facility)


def billing_listed(facts: Facts) -> Iterator[Found]:
    if _facility(facts) is None:
        yield Found("The facility is not listed.")


def billing_npi(facts: Facts) -> Iterator[Found]:
    facility = _facility(facts)
    if facility and not is_npi(facility.npi):
        yield Found("The billing provider's NPI fails its check digit.")


def billing_taxonomy(facts: Facts) -> Iterator[Found]:
    facility = _facility(facts)
    if facility and not (len(facility.taxonomy) == 10 and facility.taxonomy.isalnum()):
        yield Found("The billing provider's taxonomy code does not have ten characters.")


def billing_street(facts: Facts) -> Iterator[Found]:
    facility = _facility(facts)
    words = facility.street.upper().replace(".", "").split() if facility else []
    if words[:2] == ["PO", "BOX"] or words[:3] == ["P", "O", "BOX"]:
        yield Found("The billing provider's address is a post office box.")


def rendering_npi(facts: Facts) -> Iterator[Found]:
    for line, charge in enumerate(facts.package.charges, start=1):
        if not is_npi(charge.rendering_npi):
            yield Found(f"The rendering NPI of line {line} fails its check digit.")


def member(facts: Facts) -> Iterator[Found]:
    orders = {coverage.order for coverage in facts.package.coverages}
    if facts.package.payer_order not in orders:
        yield Found("The account has no coverage in this payer order.")


def payer_covered(facts: Facts) -> Iterator[Found]:
    for coverage in facts.package.coverages:
        ours = coverage.order == facts.package.payer_order
        if ours and coverage.payer != facts.package.payer:
            yield Found("The coverage in the claim's place names another payer.")


def coverage_dates(facts: Facts) -> Iterator[Found]:
    for coverage in facts.package.coverages:
        ours = coverage.order == facts.package.payer_order
        if ours and not in_force(coverage, facts.service_from):
            yield Found("The coverage was not in force on the date of service.")


def payer_listed(facts: Facts) -> Iterator[Found]:
    if facts.books.payer(facts.package.payer, facts.service_from) is None:
        yield Found("The payer is not listed.")


def receiver_listed(facts: Facts) -> Iterator[Found]:
    payer = facts.books.payer(facts.package.payer, facts.service_from)
    if payer is not None and payer.receiver not in facts.books.receivers:
        yield Found("The receiver of this payer's files is not listed.")


def service_days(facts: Facts) -> Iterator[Found]:
    """Registration knows that the patient was born before the encounter began; nobody looks at it again."""
    for line, charge in enumerate(facts.package.charges, start=1):
        if charge.service_on < facts.service_from:
            yield Found(f"The service of line {line} is before the encounter.")


def place_of_service(facts: Facts) -> Iterator[Found]:
    for line, charge in enumerate(facts.package.charges, start=1):
        place = charge.place_of_service
        if not (len(place) == 2 and place.isascii() and place.isdigit()):
            yield Found(f"The place of service of line {line} is not two digits.")


def modifiers(facts: Facts) -> Iterator[Found]:
    for line, charge in enumerate(facts.package.charges, start=1):
        shaped = all(len(m) == 2 and m.isascii() and m.isalnum() for m in charge.modifiers)
        if len(charge.modifiers) > 4 or not shaped:
            yield Found(f"The modifiers of line {line} are more than four or not two characters.")


def payer_control(facts: Facts) -> Iterator[Found]:
    if facts.package.frequency != "1" and not facts.package.payer_control:
        yield Found("A replacement must name the payer's control number of what it replaces.")


def filing_limit(facts: Facts) -> Iterator[Found]:
    # A replacement answers a decision on a claim filed in time; its own deadline is the denial's.
    first = facts.package.frequency == "1"
    if first and facts.today is not None and facts.today > facts.filing_limit_on:
        yield Found(f"The payer's filing limit passed on {facts.filing_limit_on.isoformat()}.")


def enrolment(facts: Facts) -> Iterator[Found]:
    day = facts.today or facts.service_from
    if not facts.books.enrolled(facts.package.legal_entity, facts.package.payer, day):
        yield Found("The legal entity is not enrolled to send claims to this payer.")


def eligibility(facts: Facts) -> Iterator[Found]:
    if facts.not_covered == "inactive":
        yield Found("The payer says that the coverage is not active.")
    elif facts.not_covered:
        yield Found(f"The payer refused the eligibility inquiry with reason {facts.not_covered}.")


def duplicate_lines(facts: Facts) -> Iterator[Found]:
    seen: dict[tuple[object, ...], int] = {}
    for line, charge in enumerate(facts.package.charges, start=1):
        if REPEAT_MODIFIERS.intersection(charge.modifiers):
            continue
        first = seen.setdefault(_same(charge), line)
        if first != line:
            yield Found(f"Line {line} repeats line {first}.")


def _same(charge: Charge) -> tuple[object, ...]:
    return (charge.service_on, charge.procedure, charge.modifiers, charge.place_of_service)


def prior_payers(facts: Facts) -> Iterator[Found]:
    if facts.package.payer_order > 1 and not facts.package.prior:
        yield Found("No earlier payer's decision is known.")


def prior_balance(facts: Facts) -> Iterator[Found]:
    for prior in facts.package.prior:
        adjusted = sum(a.cents for a in prior.adjustments)
        adjusted += sum(a.cents for line in prior.lines for a in line.adjustments)
        if prior.paid_cents + adjusted != facts.package.total_cents:
            yield Found("What an earlier payer paid and adjusted does not add up to the claim.")


def prior_lines(facts: Facts) -> Iterator[Found]:
    """Each of our lines balances for each earlier payer that decided by lines, and it decided no others."""
    lines = {c.charge: (n, c.charge_cents) for n, c in enumerate(facts.package.charges, start=1)}
    for prior in facts.package.prior:
        if all(line.charge not in lines for line in prior.lines):
            continue  # Decided as a whole: all of it stands at claim level.
        left = {number: cents for number, cents in lines.values()}
        said = set()
        for line in prior.lines:
            if line.charge not in lines:
                yield Found("An earlier payer decided a line that leads to none of this claim.")
                continue
            number = lines[line.charge][0]
            said.add(number)
            left[number] -= line.paid_cents + sum(a.cents for a in line.adjustments)
        for number, cents in left.items():
            if number not in said:
                yield Found(f"An earlier payer says nothing of line {number}.")
            elif cents:
                yield Found(f"What an earlier payer says of line {number} leaves {cents} cents.")
