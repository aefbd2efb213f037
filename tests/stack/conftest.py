"""A database with the tables of reporting, for the tests of one module."""

from collections.abc import Iterator

import pytest

from deploy.stack import Stack
from tests.stack.reports import database


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made
