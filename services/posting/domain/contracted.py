"""What a payer allowed, held against its contract. A finding is work for a person: it moves no money."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.posting import UnderpaymentFound, UnderpaymentSettled
from contracts.values import AdjudicatedLine, Adjustment
from services.posting.domain.account_state import Account, Posted
from services.posting.domain.book import Book
from services.posting.domain.classify import RuleSet, classify
from services.posting.domain.commands import PostAdjudication, SettleUnderpayment
from services.posting.domain.fees import Schedule, in_force, rate_of
from services.posting.domain.telling import Telling
from shared.errors import Refused

AS_FIRST = frozenset({"1", "19"})
"""CLP02 of a claim that was decided by its first payer. What a later one allows follows from the first one's decision."""
ABOVE_FEE_SCHEDULE = "45"
"""The CARC by which a charge comes down to the price: a line that has it was priced, be it to nothing."""
AFTER_ALLOWED = frozenset({"104", "105", "144", "223", "225", "237", "253"})
"""CARCs of what is withheld (or added) after the price: sequestration, withholds, tax, penalties, interest. They are in what was allowed."""
NOT_BY_PRICE = frozenset({"23", "59", "222", "256"})
"""CARCs of a line that other things than its price brought down: an earlier payer, multiple procedures, a maximum, a service outside the contract."""


Outcome = Literal["reversed", "settled"]


class Compared(NamedTuple):
    """A line beside its contract."""

    number: int
    line: AdjudicatedLine
    day: date
    schedule: Schedule
    expected: int
    allowed: int
    denied: int

    @property
    def variance(self) -> int:
        """What the payer allowed too little; what was denied of it is a denial's."""
        return self.expected - self.allowed - self.denied

    @property
    def standing(self) -> Literal["under", "over"] | None:
        """Under or over the contract by more than it tolerates; None where it is as contracted."""
        if self.variance > self.schedule.tolerance_cents:
            return "under"
        return (
            "over" if -self.variance > self.schedule.tolerance_cents and not self.denied else None
        )


def compared(
    command: PostAdjudication, account: Account, book: Book, rules: RuleSet, later: bool
) -> list[Compared]:
    """The lines of a first payer's decision whose price the contract knows; `later` where an earlier payer's answer stands.

    A payer that paid for a charge before, in a decision that stands, is not compared again: what it adds is no price.
    """
    said = command.adjudicated
    schedules = book.schedules.get(said.payer)
    if not schedules or later or said.status not in AS_FIRST or _priced_whole(said, rules):
        return []
    paid_for = {
        c for p in account.posted.values() if p.live and p.payer == said.payer for c in p.paid_for()
    }
    found = []
    for number, line in enumerate(said.lines, 1):
        day = line.service_on or account.service_on
        if not line.charge or line.charge in paid_for or day is None:
            continue
        schedule = in_force(schedules, day, command.legal_entity, command.facility)
        if schedule and (one := _compared(number, line, day, said, schedule, book, rules)):
            found.append(one)
    return found


def _priced_whole(said: ClaimAdjudicated, rules: RuleSet) -> bool:
    """Whether the claim as a whole was brought down: then its lines do not say what was allowed."""
    return any(
        a.reason not in AFTER_ALLOWED
        and _meaning(a, said.remarks, said.payer, rules) in ("contractual", "denied")
        for a in said.adjustments
    )


def _compared(
    number: int,
    line: AdjudicatedLine,
    day: date,
    said: ClaimAdjudicated,
    schedule: Schedule,
    book: Book,
    rules: RuleSet,
) -> Compared | None:
    rate = rate_of(book.rates.get(schedule.sha256, {}), line.procedure, line.modifiers)
    reasons = {a.reason for a in line.adjustments}
    if rate is None or line.units < 1 or line.charge_cents <= 0 or NOT_BY_PRICE & reasons:
        return None
    patient = denied = after = 0
    for adjustment in line.adjustments:
        meaning = _meaning(adjustment, line.remarks + said.remarks, said.payer, rules)
        if adjustment.reason in AFTER_ALLOWED:
            after += adjustment.cents
        elif meaning in ("patient", "not_patient") and adjustment.reason != ABOVE_FEE_SCHEDULE:
            patient += adjustment.cents
        elif meaning == "denied":
            denied += adjustment.cents
    stated = line.allowed_cents
    allowed = line.paid_cents + patient + after if stated is None else stated
    if allowed <= 0 and ABOVE_FEE_SCHEDULE not in reasons:
        return None  # Denied, bundled or paid by the head: no price was said.
    expected = rate.allows(line.charge_cents, line.units)
    return Compared(number, line, day, schedule, expected, allowed, max(0, denied))


def _meaning(adjustment: Adjustment, remarks: Iterable[str], payer: str, rules: RuleSet) -> str:
    return classify(rules, adjustment.group, adjustment.reason, remarks, payer).meaning


def tell_findings(telling: Telling, said: ClaimAdjudicated, lines: Iterable[Compared]) -> None:
    """What was allowed under or over the contract, a line each."""
    for one in lines:
        if one.standing:
            telling.say(_finding(said, one, one.standing))


def _finding(
    said: ClaimAdjudicated, one: Compared, standing: Literal["under", "over"]
) -> UnderpaymentFound:
    line = one.line
    assert line.charge
    return UnderpaymentFound(
        account=said.account,
        claim=said.claim,
        adjudication=said.adjudication,
        line=one.number,
        charge=line.charge,
        payer=said.payer,
        remittance=said.remittance,
        check_number=said.check_number,
        paid_on=said.paid_on,
        service_on=one.day,
        procedure=line.procedure,
        modifiers=line.modifiers,
        units=line.units,
        charge_cents=line.charge_cents,
        expected_cents=one.expected,
        allowed_cents=one.allowed,
        denied_cents=one.denied,
        variance_cents=one.variance,
        standing=standing,
        schedule=one.schedule.name,
        version=one.schedule.version,
    )


def settle(telling: Telling, command: SettleUnderpayment) -> None:
    """A person says why nothing more is asked for: of one line, or of all lines of the decision that are open."""
    posted = telling.account.posted.get(command.adjudication)
    lines = [n for n in (posted.off if posted else ()) if command.line in (None, n)]
    if posted is None or not lines:
        raise Refused("nothing of that decision waits as allowed under or over its contract")
    for line in lines:
        _end(
            telling, command.adjudication, posted, line, "settled", command.reason, command.approver
        )


def taken_back(telling: Telling, adjudication: str) -> None:
    """A decision that its payer takes back is held against no contract any more."""
    posted = telling.account.posted[adjudication]
    for line in posted.off:
        _end(
            telling, adjudication, posted, line, "reversed", "The payer took its decision back.", ""
        )


def _end(
    telling: Telling,
    adjudication: str,
    posted: Posted,
    line: int,
    outcome: Outcome,
    reason: str,
    approver: str,
) -> None:
    telling.say(
        UnderpaymentSettled(
            account=telling.account.number,
            claim=posted.claim,
            adjudication=adjudication,
            line=line,
            payer=posted.payer,
            outcome=outcome,
            reason=reason,
            approver=approver,
        )
    )
