"""What every command that talks to the services shares: the stack of this folder, and what its doors answer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx
import typer
from aiokafka.errors import KafkaError as AioKafkaError
from kafka.errors import KafkaError

from cli.output import (
    BROKEN_OFF,
    FAILED,
    NOT_RUNNING,
    OK,
    USAGE,
    Json,
    complain,
    counted,
    dollars,
    err,
    fail,
    out,
    print_json,
)
from cli.plain import plain
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.home import NotStarted
from deploy.pids import halted
from deploy.stack import Stack
from shared.errors import ServiceError
from shared.settings import settings

__all__ = [
    "BROKEN_OFF",
    "FAILED",
    "NOT_RUNNING",
    "OK",
    "USAGE",
    "Json",
    "ask",
    "complain",
    "counted",
    "dollars",
    "err",
    "fail",
    "need_engines",
    "of_each",
    "one_of",
    "out",
    "plainly",
    "print_json",
    "stack",
    "tell",
    "telling",
    "url_of",
]

UNREACHABLE = (
    httpx.TransportError,
    ConnectionError,
    TimeoutError,
    KafkaError,
    AioKafkaError,
    asyncpg.CannotConnectNowError,
)
"""What says that a service, Kafka or PostgreSQL is not there."""


def stack() -> Stack:
    """The stack of this folder (or of CLAIMLOG_HOME)."""
    return Stack(settings())


def need_engines(chosen: Stack) -> None:
    """Exits with 3 where Kafka or PostgreSQL does not run."""
    there = {"Kafka": chosen.bootstrap, "PostgreSQL": chosen.pg_dsn}
    if away := " and ".join(name for name, address in there.items() if not address):
        fail(f"not running: {away}; start everything with `claimlog up`", NOT_RUNNING)


def one_of(services: Sequence[str], service: str) -> str:
    """The service, or wrong words."""
    if service not in services:
        raise typer.BadParameter(f"no such service: {service}; there are {', '.join(services)}")
    return service


def url_of(service: str) -> str:
    """A service's address; exits with 3 when it does not run, or when it or PostgreSQL is halted and answers nobody."""
    url = ""
    for facts in stack().home.running():
        asked = facts.get("service") == service
        if (asked or facts["name"] == EmbeddedPostgres.name) and (said := halted(facts["pid"])):
            fail(f"{facts['name']} {said}", NOT_RUNNING)
        if asked:
            url = url or str(facts["url"])
    if not url:
        fail(f"{service} is not running; start everything with `claimlog up`", NOT_RUNNING)
    return url


def ask(service: str, path: str, **params: Any) -> Any:
    """GET from a service, with the parameters that are not None; errors become a sentence and an exit code."""
    words = {name: value for name, value in params.items() if value is not None}
    try:
        answer = httpx.get(f"{url_of(service)}{path}", params=words or None, timeout=60)
    except httpx.HTTPError as lost:
        fail(f"{service} does not answer ({type(lost).__name__})", NOT_RUNNING)
    return _body(service, answer)


def tell(service: str, path: str, **kwargs: Any) -> Any:
    """POST to a service; errors become a sentence and an exit code."""
    try:
        answer = httpx.post(f"{url_of(service)}{path}", timeout=120, **kwargs)
    except httpx.HTTPError as lost:
        fail(f"{service} does not answer ({type(lost).__name__})", NOT_RUNNING)
    return _body(service, answer)


@contextmanager
def telling(service: str) -> Iterator[Callable[..., Any]]:
    """`tell` over one connection, for many questions: it takes a path and what is said."""
    with httpx.Client(base_url=url_of(service), timeout=120) as client:

        def tell_one(path: str, **kwargs: Any) -> Any:
            try:
                answer = client.post(path, **kwargs)
            except httpx.HTTPError as lost:
                fail(f"{service} does not answer ({type(lost).__name__})", NOT_RUNNING)
            return _body(service, answer)

        yield tell_one


def of_each(
    services: Sequence[str], asked: Callable[[str], list[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """(what those that answer say, who does not, which is said at once); exits with 3 when nobody answers."""
    rows: list[dict[str, Any]] = []
    away: list[str] = []
    for service in services:
        try:
            rows += [{"service": service, **row} for row in asked(service)]
        except typer.Exit as told:
            if told.exit_code != NOT_RUNNING:
                raise
            away.append(service)
    if len(away) == len(services):
        raise typer.Exit(NOT_RUNNING)
    return rows, away


def _body(service: str, answer: httpx.Response) -> Any:
    try:
        body = answer.json()
    except ValueError:
        fail(f"{service} answered {answer.status_code} without a reason")
    if answer.status_code >= 400:
        away = body.get("code") == "away"
        told = str(body.get("sentence") or body.get("detail") or answer.status_code)
        if fields := body.get("fields"):
            told = f"{told}: {', '.join(fields)}"
        fail(f"{service}: {told}" if away else told, NOT_RUNNING if away else FAILED)
    return body


def _known(failure: Exception) -> tuple[str, int] | None:
    if isinstance(failure, NotStarted | ServiceError):
        return str(failure), FAILED
    if isinstance(failure, UNREACHABLE):
        name = type(failure).__name__
        return f"{_who(failure)} does not answer ({name}); see `claimlog status`", NOT_RUNNING
    return None


plainly = plain(_known)
"""Around every command that talks to the services."""


def _who(lost: BaseException) -> str:
    if isinstance(lost, httpx.TransportError):
        return _service_of(lost)
    return "Kafka" if isinstance(lost, KafkaError | AioKafkaError) else "PostgreSQL or Kafka"


def _service_of(lost: httpx.TransportError) -> str:
    """Which process was asked, by its address."""
    try:
        asked = str(lost.request.url)
    except RuntimeError:  # Nobody said what was asked.
        return "a service"
    for facts in stack().home.running():
        if "url" in facts and asked.startswith(f"{facts['url']}/"):
            return str(facts["name"])
    return "a service"
