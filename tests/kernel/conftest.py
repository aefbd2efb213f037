"""The session's Kafka and PostgreSQL, and for each test an empty log and an empty database of them."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.kafka import EmbeddedKafka
from deploy.stack import Stack
from shared import admin
from tests.kernel.cluster import Cluster
from tests.kernel.fed import Fed, MemoryLog
from tests.kernel.house import House
from tests.kernel.toys import ALPHA, GAMMA


@pytest.fixture
def kafka(stack: Stack) -> EmbeddedKafka:
    """A broker that runs while the tests do."""
    stack.kafka.start()
    return stack.kafka


@pytest.fixture
def topic(kafka: EmbeddedKafka) -> str:
    """The name of a fresh log, with its dead-letter topic."""
    name = f"log-{uuid.uuid4().hex[:10]}"
    admin.provision(kafka.bootstrap, name, 12, 1)
    return name


@pytest.fixture
def server(stack: Stack) -> str:
    """The administrator's DSN of a server that runs while the tests do."""
    return stack.postgres.start()


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database(server: str) -> AsyncIterator[str]:
    """The DSN of an empty database."""
    name = f"t{uuid.uuid4().hex}"
    await _execute(server, f"create database {name}")
    yield server.rpartition("/")[0] + "/" + name
    await _execute(server, f"drop database {name} with (force)")


@pytest.fixture
async def cluster(
    kafka: EmbeddedKafka, topic: str, database: str, tmp_path: Path
) -> AsyncIterator[Cluster]:
    """Toy services on the real broker and database."""
    made = Cluster(kafka.bootstrap, topic, database, tmp_path)
    await made.schemas()
    yield made
    await made.stop()


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """Two services on one stream, fed by hand: no broker is needed."""
    log = MemoryLog()
    made = House(await Fed.start(ALPHA, log, database), await Fed.start(GAMMA, log, database))
    yield made
    await made.alpha.close()
    await made.gamma.close()
