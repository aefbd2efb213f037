"""What every command that talks to the services shares: the stack of this folder, and what its doors answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import httpx
import typer

from cli.output import (
    FAILED,
    NOT_RUNNING,
    OK,
    USAGE,
    Json,
    dollars,
    err,
    fail,
    out,
    print_json,
)
from deploy.home import NotStarted
from deploy.stack import Stack
from shared.errors import ServiceError
from shared.settings import settings

__all__ = [
    "FAILED",
    "NOT_RUNNING",
    "OK",
    "USAGE",
    "Json",
    "ask",
    "dollars",
    "err",
    "fail",
    "out",
    "plainly",
    "print_json",
    "stack",
    "tell",
    "url_of",
]

P = ParamSpec("P")
R = TypeVar("R")


def stack(quick: bool = False) -> Stack:
    """The stack of this folder (or of CLAIMLOG_HOME); `quick` when its first minutes are all that counts."""
    return Stack(settings(), quick)


def url_of(service: str) -> str:
    """A service's address; exits with 3 when it does not run."""
    url = stack().url_of(service)
    if url is None:
        fail(f"{service} is not running; start everything with `claimlog up`", NOT_RUNNING)
    return url


def ask(service: str, path: str, **params: Any) -> Any:
    """GET from a service; errors become a sentence and an exit code."""
    try:
        answer = httpx.get(f"{url_of(service)}{path}", params=params or None, timeout=60)
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


def _body(service: str, answer: httpx.Response) -> Any:
    try:
        body = answer.json()
    except ValueError:
        fail(f"{service} answered {answer.status_code} without a reason")
    if answer.status_code >= 400:
        fail(str(body.get("sentence") or body.get("detail") or answer.status_code))
    return body


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors a person can meet into sentences."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except NotStarted as why:
            fail(str(why))
        except ServiceError as no:
            fail(str(no))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return run
