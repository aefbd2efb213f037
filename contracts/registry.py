"""How an event is declared and found again by its written-out wire name.

An event is a frozen pydantic dataclass: the writer is strict (unknown or wrong fields raise when it is
made), a reader may decode it with pydantic or, on the hot path, with msgspec; both read alike.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid", strict=False, str_max_length=20_000)
T = TypeVar("T")

EVENTS: dict[str, type] = {}
"""Every event class by wire name, such as `posting.payment_posted.v1`."""

STREAM_KINDS: dict[str, tuple[str, ...]] = {}
"""Wire name -> the kinds of stream on which that event may stand."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """Declare a value that events carry: frozen, keyword-only, strict when made."""
    made: Any = dataclass(cls, frozen=True, kw_only=True, slots=True, config=_STRICT)
    return cast("type[T]", made)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(wire: str, *streams: str) -> Callable[[type[T]], type[T]]:
    """Declare an event with its wire name and the kinds of stream it may stand on."""

    def declare(cls: type[T]) -> type[T]:
        if wire in EVENTS:
            raise ValueError(f"{wire} is declared twice")
        made: Any = record(cls)
        made.WIRE = wire
        EVENTS[wire] = made
        STREAM_KINDS[wire] = streams
        return cast("type[T]", made)

    return declare


def wire_name(cls: type) -> str:
    """The wire name of an event class."""
    return str(getattr(cls, "WIRE"))  # noqa: B009 - set by `event`, not visible to mypy
