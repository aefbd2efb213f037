"""`prompt-pay` publishes within how many days payers pay, lists the rules, and settles what was paid late."""

from typing import Any

import pytest
from typer.testing import CliRunner

from cli import prompt_pay
from cli.main import app
from tests.unit.cli.test_documented import PAGE

WORDS = ("--payer", "BLUE", "--days", "30", "--from", "2026-01-01")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        asked.append((service, path, words["json"]))
        return {"said": ["something"]}

    monkeypatch.setattr(prompt_pay, "tell", tell)
    return asked


def test_a_rule_is_published_as_it_is_said(told: list[Any]) -> None:
    more = ("--interest-basis-points", "1200", "--floor-days", "13")
    done = CliRunner().invoke(app, ["prompt-pay", "publish", "STATE", *WORDS, *more])
    assert (done.exit_code, done.stdout) == (
        0,
        "published; what is posted from now on is held against it\n",
    )
    assert told == [
        (
            "reference",
            "/prompt-pay-rules",
            {
                "name": "STATE",
                "payer": "BLUE",
                "filing_indicator": "",
                "days": 30,
                "floor_days": 13,
                "interest_basis_points": 1_200,
                "effective_from": "2026-01-01",
                "effective_to": None,
                "source": "unsourced",
            },
        )
    ]


def test_the_same_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_pay, "tell", lambda *_, **__: {"said": []})
    done = CliRunner().invoke(app, ["prompt-pay", "publish", "STATE", *WORDS])
    assert (done.exit_code, done.stdout) == (0, "it was published before: nothing changed\n")


def test_rules_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"name": "MEDICARE", "filing_indicator": "MB", "payer": "", "days": 30}
    rule = {**facts, "interest_basis_points": 463, "effective_from": "2025-01-01"}
    listed = [{"facts": rule, "listed_on": "2026-01-02"}]
    monkeypatch.setattr(prompt_pay, "ask", lambda *_, **__: listed)
    done = CliRunner().invoke(app, ["prompt-pay", "list"])
    assert done.exit_code == 0
    assert all(word in done.stdout for word in ("all MB", "MEDICARE", "4.63 %"))


def test_a_late_payment_is_settled_by_who_says_so(told: list[Any]) -> None:
    words = ["prompt-pay", "settle", "a1", "ADJ1", "--reason", "records asked", "--by", "pat"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.stdout) == (0, "settled; it moves no money\n")
    body = {"reason": "records asked", "approver": "pat"}
    assert told == [("posting", "/accounts/A1/late-payments/ADJ1/settle", body)]


def test_the_answers_for_scripts_are_documented(told: list[Any]) -> None:
    section = PAGE.read_text().split("\n## prompt-pay\n")[1].split("\n## ")[0]
    for words, name in (
        (["publish", "STATE", *WORDS], "published"),
        (["settle", "A1", "ADJ1", "--reason", "r"], "settled"),
    ):
        done = CliRunner().invoke(app, ["prompt-pay", *words, "--json"])
        assert f'"{name}"' in done.stdout and f'"{name}"' in section
