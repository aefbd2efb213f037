"""Every event of an account, once, in the log's order; nothing sealed is opened."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import typer

from cli import events
from cli.export import rows_of
from shared.envelope import Envelope, decode, encode, routing_header
from shared.streams import BROADCAST, account_number, account_stream

NUMBER = account_number("t", "s", "events")
STREAM, OTHER = account_stream(NUMBER), account_stream(account_number("t", "s", "other"))
WIRE = "denial.denial_opened.v1"
DATA = {
    "account": NUMBER,
    "cents": 6_025,
    "correctable": True,
    "person": {"key_id": "k", "box": "b"},
    "rarcs": [],
}


def record(
    offset: int, position: int, stream: str = STREAM, producer: str = "denial/0", value: bytes = b""
) -> Any:
    envelope = Envelope(
        specversion="1.0",
        id=f"e{producer}{position}",
        type=WIRE,
        source="claimlog",
        subject=stream,
        time=datetime(2026, 1, 5, tzinfo=UTC),
        datacontenttype="application/json",
        producer=producer,
        position=position,
        occurredon=date(2026, 1, 5),
        cause="posting/4:10",
        actor="somebody",
        data=msgspec.Raw(msgspec.json.encode(DATA)),
    )
    headers = [("r", routing_header(WIRE, producer, position, False))]
    return SimpleNamespace(
        partition=4,
        offset=offset,
        key=stream.encode(),
        headers=headers,
        value=value or encode(envelope),
    )


async def told(*records: Any, limit: int = 10) -> events.Heard:
    async def batches() -> AsyncIterator[list[Any]]:
        for one in records:
            yield [one]

    return await events.events_of(STREAM, batches(), limit)


async def test_the_events_of_one_account_are_told_in_the_order_of_the_log() -> None:
    heard = await told(
        record(0, 1), record(1, 2, OTHER), record(2, 1, producer="posting/4"), record(3, 3)
    )
    assert [(e["producer"], e["position"], e["offset"]) for e in heard.events] == [
        ("denial/0", 1, 0),
        ("posting/4", 1, 2),
        ("denial/0", 3, 3),
    ]
    assert (heard.told, heard.left_off) == (3, 0)


async def test_what_was_published_again_or_too_early_is_told_once() -> None:
    heard = await told(record(0, 1), record(1, 1), record(2, 3), record(3, 2), record(4, 3))
    assert [e["offset"] for e in heard.events] == [0, 3, 4]


async def test_of_many_events_the_last_are_told_and_the_others_counted() -> None:
    heard = await told(*(record(n, n + 1) for n in range(5)), limit=2)
    assert [e["position"] for e in heard.events] == [4, 5]
    assert (heard.told, heard.left_off) == (5, 3)


async def test_a_record_that_nobody_can_read_is_told_with_its_place() -> None:
    strange = SimpleNamespace(partition=4, offset=0, key=b"x", headers=[("r", b"?")], value=b"")
    heard = await told(strange, record(1, 1, value=b"{"))
    (row,) = heard.events
    assert (row["wire"], row["offset"], row["event_id"]) == (WIRE, 1, "")
    assert "not a CloudEvents document" in events.said(row["data"])
    assert events.heading(row).startswith("- denial.denial_opened.v1 · denial/0:1 · recorded -")


async def test_an_event_says_what_it_was_decided_after_and_keeps_what_is_sealed() -> None:
    (row,) = (await told(record(0, 1))).events
    assert events.heading(row) == (
        f"2026-01-05 {WIRE} · denial/0:1 after posting/4:10 · recorded 2026-01-05T00:00:00+00:00 · by somebody"
    )
    assert events.said(row["data"]) == "amount 60.25 · correctable yes · person (sealed)"
    assert row["data"] == DATA
    page = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()
    assert set(row) <= set(re.findall(r"`(\w+)`", page.split("\n## events\n")[1].split("\n## ")[0]))


def test_what_is_no_account_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(typer.BadParameter, match="14 characters"):
        events.events("756048Q")


async def exported(
    partition: int, *records: Any, wires: tuple[str, ...] = ("",), until: date | None = None
) -> list[dict[str, Any]]:
    async def batches() -> AsyncIterator[list[Any]]:
        for one in records:
            yield [one]

    return [row async for row in rows_of(partition, batches(), wires, until)]


def day(offset: int, position: int, on: str) -> Any:
    """A business day, which stands in every partition."""
    name = "reference.business_day_opened.v1"
    made = record(offset, position, BROADCAST, "reference/0")
    envelope = msgspec.structs.replace(
        decode(made.value), type=name, data=msgspec.Raw(msgspec.json.encode({"day": on}))
    )
    made.value, made.headers = (
        encode(envelope),
        [("r", routing_header(name, "reference/0", position, False))],
    )
    return made


async def test_an_export_has_every_event_once_with_its_stream_and_what_stands_everywhere_once() -> (
    None
):
    records = (day(0, 1, "2026-01-05"), record(1, 1), record(2, 1), record(3, 2, OTHER))
    first = await exported(0, *records)
    assert [(row["stream"], row["position"]) for row in first] == [
        (BROADCAST, 1),
        (STREAM, 1),
        (OTHER, 2),
    ]
    assert set(first[1]) == {"stream", *(await told(record(0, 1))).events[0]}
    assert [row["stream"] for row in await exported(1, *records)] == [STREAM, OTHER]
    assert [row["wire"] for row in await exported(0, *records, wires=("denial.",))] == [WIRE, WIRE]


async def test_an_export_up_to_a_day_ends_where_the_next_one_opens() -> None:
    records = (day(0, 1, "2026-01-05"), record(1, 1), day(2, 2, "2026-01-07"), record(3, 2))
    assert len(await exported(0, *records, until=date(2026, 1, 6))) == 2
    assert len(await exported(0, *records, until=date(2026, 1, 7))) == 4
