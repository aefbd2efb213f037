"""The `claimlog` command starts and stops exactly its own folder's processes, and says what it did."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from deploy.home import Home
from deploy.pids import strays
from deploy.stack import Stack

ROOT = Path(__file__).parents[2]
COMMANDS = ["up", "down", "status", "topics", "demo", "import", "receive", "story", "summary"]
COMMANDS += ["list", "audit", "parked", "rebuild", "eob", "fees", "overpayments", "prompt-pay"]


class Command:
    """The command in a folder of its own, as a person types it."""

    def __init__(self, home: Path, python: str = sys.executable, **given: str) -> None:
        self.home = Home.at(home)
        self.python = python
        self.given = given
        self.user: dict[str, Any] = {}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CLAIMLOG_")}
        return subprocess.run(
            [self.python, "-m", "cli", *words],
            env={**inherited, "CLAIMLOG_HOME": str(self.home.root), **self.given},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            **self.user,
        )

    def running(self) -> set[str]:
        """What `status` says that it runs and does its work."""
        rows = json.loads(self("status", "--json").stdout)
        return {row["process"] for row in rows if row["ready"]}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Command]:
    """With engines of its own; Kafka's jars are shared."""
    command = Command(tmp_path / "home", CLAIMLOG_CACHE=str(ROOT / ".claimlog"))
    yield command
    command("down", "--erase")


@pytest.fixture
def beside(stack: Stack, tmp_path: Path) -> Iterator[Command]:
    """Given a broker and a database that are there already."""
    stack.start_engines()
    given = {"CLAIMLOG_KAFKA": stack.bootstrap, "CLAIMLOG_PG_DSN": stack.pg_dsn}
    command = Command(tmp_path / "home", **given)
    yield command
    command("down", "--erase")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"])
    assert said.exit_code == 0
    assert "Usage" in said.output


def test_the_command_runs_by_its_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--help"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0


def test_status_says_when_nothing_runs(tmp_path: Path) -> None:
    done = Command(tmp_path)("status", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout) == []


def test_topics_start_nothing(tmp_path: Path) -> None:
    command = Command(tmp_path)
    done = command("topics")
    assert (done.returncode, command.home.running()) == (3, [])
    assert "`claimlog up`" in done.stderr


def test_down_forgets_what_had_ended(tmp_path: Path) -> None:
    command = Command(tmp_path)
    command.home.write_run("denial-0", os.getpid(), "no such command line")
    assert command("down").stdout == "down: nothing was running\n"
    assert command.home.gone() == []


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    done = Command(tmp_path)("up", "--service", "nobody")
    assert done.returncode == 2
    assert "nobody" in done.stderr


def test_up_twice_is_harmless_and_down_leaves_nothing(alone: Command) -> None:
    assert alone("up", "--engines-only").returncode == 0
    before = [facts["pid"] for facts in alone.home.running()]
    assert alone.running() == {"kafka", "postgres"}
    halfway = alone("status")
    assert halfway.returncode == 1
    assert "posting-0 was not started; `claimlog up` starts it" in halfway.stdout
    again = alone("up", "--engines-only")
    assert again.returncode == 0, again.stderr
    assert [facts["pid"] for facts in alone.home.running()] == before
    for says in ("down: stopped kafka, postgres", "down: nothing was running"):
        down = alone("down")
        assert (down.returncode, down.stdout.strip()) == (0, says)
        assert list(strays(alone.home.root)) == []
        assert alone("status").returncode == 3
    assert alone("down", "--erase").returncode == 0
    assert not alone.home.root.exists()


def test_a_given_broker_and_database_are_used_and_left_running(
    beside: Command, stack: Stack
) -> None:
    up = beside("up", "--service", "reference")
    assert up.returncode == 0, up.stderr
    assert beside.running() == {"reference-0"}
    assert beside("down").returncode == 0
    assert list(strays(beside.home.root)) == []
    assert {facts["name"] for facts in stack.home.running()} == {"kafka", "postgres"}


def _python_of(user: dict[str, Any]) -> str:
    """A Python that this user can run with what is installed here; skips the test where there is none."""
    path = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{here}", f"/usr/local/bin/{here}"):
        try:
            subprocess.run(
                [python, "-c", "import cli.lifecycle"],
                env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
                cwd="/",
                check=True,
                capture_output=True,
                **user,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip("no Python here that an ordinary user can run with what is installed")


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever runs this is an ordinary user already")
def test_an_ordinary_user_starts_and_stops_it_too() -> None:
    nobody = pwd.getpwnam("nobody")
    user: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = _python_of(user)
    folder = Path(tempfile.mkdtemp())
    path = os.pathsep.join((str(ROOT), sysconfig.get_path("purelib")))
    cache = str(ROOT / ".claimlog")
    try:
        given = {"CLAIMLOG_CACHE": cache, "PYTHONPATH": path, "HOME": str(folder)}
        command = Command(folder / "home", python, **given)
        for owned in (folder, *folder.rglob("*")):
            os.chown(owned, nobody.pw_uid, nobody.pw_gid)
        command.user = user
        up = command("up", "--engines-only")
        assert up.returncode == 0, up.stderr
        assert command.running() == {"kafka", "postgres"}
        assert command("down", "--erase").returncode == 0
        assert list(strays(command.home.root)) == []
        assert not command.home.root.exists()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
