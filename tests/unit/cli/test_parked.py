"""What is parked is told of the services that run, and it is said which were not asked."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import parked
from cli.context import NOT_RUNNING, fail
from cli.main import app
from deploy.provision import SERVICES

ROW = {
    "partition": 3,
    "offset": 9,
    "wire": "posting.payment_posted.v1",
    "reason": "Refused",
    "sentence": "no such thing as [/x]",
    "waiting": 2,
    "listed": 1,
}


def here(monkeypatch: pytest.MonkeyPatch, *running: str, kafka: str = "", rows: Any = ()) -> None:
    """These services run in this folder, and each has these rows parked."""
    home = SimpleNamespace(running=lambda: [{"service": service} for service in running])
    chosen = SimpleNamespace(home=home, settings=SimpleNamespace(kafka=kafka))
    monkeypatch.setattr(parked, "stack", lambda: chosen)
    monkeypatch.setattr(parked, "ask", lambda *_, **__: list(rows))


def test_where_nothing_runs_it_is_not_said_that_nothing_is_parked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here(monkeypatch)
    done = CliRunner().invoke(app, ["parked", "list"])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no service is running" in done.stderr


def test_a_service_that_does_not_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, *(s for s in SERVICES if s != "posting"))
    done = CliRunner().invoke(app, ["parked", "list"])
    assert (done.exit_code, "in the services that run" in done.stdout) == (3, True)
    assert "not asked: posting" in done.stderr


def test_one_that_does_not_answer_is_named_and_the_others_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here(monkeypatch, *SERVICES)

    def ask(service: str, *_: Any, **__: Any) -> list[Any]:
        return [ROW] if service != "coding" else fail("coding does not answer", NOT_RUNNING)

    monkeypatch.setattr(parked, "ask", ask)
    done = CliRunner().invoke(app, ["parked", "list", "--json"])
    assert (done.exit_code, len(json.loads(done.stdout))) == (3, len(SERVICES) - 1)
    assert "coding does not answer" in done.stderr


def test_beside_a_given_broker_others_may_run_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, "posting", kafka="broker:9092")
    done = CliRunner().invoke(app, ["parked", "list"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "nothing is parked\n", "")


def test_a_record_is_told_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, *SERVICES, rows=[ROW])
    done = CliRunner().invoke(app, ["parked", "list"])
    assert (done.exit_code, "no such thing as [/x]" in done.stdout) == (0, True)
    told = CliRunner().invoke(app, ["parked", "list", "--json"])
    assert json.loads(told.stdout)[0] == {"service": "reference", **ROW}
