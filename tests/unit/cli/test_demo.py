"""A demo runs once in an installation, and nothing outlives it."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import demo
from cli.main import app
from deploy.home import Home
from simulator.doors import DoorClosed
from simulator.world import Plan, Score, standing

LAST = date(2026, 7, 31)
SUMMARY = {"as_of": "2026-07-31"}


class Installation:
    """A stack that starts nothing and counts what it was asked."""

    def __init__(self, home: Path) -> None:
        self.home = Home.at(home)
        self.started = self.stopped = 0

    def start(self, *_args: Any, **_more: Any) -> None:
        self.started += 1

    def stop(self, **_more: Any) -> None:
        self.stopped += 1

    def url_of(self, service: str) -> str:
        return f"http://{service}.invalid"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Installation]:
    """An installation of its own; what a demo does at a signal ends with it."""
    signs = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(sign) for sign in signs]
    made = Installation(tmp_path)
    monkeypatch.setattr(demo, "stack", lambda **_how: made)
    monkeypatch.setattr(demo, "_summary", lambda _stack: demo.out.print("the summary"))
    monkeypatch.setattr(demo, "ask", lambda _service, _path: SUMMARY)
    _world(monkeypatch, None)
    yield made
    for sign, handler in zip(signs, before, strict=True):
        signal.signal(sign, handler)


def _world(monkeypatch: pytest.MonkeyPatch, before: date | None, ends: Any = Score) -> list[Plan]:
    """What stands there before, and how a run ends; the list tells which worlds ran."""
    ran: list[Plan] = []

    async def stands(_stack: Any) -> date | None:
        return before

    async def run(_stack: Any, plan: Plan) -> Score:
        ran.append(plan)
        if isinstance(ends, BaseException):
            raise ends
        return Score(encounters=plan.encounters)

    monkeypatch.setattr(demo, "_standing", stands)
    monkeypatch.setattr(demo, "_run", run)
    return ran


def _said(*words: str) -> Any:
    return CliRunner().invoke(app, ["demo", *words])


def test_a_first_demo_runs_shows_the_summary_and_stops(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = _world(monkeypatch, None)
    said = _said("--exit", "--encounters", "5")
    assert said.exit_code == 0
    assert [plan.encounters for plan in ran] == [5]
    assert "the summary" in said.stdout
    assert here.stopped == 1


def test_a_second_demo_sends_nothing_and_shows_what_is_there(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = _world(monkeypatch, LAST)
    said = _said("--exit")
    assert said.exit_code == 0
    assert ran == []
    assert "in use already, up to 2026-07-31" in said.stdout
    assert "claimlog down --erase" in said.stdout
    assert "the summary" in said.stdout


def test_a_demo_that_was_broken_off_is_told_apart_from_a_whole_one() -> None:
    plan = Plan()
    assert "goes on to" in demo._here_already(plan, date(2026, 2, 2))
    assert "goes on to" not in demo._here_already(plan, plan.last_day)


def test_json_is_all_that_stands_on_standard_output(here: Installation) -> None:
    said = _said("--exit", "--json", "--encounters", "5")
    assert said.exit_code == 0
    found = json.loads(said.stdout)
    assert (found["score"]["encounters"], found["as_of"]) == (5, "2026-07-31")


def test_whoever_reads_json_waits_for_nothing_more(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_wait", lambda _stack: pytest.fail("it stays up"))
    assert (_said("--json").exit_code, here.stopped) == (0, 1)


def test_an_interrupt_stops_everything(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _world(monkeypatch, None, KeyboardInterrupt())
    assert _said().exit_code == 130
    assert here.stopped == 1


def test_ctrl_c_is_how_a_demo_that_stays_up_ends(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slept(_seconds: float) -> None:
        raise KeyboardInterrupt

    here.home.write_run("kafka", os.getpid(), Path(sys.executable).name, port=1)
    monkeypatch.setattr(demo.time, "sleep", slept)
    assert _said().exit_code == 0
    assert here.stopped == 1


def test_a_demo_that_was_stopped_from_elsewhere_ends_and_stops_nothing(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.home.write_run("kafka", os.getpid(), Path(sys.executable).name, port=1)
    monkeypatch.setattr(demo.time, "sleep", lambda _seconds: here.home.forget("kafka"))
    said = _said()
    assert (said.exit_code, here.stopped) == (0, 0)
    assert "stopped from elsewhere" in said.stderr


def test_a_closed_door_is_a_sentence_and_stops_everything(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _world(monkeypatch, None, DoorClosed("reference /cutoffs: 409"))
    said = _said("--exit")
    assert said.exit_code == 1
    assert "reference /cutoffs: 409" in said.stderr
    assert here.stopped == 1


class _Progress:
    def __init__(self, days: list[str | None]) -> None:
        self.days = days

    async def get(self, _service: str, _path: str) -> list[dict[str, Any]]:
        return [{"today": day} for day in self.days]


async def test_an_installation_is_new_until_a_day_was_opened() -> None:
    new: Any = _Progress([None, None])
    used: Any = _Progress([None, "2026-01-05", "2026-01-06"])
    assert await standing(new) is None
    assert await standing(used) == date(2026, 1, 6)
