"""What a 278 may be wrong in: who asks whom about whom, what is asked, and whether everything is decided."""

from shared.x12 import hierarchy
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.inquiry_loops.check import Checking
from shared.x12.services_278.model import (
    CERTIFIED,
    Decision,
    Event,
    Insurant,
    Review,
    Reviewed,
    Service,
)

PURPOSES = "01 11 13 36"
"""36 asks too, of a Medicaid whose members pay a share first."""
REVIEWERS = "2B 36 PR X3"
REQUESTERS = "1P FA 2B 36 80"
CATEGORIES = frozenset({"AR", "HS", "IN", "SC"})
ACTIONS = frozenset({"A1", "A2", "A3", "A4", "A6", "C", "CT", "NA"})
DIAGNOSES = 12


def check_278(review: Review, one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    check = _Review(one, review)
    check.opening(review, PURPOSES)
    check.everybody(review)
    for event in review.events():
        check.event(event, review.answers)
    return check.found


class _Review(Checking):
    def everybody(self, made: Review) -> None:
        """Levels and names from reviewer to patient."""
        self.levels(hierarchy.SERVICES)
        if not made.reviewers:
            self.wrong(-1, "nobody is asked", "2000A", "HL", code="3")
        for reviewer in made.reviewers:
            self.refusals(reviewer.refusals, reviewer.place, "2000A")
            self.names(reviewer, "2010A", REVIEWERS)
            for requester in reviewer.requesters:
                self.names(requester, "2010B", REQUESTERS)
        for _, patient, letter in made.patients():
            self.names(patient, f"2010{letter}", "IL" if letter == "C" else "QC", ids=False)
            refused = any(n.refusals for n in patient.names) or bool(patient.refusals)
            leads = isinstance(patient, Insurant) and bool(patient.dependents)
            if not (patient.events or refused or leads):
                self.wrong(patient.place, "nothing is asked about a person", "2000E", "HL")

    def event(self, e: Event, answers: bool) -> None:
        """An event and its services."""
        refused = bool(e.refusals) or any(n.refusals for n in e.names)
        if e.asked is None and not refused:
            self.wrong(e.place, "an event does not say what is asked", "2000E", "UM", code="3")
        if not e.traces:
            sentence = "an event has no trace by which it could be answered"
            self.wrong(e.place, sentence, "2000E", "TRN02", "warning")
        if len(e.diagnoses) > DIAGNOSES:
            self.wrong(e.place, f"more than {DIAGNOSES} diagnoses", "2000E", "HI", code="4")
        self.reviewed(e, "2000E", answers)
        for service in e.services:
            self.service(service, answers)
        decided = e.decision is not None or any(x.decision is not None for x in e.services)
        in_services = any(x.refusals or any(n.refusals for n in x.names) for x in e.services)
        if answers and not (decided or refused or in_services):
            sentence = "a response decides nothing and says not why"
            self.wrong(e.place, sentence, "2000E", "HCR01", code="1")

    def service(self, x: Service, answers: bool) -> None:
        """One service."""
        self.reviewed(x, "2000F", answers)
        w = x.wanted
        if w is None:
            return
        element = f"{w.kind}01"
        if w.procedure is None and not w.revenue_code:
            self.wrong(x.place, "a service names no procedure", "2000F", element, code="1")
        if w.cents is not None and w.cents < 0:
            self.wrong(x.place, "a charge below zero", "2000F", f"{w.kind}02")
        if bool(w.unit) != (w.quantity is not None):
            sentence = "a quantity without its unit, or a unit alone"
            self.wrong(x.place, sentence, "2000F", f"{w.kind}04", code="2")
        if w.quantity is not None and w.quantity <= 0:
            self.wrong(x.place, "a quantity that is not above zero", "2000F", f"{w.kind}04")

    def reviewed(self, r: Reviewed, loop: str, answers: bool) -> None:
        """What holds for events and services alike."""
        if r.asked is not None:
            if r.asked.category not in CATEGORIES:
                self.wrong(r.place, "an unknown kind of review", loop, "UM01", code="7")
            if not r.asked.certification:
                self.wrong(
                    r.place, "neither a first review nor a later one", loop, "UM02", code="1"
                )
        if r.decision is not None:
            self._decision(r, r.decision, loop, answers)
        self.dates(r.dates, r.place, loop)
        self.refusals(r.refusals, r.place, loop)
        for name in r.names:
            self.name(name, loop.replace("2000", "2010"), ids=False)

    def _decision(self, r: Reviewed, d: Decision, loop: str, answers: bool) -> None:
        if not answers:
            self.wrong(r.place, "a request holds a decision", loop, "HCR01")
        if d.action not in ACTIONS:
            self.wrong(r.place, "an unknown decision", loop, "HCR01", code="7")
        if d.action in CERTIFIED and not d.number:
            sentence = "what is certified has no number to bill it with"
            self.wrong(r.place, sentence, loop, "HCR02", "warning")
        if d.action in ("A3", "A4") and not d.reason:
            sentence = "what is refused or pended has no reason"
            self.wrong(r.place, sentence, loop, "HCR03", "warning")
