"""`overpayments` says what a person knows of one, and what is sent back."""

import re
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import overpayments
from cli.main import app
from tests.unit.cli.test_documented import PAGE, documented

WHY = ("--reason", "both checks are here", "--by", "pat")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        asked.append((service, path, words["json"], words["headers"]["X-Actor"]))
        return {"said": ["something"]}

    monkeypatch.setattr(overpayments, "tell", tell)
    return asked


@pytest.mark.parametrize(
    ("word", "day", "done"),
    [
        ("identify", "identified_on", "identified"),
        ("investigate", "looked_from", "under investigation"),
        ("conclude", "concluded_on", "concluded"),
    ],
)
def test_what_a_person_says_goes_to_its_door(
    told: list[Any], word: str, day: str, done: str
) -> None:
    run = CliRunner().invoke(app, ["overpayments", word, "a1", "ADJ1", *WHY, "--on", "2026-01-05"])
    assert (run.exit_code, run.stdout) == (0, f"{done}: see claimlog list overpayments\n")
    body = {"reason": "both checks are here", "approver": "pat", day: "2026-01-05"}
    assert told == [("posting", f"/accounts/A1/overpayments/ADJ1/{word}", body, "pat")]


def test_without_a_day_none_is_said(told: list[Any]) -> None:
    CliRunner().invoke(app, ["overpayments", "identify", "A1", "ADJ1", *WHY])
    assert told[0][2] == {"reason": "both checks are here", "approver": "pat"}


def test_a_refund_says_how_much_where_one_was_named(told: list[Any]) -> None:
    words = ["overpayments", "refund", "A1", "ADJ1", *WHY, "--refund", "CHK-7"]
    run = CliRunner().invoke(app, [*words, "--cents", "1250"])
    assert (run.exit_code, run.stdout) == (0, "refunded: 12.50\n")
    body = {"refund": "CHK-7", "reason": "both checks are here", "approver": "pat", "cents": 1250}
    assert told == [("posting", "/accounts/A1/overpayments/ADJ1/refunds", body, "pat")]


def test_without_an_amount_all_of_it_is_refunded(told: list[Any]) -> None:
    words = ["overpayments", "refund", "A1", "ADJ1", *WHY, "--refund", "CHK-7"]
    assert CliRunner().invoke(app, words).stdout == "refunded: all that was still here\n"
    assert "cents" not in told[0][2]


def test_what_stood_so_before_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overpayments, "tell", lambda *_, **__: {"said": []})
    run = CliRunner().invoke(app, ["overpayments", "identify", "A1", "ADJ1", *WHY])
    assert (run.exit_code, run.stdout) == (0, "nothing changed\n")


def test_the_answer_for_scripts_is_documented(told: list[Any]) -> None:
    run = CliRunner().invoke(app, ["overpayments", "identify", "A1", "ADJ1", *WHY, "--json"])
    names = set(re.findall(r'"(\w+)":', run.stdout))
    assert names == documented("overpayments")
    section = PAGE.read_text().split("\n## overpayments\n")[1].split("\n## ")[0]
    for done in ("identified", "under investigation", "concluded", "refunded"):
        assert f"`{done}`" in section
