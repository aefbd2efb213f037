"""How a rule is picked."""

from datetime import date

from contracts.reference import AdjustmentRule, RuleSetPublished
from services.posting.domain.classify import RuleSet, classify, in_force, publish


def _published(version: str, day: date, *rules: AdjustmentRule) -> RuleSetPublished:
    return RuleSetPublished(
        name="adjustments", version=version, sha256="0" * 64, effective_from=day, rules=rules
    )


PLAIN = AdjustmentRule(group="CO", carc="16", meaning="denied", category="plain")
BY_PAYER = AdjustmentRule(group="CO", carc="16", payer="BLUE", meaning="denied", category="payer")
BY_REMARK = AdjustmentRule(group="CO", carc="16", remark="M51", meaning="denied", category="remark")
BOTH = AdjustmentRule(
    group="CO", carc="16", remark="M51", payer="BLUE", meaning="denied", category="both"
)
SETS = publish((), _published("1", date(2026, 1, 1), PLAIN, BOTH, BY_PAYER, BY_REMARK))
RULES = in_force(SETS, date(2026, 6, 1))


def test_the_most_specific_rule_wins_and_a_remark_weighs_more_than_a_payer() -> None:
    assert classify(RULES, "CO", "16", (), "AETNA").category == "plain"
    assert classify(RULES, "CO", "16", (), "BLUE").category == "payer"
    assert classify(RULES, "CO", "16", ("N1", "M51"), "AETNA").category == "remark"
    assert classify(RULES, "CO", "16", ("M51",), "BLUE").category == "both"


def test_what_no_rule_knows_is_denied() -> None:
    assert classify(RULES, "CO", "45", (), "BLUE").meaning == "denied"
    assert classify(RuleSet(), "PR", "1", (), "BLUE").meaning == "denied"


def test_a_contractual_group_is_never_the_patients() -> None:
    wrong = AdjustmentRule(group="CO", carc="1", meaning="patient")
    sets = publish((), _published("1", date(2026, 1, 1), wrong))
    assert classify(in_force(sets, date(2026, 1, 1)), "CO", "1", (), "").meaning == "denied"


def test_the_version_in_force_on_the_day_of_payment_decides() -> None:
    newer = AdjustmentRule(group="CO", carc="16", meaning="contractual")
    sets = publish(SETS, _published("2", date(2026, 7, 1), newer))
    assert classify(in_force(sets, date(2026, 6, 30)), "CO", "16", (), "").meaning == "denied"
    assert classify(in_force(sets, date(2026, 7, 1)), "CO", "16", (), "").meaning == "contractual"
    assert in_force(sets, date(2025, 1, 1)).version == "none"


def test_a_version_published_again_replaces_itself() -> None:
    assert len(publish(SETS, _published("1", date(2026, 1, 1), PLAIN))) == 1
