"""`down --erase` says what is gone, and keeps what was only fetched."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import lifecycle
from cli.main import app
from deploy.stack import Stack
from shared.settings import Settings

KEPT = ("kafka/4.3.0/libs/kafka.jar",)
ERASED = (
    "kafka-data/log",
    "postgres/base",
    "keys/kek",
    "files/inbound/day.835",
    "log/posting-0.log",
    "note",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: the settings of this process may name one that somebody needs."""
    for name in (*KEPT, *ERASED):
        path = tmp_path / "home" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    beside(tmp_path / "home", monkeypatch)
    return tmp_path / "home"


def beside(home: Path, monkeypatch: pytest.MonkeyPatch, kafka: str = "") -> None:
    chosen = Settings(home=home, cache=home, kafka=kafka, pg_dsn="")
    monkeypatch.setattr(lifecycle, "stack", lambda: Stack(chosen))


def down(*words: str) -> str:
    said = CliRunner().invoke(app, ["down", *words])
    assert said.exit_code == 0, said.output
    return said.stdout.strip()


def left(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_what_was_fetched_stays_when_all_else_is_erased(home: Path) -> None:
    assert down("--erase") == (
        "down: nothing was running; claim log, tables, keys, X12 files and process logs are deleted"
    )
    assert left(home) == [*KEPT]


def test_what_was_fetched_goes_when_that_is_asked_for(home: Path) -> None:
    assert "fetched libraries" in down("--erase", "--downloads")
    assert not home.exists()


def test_nothing_is_erased_unasked(home: Path) -> None:
    down()
    assert {*KEPT, *ERASED} <= {*left(home)}
    assert CliRunner().invoke(app, ["down", "--downloads"]).exit_code == 2
    assert {*KEPT, *ERASED} <= {*left(home)}


def test_a_given_broker_is_not_told_to_be_erased(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(home, monkeypatch, kafka="127.0.0.1:1")
    said = down("--erase")
    assert "claim log" not in said and said.endswith("the given Kafka kept what it holds")


def test_up_brings_back_a_second_process_of_a_service_too(home: Path) -> None:
    stack = Stack(Settings(home=home, cache=home, kafka="", pg_dsn=""))
    for name in ("kafka", "posting-0", "posting-1", "denial-2"):
        stack.home.write_run(name, os.getpid(), "no such command line")
    assert stack.services.ended(("posting", "reference")) == [("posting", "1")]
