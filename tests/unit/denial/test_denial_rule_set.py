"""The shipped adjustment rules: every row says whose work it is, and none lays on a patient what may not be."""

import json
from pathlib import Path

import pytest

from contracts.reference import AdjustmentRule, RuleSetPublished
from services.posting.domain.book import Book, evolve_book
from services.posting.domain.classify import Rule, classify

DATA = json.loads(Path("services/reference/data/adjustment_rules.json").read_text())
ROWS = [AdjustmentRule(**row) for row in DATA["rules"]]
PUBLISHED = RuleSetPublished(
    name=DATA["name"],
    version=DATA["version"],
    sha256="0" * 64,
    effective_from="2025-10-01",  # type: ignore[arg-type]
    rules=tuple(ROWS),
)


def _rule(group: str, carc: str, *remarks: str) -> Rule:
    (rules,) = evolve_book(Book(), PUBLISHED).sets
    return classify(rules, group, carc, remarks, "ANY")


def test_no_row_stands_twice_and_each_names_category_owner_and_what_to_do() -> None:
    keys = [(row.group, row.carc, row.remark, row.payer) for row in ROWS]
    assert len(keys) == len(set(keys))
    assert [row for row in ROWS if not (row.category and row.owner and row.next_action)] == []


def test_only_the_groups_that_exist_have_rows_and_only_pr_and_oa_lay_anything_on_the_patient() -> (
    None
):
    assert {row.group for row in ROWS} <= {"CO", "OA", "PI", "PR", "CR"}
    assert {row.group for row in ROWS if row.meaning == "patient"} <= {"PR", "OA"}


def test_a_payer_initiated_cut_is_never_the_patients_nor_quietly_ours() -> None:
    payer_initiated = [row for row in ROWS if row.group == "PI"]
    assert {row.meaning for row in payer_initiated} == {"denied", "informational"}
    assert _rule("PI", "45").category == "CTR"


@pytest.mark.parametrize("remark", ["N781", "N782"])
def test_what_qmb_protects_is_not_the_patients(remark: str) -> None:
    for carc in ("1", "2", "3"):
        assert _rule("PR", carc, remark).meaning == "not_patient"
        assert _rule("PR", carc).meaning == "patient"
    assert _rule("OA", "209").meaning == "not_patient"


@pytest.mark.parametrize(
    ("carc", "remark", "owner"),
    [
        ("16", "N382", "registration"),
        ("16", "N265", "credentialing"),
        ("97", "M15", "coding"),
        ("50", "N115", "appeals"),
        ("A1", "M127", "records"),
        ("151", "N362", "coding"),
    ],
)
def test_a_remark_says_whose_work_it_is(carc: str, remark: str, owner: str) -> None:
    assert _rule("CO", carc, remark).owner == owner


def test_interest_that_the_payer_adds_is_no_overpayment() -> None:
    assert _rule("OA", "225").meaning == "contractual"


@pytest.mark.parametrize("carc", ["26", "27", "31", "32", "33"])
@pytest.mark.parametrize("group", ["CO", "PR"])
def test_nobody_is_billed_for_a_coverage_that_the_payer_does_not_find_before_another_was_looked_for(
    group: str, carc: str
) -> None:
    rule = _rule(group, carc)
    assert (rule.meaning, rule.category, rule.owner, rule.correctable) == (
        "denied", "FE", "registration", True,
    )  # fmt: skip


def test_what_a_payer_withholds_by_contract_is_nobodys_to_pay() -> None:
    for group in ("CO", "OA"):
        assert _rule(group, "104").meaning == _rule(group, "105").meaning == "contractual"
