"""Every door that takes JSON refuses an object in which a name stands twice."""

import httpx
import pytest

from tests.unit.house.test_query_parameters import DOORS, SERVICES, filled

TAKING = [
    (name, path)
    for name in SERVICES
    for path, methods in DOORS[name].openapi()["paths"].items()
    if "application/json" in methods.get("post", {}).get("requestBody", {}).get("content", {})
]


def test_every_service_has_such_doors() -> None:
    assert {name for name, _ in TAKING} == set(SERVICES)


@pytest.mark.parametrize(
    ("service", "path"), TAKING, ids=[f"{name} {path}" for name, path in TAKING]
)
async def test_a_name_that_stands_twice_is_refused(service: str, path: str) -> None:
    transport = httpx.ASGITransport(app=DOORS[service])
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.post(
            filled(path), content=b'{"a": 1, "a": 1}', headers={"Content-Type": "application/json"}
        )
    assert (answer.status_code, answer.json().get("fields")) == (422, ["body.(twice).a"])


@pytest.mark.parametrize(
    "body", [b'{"a": "\xff\xfe"}', b"[" * 200_000 + b"]" * 200_000, b"9" * 100_000, b"{"]
)
async def test_what_cannot_be_read_is_said_to_be_no_json(body: bytes) -> None:
    transport = httpx.ASGITransport(app=DOORS["posting"])
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.post(
            "/deposits", content=body, headers={"Content-Type": "application/json"}
        )
    assert (answer.status_code, answer.json().get("fields")) == (422, ["body.(not JSON)"])
