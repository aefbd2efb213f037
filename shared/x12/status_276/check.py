"""Whether a payer can tell who asks about which claim, and answer to that question only."""

from collections import Counter

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.status_loops.check import StatusChecking, claim_loop
from shared.x12.status_loops.model import Asked, StatusSet


def check_276(request: StatusSet, one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    check = StatusChecking(one, request)
    check.opening(request, "13")
    check.everybody(request)
    asked = request.claims()
    times = Counter(a.claim.trace.number for a in asked)
    for a in asked:
        check.claim(a.claim, claim_loop(a.dependent), "1")
        _question(check, a, times[a.claim.trace.number])
    for _, _, provider in request.providers():
        for patient, loop in provider.patients():
            if not patient.claims:
                check.wrong(patient.place, "nothing is asked about a person", loop, "HL")
    return check.found


def _question(check: StatusChecking, a: Asked, times: int) -> None:
    c, loop = a.claim, claim_loop(a.dependent)
    claim = c.trace.number
    if times > 1:
        sentence = f"a trace stands {times} times in one set, so that an answer fits none"
        check.wrong(c.place, sentence, loop, "TRN02", claim=claim)
    if c.statuses:
        check.wrong(c.statuses[0].place, "a question holds an answer", loop, "STC", claim=claim)
    if a.patient.name.born_on is None:
        sentence = "the patient has no date of birth"
        check.wrong(a.patient.place, sentence, loop, "DMG02", "warning", claim=claim)
    if c.charge_cents is None and not c.lines:
        sentence = "the charge is not given, by which a payer tells one claim from another"
        check.wrong(c.place, sentence, loop, "AMT02", "note", claim=claim)
    if (c.charge_cents or 0) < 0 or any(line.charge_cents < 0 for line in c.lines):
        check.wrong(c.place, "a charge below zero", loop, "AMT02", claim=claim)
