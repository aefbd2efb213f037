"""Runs them one after another on the same events, checks that all wrote the same rows, and gives the ratios."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from benchmarks.measures import Told
from benchmarks.others import material
from benchmarks.others.material import Kept, claim_events
from benchmarks.others.ours import ours
from deploy.stack import Stack
from shared.envelope import CONTENT_TYPE, ROUTING
from shared.log_reader import LogReader

HERE = Path(__file__).parent
TOPIC = "bench-claim-events"
INSTALL_SECONDS = 300
RUN_SECONDS = 4_000
OURS, PLAIN, SOURCING = "bench_ours", "bench_plain", "bench_eventsourcing"


class Unusable(Exception):
    """One of them could not be installed or did not run; the text says why in a sentence."""


async def others(stack: Stack, most: int, told: Told) -> dict[str, Any]:
    """Events a second of our batch path, of FastStream with a transaction a message, and of pyeventsourcing."""
    async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
        events = await claim_events(reader, stack.settings.partitions, most)
    told(f"others: {len(events):,} events of claim_view into a topic of their own")
    _publish(stack, events)
    figures: dict[str, Any] = {"others: events": len(events)}
    rows: dict[str, str] = {}
    administrator: Any = await asyncpg.connect(stack.pg_dsn)
    try:
        for schema in (OURS, PLAIN, SOURCING):
            await administrator.execute(
                f"drop schema if exists {schema} cascade; create schema {schema}"
            )
        told("others: our batch path")
        applied, seconds = await ours(stack.bootstrap, TOPIC, _with_schema(stack.pg_dsn, OURS))
        if applied != len(events):
            told(f"others: our batch path applied {applied:,} of them")
        _note(figures, "our batch path", applied, seconds)
        rows["our batch path"] = await administrator.fetchval(material.DIGEST.format(schema=OURS))
        for name, schema, run in (
            ("plain FastStream", PLAIN, _plain),
            ("pyeventsourcing", SOURCING, _sourcing),
        ):
            told(f"others: {name}")
            try:
                await administrator.execute(material.create_table(schema))
                await administrator.execute(
                    f"create table {schema}.inbox (event_id text primary key)"
                )
                seconds = await asyncio.to_thread(run, stack, events)
            except Unusable as why:
                told(f"others: {name} is left out: {why}")
                figures[f"others: {name}, left out"] = str(why)
                continue
            _note(figures, name, len(events), seconds)
            rows[name] = await administrator.fetchval(material.DIGEST.format(schema=schema))
            figures[f"others: our batch path by {name}, ratio"] = round(
                figures["others: our batch path, events_per_second"]
                / figures[f"others: {name}, events_per_second"],
                1,
            )
        figures["others: same rows"] = len(set(rows.values())) == 1
        if not figures["others: same rows"]:
            told(f"others: the rows differ: {rows}")
    finally:
        for schema in (OURS, PLAIN, SOURCING):
            await administrator.execute(f"drop schema if exists {schema} cascade")
        await administrator.close()
        admin = AdminClient({"bootstrap.servers": stack.bootstrap})
        admin.delete_topics([TOPIC])[TOPIC].result(20)
    return figures


def _note(figures: dict[str, Any], name: str, events: int, seconds: float) -> None:
    figures[f"others: {name}, events_per_second"] = round(events / seconds)


def _with_schema(dsn: str, schema: str) -> str:
    return f"{dsn}{'&' if '?' in dsn else '?'}options=-csearch_path%3D{schema}"


def _publish(stack: Stack, events: list[Kept]) -> None:
    topic = NewTopic(TOPIC, stack.settings.partitions, stack.settings.replication)
    admin = AdminClient({"bootstrap.servers": stack.bootstrap})
    admin.create_topics([topic])[TOPIC].result(20)
    producer = Producer(
        {
            "bootstrap.servers": stack.bootstrap,
            "queue.buffering.max.messages": 1_000_000,
            "enable.idempotence": True,  # Or what is sent again on a busy machine stands in another order, or twice.
        }
    )
    for e in events:
        headers = [CONTENT_TYPE, (ROUTING, e.header)]
        producer.produce(TOPIC, e.value, e.key, e.partition, headers=headers)
        producer.poll(0)
    if producer.flush(60):
        raise Unusable("the broker did not take the events of the comparison")


def _plain(stack: Stack, events: list[Kept]) -> float:
    words = [stack.bootstrap, TOPIC, stack.pg_dsn, PLAIN, str(len(events))]
    return _run("benchmarks.others.plain_faststream", words, {}, "")


def _sourcing(stack: Stack, events: list[Kept]) -> float:
    folder = install(stack.home.cache / "bench-others")
    lines = "\n".join(f"{e.partition} {e.value.hex()}" for e in events)
    more = {**connection_of(stack.pg_dsn, SOURCING), "PYTHONPATH": f"{HERE.parents[1]}:{folder}"}
    return _run("benchmarks.others.event_sourcing", [SOURCING, str(len(events))], more, lines)


def install(folder: Path) -> Path:
    """pyeventsourcing at the pinned version with hashes, in a folder beside the environment; Unusable without it."""
    wanted = (HERE / "requirements.txt").read_text()
    kept = folder / "requirements.txt"
    if kept.exists() and kept.read_text() == wanted:
        return folder
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade",
        "--require-hashes", "--only-binary", ":all:", "--target", str(folder),
        "-r", str(HERE / "requirements.txt"),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as lost:
        raise Unusable(f"pip did not install it ({type(lost).__name__})") from None
    if done.returncode:
        raise Unusable(f"pip did not install it: {_end_of(done.stderr)}")
    kept.write_text(wanted)
    return folder


def connection_of(dsn: str, schema: str) -> dict[str, str]:
    """pyeventsourcing's settings for this database."""
    parts = urlsplit(dsn)
    host = parts.hostname or parse_qs(parts.query).get("host", ["127.0.0.1"])[0]
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.strip("/"),
        "POSTGRES_HOST": host,
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": unquote(parts.username or ""),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_SCHEMA": schema,
        "SINGLE_ROW_TRACKING": "y",
    }


def _run(module: str, words: list[str], more: dict[str, str], given: str) -> float:
    command = [sys.executable, "-m", module, *words]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1]), **more}
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=RUN_SECONDS, check=False,
            env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unusable(f"it was not done after {RUN_SECONDS} seconds") from None
    if done.returncode or not done.stdout.strip():
        raise Unusable(f"it did not run: {_end_of(done.stderr)}")
    return float(done.stdout.split()[-1])


def _end_of(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1][:300]
