"""A number of ours is found however it is typed: letters of an account or a claim may be small ones."""

from importlib import import_module
from typing import Any

import httpx
import pytest

from shared.http import app
from tests.unit.house.test_query_parameters import DOORS, SERVICES

ASKED = [
    (name, path)
    for name in SERVICES
    for path in ("/accounts/{account}", "/claims/{claim}")
    if path in DOORS[name].openapi()["paths"]
]


class Doors:
    """Finds nothing, and keeps what was looked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def rows(self, _sql: str, *args: Any) -> list[dict[str, Any]]:
        self.asked += args
        return []


async def _ready() -> dict[str, Any]:
    return {}


@pytest.mark.parametrize(("service", "path"), ASKED, ids=[f"{name} {path}" for name, path in ASKED])
async def test_a_number_is_looked_for_in_large_letters(service: str, path: str) -> None:
    doors: Any = Doors()
    made = import_module(f"services.{service}.app").SERVICE
    transport = httpx.ASGITransport(app=app(made, _ready, made.routes(doors)))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.get(
            path.replace("{account}", "abcd2345").replace("{claim}", "abcd2345")
        )
    assert answer.status_code == 404
    assert doors.asked == ["ABCD2345"]


def test_there_are_such_doors() -> None:
    assert len(ASKED) >= 6
