"""Metrics are a closed list, and logs quote nothing."""

import asyncio
import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pydantic
import pytest

from shared.batch import Batch
from shared.engine import Engine
from shared.errors import Refused
from shared.logs import PLACE_LINES, PLACE_SECONDS, Calm, LineFormatter, hush_others, quote_nothing
from shared.records import Loaded
from shared.run import tell_how_it_stands
from shared.store import Store
from shared.telemetry import (
    METRICS,
    Board,
    measure,
    metrics_text,
    set_up,
)
from tests.kernel.toys import ALPHA

CANARY = "CANARY-77"


def test_every_metric_says_what_it_is() -> None:
    assert all(metric.sentence.endswith(".") for metric in METRICS.values())


def test_every_metric_carries_service_and_instance() -> None:
    set_up("posting", "2", "INFO")
    measure(applied=3, lag_records=7, batch_seconds=0.02)
    measure(applied=2, lag_records=5)
    text = metrics_text().decode()
    assert 'claimlog_applied_total{instance="2",service="posting"} 5.0' in text
    assert 'claimlog_lag_records{instance="2",service="posting"} 5.0' in text
    assert 'claimlog_batch_seconds_count{instance="2",service="posting"} 1.0' in text


def test_a_process_tells_its_memory_and_what_it_has_open() -> None:
    text = Board().text().decode()
    for name in ("resident_memory_bytes", "cpu_seconds_total", "open_fds"):
        assert f"\nprocess_{name} " in text


def test_a_watched_gauge_is_read_when_asked_for() -> None:
    meter, lag = set_up("posting", "2", "INFO"), [4.0]
    meter.watch(lambda: lag[0], lambda: 0.0)
    lag[0] = 9.0
    assert 'claimlog_lag_records{instance="2",service="posting"} 9.0' in metrics_text().decode()


def test_a_metric_outside_the_list_is_a_defect() -> None:
    with pytest.raises(KeyError):
        Board().change("surprises", 1)


def test_every_metric_of_the_list_is_told_somewhere() -> None:
    kernel = Path(__file__).parents[3] / "shared"
    told = "".join(path.read_text() for path in kernel.rglob("*.py"))
    assert [name for name in METRICS if not re.search(rf"[(,\s]{name}=", told)] == []


async def _stand(ready: Any, parked: Any) -> str:
    set_up("posting", "2", "INFO")
    measure(ready=1, parked_now=7)
    task = asyncio.create_task(tell_how_it_stands(ready, parked))
    for _ in range(100):  # It has its turn, and what it asks.
        await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    return metrics_text().decode()


@pytest.mark.parametrize(
    ("checks", "parked", "ready", "waiting"),
    [
        ({"broker": True, "lag": {"ok": True}}, 3, 1, 3),
        ({"broker": True, "lag": {"ok": False}}, 0, 0, 0),
        ({"broker": False, "lag": {"ok": True}}, OSError(), 0, 7),
        (ValueError(), 3, 0, 7),
    ],
)
async def test_whether_it_is_ready_and_what_is_parked_is_told_without_being_asked(
    checks: Any, parked: Any, ready: int, waiting: int
) -> None:
    async def answer(given: Any) -> Any:
        if isinstance(given, Exception):
            raise given
        return given

    text = await _stand(lambda: answer(checks), lambda: answer(parked))
    assert f'claimlog_ready{{instance="2",service="posting"}} {ready}.0' in text
    assert f'claimlog_parked_now{{instance="2",service="posting"}} {waiting}.0' in text


def logged(name: str, message: str, *args: object, error: BaseException | None = None) -> str:
    trouble = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, trouble)
    assert quote_nothing(record)
    return LineFormatter("posting", "2").format(record)


def test_a_log_line_is_one_json_object() -> None:
    line = json.loads(logged("claimlog.engine", "%s of\n%s", 1, 2))
    assert (line["service"], line["instance"], line["level"]) == ("posting", "2", "error")
    assert line["message"] == "1 of\n2" and "\n" not in logged("claimlog.engine", "a\nb")


class Person(pydantic.BaseModel):
    """Something to fail on."""

    born_on: int


def caught(kind: str) -> BaseException:
    try:
        if kind == "pydantic":
            Person.model_validate({"born_on": CANARY})
        msgspec.json.decode(json.dumps({CANARY: CANARY}), type=dict[str, int])
    except ValueError as error:
        return error
    raise AssertionError("unreachable")


@pytest.mark.parametrize("kind", ["pydantic", "msgspec"])
def test_an_error_in_a_log_line_quotes_nothing(kind: str) -> None:
    error = caught(kind)
    line = logged("claimlog.engine", "failed: %s %r", error, error, error=error)
    assert CANARY not in line and type(error).__name__ in line
    assert "test_telemetry.py" in json.loads(line)["at"][0]


def test_an_error_of_ours_keeps_its_sentence() -> None:
    assert "no account is open" in logged("claimlog.x", "%s", Refused("no account is open"))


def test_a_foreign_logger_shows_no_repr_of_an_error() -> None:
    message = f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{CANARY}')>"
    assert CANARY not in logged("asyncio", message)
    assert CANARY not in logged("asyncio", f"Exception in callback <Handle {CANARY}>")


def test_what_one_place_says_too_often_is_counted_and_left_out() -> None:
    now = 0.0
    calm = Calm(lambda: now)

    def record(line: int) -> logging.LogRecord:
        return logging.LogRecord("aiokafka", logging.ERROR, "x.py", line, "away", (), None)

    written = [calm(record(1)) for _ in range(PLACE_LINES + 5)]
    assert written == [True] * PLACE_LINES + [False] * 5
    assert calm(record(2)), "another place has a count of its own"
    now = PLACE_SECONDS
    again = record(1)
    assert calm(again)
    assert json.loads(LineFormatter("posting", "2").format(again))["left_out"] == 5


def test_a_collector_that_is_away_is_told_of_by_what_was_lost_and_not_by_each_try() -> None:
    hush_others()
    exporter = logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    assert not exporter.isEnabledFor(logging.WARNING) and exporter.isEnabledFor(logging.ERROR)


def test_an_error_without_a_trace_has_no_place() -> None:
    assert json.loads(logged("claimlog.x", "m", error=ValueError("v")))["at"] == []
    assert sys.exc_info() == (None, None, None)


def test_what_is_said_at_a_door_is_counted_as_what_a_poll_says() -> None:
    set_up("posting", "2", "INFO")
    offered: list[Any] = []
    nobody: Any = None
    engine = Engine(ALPHA, nobody, Store(ALPHA), 4, offered.extend)
    loaded = Loaded({}, {}, {}, frozenset(), datetime.now(UTC), 4)
    batch = Batch(ALPHA, loaded, {})
    batch.outbox = [nobody, nobody, nobody]
    engine.committed(batch)
    assert 'claimlog_said_total{instance="2",service="posting"} 3.0' in metrics_text().decode()
    assert len(offered) == 3
