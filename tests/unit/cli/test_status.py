"""`status` says of each process whether it does its work, how far it is, and what to do where it does not."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import context
from cli import status as command
from cli.main import app
from deploy import health
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.health import Standing
from deploy.home import Home, NotStarted
from deploy.pids import end_process
from deploy.processes import Services
from deploy.provision import SERVICES

FINE = {"ok": True, "broker": {"ok": True}}


class Installation:
    """A stack in which nothing answers but what a test lets answer."""

    bootstrap = pg_dsn = ""

    def __init__(self, home: Path, kafka: str = "") -> None:
        self.home = Home.at(home)
        self.settings = SimpleNamespace(kafka=kafka, pg_dsn=kafka)

    def runs(self, name: str, pid: int | None = None, mark: str = "", **facts: Any) -> None:
        """A process is written down."""
        self.home.write_run(name, pid or os.getpid(), mark, **facts)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Installation:
    """The installation of this folder."""
    made = Installation(tmp_path)
    monkeypatch.setattr(command, "stack", lambda: made)
    return made


@pytest.fixture
def halted() -> Iterator[int]:
    """A process that was sent SIGSTOP."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED)
        yield process.pid
    finally:
        end_process(health.psutil.Process(process.pid), 0, signal.SIGKILL)
        process.wait()


def rows() -> tuple[int, dict[str, dict[str, Any]]]:
    done = CliRunner().invoke(app, ["status", "--json"])
    return done.exit_code, {row["process"]: row for row in json.loads(done.stdout)}


def test_a_process_that_died_is_shown_with_what_brings_it_back(here: Installation) -> None:
    here.runs("kafka", port=1)
    here.runs("denial-0", mark="no such command line", url="http://x.invalid")
    here.home.log("denial-0").write_text("it fell over")
    code, found = rows()
    dead = found["denial-0"]
    assert (code, dead["ready"], dead["pid"]) == (1, False, None)
    assert "`claimlog up` brings it back" in dead["why"]
    assert dead["log"] == str(here.home.log("denial-0"))
    shown = CliRunner().invoke(app, ["status"]).stdout
    assert f"denial-0 {dead['why']}; its log is {dead['log']}" in shown.replace("\n", "")


def test_what_was_never_started_is_missing(here: Installation) -> None:
    here.runs("kafka", port=1)
    code, found = rows()
    assert code == 1
    assert set(found) == {"kafka", "postgres", *(f"{service}-0" for service in SERVICES)}
    assert found["coding-0"]["why"] == "was not started; `claimlog up` starts it"


def test_beside_a_given_broker_services_may_run_elsewhere(tmp_path: Path) -> None:
    here: Any = Installation(tmp_path, kafka="elsewhere:9092")
    assert health.missing(here, ["reference-0"]) == []


def test_a_halted_process_is_told_from_one_that_ended(here: Installation, halted: int) -> None:
    here.runs("kafka", halted, port=1)
    code, found = rows()
    assert (code, found["kafka"]["ready"], found["kafka"]["answers"]) == (1, False, False)
    assert f"`kill -CONT {halted}`" in found["kafka"]["why"]


@pytest.mark.parametrize(
    ("engine", "name"), [(EmbeddedKafka, "kafka"), (EmbeddedPostgres, "postgres")]
)
def test_what_is_halted_is_told_at_once_by_who_starts_it(
    engine: type[EmbeddedKafka] | type[EmbeddedPostgres], name: str, tmp_path: Path, halted: int
) -> None:
    home = Home.at(tmp_path)
    home.write_run(name, halted, mark="sleep(60)", port=1)
    with pytest.raises(NotStarted, match=f"kill -CONT {halted}"):
        engine(home).start()


def test_a_halted_service_is_told_at_once_by_who_waits_for_it(tmp_path: Path, halted: int) -> None:
    home = Home.at(tmp_path)
    home.write_run("coding-0", halted, mark="sleep(60)", url="http://127.0.0.1:1")
    with pytest.raises(NotStarted, match=f"coding-0 is halted.*kill -CONT {halted}"):
        Services(home, "", "").wait(["coding-0"])


@pytest.mark.parametrize("which", ["reporting-0", "postgres"])
@pytest.mark.parametrize("words", [["summary"], ["refused", "redrive", "ab" * 32]])
def test_whoever_would_wait_for_what_is_halted_is_told_at_once(
    which: str, words: list[str], here: Installation, halted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "stack", lambda: here)
    here.runs("postgres", halted if which == "postgres" else None, port=1)
    for service in SERVICES:
        pid = None if which == "postgres" else halted
        here.runs(f"{service}-0", pid, service=service, url="http://service.invalid")
    said = CliRunner().invoke(app, words)
    told = said.output.replace("\n", " ")
    assert said.exit_code == 3
    assert f"halted (SIGSTOP) and does not answer; `kill -CONT {halted}`" in told


async def door(answer: Any) -> tuple[bool, str]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return await health._door(client, {"pid": os.getpid(), "url": "http://service.invalid"})


