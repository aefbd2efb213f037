"""A door refuses a query parameter that it does not have, and whoever asks sends none that is refused."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cli import lists
from shared.http import app
from shared.kernel_api import kernel_routes

HOUSE = Path(__file__).parents[3]
SERVICES = sorted(path.parent.name for path in (HOUSE / "services").glob("*/app.py"))
ASKING = ("cli", "simulator", "benchmarks", "deploy", "tests/journeys", "tests/faults")
"""Who asks doors. Pages are FastAPI's own: the docs, which ask for nothing but the schema."""
OF_A_TABLE = ("cli/lists.py",)
"""Paths that stand in a table have a test of their own."""


class Nothing:
    """Stands for whatever a door would ask: a request that is refused never comes so far."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a door got as far as {name}")


def doors_of(name: str) -> FastAPI:
    """The doors of a service as its process opens them."""

    async def ready() -> dict[str, Any]:
        return {}

    service = import_module(f"services.{name}.app").SERVICE
    nothing: Any = Nothing()
    made = app(service, ready, service.routes(nothing))
    made.include_router(kernel_routes(nothing, nothing, nothing))
    return made


DOORS = {name: doors_of(name) for name in SERVICES}


def declared(name: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(method, path, query parameters) of every door, as its documentation says it."""
    for path, methods in DOORS[name].openapi()["paths"].items():
        for method, door in methods.items():
            words = [p["name"] for p in door.get("parameters", []) if p["in"] == "query"]
            yield method.upper(), path, frozenset(words)


ROUTES = [(name, *door) for name in SERVICES for door in declared(name)]


def filled(path: str) -> str:
    """A path with its places filled."""
    return re.sub(r"{\w+}", "1", path)


def parameters(service: str, method: str, path: str) -> frozenset[str] | None:
    """What the door of a path has; None when there is none."""
    for name, how, known, words in ROUTES:
        if (name, how) == (service, method) and re.fullmatch(
            re.sub(r"{\w+}", "[^/]+", known), path
        ):
            return words
    return None


async def answered(service: str, method: str, path: str, **asked: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=DOORS[service])
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.request(method, filled(path), params=asked)


def test_every_service_has_doors() -> None:
    assert len(SERVICES) >= 9
    assert {name for name, *_ in ROUTES} == set(SERVICES)
    assert parameters("submission", "GET", "/work-list") == {"state", "facility", "payer", "limit"}
    for name in SERVICES:
        assert {"/livez", "/metrics", "/progress", "/parked"} <= {
            path for _, path, _ in declared(name)
        }


@pytest.mark.parametrize(
    "door", ROUTES, ids=[f"{name} {method} {path}" for name, method, path, _ in ROUTES]
)
async def test_every_door_refuses_a_parameter_that_it_does_not_have(
    door: tuple[str, str, str, frozenset[str]],
) -> None:
    service, method, path, words = door
    answer = await answered(service, method, path, **{"as_of": "2026-02-28", "Ann Doe": "1"})
    assert answer.status_code == 422 and answer.json()["code"] == "malformed"
    known = f"it has {', '.join(sorted(words))}" if words else "it has none"
    assert answer.json()["sentence"] == f"this door has no query parameter (name), as_of; {known}"


@pytest.mark.parametrize(
    ("service", "path", "name"),
    [
        ("denial", "/denials", "state"),
        ("submission", "/work-list", "state"),
        ("submission", "/reopenings", "state"),
        ("submission", "/files", "state"),
        ("adjudication_tracking", "/files", "state"),
        ("adjudication_tracking", "/claims", "state"),
        ("adjudication_tracking", "/remittances", "state"),
        ("adjudication_tracking", "/waiting-reversals", "state"),
        ("reference", "/books", "kind"),
    ],
)
async def test_a_state_that_does_not_exist_is_refused(service: str, path: str, name: str) -> None:
    answer = await answered(service, "GET", path, **{name: "bogus"})
    assert answer.status_code == 422 and answer.json()["fields"] == [f"query.{name}"]


@pytest.mark.parametrize("limit", ["0", "-1"])
async def test_no_limit_is_below_one(limit: str) -> None:
    for service, method, path, words in ROUTES:
        if "limit" in words:
            assert (await answered(service, method, path, limit=limit)).status_code == 422, path


@pytest.mark.parametrize("name", lists.LISTS)
def test_a_list_of_the_command_line_asks_for_what_its_door_has(name: str) -> None:
    service = lists.ELSEWHERE.get(name, "reporting")
    has = parameters(service, "GET", lists.LISTS[name][0])
    assert has is not None
    assert has == (set() if name in lists.WHOLE else {"limit"})


def _sent() -> Iterator[tuple[str, str, str, str | None, frozenset[str]]]:
    """(where, method, service or empty, path or none, query parameters) of every call that asks a door."""
    for folder in ASKING:
        for path in sorted((HOUSE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield from _asked(node, str(path.relative_to(HOUSE)))


def _asked(
    call: ast.Call, where: str
) -> Iterator[tuple[str, str, str, str | None, frozenset[str]]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [_text(arg) for arg in call.args]
    given = {word.arg: word.value for word in call.keywords}
    inside = given.get("params")
    if name == "ask" and len(texts) >= 2 and texts[1] is None and given:
        yield where, "GET", "", None, frozenset(word or "**" for word in given)
    elif (
        name in ("ask", "get") and len(texts) >= 2 and _is_path(texts[1]) and "params" not in given
    ):
        yield where, "GET", texts[0] or "", texts[1], frozenset(word or "**" for word in given)
    elif isinstance(inside, ast.Dict):
        paths = [text for text in texts if _is_path(text)]
        named = texts[0] if texts and texts[0] in SERVICES else ""
        words = frozenset(_text(key) or "**" for key in inside.keys if key is not None)
        yield where, "POST" if name == "post" else "GET", named or "", (paths or [None])[0], words


def _is_path(text: str | None) -> bool:
    return text is not None and text.startswith("/")


def _text(node: ast.expr) -> str | None:
    """The text that an expression is; what is put in at run time is 1."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            parts = [_text(v) if isinstance(v, ast.Constant) else "1" for v in values]
            joined = "".join(part or "" for part in parts)
            return joined.removeprefix("1") if joined.startswith("1/") else joined
    return None


SENT = [call for call in _sent() if call[4]]


def test_the_calls_are_found() -> None:
    found = {(where, *words) for where, _, _, _, words in SENT}
    assert ("cli/story.py", "limit") in found
    assert ("cli/handing_in.py", "name") in found
    assert ("cli/refused.py", "state") in found
    assert ("simulator/patients.py", "limit") in found
    assert any(
        where == "simulator/books.py" and "effective_from" in words for where, *words in found
    )


@pytest.mark.parametrize("call", SENT, ids=lambda call: f"{call[0]} {call[1]} {call[3]}")
def test_whoever_asks_sends_only_what_the_door_has(
    call: tuple[str, str, str, str | None, frozenset[str]],
) -> None:
    where, method, service, path, words = call
    if path is None:
        assert where in OF_A_TABLE, f"{where}: the path is not written there"
        return
    asked = [service] if service in SERVICES else SERVICES
    has = [found for name in asked if (found := parameters(name, method, path)) is not None]
    assert has, f"{where}: no door has the path {path}"
    assert all(words <= found for found in has), f"{where}: {path} is sent {sorted(words)}"
