"""Every service shows the same face over HTTP, and nothing of a request comes back in an error."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict

from shared import errors
from shared.commands import _failed
from shared.http import BODY_LIMIT_BYTES, Actor, IdempotencyKey, app
from shared.json_bodies import Door
from shared.service import Answer, Service

CANARY = "CANARY-77"
SERVICE = Service("coding", frozenset(), frozenset(), {}, lambda event, at: ())
REFUSALS = [
    errors.Refused,
    errors.StreamParked,
    errors.NotFound,
    errors.Malformed,
    errors.Unknown,
    errors.Conflict,
    errors.Busy,
    errors.Recovering,
    errors.NoRoom,
    errors.Stopped,
]
checks: dict[str, Any] = {}


class Person(BaseModel):
    """A body with rules."""

    model_config = ConfigDict(extra="forbid")
    last: str
    age: int


def routes() -> APIRouter:
    router = APIRouter(route_class=Door)

    @router.post("/people")
    async def people(person: Person, key: IdempotencyKey, who: Actor) -> dict[str, str]:
        return {"key": key, "who": who}

    @router.post("/files")
    async def files(data: Annotated[bytes, Body(media_type="application/octet-stream")]) -> int:
        return len(data)

    @router.get("/named/{name}")
    async def named(name: str, also: str = "") -> str:
        return name + also

    @router.get("/refusals/{number}")
    async def refusals(number: int) -> None:
        raise REFUSALS[number]("a rule says no")

    @router.get("/many")
    async def many() -> None:
        no = errors.Malformed("two things are wrong")
        no.more = {"mistakes": ["this", "that"]}
        raise no

    @router.get("/away")
    async def away() -> None:
        raise ConnectionRefusedError(CANARY)

    @router.get("/full")
    async def full() -> None:
        raise asyncpg.DiskFullError(CANARY)

    @router.get("/broken")
    async def broken() -> None:
        raise ValueError(CANARY)

    return router


@pytest.fixture
async def caller() -> AsyncIterator[httpx.AsyncClient]:
    async def ready() -> Mapping[str, Any]:
        return checks

    transport = httpx.ASGITransport(app=app(SERVICE, ready, routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield client


async def test_a_living_process_says_so(caller: httpx.AsyncClient) -> None:
    assert (await caller.get("/livez")).json() == {"ok": True}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"broker": True, "database": True, "lag": {"ok": True, "records": 3}}, 200),
        ({"broker": False, "database": True, "lag": {"ok": True, "records": 3}}, 503),
        ({"broker": True, "database": True, "lag": {"ok": False, "records": 9}}, 503),
        ({"broker": True, "database": True, "lag": 0, "lag_bound": 5}, 200),
        ({"broker": True, "database": True, "lag": 6, "lag_bound": 5}, 503),
    ],
)
async def test_ready_means_that_every_check_agrees(
    caller: httpx.AsyncClient, given: dict[str, Any], status: int
) -> None:
    checks.clear()
    checks.update(given)
    answer = await caller.get("/readyz")
    assert answer.status_code == status and answer.json()["ok"] is (status == 200)
    assert set(answer.json()) == {"ok", "broker", "database", "lag"}


async def test_a_probe_that_says_no_is_no_failed_request(
    caller: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()
    monkeypatch.setattr("shared.http.measure", lambda **more: counted.update(more))
    checks["broker"] = False
    await caller.get("/readyz")
    await caller.get("/metrics")
    assert not counted
    await caller.get("/away")
    assert (counted["requests"], counted["requests_failed"]) == (1, 1)


async def test_metrics_are_prometheus_text(caller: httpx.AsyncClient) -> None:
    await caller.get("/livez")
    assert "claimlog_requests_total" in (await caller.get("/metrics")).text


async def test_the_address_of_a_service_shows_its_doors(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_docs_load_without_the_internet(caller: httpx.AsyncClient, page: str) -> None:
    text = (await caller.get(page)).text
    sources = [part.split('"')[0] for part in text.replace("src=", "href=").split('href="')[1:]]
    assert sources and all(source.startswith("/") for source in sources)
    for source in sources:
        assert (await caller.get(source)).status_code == 200


@pytest.mark.parametrize("number", range(len(REFUSALS)))
async def test_every_refusal_has_its_status_code_and_sentence(
    caller: httpx.AsyncClient, number: int
) -> None:
    answer = await caller.get(f"/refusals/{number}")
    assert answer.status_code == REFUSALS[number].status
    assert answer.json() == {"code": REFUSALS[number].code, "sentence": "a rule says no"}
    assert ("Retry-After" in answer.headers) == (answer.status_code in (429, 503))


async def test_a_refusal_may_list_all_that_is_wrong(caller: httpx.AsyncClient) -> None:
    told = (await caller.get("/many")).json()
    assert told == {
        "code": "malformed",
        "sentence": "two things are wrong",
        "mistakes": ["this", "that"],
    }


async def test_a_full_disk_of_the_database_is_told_as_such(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/full")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_room")
    assert "Retry-After" in answer.headers and CANARY not in answer.text


async def test_a_database_that_is_away_is_told_as_such(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/away")
    assert (answer.status_code, answer.json()["code"]) == (503, "away")
    assert "Retry-After" in answer.headers and CANARY not in answer.text


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (asyncpg.DiskFullError(CANARY), 503, "no_room"),
        (asyncpg.DataError(CANARY), 422, "malformed"),
        (asyncpg.ConnectionDoesNotExistError(CANARY), 503, "away"),
        (RuntimeError(CANARY), 500, "error"),
    ],
)
def test_a_command_that_failed_says_whether_to_ask_again(
    failure: Exception, status: int, code: str
) -> None:
    answer = _failed(failure, "account/A")
    assert (answer.status, answer.code) == (status, code) and CANARY not in answer.sentence


@pytest.mark.parametrize("status", [409, 422, 429, 500, 503])
def test_what_a_door_raises_keeps_the_answers_status(status: int) -> None:
    no = Answer(status, "account/A", code="a_code", sentence="not now").refusal()
    assert (no.status, no.code, str(no)) == (status, "a_code", "not now")


async def test_a_command_carries_its_key_and_who_gave_it(caller: httpx.AsyncClient) -> None:
    body = {"last": "Nobody", "age": 1}
    headers = {"Idempotency-Key": "k/1", "X-Actor": "biller one"}
    answer = await caller.post("/people", json=body, headers=headers)
    assert answer.json() == {"key": "k/1", "who": "biller one"}
    answer = await caller.post("/people", json=body, headers={"Idempotency-Key": "k/1"})
    assert answer.json()["who"] == "service:caller unknown"


async def test_no_door_waits_for_a_thread(
    caller: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def thread(*_: Any, **__: Any) -> None:
        raise AssertionError("three of them took longer than all the rest of a request")

    monkeypatch.setattr("anyio.to_thread.run_sync", thread)
    headers = {"Idempotency-Key": "k-1"}
    answer = await caller.post("/people", json={"last": "ALDER", "age": 1}, headers=headers)
    assert answer.status_code == 200


async def test_a_command_without_a_key_is_malformed(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/people", json={"last": "Nobody", "age": 1})
    assert answer.status_code == 422 and answer.json()["fields"] == ["header.Idempotency-Key"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (f'{{"last": "x", "age": "{CANARY}"}}', ["body.age"]),
        (f'{{"last": "x", "age": 1, "{CANARY}": 1}}', ["body.(unknown field)"]),
        (f'{{"last": "{CANARY}', ["body.(not JSON)"]),
    ],
    ids=["a value", "a name", "not JSON"],
)
async def test_a_malformed_body_is_never_quoted(
    caller: httpx.AsyncClient, body: str, fields: list[str]
) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await caller.post("/people", content=body, headers=headers)
    assert answer.status_code == 422 and CANARY not in answer.text
    assert answer.json()["code"] == "malformed" and answer.json()["fields"] == fields


async def test_a_defect_is_never_quoted(
    caller: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await caller.get("/broken")
    assert answer.status_code == 500 and answer.json()["code"] == "error"
    assert CANARY not in answer.text
    assert "a request failed on /broken" in [record.getMessage() for record in caplog.records]


async def test_an_unknown_path_is_told_in_the_same_words(caller: httpx.AsyncClient) -> None:
    assert (await caller.get("/nowhere")).json() == {"code": "not_found", "sentence": "not found"}


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_refused(caller: httpx.AsyncClient, chunked: bool) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield bytes(1024 * 1024)

    content = stream() if chunked else bytes(BODY_LIMIT_BYTES + 1)
    headers = {"Content-Type": "application/octet-stream"}
    answer = await caller.post("/files", content=content, headers=headers)
    assert answer.status_code == 413 and answer.json()["code"] == "request_entity_too_large"


async def test_a_body_within_the_limit_is_taken(caller: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    answer = await caller.post("/files", content=bytes(BODY_LIMIT_BYTES), headers=headers)
    assert answer.json() == BODY_LIMIT_BYTES


@pytest.mark.parametrize("path", ["/named/%00", "/named/a?also=b%00c"])
async def test_a_nul_in_an_address_is_malformed(caller: httpx.AsyncClient, path: str) -> None:
    answer = await caller.get(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"last": "a\\u0000b", "age": 1}', 422),
        (b'{"last": "a\\\\\\u0000b", "age": 1}', 422),
        ('{"last": "a\\u0000b", "age": 1}'.encode("utf-16"), 422),
        (b'{"last": "a\\\\u0000b", "age": 1}', 200),
    ],
)
async def test_a_nul_in_a_body_is_malformed_and_its_written_name_is_not(
    caller: httpx.AsyncClient, body: bytes, status: int
) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    assert (await caller.post("/people", content=body, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"last": "a", "age": 1, "age": 2}', "body.(twice).age"),
        ('{"last": {"first": [{"a": 1, "a": 1}]}, "age": 1}', "body.(twice).a"),
        (f'{{"{CANARY}": 1, "{CANARY}": 2}}', "body.(twice).(name)"),
    ],
)
async def test_a_name_that_stands_twice_in_an_object_is_malformed(
    caller: httpx.AsyncClient, body: str, field: str
) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await caller.post("/people", content=body, headers=headers)
    assert (answer.status_code, answer.json()["fields"]) == (422, [field])
