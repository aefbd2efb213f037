"""A real Kafka for the kernel's suites, and fresh topics for each test."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.embedded.kafka import EmbeddedKafka
from deploy.home import Home
from shared import admin

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def kafka() -> Iterator[EmbeddedKafka]:
    """A broker that runs while the tests do."""
    broker = EmbeddedKafka(
        Home.at(ROOT / ".claimlog-test" / "kernel-kafka", ROOT / ".claimlog"), quick=True
    )
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def topic(kafka: EmbeddedKafka) -> str:
    """The name of a fresh log, with its dead-letter topic."""
    name = f"log-{uuid4().hex[:10]}"
    admin.provision(kafka.bootstrap, name, 12, 1)
    return name
