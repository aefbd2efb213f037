"""The embedded Kafka and PostgreSQL start, stop, die and come back on the same data, and nothing else is touched."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy import home
from deploy.embedded import kafka, postgres, unprivileged
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.home import PORTS, Home, NotStarted, free_port, kept_ports
from deploy.pids import strays, working_in
from deploy.stack import Stack
from shared import admin

LOG = "log-of-the-engines"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="privileges are dropped by root only")


@pytest.fixture
def engines(stack: Stack) -> Iterator[Stack]:
    """The session's engines, provisioned; they run again when a test has ended."""
    stack.start_engines()
    admin.provision(stack.bootstrap, LOG, 3, 1)
    yield stack
    stack.start_engines()


async def _value(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _pids(stack: Stack) -> dict[str, int]:
    return {facts["name"]: facts["pid"] for facts in stack.home.running()}


def test_the_database_under_test_is_our_own(engines: Stack) -> None:
    found = asyncio.run(_value(engines.pg_dsn, "show data_directory"))
    assert found == str(engines.postgres.data)


def test_starting_what_runs_changes_nothing(engines: Stack) -> None:
    before = _pids(engines)
    engines.start_engines()
    assert _pids(engines) == before


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_engines_come_back_on_the_same_data_and_ports(engines: Stack, how: str) -> None:
    before, was = (engines.bootstrap, engines.pg_dsn), _pids(engines)
    asyncio.run(_value(engines.pg_dsn, f"create table kept_over_{how} ()"))
    for engine in (engines.kafka, engines.postgres):
        getattr(engine, how)()
    assert engines.home.running() == []
    assert not any(psutil.pid_exists(pid) for pid in was.values())
    engines.start_engines()
    assert (engines.bootstrap, engines.pg_dsn) == before
    assert admin.provision(engines.bootstrap, LOG, 3, 1) == []
    asyncio.run(_value(engines.pg_dsn, f"drop table kept_over_{how}"))


def test_a_killed_postmasters_orphans_end_before_the_next_start(engines: Stack) -> None:
    async def kill_under_a_session() -> None:
        connection = await asyncpg.connect(engines.pg_dsn)
        engines.postgres.kill()
        await asyncio.to_thread(engines.postgres.start)
        connection.terminate()

    asyncio.run(kill_under_a_session())
    server = psutil.Process(_pids(engines)["postgres"])
    others = set(working_in(engines.postgres.data)) - {server}
    assert all(process.ppid() == server.pid for process in others)


def test_a_pid_file_that_names_a_stranger_stops_no_start(engines: Stack) -> None:
    engines.postgres.stop()
    (engines.postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert engines.postgres.start()


def test_a_server_whose_run_file_is_lost_is_taken_on_again(engines: Stack) -> None:
    before = _pids(engines)["postgres"]
    engines.home.forget("postgres")
    engines.postgres.start()
    assert _pids(engines)["postgres"] == before


def test_stopping_finds_what_no_run_file_names(engines: Stack) -> None:
    before = _pids(engines)
    engines.home.forget("kafka")
    engines.home.forget("postgres")
    engines.stop()
    assert not any(psutil.pid_exists(pid) for pid in before.values())
    assert list(strays(engines.home.root)) == []


@pytest.mark.parametrize("lie", [{"started": 0.0}, {"mark": "services.posting"}])
def test_a_stranger_with_the_pid_of_a_dead_service_is_left_alone(
    tmp_path: Path, lie: dict[str, object]
) -> None:
    home = Home.at(tmp_path)
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        while not psutil.Process(stranger.pid).cmdline():
            time.sleep(0.01)  # Its program is being loaded: nobody can tell yet what it is.
        home.write_run("posting-0", stranger.pid, mark="input()")
        facts = json.loads(home.run_file("posting-0").read_text())
        home.run_file("posting-0").write_text(json.dumps({**facts, **lie}))
        assert home.running() == []
    finally:
        stranger.communicate(b"\n")
    assert stranger.returncode == 0


def test_a_servers_port_is_none_that_a_client_can_be_given() -> None:
    assert all(PORTS[0] <= free_port() < PORTS[1] <= 32_768 for _ in range(20))


def test_servers_that_do_not_listen_yet_are_given_no_port_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = iter([12_001, 12_001, 12_002, 12_003])
    monkeypatch.setattr(home, "_GIVEN", {})
    monkeypatch.setattr(home, "_CLAIMS", {})
    monkeypatch.setattr(home, "port_is_free", lambda port: True)
    monkeypatch.setattr("random.randrange", lambda *of: next(chance))
    (tmp_path / "third").write_text("12001")
    assert kept_ports(tmp_path / "first", 1) == [12_001]
    assert kept_ports(tmp_path / "second", 1) == [12_002]
    assert kept_ports(tmp_path / "third", 1) == [
        12_003
    ]  # It had one that the first was given meanwhile.
    assert kept_ports(tmp_path / "first", 1) == [12_001]


GIVE = """
import sys
from pathlib import Path
from deploy import home
home.PORTS = (int(sys.argv[1]), int(sys.argv[1]) + 2)
(port,) = home.kept_ports(Path(sys.argv[2]), 1)
print(port, flush=True)
input()
home.listens(port)
print("free", flush=True)
input()
"""


def test_stacks_that_start_in_the_same_moment_are_given_no_port_twice(tmp_path: Path) -> None:
    first = next(p for p in iter(free_port, None) if home.port_is_free(p + 1))
    home.listens(first)

    def give(name: str) -> tuple[subprocess.Popen[str], int]:
        command = [sys.executable, "-c", GIVE, str(first), str(tmp_path / name)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        stacks.append(process)
        assert process.stdout
        return process, int(process.stdout.readline())

    stacks: list[subprocess.Popen[str]] = []
    try:
        one, port = give("one")
        (tmp_path / "two").write_text(str(port))
        assert {port, give("two")[1]} == {first, first + 1}, "neither of them listens yet"
        assert one.stdin and one.stdout
        one.stdin.write("\n")
        one.stdin.flush()
        assert one.stdout.readline() == "free\n"
        assert give("three")[1] == port, "it was let go, and nobody listens there"
    finally:
        for process in stacks:
            process.kill()
            process.communicate()


def test_what_is_missing_is_named_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotStarted, match=r"java is not installed.*apt-get.*dnf.*brew"):
        kafka.need_java()
    with pytest.raises(NotStarted, match=r"mvn is not installed.*apt-get.*dnf.*brew"):
        kafka.fetch_jars(tmp_path)


def test_a_java_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(NotStarted, match="Java 17 or newer is needed"):
        kafka.need_java()


@needs_root
def test_the_server_keeps_no_user_or_group_of_root(engines: Stack) -> None:
    server = psutil.Process(_pids(engines)["postgres"])
    status = Path(f"/proc/{server.pid}/status")
    assert 0 not in (*server.uids(), *server.gids())
    if status.exists():
        (groups,) = (s for s in status.read_text().splitlines() if s.startswith("Groups:"))
        assert groups.split() == ["Groups:"]


@needs_root
def test_root_may_keep_home_and_programs_where_the_servers_user_cannot_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, outside = tmp_path / "closed", Path(tempfile.mkdtemp())
    closed.mkdir(mode=0o700)
    installed = postgres.programs()
    package = installed.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, closed / part.name, symlinks=True)
    hidden = closed / installed.relative_to(installed.parents[2])
    monkeypatch.setattr(postgres, "programs", lambda: hidden)
    monkeypatch.setattr(unprivileged, "OUTSIDE", outside)
    server = EmbeddedPostgres(Home.at(closed / "home"))
    assert list(outside.iterdir()) == [], "nothing is made before something starts"
    try:
        assert asyncio.run(_value(server.start(), "select 1")) == 1
        assert server.data.is_relative_to(outside)
        server.kill()
        assert asyncio.run(_value(server.start(), "select 1")) == 1
    finally:
        server.stop()
        server.erase()
        left = [path.name.partition("-")[0] for path in outside.iterdir()]
        shutil.rmtree(outside)
    assert left == ["programs"]