async def test_a_service_that_is_ready_needs_no_reason() -> None:
    assert await door(lambda _: httpx.Response(200, json=FINE)) == (True, "")


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ({"database": {"ok": False}}, "PostgreSQL does not answer it"),
        (
            {"broker": {"ok": False}, "lag": {"ok": False, "value": None}},
            "Kafka does not answer it",
        ),
        ({"lag": {"ok": False, "value": 7, "bound": 5}}, "it is 7 records behind, more than 5"),
        ({"check": {"ok": False, "failed_with": "TimeoutError"}}, "how it stands (TimeoutError)"),
        ({"files": {"ok": False, "lacks": "the file of x is gone"}}, "the file of x is gone"),
        ({"disk": {"ok": False}}, "its check disk says no"),
    ],
)
async def test_a_service_that_is_not_ready_says_why(check: dict[str, Any], why: str) -> None:
    answers, told = await door(lambda _: httpx.Response(503, json={"ok": False, **check}))
    assert answers and told.endswith(why)


async def test_a_service_that_does_not_answer_is_ended_and_brought_back() -> None:
    def silence(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    answers, told = await door(silence)
    assert not answers
    assert f"`kill -9 {os.getpid()}`, then `claimlog up`" in told


def test_how_far_and_how_fast_follows_from_two_looks_and_the_ends_of_the_log() -> None:
    far = health._Far(ends={0: 100, 1: 50}, seconds=0.5)
    far.before = {"posting": health._Look({0: 60, 1: 50}, 108, 9, 0)}
    far.now = {"posting": health._Look({0: 90, 1: 50}, 138, 12, 2)}
    row = Standing("posting-0")
    health._add_progress(row, far)
    assert (row.heard, row.said, row.behind, row.parked) == (138, 12, 10, 2)
    assert (row.records_per_second, row.said_per_second) == (60, 6)


def test_without_kafka_nobody_knows_who_is_behind() -> None:
    row = Standing("posting-0")
    health._add_progress(row, health._Far(now={"posting": health._Look({0: 9}, 9, 0, 0)}))
    assert (row.heard, row.behind) == (9, None)


def test_a_service_that_lacks_events_is_ready_and_all_is_not_well(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Standing("posting-0", 1, "http://x", True, True)
    look = health._Look({0: 9}, 9, 0, 0, ["denial.appeal_filed.v1"])
    health._add_progress(row, health._Far(now={"posting": look}))

    async def standing(_stack: Any) -> list[Standing]:
        return [row]

    monkeypatch.setattr(command, "standing", standing)
    code, found = rows()
    assert (code, found["posting-0"]["ready"]) == (1, True)
    shown = CliRunner().invoke(app, ["status"]).stdout
    assert "posting-0 hears denial.appeal_filed.v1 since this version" in shown
    assert "`claimlog rebuild posting`" in shown


async def test_a_service_is_silent_when_none_of_its_processes_answers(
    here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def standing(_stack: Any) -> list[Standing]:
        answers = Standing("denial-1", answers=True)
        return [
            Standing("kafka"),
            Standing("posting-0", why="ended"),
            Standing("denial-0"),
            answers,
        ]

    monkeypatch.setattr(health, "standing", standing)
    assert await health.silent(here) == {"posting": "posting-0 ended"}


def test_records_that_wait_for_a_person_are_told_of(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def standing(_stack: Any) -> list[Standing]:
        return [Standing("posting-0", 1, "http://x", True, True, 5, 4, 0, 0, 3)]

    monkeypatch.setattr(command, "standing", standing)
    done = CliRunner().invoke(app, ["status"])
    assert (done.exit_code, "posting-0 3): claimlog parked list" in done.stdout) == (0, True)
    assert "http://x/docs" in done.stdout


def _ends_after(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes after so many looks."""
    waits = iter(range(looks))

    def wait(_seconds: float) -> None:
        if next(waits) == looks - 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.time, "sleep", wait)


def test_watching_shows_look_after_look_and_ends_as_the_last_one_stands(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_after(3, monkeypatch)
    done = CliRunner().invoke(app, ["status", "--watch"])
    assert (done.exit_code, done.stdout.count("nothing is running")) == (3, 3)


def test_watching_in_json_is_one_line_a_look(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.runs("kafka", port=1)
    _ends_after(2, monkeypatch)
    done = CliRunner().invoke(app, ["status", "--watch", "--json"])
    looks = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, len(looks)) == (1, 2)
    assert {row["process"] for row in looks[-1]} >= {"kafka", "postgres"}


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that has heard and said as much as a year."""
    processes = ("kafka", "adjudication_tracking-0", "posting-0")
    found = [
        Standing(
            name, 123_456, "http://127.0.0.1:40123", True, True, 45_678, 45_678, 0, 1_234, 3, 567
        )
        for name in processes
    ]

    async def standing(_stack: Any) -> list[Standing]:
        return found

    monkeypatch.setattr(command, "standing", standing)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 140, 168])
@pytest.mark.usefixtures("here", "busy")
def test_a_row_fits_the_terminal_and_is_one_line_and_nothing_of_it_is_cut_short(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.out, "width", width)
    lines = CliRunner().invoke(app, ["status"]).stdout.splitlines()
    (row,) = [
        line for line in lines if "adjudication_tracking-0" in line and "wait for" not in line
    ]
    assert len(row) <= width and "…" not in row
    for shown in ("yes", "1,234", "567"):
        assert shown in row
    whole = width >= 140
    assert ("http://127.0.0.1:40123/docs" in row, "123456" in row) == (whole or width == 120, whole)
    assert any("or --json" in line for line in lines) != whole


@pytest.mark.usefixtures("here", "busy")
def test_eighty_columns_are_enough_for_everything_but_pid_and_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command.out, "width", 80)
    shown = CliRunner().invoke(app, ["status"]).stdout
    assert all(name in shown for name in command.COUNTS)
    assert "too narrow for pid, address: a wider window, or --json" in shown
