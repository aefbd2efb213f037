"""A demo as a person runs it: it stays up until Ctrl-C, which leaves nothing running, and runs once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.home import Home
from deploy.pids import strays
from deploy.stack import Stack
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
SMALL = ["--encounters", "6", "--feed-days", "2", "--days", "10"]
STAYS_UP = "Everything stays up until Ctrl-C"


def _demo(home: Path, *words: str) -> "subprocess.Popen[str]":
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CLAIMLOG_")}
    given = {"CLAIMLOG_HOME": str(home), "CLAIMLOG_CACHE": str(ROOT / ".claimlog")}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", *SMALL, *words],
        env={**inherited, **given},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    Stack(Settings(home=tmp_path / "home", kafka="", pg_dsn="")).erase()


def _until_it_stays_up(process: "subprocess.Popen[str]") -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if STAYS_UP in line:
            return
    raise AssertionError("it ended by itself")


def _nothing_runs(home: Path) -> bool:
    return not Home.at(home).running() and not list(strays(home))


def test_a_demo_stays_up_until_ctrl_c_and_a_second_one_sends_nothing_again(home: Path) -> None:
    first = _demo(home)
    _until_it_stays_up(first)
    assert len(Home.at(home).running()) == 11
    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=180)
    assert first.returncode == 0
    assert "6 encounters over 10 business days" in said
    assert _nothing_runs(home)
    sent = sorted((home / "files" / "outbound").rglob("837P-*"))
    assert sent

    second = _demo(home, "--exit", "--json")
    said, told = second.communicate(timeout=180)
    assert second.returncode == 0, told
    assert "in use already, up to 2026-01-16" in " ".join(told.split())
    found = json.loads(said)
    assert (found["score"], found["as_of"]) == (None, "2026-01-16")
    assert sorted((home / "files" / "outbound").rglob("837P-*")) == sent
    assert _nothing_runs(home)
