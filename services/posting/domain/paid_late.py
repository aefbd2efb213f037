"""When a payer paid, held against the prompt-pay rule in force. A finding is work for a person: it moves no money."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, NamedTuple

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.posting import LatePaymentFound, LatePaymentSettled
from services.posting.domain.account_state import Account
from services.posting.domain.commands import SettleLatePayment
from services.posting.domain.prompt_pay import Rule, in_force, interest
from services.posting.domain.telling import Telling
from shared.errors import Refused


class Held(NamedTuple):
    """A payment beside its rule: received, and paid in time up to `pay_by`."""

    rule: Rule
    received_on: date
    pay_by: date


def held(said: ClaimAdjudicated, account: Account, rules: Iterable[Rule], line: str) -> Held | None:
    """The payment beside its rule; none where nobody knows since when the payer had the claim.

    A claim that its payer decided before, since it had it, was decided in time or not by then: what it adds is no late payment.
    """
    rule = in_force(rules, said.payer, line, said.paid_on)
    received = said.received_on
    if rule is None or received is None or said.paid_cents <= 0 or received > said.paid_on:
        return None
    for posted in account.posted.values():
        same = (posted.claim, posted.payer) == (said.claim, said.payer)
        if same and (posted.paid_on is None or posted.paid_on >= received):
            return None
    return Held(rule, received, received + timedelta(days=rule.days))


def tell_late(telling: Telling, said: ClaimAdjudicated, one: Held | None) -> None:
    """What was paid after the last day: the day of payment counts as one that is late."""
    if one is None or said.paid_on <= one.pay_by:
        return
    days = (said.paid_on - one.pay_by).days
    telling.say(
        LatePaymentFound(
            account=said.account,
            claim=said.claim,
            adjudication=said.adjudication,
            payer=said.payer,
            remittance=said.remittance,
            check_number=said.check_number,
            payer_control=said.payer_control,
            received_on=one.received_on,
            pay_by=one.pay_by,
            paid_on=said.paid_on,
            days_late=days,
            paid_cents=said.paid_cents,
            interest_basis_points=one.rule.basis_points,
            interest_cents=interest(said.paid_cents, one.rule.basis_points, days, said.paid_on),
            stated_cents=said.interest_cents,
            rule=one.rule.name,
        )
    )


def settle(telling: Telling, command: SettleLatePayment) -> None:
    """A person says why nothing more is asked for."""
    posted = telling.account.posted.get(command.adjudication)
    if posted is None or not posted.late:
        raise Refused("no payment of that decision waits as a late one")
    _end(telling, command.adjudication, "settled", command.reason, command.approver)


def taken_back(telling: Telling, adjudication: str) -> None:
    """What its payer takes back was no payment."""
    if telling.account.posted[adjudication].late:
        _end(telling, adjudication, "reversed", "The payer took its decision back.", "")


def _end(
    telling: Telling,
    adjudication: str,
    outcome: Literal["reversed", "settled"],
    reason: str,
    approver: str,
) -> None:
    posted = telling.account.posted[adjudication]
    telling.say(
        LatePaymentSettled(
            account=telling.account.number,
            claim=posted.claim,
            adjudication=adjudication,
            payer=posted.payer,
            outcome=outcome,
            reason=reason,
            approver=approver,
        )
    )
