"""The HTTP face of a service: health, metrics, offline docs, limits, errors that quote nothing."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi_offline import FastAPIOffline
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.commands import ASKED, AWAY, FULL
from shared.errors import Malformed, NoRoom, ServiceError
from shared.json_bodies import TWICE
from shared.questions import Halted, Questions
from shared.service import Service
from shared.telemetry import METRICS_TYPE, measure, metrics_text

log = logging.getLogger("claimlog.http")

BODY_LIMIT_BYTES = 16 * 1024 * 1024
BODY_SECONDS = 20.0
BODY_BYTES_PER_SECOND = 32 * 1024
"""A body has the seconds and what its bytes take at this pace: a slow line's, and nobody's who only holds a door."""
READY_SECONDS = 5.0
"""A check that takes longer is a no."""
PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""What probes ask: not counted as requests, and what `/readyz` says is a metric of its own."""
RETRY_AFTER_SECONDS = 2
"""When whoever met a limit, or a service that catches up, may come again."""
FIELDS_SHOWN = 50
DATABASE_AWAY = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)
"""What a question meets while PostgreSQL is down or starts: no defect, and no answer."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_RENAMED = {413: "request_entity_too_large"}
"""What Python 3.13 calls otherwise: a code is the same on every Python."""

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A day on which something happens. The ends of the calendar, which some systems send for no day, are infinite in
PostgreSQL: no age can be told from them, and so no summary."""

Ready = Callable[[], Awaitable[Mapping[str, Any]]]
"""Checks by name: a bool, a number beside `<name>_bound`, or a mapping with `ok` and more."""


def app(
    service: Service, ready: Ready, routes: APIRouter | None = None, halted: Halted | None = None
) -> FastAPI:
    """The application of a service: its own routes and what all services share; `halted` asks for its database."""
    made = FastAPIOffline(
        title=f"claimlog {service.name}",
        version="1",
        dependencies=[Depends(declared_alone), Depends(no_nul)],
    )
    made.include_router(_health(ready))
    made.add_api_route("/", _described, include_in_schema=False)
    if routes is not None:
        made.include_router(routes)
    made.add_exception_handler(ServiceError, _refuse)
    made.add_exception_handler(RequestValidationError, _malformed)
    made.add_exception_handler(HTTPException, _plain)
    made.add_exception_handler(asyncpg.DiskFullError, _full)
    for lost in DATABASE_AWAY:
        made.add_exception_handler(lost, _away)
    if halted is not None:
        made.add_middleware(Questions, halted, _answer(503, "away", AWAY))
    made.add_middleware(Guard)
    return made


def _described() -> Response:
    """Who opens the address of a service in a browser sees its doors."""
    return RedirectResponse("/docs")


# What a door depends on is async: FastAPI calls a plain function in a thread, which costs more than the request.
async def declared_alone(request: Request) -> None:
    """Refuse a query parameter that the door does not have: left unheard, it would change what an answer means."""
    if not request.url.query:
        return
    has = declared(request.scope["route"].dependant)
    unknown = sorted({_shown(name) for name in request.query_params if name not in has})[
        :FIELDS_SHOWN
    ]
    if unknown:
        known = f"it has {', '.join(sorted(has))}" if has else "it has none"
        raise Malformed(f"this door has no query parameter {', '.join(unknown)}; {known}")


async def no_nul(request: Request) -> None:
    """Refuse the sign NUL: PostgreSQL keeps none, so an event with one would be parked wherever it becomes a row."""
    said = [*request.path_params.values(), *request.query_params.values()]
    body = (
        await request.body() if "json" in request.headers.get("content-type", "").lower() else b""
    )
    escaped = b"\\u0000" in body and _ESCAPED_NUL.search(body)
    if escaped or b"\0" in body or any("\0" in str(value) for value in said):
        raise Malformed("the sign NUL (U+0000) cannot be kept")


def declared(door: Dependant) -> frozenset[str]:
    """The query parameters of a door, those of what it depends on among them."""
    own = {param.alias for param in door.query_params}
    return frozenset(own.union(*(declared(more) for more in door.dependencies)))


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) else "(name)"


async def idempotency_key(
    request: Request,
    value: Annotated[
        str, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[!-~]+$")
    ],
) -> str:
    """The caller's name for this one command; the same key again gives the same answer."""
    if not request.url.path.startswith("/files"):  # A file is known by its hash, at whichever door.
        ASKED.set((value, request.url.path))
    return value


