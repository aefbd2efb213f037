"""Whether a 277 answers something, in categories that exist, with days and money that can be."""

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.status_277.match import match_277
from shared.x12.status_loops.check import StatusChecking, claim_loop
from shared.x12.status_loops.model import (
    Provider,
    Receiver,
    Status,
    StatusClaim,
    StatusCode,
    StatusSet,
)

_STAGES = {
    "A": "acknowledged",
    "P": "pending",
    "F": "finalized",
    "R": "more is asked for",
    "E": "not answered",
    "D": "not found",
}
CATEGORIES = frozenset(
    [f"A{n}" for n in range(9)]
    + [f"P{n}" for n in range(6)]
    + [f"F{n}" for n in range(5)]
    + [f"R{n}" for n in range(18)]
    + [f"E{n}" for n in range(5)]
    + ["D0", "F3F", "F3N"]
)
PAID = "F1"


def stage(category: str) -> str:
    """How far a claim is, in words; empty for a category that is not known."""
    return _STAGES[category[0]] if category in CATEGORIES else ""


def check_277(response: StatusSet, one: TransactionSet) -> list[Finding]:
    """All findings; each names loop and element."""
    check = StatusChecking(one, response)
    check.opening(response, "08")
    check.everybody(response)
    for payer in response.payers:
        for receiver in payer.receivers:
            _whole(check, receiver, "2200B", bool(receiver.providers))
    for _, _, provider in response.providers():
        _whole(check, provider, "2200C", bool(provider.subscribers))
        for patient, loop in provider.patients():
            if not patient.claims:
                check.wrong(patient.place, "nothing is answered about a person", loop, "HL")
    for a in response.claims():
        _claim(check, a.claim, claim_loop(a.dependent))
    return check.found


def check_echo(request: StatusSet, response: StatusSet, one: TransactionSet) -> list[Finding]:
    """What a response leaves unanswered of a request, and what it answers that nobody asked."""
    check = StatusChecking(one, response)
    matching = match_277(request, [response])
    for question in matching.questions:
        if question.open:
            claim = question.asked.claim.trace.number
            check.wrong(-1, "a question has no answer", "2200D", "TRN02", "warning", claim=claim)
    for answer in matching.strange:
        c = answer.claim
        loop = claim_loop(answer.dependent)
        sentence = "an answer to a question that was not asked"
        check.wrong(c.place, sentence, loop, "TRN02", claim=c.trace.number)
    return check.found


def _whole(check: StatusChecking, level: Receiver | Provider, loop: str, goes_on: bool) -> None:
    if not goes_on and not level.statuses:
        check.wrong(level.place, "a level that answers nothing", loop, "STC", code="3")
    if level.statuses and level.trace is None:
        check.wrong(level.place, "a status without a trace", loop, "TRN", code="3")
    for status in level.statuses:
        _status(check, status, loop)


def _claim(check: StatusChecking, c: StatusClaim, loop: str) -> None:
    check.claim(c, loop, "2")
    claim = c.trace.number
    if not c.statuses:
        check.wrong(c.place, "a claim has no status", loop, "STC", code="3", claim=claim)
    for status in c.statuses:
        _status(check, status, loop, claim)
        _money(check, status, loop, claim)
    for line in c.lines:
        for status in line.statuses:
            _status(check, status, loop.replace("2200", "2220"), claim)
    _roll_up(check, c, loop)


def _status(check: StatusChecking, x: Status, loop: str, claim: str = "") -> None:
    for code in x.codes or [StatusCode("")]:
        if code.category not in CATEGORIES:
            sentence = "an unknown status category"
            check.wrong(x.place, sentence, loop, "STC01", code="7", claim=claim)
        elif not code.code:
            check.wrong(x.place, "a category without its status", loop, "STC01", "warning")
    if x.on is None:
        check.wrong(x.place, "a status has no day", loop, "STC02", "warning", claim=claim)
    check.past(x.on, x.place, loop, "STC02", claim)


def _money(check: StatusChecking, x: Status, loop: str, claim: str) -> None:
    charge, paid = x.charge_cents, x.paid_cents
    if charge is not None and paid is not None and paid > charge >= 0:
        sentence = "more is paid than was charged"
        check.wrong(
            x.place, sentence, loop, "STC05", "warning", claim=claim, difference_cents=paid - charge
        )
    if x.category == PAID and paid is None:
        sentence = "a claim is said to be paid, but not what"
        check.wrong(x.place, sentence, loop, "STC05", "warning", claim=claim)


def _roll_up(check: StatusChecking, c: StatusClaim, loop: str) -> None:
    """Where all of a claim is in its lines, its charge and its payment are theirs."""
    first = c.statuses[0] if c.statuses else Status()
    if not c.lines or first.charge_cents is None:
        return
    if sum(line.charge_cents for line in c.lines) != first.charge_cents:
        return  # Only some lines were answered: what they make together says nothing.
    paid = sum(line.paid_cents or 0 for line in c.lines)
    if first.paid_cents is not None and paid != first.paid_cents:
        difference = paid - first.paid_cents
        sentence = "the lines' payments are not that of the claim"
        claim = c.trace.number
        check.wrong(
            *(first.place, sentence, loop, "STC05", "warning"),
            claim=claim,
            level="roll_up",
            difference_cents=difference,
        )
