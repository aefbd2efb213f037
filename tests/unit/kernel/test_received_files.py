"""Files at the door: a few at a time; a refused one is told of by its hash and its reason, never by its name."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from shared.errors import Malformed
from shared.http import app
from shared.received_files import TAKEN_AT_ONCE, file_doors, tell_of_refusal
from shared.service import Answer, Order, Service

DATA = b"ISA*"


async def test_the_name_of_a_refused_file_is_not_told_for_it_may_be_a_persons() -> None:
    orders: list[Order] = []

    async def handle(given: list[Order]) -> list[Answer]:
        orders.extend(given)
        return [Answer(200, given[0].stream, ())]

    async def rows(sql: str, *args: Any) -> list[Any]:
        return []

    doors: Any = SimpleNamespace(tenant="t", handle=handle, rows=rows)

    def refusal(sha256: str, size: int, reason: str) -> tuple[str, int, str]:
        return sha256, size, reason

    for why in ("segment 2, byte 90: torn", "segment 2, byte 90: torn", "another"):
        await tell_of_refusal(doors, DATA, "DOE.271", Malformed(f"DOE.271: {why}"), refusal, "who")
    commands: list[Any] = [order.command for order in orders]
    assert commands[0][2] == "segment 2, byte 90: torn"
    assert not any("DOE" in repr(order) for order in orders)
    # The same reason has the same key: it is told once.
    assert len({order.key for order in orders}) == 2


async def test_of_many_files_at_the_door_a_few_are_taken_at_a_time_and_all_of_them_in_the_end() -> (
    None
):
    now = most = taken = 0

    async def take(_data: bytes, _name: str, _who: str) -> dict[str, Any]:
        nonlocal now, most, taken
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        taken += 1
        if taken == 3:
            raise Malformed("segment 2, byte 90: torn")
        return {}

    async def store(_data: bytes) -> str:
        return ""

    async def ready() -> Mapping[str, Any]:
        return {}

    async def rows(_sql: str, *_: Any) -> list[dict[str, Any]]:
        return []

    router = APIRouter()
    doors: Any = SimpleNamespace(store_object=store, rows=rows)
    file_doors(router, doors, take)
    service = Service("coding", frozenset(), frozenset(), {}, lambda event, at: ())
    transport = httpx.ASGITransport(app(service, ready, router))
    headers = {"Idempotency-Key": "k", "X-Actor": "clearinghouse"}
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answers = await asyncio.gather(
            *(client.post("/files", content=DATA, headers=headers) for _ in range(9))
        )
    assert sorted(a.status_code for a in answers) == [200] * 8 + [422]
    assert (most, taken) == (TAKEN_AT_ONCE, 9)


@pytest.mark.parametrize(
    ("data", "kind"), [(DATA, "application/edi-x12"), (b"{}", "application/json")]
)
async def test_what_was_kept_is_shown_as_what_it_is(data: bytes, kind: str) -> None:
    async def rows(sql: str, *_: Any) -> list[dict[str, Any]]:
        return [] if "erasure" in sql else [{"sha256": "a"}]

    async def read(_sha256: str) -> bytes:
        return data

    async def ready() -> Mapping[str, Any]:
        return {}

    async def take(_data: bytes, _name: str, _who: str) -> dict[str, Any]:
        return {}

    router = APIRouter()
    doors: Any = SimpleNamespace(rows=rows, read_object=read)
    file_doors(router, doors, take)
    service = Service("coding", frozenset(), frozenset(), {}, lambda event, at: ())
    transport = httpx.ASGITransport(app(service, ready, router))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.get("/files/a/content")
    assert (answer.content, answer.headers["content-type"]) == (data, kind)
