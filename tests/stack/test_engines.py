"""The embedded Kafka and PostgreSQL: start, die, come back on the same data; provisioning; nobody reads another's rows."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy import provision
from deploy.stack import Stack
from shared import admin
from shared.errors import Stopped
from shared.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def engines() -> Iterator[Stack]:
    """Kafka and PostgreSQL of a home of their own, provisioned."""
    home = ROOT / ".claimlog-test" / "stack"
    made = Stack(Settings(home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn=""), quick=True)
    made.stop()
    try:
        made.start_engines()
        made.prepare()
        yield made
    finally:
        made.stop()


async def _data_directory(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    found: str = await connection.fetchval("show data_directory")
    await connection.close()
    return found


def test_the_database_under_test_is_our_own(engines: Stack) -> None:
    assert Path(asyncio.run(_data_directory(engines.pg_dsn))) == engines.postgres.data


def test_provisioning_again_changes_nothing(engines: Stack) -> None:
    engines.prepare()
    assert admin.provision(engines.bootstrap, "claim-log", 12, 1) == []


def test_another_number_of_partitions_is_refused(engines: Stack) -> None:
    with pytest.raises(Stopped, match="12 partitions, not 13"):
        admin.provision(engines.bootstrap, "claim-log", 13, 1)


async def _reads(dsn: str, schema: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"create table if not exists {schema}.secret (n int)")
    finally:
        await connection.close()


def test_a_service_cannot_touch_another_schema(engines: Stack) -> None:
    asyncio.run(_reads(engines.dsn_of("posting"), "posting"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(_reads(engines.dsn_of("posting"), "denial"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(_reads(engines.dsn_of("posting"), "keyring"))


def test_killed_engines_come_back_on_the_same_data_and_ports(engines: Stack) -> None:
    before = (engines.bootstrap, engines.pg_dsn)
    engines.kafka.kill()
    engines.postgres.kill()
    engines.start_engines()
    assert (engines.bootstrap, engines.pg_dsn) == before
    assert admin.provision(engines.bootstrap, "claim-log", 12, 1) == []
    assert provision.SERVICES


def _claimlog(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env={**os.environ, "CLAIMLOG_HOME": str(home), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_command_has_help() -> None:
    for command in ("", "up", "demo", "import", "receive", "audit", "parked", "rebuild", "story"):
        done = _claimlog(ROOT / ".claimlog-test" / "none", *filter(None, [command]), "--help")
        assert done.returncode == 0, command


def test_status_says_when_nothing_runs(tmp_path: Path) -> None:
    done = _claimlog(tmp_path, "status", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout) == []


def test_an_unknown_service_is_named() -> None:
    done = _claimlog(ROOT / ".claimlog-test" / "none", "rebuild", "nobody")
    assert done.returncode == 2
    assert "no such service" in done.stderr
