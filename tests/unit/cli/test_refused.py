"""A refused file is found by how its hash begins; none, or more than one, is said in words."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import refused
from cli.context import NOT_RUNNING, fail
from cli.main import app


def away(who: str, rows: list[Any]) -> Any:
    """Everybody answers these rows, but one."""

    def ask(service: str, *_: Any, **__: Any) -> list[Any]:
        if service == who:
            fail(f"{service} is not running", NOT_RUNNING)
        return rows

    return ask


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where files were driven again; two that begin with `ab` are refused."""
    paths: list[str] = []

    def tell(_service: str, path: str, **_: Any) -> dict[str, Any]:
        paths.append(path)
        return {}

    rows = [{"service": "submission", "sha256": sha256} for sha256 in ("ab12", "ab34")]
    monkeypatch.setattr(refused, "_all", lambda: (rows, []))
    monkeypatch.setattr(refused, "tell", tell)
    return paths


@pytest.mark.parametrize(
    ("begins", "sentence"),
    [
        ("cd", "no refused file begins with cd; `claimlog refused list` shows them"),
        ("ab", "2 refused files begin with ab: give more of the SHA-256"),
    ],
)
def test_none_or_several_are_said_in_words(told: list[str], begins: str, sentence: str) -> None:
    done = CliRunner().invoke(app, ["refused", "redrive", begins])
    assert (done.exit_code, sentence in done.stderr, told) == (1, True, [])


def test_a_reason_is_told_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "sha256": "ab12",
        "received_on": "2026-01-06",
        "size_bytes": 9,
        "reason": "no loop [/2000A]",
    }
    monkeypatch.setattr(refused, "ask", lambda *_, **__: [row])
    done = CliRunner().invoke(app, ["refused", "list"])
    assert (done.exit_code, "no loop [/2000A]" in done.stdout) == (0, True)


def test_who_is_away_is_named_and_the_others_files_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = {"sha256": "ab12", "received_on": "2026-01-06", "size_bytes": 9, "reason": "no loop"}
    monkeypatch.setattr(refused, "ask", away("submission", [row]))
    done = CliRunner().invoke(app, ["refused", "list"])
    assert (done.exit_code, done.stdout.count("ab12")) == (3, 2)
    assert "submission is not running" in done.stderr
    told = CliRunner().invoke(app, ["refused", "list", "--json"])
    assert (told.exit_code, [r["service"] for r in json.loads(told.stdout)]) == (
        3,
        ["adjudication_tracking", "eligibility"],
    )
    none = CliRunner().invoke(app, ["refused", "redrive", "cd"])
    assert (none.exit_code, "no refused file begins with cd" in none.stderr) == (3, True)


@pytest.mark.parametrize("command", ["refused", "held"])
def test_nothing_is_said_to_be_everywhere_that_not_everybody_was_asked(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(f"cli.{command}.ask", away("eligibility", []))
    done = CliRunner().invoke(app, [command, "list"])
    assert (done.exit_code, "those that answer" in done.stdout) == (3, True)
    monkeypatch.setattr(f"cli.{command}.ask", away("", []))
    done = CliRunner().invoke(app, [command, "list"])
    assert (done.exit_code, "those that answer" in done.stdout) == (0, False)


@pytest.mark.parametrize("command", ["refused", "held"])
def test_where_nobody_answers_nothing_is_listed(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(f"cli.{command}.ask", lambda s, *_, **__: fail(f"{s} is away", NOT_RUNNING))
    done = CliRunner().invoke(app, [command, "list", "--json"])
    assert (done.exit_code, done.stdout) == (3, "")


def test_the_one_is_driven_again(told: list[str]) -> None:
    done = CliRunner().invoke(app, ["refused", "redrive", "AB1"])
    assert (done.exit_code, told) == (0, ["/files/ab12/redrive"])
