"""What a person says of a patient's balance goes to its door, by its account."""

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import patients
from cli.main import app
from tests.unit.cli.test_documented import PAGE

WHY = ("--reason", "by phone", "--by", "pat")
BODY = {"reason": "by phone", "approver": "pat"}
BALANCE = {"guarantor": "G1", "legal_entity": "GROUP-A"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        asked.append((service, path, words["json"], words["headers"]["X-Actor"]))
        return {"said": ["something"], "items": [{"said": ["told"]}]}

    monkeypatch.setattr(patients, "tell", tell)
    monkeypatch.setattr(patients, "ask", lambda *_, **__: BALANCE)
    return asked


@pytest.mark.parametrize(
    ("words", "path", "body", "done"),
    [
        (
            ("statements", "dispute", "a1", "D-1", *WHY),
            "/accounts/A1/disputes",
            BODY | {"dispute": "D-1"},
            "disputed",
        ),
        (
            ("statements", "answer", "a1", "D/1", "--outcome", "stands", *WHY),
            "/accounts/A1/disputes/D%2F1/answer",
            BODY | {"outcome": "stands"},
            "answered",
        ),
        (
            (
                "plans",
                "agree",
                "A1",
                "P-1",
                "--monthly-cents",
                "2500",
                "--first",
                "2026-04-01",
                *WHY,
            ),
            "/guarantors/G1/plans",
            BODY
            | {
                "plan": "P-1",
                "legal_entity": "GROUP-A",
                "instalment_cents": 2_500,
                "first_due_on": "2026-04-01",
            },
            "agreed, 25.00 a month",
        ),
        (("plans", "end", "A1", "P-1", *WHY), "/guarantors/G1/plans/P-1/end", BODY, "ended"),
        (
            ("agency", "place", "a1", "AG", *WHY),
            "/accounts/A1/agency",
            BODY | {"agency": "AG"},
            "placed",
        ),
        (("agency", "recall", "A1", *WHY), "/accounts/A1/agency/recall", BODY, "recalled"),
    ],
)
def test_what_a_person_says_goes_to_its_door(
    told: list[Any], words: tuple[str, ...], path: str, body: dict[str, Any], done: str
) -> None:
    run = CliRunner().invoke(app, [*words])
    assert (run.exit_code, run.stdout) == (0, f"{done}\n")
    assert told == [("posting", path, body, "pat")]


def test_a_statement_is_issued_to_whoever_owes_on_the_account(told: list[Any]) -> None:
    run = CliRunner().invoke(app, ["statements", "issue", "A1"])
    assert (run.exit_code, run.stdout) == (0, "issued\n")
    assert told == [
        ("posting", "/guarantors/G1/statements", {"legal_entity": "GROUP-A"}, "command line")
    ]


def test_what_stood_so_before_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patients, "tell", lambda *_, **__: {"said": []})
    run = CliRunner().invoke(app, ["agency", "place", "A1", "AG", *WHY])
    assert (run.exit_code, run.stdout) == (0, "nothing changed\n")


def test_guarantors_are_told_again_until_all_have_heard(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    untold = [[{"account": "A1"}], []]
    monkeypatch.setattr(patients, "ask", lambda *_, **__: untold.pop(0))
    run = CliRunner().invoke(app, ["statements", "tell-again", "--json"])
    assert (run.exit_code, json.loads(run.stdout)) == (0, {"told": 1})
    assert told[0][2] == {"accounts": ["A1"]}


def test_each_account_is_told_again_once_though_its_guarantor_hears_it_later(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patients, "BATCH", 1)

    def untold(*_: Any, after: str, **__: Any) -> list[dict[str, str]]:
        return [{"account": one} for one in ("A1", "A2", "A3") if one > after][:1]

    monkeypatch.setattr(patients, "ask", untold)
    run = CliRunner().invoke(app, ["statements", "tell-again", "--json"])
    assert json.loads(run.stdout) == {"told": 3}
    assert [body["accounts"] for _, _, body, _ in told] == [["A1"], ["A2"], ["A3"]]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("statements", ("dispute", "A1", "D-1")),
        ("plans", ("end", "A1", "P-1")),
        ("agency", ("recall", "A1")),
    ],
)
def test_the_answer_for_scripts_is_documented(
    told: list[Any], section: str, words: tuple[str, ...]
) -> None:
    run = CliRunner().invoke(app, [section, *words, *WHY, "--json"])
    page = PAGE.read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    names = re.findall(r'"(\w+)":', run.stdout)
    assert names and all(f"`{name}`" in page for name in names)
