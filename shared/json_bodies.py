"""The JSON that a door is given: every name of an object once, for of two values the last would win without a word."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

TWICE = "twice: "
"""How a JSON error begins that is none of the text; the name follows."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen = set[str]()
        for name, _ in pairs:
            if name in seen:
                raise json.JSONDecodeError(TWICE + name, "", 0)
            seen.add(name)
    return made


_decode = json.JSONDecoder(object_pairs_hook=_once).decode


class _Asked(Request):
    async def json(self) -> Any:
        body = await self.body()
        try:
            return _decode(body.decode(json.detect_encoding(body), "surrogatepass"))
        except json.JSONDecodeError:
            raise
        except (
            ValueError,
            RecursionError,
        ):  # Bytes that are no text, a number of thousands of digits, a bottomless list.
            raise json.JSONDecodeError("", "", 0) from None


class Door(APIRoute):
    """A route that takes JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI's own, with the body read as above: here, because each body is parsed once."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            return await handle(_Asked(request.scope, request.receive))

        return handled
