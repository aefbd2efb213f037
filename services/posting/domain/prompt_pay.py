"""Prompt-pay rules that were published: within how many days a payer pays, and the interest after them."""

from calendar import isleap
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from contracts.reference import PromptPayRuleListed


class Rule(Struct, frozen=True, array_like=True):
    """A rule of a payer, or of a line of business (its filing indicator)."""

    name: str
    payer: str
    line: str
    days: int
    basis_points: int
    since: date
    until: date | None = None


def publish(rules: tuple[Rule, ...], event: PromptPayRuleListed) -> tuple[Rule, ...]:
    """With this rule; one of the same name and scope takes the place of the first."""
    rule = Rule(
        event.name,
        event.payer,
        event.filing_indicator,
        event.days,
        event.interest_basis_points,
        event.effective_from,
        event.effective_to,
    )
    scope = (rule.name, rule.payer, rule.line)
    return (*(r for r in rules if (r.name, r.payer, r.line) != scope), rule)


def in_force(rules: Iterable[Rule], payer: str, line: str, day: date) -> Rule | None:
    """A payer's own rule before its line's; of several the newest."""
    found = [
        rule
        for rule in rules
        if (rule.payer == payer if rule.payer else rule.line == line)
        and rule.since <= day
        and (rule.until is None or day <= rule.until)
    ]
    return max(found, key=lambda rule: (bool(rule.payer), rule.since), default=None)


def interest(cents: int, basis_points: int, days: int, paid_on: date) -> int:
    """Cents x rate x days / days of the year of the payment, a half cent rounded up."""
    above, below = cents * basis_points * days, 10_000 * (366 if isleap(paid_on.year) else 365)
    return (2 * above + below) // (2 * below)
