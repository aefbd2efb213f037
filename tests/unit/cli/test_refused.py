"""A refused file is found by how its hash begins; none, or more than one, is said in words."""

from typing import Any

import pytest
from typer.testing import CliRunner

from cli import refused
from cli.main import app


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where files were driven again; two that begin with `ab` are refused."""
    paths: list[str] = []

    def tell(_service: str, path: str, **_: Any) -> dict[str, Any]:
        paths.append(path)
        return {}

    rows = [{"service": "submission", "sha256": sha256} for sha256 in ("ab12", "ab34")]
    monkeypatch.setattr(refused, "_all", lambda: rows)
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


def test_the_one_is_driven_again(told: list[str]) -> None:
    done = CliRunner().invoke(app, ["refused", "redrive", "AB1"])
    assert (done.exit_code, told) == (0, ["/files/ab12/redrive"])
