"""A real PostgreSQL for the kernel's suites, and an empty database of it for each test."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.home import Home
from tests.kernel.cluster import Cluster
from tests.kernel.kafka_fixture import kafka, topic

__all__ = ["kafka", "topic"]

HOME = Path(__file__).parents[2] / ".claimlog-test" / "kernel-database"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The administrator's DSN of a server that runs while the tests do."""
    postgres = EmbeddedPostgres(Home.at(HOME))
    yield postgres.start()
    postgres.stop()


@pytest.fixture
async def database(server: str) -> AsyncIterator[str]:
    """The DSN of an empty database."""
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    yield server.rpartition("/")[0] + "/" + name
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture
async def cluster(
    kafka: EmbeddedKafka, topic: str, database: str, tmp_path: Path
) -> AsyncIterator[Cluster]:
    """Toy services on the real broker and database."""
    made = Cluster(kafka.bootstrap, topic, database, tmp_path)
    await made.schemas()
    yield made
    await made.stop()
