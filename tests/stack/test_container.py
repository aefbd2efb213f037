"""The entry point of a container: provision once, then become one service with its own role."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.home import Home, free_port, until
from deploy.processes import ready
from deploy.stack import Stack
from shared import admin

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(stack: Stack, tmp_path: Path) -> Iterator[str]:
    """A database that nobody provisioned before: the keys of one home are not those of another."""
    postgres = EmbeddedPostgres(Home.at(tmp_path / "database", stack.home.cache))
    postgres.start()
    try:
        yield postgres.dsn
    finally:
        postgres.stop()
        postgres.erase()


def test_a_container_provisions_and_becomes_the_service_it_is_told(
    stack: Stack, database: str, tmp_path: Path
) -> None:
    stack.start_engines()
    port = free_port()
    told = {
        **{k: v for k, v in os.environ.items() if not k.startswith("CLAIMLOG_")},
        "CLAIMLOG_KAFKA": stack.bootstrap,
        "CLAIMLOG_PG_DSN": database,
        "CLAIMLOG_HOME": str(tmp_path / "home"),
        "CLAIMLOG_TOPIC": "log-of-containers",
        "CLAIMLOG_PARTITIONS": "5",
        "CLAIMLOG_HTTP_PORT": str(port),
    }
    container = [sys.executable, "-m", "deploy.container"]
    subprocess.run([*container, "provision"], env=told, cwd=ROOT, check=True, timeout=120)
    assert admin.ends(stack.bootstrap, "log-of-containers").keys() == set(range(5))
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen(
            [*container, "reference"], env=told, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            with httpx.Client() as client:
                up = until(
                    lambda: service.poll() is not None or ready(client, f"http://127.0.0.1:{port}"),
                    60,
                )
            assert up and service.poll() is None, (tmp_path / "log").read_text()
        finally:
            service.terminate()
            service.wait(60)


def test_a_container_names_the_services_there_are(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.container", "nobody"],
        env={**os.environ, "CLAIMLOG_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no service nobody; there are reference" in done.stderr
