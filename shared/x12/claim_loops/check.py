"""What a payer's gate complains of in any claim: totals, identifiers, days, codes, the balance with earlier payers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from shared.x12 import limits
from shared.x12.claim_loops.balance import ChargedLine, Say, earlier_payers
from shared.x12.claim_loops.levels import LETTERS
from shared.x12.claim_loops.model import (
    BillingProvider,
    ClaimBody,
    Dated,
    LineBody,
    Payer,
    Subscriber,
)
from shared.x12.claim_loops.placing import coded, place_of
from shared.x12.dates import d8
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Severity
from shared.x12.npi import is_npi

CLM01_MOST = 38
CLM01_SAFE = 20
CENTS_MOST = 9_999_999_999
"""Ten digits: what the guides allow an amount to have."""
PLACES = frozenset({"77", "PW", "45"})
"""Who is a place: where was served, and from where to where somebody was driven."""
PO_BOX = ("PO BOX", "P O BOX", "P.O. BOX", "POST OFFICE BOX")
SELF = "18"
"""SBR02 of a subscriber who is the patient."""
THIRD = 3
CAS_GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})
_PLAIN_DATES = ("431", "439", "484", "454", "304")
"""Days that have been before the service: onset, accident, last period, first treatment, last seen."""


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
        *,
        line: int = 0,
        role: str = "",
        text: str = "",
    ) -> Finding:
        if element == "HI01" and role:
            place, element = coded(self.one, self.claim.segment, role, text)
        else:
            place = place_of(self.one, self.claim.segment, loop, element, line, role, text)
        return self.one.finding(
            place,
            sentence,
            severity=severity,
            loop=loop,
            element=element,
            difference_cents=difference,
            claim=self.clm01,
            level=level,
        )

    def at(
        self, place: int, sentence: str, loop: str, element: str, severity: Severity = "error"
    ) -> Finding:
        """Where the place is known."""
        return self.one.finding(
            place, sentence, severity=severity, loop=loop, element=element, claim=self.clm01
        )


FOLLOW = ("HI", "SV101", "SV107", "SV202")
"""What cannot be right where the parts of elements are not told apart: codes, and what points at them."""


def whole(
    found: Iterable[Finding], place: str, frequency: str, codes: Iterable[str]
) -> list[Finding]:
    """The findings of a claim, without those that only follow from an ISA16 which is not the file's separator.

    That is so when CLM05 came in one piece and none of the claim's `codes` was found in its element either.
    """
    unsplit = not frequency and len(place) > len("00") and not any(codes)
    return [f for f in found if not (unsplit and f.element.startswith(FOLLOW))]


def unnumbered(wrong: Say, lines: Sequence[LineBody]) -> Finding:
    """An 835 names a line by its control number; the first line that has none."""
    number = next(n for n, line in enumerate(lines, 1) if not line.line_control)
    sentence = "a line has no control number, so its payment cannot name it"
    return wrong(sentence, "2400", "REF02", severity="note", line=number)


class Numbers:
    """The CLM01s of a set: two claims of one number and frequency are told apart by no answer.

    A void or replacement beside a new claim of its number is only told; payers take it.
    """

    def __init__(self) -> None:
        self._seen: dict[str, str | tuple[str, ...]] = {}
        """The frequencies of a number: nearly always one."""
        self._count = 0

    def again(self, number: str, frequency: str) -> Severity | None:
        """How bad it is that this claim comes; None when its number is new. The first numbers are remembered."""
        seen = self._seen.get(number)
        if seen is None:
            if self._count < limits.CONTROLS:
                self._count += 2
                self._seen[number] = frequency
            return None
        frequencies = (seen,) if isinstance(seen, str) else seen
        if frequency in frequencies:
            return "error"
        if self._count < limits.CONTROLS:
            self._count += 1
            self._seen[number] = (*frequencies, frequency)
        return "warning"


TWICE = "a CLM01 stands twice in one set"


def no_claim(one: TransactionSet) -> Finding:
    """Of a set that asks for nothing, as one that lost its claims on the way."""
    return one.finding(-1, "there is no claim in the set", loop="2300", element="CLM", code="3")


def repeated(one: TransactionSet, claims: Iterable[tuple[str, str, int]]) -> Iterator[Finding]:
    """(CLM01, frequency, place) of every claim: named at every later one of a number."""
    numbers = Numbers()
    for number, frequency, place in claims:
        if severity := numbers.again(number, frequency):
            yield one.finding(
                place, TWICE, severity=severity, loop="2300", element="CLM01", claim=number
            )


def as_it_stands(wrong: Wrong, kind: str) -> list[Finding]:
    """What only the file shows of a claim: the list that its CLM05 is from (A of bills, B of places), how lines count."""
    found: list[Finding] = []
    one, claim = wrong.one, wrong.claim
    for s in claim.unknown:
        where = s[5].split(one.delimiters.component) if s[0] == "CLM" and len(s) > 5 else []
        if len(where) > 1 and where[1] not in (kind, ""):
            sentence = "a place of service of a list that is not used here"
            found.append(wrong(sentence, "2300", "CLM05"))
    if one.holds(claim.segment):  # Or it was given up as a claim without end.
        found += _numbers(wrong)
    return found


COUNTED = [str(number) for number in range(1, 1_000)]


def _numbers(wrong: Wrong) -> Iterable[Finding]:
    """Payers want lines counted from 1 and take other numbers; a number that comes again names no line."""
    one = wrong.one
    raw, count, element = one.raw, one.count, one.delimiters.element
    line, ends = "LX" + element, ("CLM", "HL" + element)
    places: list[int] = []
    for at in range(wrong.claim.segment + 1 - count, 0):
        start = raw[at][:3]
        if start == line:
            places.append(at)
        elif start in ends:
            break
    numbers = [raw[at].split(element)[1] for at in places]
    if numbers == COUNTED[: len(numbers)]:
        return ()
    found: list[Finding] = []
    seen: set[str] = set()
    for n, number in enumerate(numbers):
        if number in seen:
            sentence = "an LX01 stands twice in one claim"
            found.append(wrong.at(places[n] + count, sentence, "2400", "LX01"))
        elif not found and number != str(n + 1):
            sentence = "lines are not numbered 1, 2, 3"
            found.append(wrong.at(places[n] + count, sentence, "2400", "LX01", "warning"))
        seen.add(number)
    return found


def common(
    wrong: Say,
    c: ClaimBody,
    clm01: str,
    total_cents: int,
    frequency: str,
    subscriber: Subscriber,
    payer: Payer,
    lines: Sequence[ChargedLine],
) -> Iterator[Finding]:
    """What holds for professional and institutional claims alike."""
    yield from _money(wrong, total_cents, lines)
    if not clm01 or len(clm01) > CLM01_MOST:
        yield wrong("CLM01 is missing or too long", "2300", "CLM01")
    elif len(clm01) > CLM01_SAFE:
        sentence = f"CLM01 is longer than {CLM01_SAFE}: payers may cut it off"
        yield wrong(sentence, "2300", "CLM01", severity="warning")
    if frequency in ("7", "8") and not c.payer_control:
        yield wrong("a replacement or void names no payer control number", "2300", "REF02")
    if c.first_diagnosis in ("ABF", "BF"):
        yield wrong("the first diagnosis is not called the principal one", "2300", "HI01")
    if c.billing is not None:
        yield from billing_provider(wrong, c.billing, atypical=by_payers_number(payer))
    if not (payer.name and payer.payer_id):
        element = "NM109" if payer.name else "NM103"
        yield wrong("the payer has no name or no id", "2010BB", element)
    yield from _people(wrong, c, subscriber)
    if c.rendering_npi and not is_npi(c.rendering_npi):
        sentence = "the rendering provider's NPI has a wrong check digit"
        yield wrong(sentence, "2310", "NM109", role="82")
    for provider in c.providers:
        if provider.npi and not is_npi(provider.npi):
            sentence = "a provider's NPI has a wrong check digit"
            yield wrong(sentence, "2310", "NM109", role=provider.role)
        if provider.role in PLACES and not provider.street:
            yield wrong("a place has no address", "2310", "N301", role=provider.role)
    if c.prior or any([line.prior for line in lines]):
        yield from earlier_payers(wrong, c.prior, total_cents, lines)
        yield from _adjustments(wrong, c, lines)


def _money(wrong: Say, total_cents: int, lines: Sequence[ChargedLine]) -> Iterator[Finding]:
    charges = [line.charge_cents for line in lines]
    total = sum(charges)
    if total != total_cents:
        sentence = "CLM02 is not the sum of its lines"
        yield wrong(sentence, "2300", "CLM02", total_cents - total, level="claim")
    if charges and min(charges) < 0:
        number = next(n for n, cents in enumerate(charges, 1) if cents < 0)
        element = "SV203" if hasattr(lines[number - 1], "revenue_code") else "SV102"
        yield wrong("a line's charge is negative", "2400", element, line=number)
    if not 0 <= total_cents <= CENTS_MOST:
        yield wrong("a charge is negative or has more than ten digits", "2300", "CLM02")


def _people(wrong: Say, c: ClaimBody, subscriber: Subscriber) -> Iterator[Finding]:
    if not subscriber.party.last:
        yield wrong("the subscriber has no name", "2010BA", "NM103")
    if not subscriber.member_id:
        severity: Severity = "error" if c.patient is None else "warning"
        yield wrong("the subscriber has no member id", "2010BA", "NM109", severity=severity)
    patient = c.patient
    if patient is not None:
        if not patient.last:
            yield wrong("the patient has no name", "2010CA", "NM103")
    elif subscriber.relation != SELF:
        sentence = "the subscriber is not called the patient, and no patient is named"
        yield wrong(sentence, "2000B", "SBR02")
    else:
        party = subscriber.party
        if not party.street:
            yield wrong("the subscriber is the patient and has no address", "2010BA", "N301")
        if not (party.born_on or party.sex):
            sentence = "the subscriber is the patient and has neither date of birth nor sex"
            yield wrong(sentence, "2010BA", "DMG02")
    if c.prior:
        yield from _orders(wrong, c, subscriber)


def _orders(wrong: Say, c: ClaimBody, subscriber: Subscriber) -> Iterator[Finding]:
    """No two payers of a claim have one turn; older guides know no letter behind the third."""
    seen = {subscriber.order}
    for prior in c.prior:
        order = prior.subscriber.order
        if order in seen and order:
            severity: Severity = "warning" if order == THIRD else "error"
            sentence = "two payers of a claim have the same turn"
            yield wrong(sentence, "2320", "SBR01", severity=severity, role=LETTERS[order])
        seen.add(order)


def born(
    wrong: Say, c: ClaimBody, subscriber: Subscriber, first_service: date | None
) -> Iterator[Finding]:
    """Nobody is served before he is born."""
    party = subscriber.party if c.patient is None else c.patient
    if party.born_on and first_service and party.born_on > first_service:
        loop = "2010BA" if c.patient is None else "2010CA"
        yield wrong("the patient was born after the service", loop, "DMG02")


def dates_in_order(
    wrong: Say, dates: Sequence[Dated], last_service: date | None
) -> Iterator[Finding]:
    """Ranges end after they start, discharges follow admissions, and what led to a service was before it."""
    on = {d.what: d.day for d in dates}
    for d in dates:
        if d.until is not None and d.until < d.day:
            sentence, span = "a range of days ends before it starts", f"{d8(d.day)}-{d8(d.until)}"
            yield wrong(sentence, "2300", "DTP03", role=d.what, text=span)
    if "435" in on and "096" in on and on["096"] < on["435"]:
        yield wrong("the discharge is before the admission", "2300", "DTP03", role="096")
    late = next(
        (d for d in dates if last_service and d.what in _PLAIN_DATES and d.day > last_service), None
    )
    if late:
        sentence = "an onset, accident or earlier treatment is after the service"
        yield wrong(
            sentence, "2300", "DTP03", severity="warning", role=late.what, text=d8(late.day)
        )


def by_payers_number(payer: Payer) -> bool:
    """Whether a claim names its billing provider by a number of the payer (REF*G2, REF*LU of 2010BB)."""
    return any(r.qualifier in ("G2", "LU") for r in payer.references)


def billing_provider(
    wrong: Say, billing: BillingProvider, *, atypical: bool = False
) -> Iterator[Finding]:
    """Loop 2010AA; who is `atypical` gives no health care, has no NPI and bills by a number of the payer."""
    if not billing.name:
        yield wrong("the billing provider has no name", "2010AA", "NM103")
    if not billing.npi and not atypical:
        yield wrong("the billing provider has no NPI", "2010AA", "NM109")
    elif billing.npi and not is_npi(billing.npi):
        yield wrong("the billing provider's NPI has a wrong check digit", "2010AA", "NM109")
    if billing.street.upper().startswith(PO_BOX):
        sentence = "the billing provider's address is a post-office box"
        yield wrong(sentence, "2010AA", "N301", severity="warning")
    if len(billing.zip) != 9:
        sentence = "the billing provider's ZIP has not nine digits"
        yield wrong(sentence, "2010AA", "N403", severity="warning")
    if not billing.tax_id:
        yield wrong("the billing provider has no tax number", "2010AA", "REF02")
    elif billing.tax_id_kind not in ("EI", "SY"):
        yield wrong("the billing provider's number is no tax number", "2010AA", "REF01")


def _adjustments(wrong: Say, c: ClaimBody, lines: Sequence[ChargedLine]) -> Iterator[Finding]:
    for prior in c.prior:
        if any(a.group not in CAS_GROUPS for a in prior.cas):
            order = LETTERS[prior.subscriber.order]
            yield wrong("an adjustment of a group that is none", "2320", "CAS01", role=order)
    for number, line in enumerate(lines, 1):
        for p in line.prior:
            if any(a.group not in CAS_GROUPS for a in p.cas):
                sentence = "an adjustment of a group that is none"
                yield wrong(sentence, "2430", "CAS01", line=number, role=p.payer_id)
                break
