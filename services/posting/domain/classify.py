"""What an adjustment of a payer means for us: dated rule sets, and what no rule knows is denied."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from contracts.reference import AdjustmentRule, RuleSetPublished

NO_RULES = "none"


class Rule(Struct, frozen=True, array_like=True):
    """A row of a rule set, as looked up."""

    meaning: str
    remark: str = ""
    payer: str = ""
    category: str = ""
    owner: str = ""
    next_action: str = ""
    correctable: bool = False


class RuleSet(Struct, frozen=True):
    """One version in force from a date; rows by group and CARC."""

    version: str = NO_RULES
    effective_from: date = date.min
    rules: dict[str, tuple[Rule, ...]] = {}


UNKNOWN = Rule(
    meaning="denied",
    category="unknown",
    owner="denials",
    next_action="No rule knows these codes: read them, decide, and add a rule.",
)


def publish(sets: tuple[RuleSet, ...], event: RuleSetPublished) -> tuple[RuleSet, ...]:
    """The rule sets with this version; one of the same version and day is replaced."""
    rules: dict[str, tuple[Rule, ...]] = {}
    for row in event.rules:
        key = f"{row.group}|{row.carc}"
        rules[key] = (*rules.get(key, ()), _rule(row))
    fresh = RuleSet(f"{event.name} {event.version}"[:48], event.effective_from, rules)
    kept = [
        s for s in sets if (s.version, s.effective_from) != (fresh.version, fresh.effective_from)
    ]
    return tuple(sorted([*kept, fresh], key=lambda s: s.effective_from))


def in_force(sets: tuple[RuleSet, ...], day: date) -> RuleSet:
    """The rule set in force on a day; an empty one when there was none yet."""
    found = RuleSet()
    for one in sets:
        if one.effective_from <= day:
            found = one
    return found


def classify(rules: RuleSet, group: str, carc: str, remarks: Iterable[str], payer: str) -> Rule:
    """The most specific row for group, CARC, RARC and payer: a remark weighs more than a payer.

    What the contract lays on us (CO) is never the patient's, whatever a row says.
    """
    best, weight = UNKNOWN, -1
    seen = tuple(remarks)
    for rule in rules.rules.get(f"{group}|{carc}", ()):
        if (rule.remark and rule.remark not in seen) or (rule.payer and rule.payer != payer):
            continue
        specific = 2 * bool(rule.remark) + bool(rule.payer)
        if specific > weight:
            best, weight = rule, specific
    return UNKNOWN if group == "CO" and best.meaning == "patient" else best


def _rule(row: AdjustmentRule) -> Rule:
    return Rule(
        row.meaning,
        row.remark,
        row.payer,
        row.category,
        row.owner,
        row.next_action,
        row.correctable,
    )
