"""What a 270 and a 271 may be wrong in: who is named where, traces, what is asked, and what a benefit says."""

from collections import Counter
from decimal import Decimal

from shared.x12 import hierarchy
from shared.x12.eligibility_loops.model import (
    ACTIVE,
    INACTIVE,
    Benefit,
    EligibilitySet,
    Inquiry,
    Person,
)
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding, Severity
from shared.x12.inquiry_loops.check import Checking

SOURCES = "2B 36 GP P5 PR"
RECEIVERS = "1P 2B 36 80 FA GP P5 PR"
COINSURANCE = "A"
ANSWERS = frozenset({"Y", "N", "U", "W", ""})


def check_270(request: EligibilitySet, one: TransactionSet) -> list[Finding]:
    """Whether a payer can tell who asks about whom, and what."""
    check = _Eligibility(one, request)
    check.opening(request, "01 13", reference=False)
    check.everybody(request)
    for _, _, person, letter in request.people():
        check.asked(person, letter)
    return check.found


def check_271(answer: EligibilitySet, one: TransactionSet) -> list[Finding]:
    """Whether everybody is answered with a benefit or a refusal, and every benefit says what it must."""
    check = _Eligibility(one, answer)
    check.opening(answer, "06 11", reference=False)
    check.everybody(answer)
    for source in answer.sources:
        if not source.receivers and not (source.refusals or source.name.refusals):
            check.wrong(source.place, "a payer says nothing at all", "2000A", "HL")
    for _, _, person, letter in answer.people():
        check.answered(person, letter)
    return check.found


class _Eligibility(Checking):
    def everybody(self, made: EligibilitySet) -> None:
        """Levels and names from payer to dependent; refusals at each of them."""
        self.levels(hierarchy.ELIGIBILITY)
        if not made.sources:
            self.wrong(-1, "no payer is named", "2000A", "HL", code="3")
        for source in made.sources:
            self.refusals(source.refusals, source.place, "2000A")
            self.names(source, "2100A", SOURCES)
            for receiver in source.receivers:
                self.refusals(receiver.refusals, receiver.place, "2000B")
                self.names(receiver, "2100B", RECEIVERS)
        for _, _, person, letter in made.people():
            self.refusals(person.refusals, person.place, f"2000{letter}")
            self.names(person, f"2100{letter}", "IL" if letter == "C" else "03", ids=False)
        counted = Counter(t.number for _, _, person, _ in made.people() for t in person.traces)
        for number, times in counted.items():
            if times > 1:
                sentence = f"a trace stands {times} times in one set"
                self.wrong(-1, sentence, "2000C", "TRN02", "warning", claim=number)

    def asked(self, person: Person, letter: str) -> None:
        """A person of a 270."""
        leads = bool(getattr(person, "dependents", ()))
        if not person.inquiries and not leads:
            sentence = "nothing is asked about a person"
            self.wrong(person.place, sentence, f"2110{letter}", "EQ", code="3")
        if person.benefits:
            self.wrong(person.place, "a question holds an answer", f"2110{letter}", "EB")
        if person.inquiries and not any(t.kind == "1" for t in person.traces):
            self.wrong(person.place, "a question has no trace", f"2000{letter}", "TRN02", "note")
        if person.inquiries and person.name.born_on is None and not person.name.id:
            sentence = "a person has neither an id nor a date of birth"
            self.wrong(person.place, sentence, f"2100{letter}", "NM109", "warning")
        for inquiry in person.inquiries:
            self._inquiry(inquiry, f"2110{letter}")

    def _inquiry(self, i: Inquiry, loop: str) -> None:
        if not i.service_types and i.procedure is None:
            self.wrong(i.place, "neither a service type nor a procedure is asked", loop, "EQ01")
        if any(cents < 0 for _, cents in i.amounts):
            self.wrong(i.place, "an amount below zero", loop, "AMT02")
        self.dates(i.dates, i.place, loop)

    def answered(self, person: Person, letter: str) -> None:
        """A person of a 271."""
        loop = f"2110{letter}"
        if person.inquiries:
            self.wrong(person.place, "an answer holds a question", loop, "EQ")
        refused = bool(person.refusals) or any(n.refusals for n in person.names)
        leads = bool(getattr(person, "dependents", ()))
        if not (person.benefits or refused or leads):
            sentence = "a person is answered with neither a benefit nor a refusal"
            self.wrong(person.place, sentence, loop, "EB", code="3")
        if person.benefits and not any(t.kind == "2" for t in person.traces):
            sentence = "an answer names no trace of the question"
            self.wrong(person.place, sentence, f"2000{letter}", "TRN02", "warning")
        whole = {b.code for b in person.benefits if "30" in b.service_types}
        if whole & ACTIVE and whole & INACTIVE:
            sentence = "the same coverage is called active and inactive"
            self.wrong(person.place, sentence, loop, "EB01", "warning")
        for benefit in person.benefits:
            self._benefit(benefit, loop)

    def _benefit(self, b: Benefit, loop: str) -> None:
        place = b.place
        if not b.code:
            self.wrong(place, "a benefit does not say what it is", loop, "EB01", code="1")
        if b.cents is not None and b.cents < 0:
            self.wrong(place, "a benefit below zero", loop, "EB07", code="7")
        if b.share is not None and not 0 <= b.share <= 1:
            severity: Severity = "warning" if 1 < b.share <= Decimal(100) else "error"
            sentence = "a share that is no part of one"
            self.wrong(place, sentence, loop, "EB08", severity, code="7")
        if b.code == COINSURANCE and b.share is None and b.cents is None:
            self.wrong(place, "a coinsurance without its share", loop, "EB08", "warning")
        if bool(b.quantity_kind) != (b.quantity is not None):
            self.wrong(place, "a limit without its unit, or a unit alone", loop, "EB09", code="2")
        if b.service_types and b.procedure is not None:
            sentence = "a benefit is of service types and of a procedure at once"
            self.wrong(place, sentence, loop, "EB13", "warning")
        if b.authorization not in ANSWERS or b.in_network not in ANSWERS:
            self.wrong(place, "neither yes nor no nor unknown", loop, "EB12", code="7")
        self.dates(b.dates, place, loop)
        self.refusals(b.refusals, place, loop)
        for name in b.others:
            self.name(name, f"2120{loop[-1]}", ids=False)
