"""One-line structured logs: what failed and where, never a word of what was being handled."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

from shared.errors import ServiceError

FRAMES = 6
"""The innermost frames of an error that a line shows: more is noise."""
OURS = "claimlog"
PLACE_LINES, PLACE_SECONDS = 20, 10.0
"""So many lines of one place in the code in so long: a broker that is away would fill a disk with the same words."""


def start_logs(level: str, service: str, instance: str) -> None:
    """Send every logger of this process to stderr, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(service, instance))
    handler.addFilter(Calm())
    handler.addFilter(quote_nothing)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    hush_others()
    logging.getLogger("uvicorn.access").disabled = True  # A query string may name a person.


def hush_others() -> None:
    """What the libraries say of their usual work is left out."""
    level = logging.getLogger().level
    for chatty in ("aiokafka", "kafka", "asyncpg", "httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, level))
    # Each try to reach a collector that is away is a warning; that spans were lost is the error after them.
    logging.getLogger("opentelemetry").setLevel(max(logging.ERROR, level))


class Calm:
    """Leaves out what one place says more than `PLACE_LINES` times in `PLACE_SECONDS`; its next line tells how often."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._said: dict[tuple[str, int], tuple[float, int]] = {}

    def __call__(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        place, now = (record.pathname, record.lineno), self._now()
        since, said = self._said.get(place, (now, 0))
        if now - since >= PLACE_SECONDS:
            record.left_out = max(said - PLACE_LINES, 0)
            since, said = now, 0
        self._said[place] = (since, said + 1)
        return said < PLACE_LINES


def quote_nothing(record: logging.LogRecord) -> bool:
    """Replace errors among the arguments by their names: pydantic and msgspec quote their input."""
    if isinstance(record.args, tuple):
        record.args = tuple(_safe(arg) for arg in record.args)
    if not record.name.startswith(OURS):  # asyncio and others put the repr of an error on line two.
        record.msg, record.args = record.getMessage().partition("\n")[0].partition(" <")[0], ()
    return True


def _safe(arg: object) -> object:
    return named(arg) if isinstance(arg, BaseException) else arg


def named(error: BaseException) -> str:
    """The name of an error; with its text only where that is promised to hold no PHI."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, ServiceError) else name


def places(trace: TracebackType | None) -> list[str]:
    """Where an error came from: `file:line function`, outermost first, without source lines."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class LineFormatter(logging.Formatter):
    """Time (UTC), level, service, instance, logger, message; for an error its name and places."""

    def __init__(self, service: str, instance: str) -> None:
        super().__init__()
        self._who = {"service": service, "instance": instance}

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **self._who,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if left_out := getattr(record, "left_out", 0):
            line["left_out"] = left_out
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = named(record.exc_info[1])
            line["at"] = places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)