Named = Annotated[str, Header(alias="X-Actor", min_length=1, max_length=48, pattern=r"^[ -~]+$")]
"""Who does it, as an event can hold it."""


NOBODY = "service:caller unknown"
"""Who does it where the caller does not say."""


async def actor(value: Named = NOBODY) -> str:
    """Who does it, as the caller says."""
    return value


IdempotencyKey = Annotated[str, Depends(idempotency_key)]
Actor = Annotated[str, Depends(actor)]


def _health(ready: Ready) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/livez")
    async def livez() -> dict[str, bool]:
        """The process answers."""
        return {"ok": True}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        """Broker, database and lag, each; 503 when one of them says no."""
        checks = await _checks(ready)
        fine = all(check["ok"] for check in checks.values())
        return JSONResponse({"ok": fine, **checks}, 200 if fine else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        """Prometheus text."""
        return Response(metrics_text(), media_type=METRICS_TYPE)

    return router


async def _checks(ready: Ready) -> dict[str, dict[str, Any]]:
    try:
        found = await asyncio.wait_for(ready(), READY_SECONDS)
    except Exception as failure:
        return {"check": {"ok": False, "failed_with": type(failure).__name__}}
    return {
        name: _check(check, found.get(f"{name}_bound"))
        for name, check in found.items()
        if not name.endswith("_bound")
    }


def _check(check: Any, bound: float | None) -> dict[str, Any]:
    if isinstance(check, Mapping):
        return dict(check)
    if bound is not None:
        return {"ok": check <= bound, "value": check, "bound": bound}
    return {"ok": bool(check)}


def _answer(status: int, code: str, sentence: str, **more: Any) -> JSONResponse:
    later = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status in (429, 503) else None
    return JSONResponse({"code": code, "sentence": sentence, **more}, status, later)


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, ServiceError)
    return _answer(refusal.status, refusal.code, str(refusal), **refusal.more)


async def _full(request: Request, failure: Exception) -> Response:
    log.error("the disk of the database is full")
    return _answer(NoRoom.status, NoRoom.code, FULL)


async def _away(request: Request, failure: Exception) -> Response:
    log.error(
        "the database does not answer on %s: %s", _route(request.scope), type(failure).__name__
    )
    return _answer(503, "away", AWAY)


async def _malformed(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    fields = sorted({_field(error) for error in fault.errors()})[:FIELDS_SHOWN]
    return _answer(422, "malformed", "the request does not have the shape asked for", fields=fields)


def _field(error: Mapping[str, Any]) -> str:
    """Where it is wrong, without a value: a name that the caller made up may hold anything."""
    place = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden":
        place[-1] = "(unknown field)"
    elif error["type"] == "json_invalid":
        said = str(error["ctx"]["error"])
        place = (
            ["body", "(twice)", said.removeprefix(TWICE)]
            if said.startswith(TWICE)
            else ["body", "(not JSON)"]
        )
    named = place[0] == "header"
    return ".".join(part if named or _known(part) else "(name)" for part in place)


def _known(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) or part.isdigit() or part.startswith("(")


async def _plain(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    status = HTTPStatus(fault.status_code)
    code = _RENAMED.get(fault.status_code, status.name.lower())
    return _answer(fault.status_code, code, code.replace("_", " "))


class Guard:
    """Around every request: the limit of a body, the count unless a probe asks, and an error that quotes nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, _limited(receive), watched)
        except Exception as failure:
            log.exception("a request failed on %s", _route(scope))
            if status:
                raise ConnectionAbortedError from failure  # Half an answer cannot be taken back.
            await _answer(
                500, "error", "it failed and nothing was kept; try again with the same key"
            )(scope, receive, watched)
        finally:
            if scope["path"] not in PROBES:
                took = time.perf_counter() - started
                measure(requests=1, requests_failed=status >= 500, request_seconds=took)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "an unknown path"))


def _limited(receive: Receive) -> Receive:
    """Pass the body on until it is too long, whatever Content-Length says, or comes too slowly."""
    taken, more = 0, True
    began = asyncio.get_running_loop().time()

    async def limited() -> Message:
        nonlocal taken, more
        if not more:
            return await receive()  # Whether they left: that may take as long as the answer.
        try:
            async with asyncio.timeout_at(began + BODY_SECONDS + taken / BODY_BYTES_PER_SECOND):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        more = message.get("more_body", False)
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT_BYTES:
            raise HTTPException(413)
        return message

    return limited
