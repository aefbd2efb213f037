"""Records that cannot be applied: parked with their reason, their stream waits, everybody else goes on."""

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from kafka.admin import ConfigResource

from shared import admin
from shared import engine as engine_room
from shared.errors import Refused, Stopped
from shared.log_reader import LogReader
from shared.parking import Parking
from shared.service import Order, Service
from shared.streams import BROADCAST, account_stream, partition_of
from tests.kernel.cluster import ACCOUNTS, SCOPE, Cluster, Member, until
from tests.kernel.toys import Answer, Capture

SICK = ACCOUNTS[0]
STREAM = account_stream(SICK)
PARTITION = partition_of(STREAM, 12)
GOOD = b"coding.charges_captured.v1|stranger/0|1|0"
MOST_BYTES = 64_000_000
"""This client refuses nothing itself: what is too large, the broker says."""
Headers = list[tuple[str, bytes | None]]


def record(wire: str, position: int, subject: str, data: bytes) -> bytes:
    return (
        (
            f'{{"specversion":"1.0","id":"1","type":"{wire}","source":"/s","subject":"{subject}",'
            '"time":"2026-01-05T00:00:00Z","datacontenttype":"application/json","producer":"stranger/0",'
            f'"position":{position},"occurredon":"2026-01-05","data":'
        ).encode()
        + data
        + b"}"
    )


def charge(cents: str, procedure: str = "G0001") -> bytes:
    return (
        f'{{"account":"{SICK}","charges":[{{"charge":"c","service_on":"2026-01-05","procedure":'
        f'"{procedure}","units":1,"charge_cents":{cents},"place_of_service":"11",'
        '"rendering_npi":"1999000009"}]}'
    ).encode()


CAPTURED = "coding.charges_captured.v1"
POISON: dict[str, tuple[bytes | None, Headers, str]] = {
    "not JSON": (b"{broken", [("r", GOOD)], "malformed"),
    "not an event of ours": (
        b"{}",
        [("r", b"coding.charges_dreamt.v1|stranger/0|1|0")],
        "unknown_type",
    ),
    "another version": (
        b"{}",
        [("r", b"coding.charges_captured.v9|stranger/0|1|0")],
        "unknown_type",
    ),
    "no routing header": (b"{}", [], "malformed"),
    "a header that is null": (b"{}", [("r", None)], "malformed"),
    "nothing at all": (None, [("r", GOOD)], "malformed"),
    "a header that is no text": (b"{}", [("r", b"\xff\xfe|\xff|x|0")], "malformed"),
    "data that does not fit": (
        record(CAPTURED, 1, STREAM, b'{"account":5}'),
        [("r", GOOD)],
        "malformed",
    ),
    "header and body that disagree": (
        record("coding.encounter_coded.v1", 1, STREAM, b"{}"),
        [("r", GOOD)],
        "malformed",
    ),
    "header and body of two positions": (
        record(CAPTURED, 2, STREAM, charge("1")),
        [("r", GOOD)],
        "malformed",
    ),
    "a key that is not the body's stream": (
        record(CAPTURED, 1, account_stream(ACCOUNTS[1]), charge("1")),
        [("r", GOOD)],
        "malformed",
    ),
    "cents that no column holds": (
        record(CAPTURED, 1, STREAM, charge("9" * 18 + "99")),
        [("r", GOOD)],
        "defect",
    ),
}


async def inject(
    cluster: Cluster, value: bytes | None, headers: Headers, key: bytes = STREAM.encode()
) -> None:
    """A record that no service of ours would write."""
    producer = AIOKafkaProducer(
        bootstrap_servers=cluster.bootstrap, max_request_size=MOST_BYTES, compression_type=None
    )
    await producer.start()
    try:
        await producer.send_and_wait(cluster.topic, value, key, PARTITION, headers=headers)
    finally:
        await producer.stop()


async def _parked(cluster: Cluster) -> bool:
    count = await cluster.fetchval("beta", "select count(*) from parked where status = 'parked'")
    return bool(count == 1)


async def _command(beta: Member) -> Any:
    order = Order(STREAM, Answer(SICK, 1), "on the sick stream", b"", SCOPE, "tester")
    return (await beta.engine.handle([order]))[0]


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_parked_and_stops_nobody_else(cluster: Cluster, kind: str) -> None:
    value, headers, reason = POISON[kind]
    alpha, beta = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(60))
    await cluster.answered(60)
    await inject(cluster, value, headers)
    await until(lambda: _parked(cluster), "one parked record")
    row = (await Parking(beta.engine).listed())[0]
    assert row["reason"] == reason
    assert row["stream"] == STREAM

    # One of these is for the sick account: it waits, or is refused where alpha parked the record too.
    refused = [a for a in await alpha.capture(range(60, 120)) if a.code == "stream_parked"]
    waits = 1 - len(refused)

    async def others_went_on() -> bool:
        counted = await cluster.fetchval("beta", "select sum(charges) from totals")
        waiting = await cluster.fetchval(
            "beta", "select count(*) from parked where status = 'waiting'"
        )
        return bool(counted == 119 and waiting == waits)

    await until(others_went_on, "the other accounts' charges")
    assert (await _command(beta)).code == "stream_parked"
    with pytest.raises(Refused):
        await Parking(beta.engine).redrive(row["partition"], row["offset"], "tester")
    applied = await Parking(beta.engine).discard(
        row["partition"], row["offset"], "poison", "tester"
    )
    assert applied == waits
    await cluster.answered(119 + waits)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []
    said = await cluster.fetchval(
        "beta", "select string_agg(wire, ' ' order by seq) from outbox where wire like 'platform.%'"
    )
    assert said == "platform.record_parked.v1 platform.record_discarded.v1"


async def test_what_a_rule_refuses_is_parked_and_driven_again(cluster: Cluster) -> None:
    alpha, beta = await cluster.alpha(), await cluster.beta()
    healthy = give_sick_rule(beta)
    order = Order(STREAM, Capture(SICK, 7), "seven", b"", SCOPE, "tester")
    await alpha.engine.handle([order])
    await until(lambda: _parked(cluster), "one parked record")
    await alpha.engine.handle([Order(STREAM, Capture(SICK, 8), "eight", b"", SCOPE, "tester")])

    async def behind() -> bool:
        return bool(
            await cluster.fetchval("beta", "select count(*) from parked where status = 'waiting'")
            == 1
        )

    await until(behind, "the next record waits behind it")
    beta.engine.service = healthy
    row = (await Parking(beta.engine).listed())[0]
    assert row["reason"] == "defect"
    assert await Parking(beta.engine).redrive(row["partition"], row["offset"], "tester") == 2
    await cluster.answered(2)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []
    assert "platform.record_redriven.v1" in await cluster.fetchval(
        "beta", "select string_agg(wire, ' ') from outbox"
    )


def failing(healthy: Any) -> Any:
    def decide(command: Any, state: Any, book: Any) -> Any:
        if getattr(command, "cents", 0) == 7:
            raise KeyError("a defect of the rule")
        return healthy(command, state, book)

    return decide


def give_sick_rule(beta: Member) -> Service:
    """Give beta a rule that fails on 7 cents; the healthy service, to put back."""
    healthy = beta.engine.service
    account = healthy.deciders["account"]
    sick = replace(account, decide=failing(account.decide))
    beta.engine.service = replace(healthy, deciders={"account": sick})
    return healthy


async def test_a_record_larger_than_the_topic_takes_is_refused_by_the_broker(
    cluster: Cluster,
) -> None:
    with pytest.raises(MessageSizeTooLargeError):
        await inject(cluster, b"x" * 20_000_000, [("r", GOOD)])
    assert (await cluster.accepted()).total() == 0


@pytest.mark.parametrize("megabytes", [7, 20])
async def test_a_huge_record_is_parked_and_stops_nobody(cluster: Cluster, megabytes: int) -> None:
    if (
        megabytes > 8
    ):  # Somebody raised the topic's limit: what stands in the log must be dealt with.
        with closing(admin.connect(cluster.bootstrap)) as client:
            client.alter_configs(
                [ConfigResource("TOPIC", cluster.topic, {"max.message.bytes": "30000000"})]
            )
    alpha, beta = await cluster.alpha(), await cluster.beta()
    await inject(cluster, b"x" * megabytes * 1_000_000, [("r", GOOD)])
    await until(lambda: _parked(cluster), "one parked record")
    (row,) = await Parking(beta.engine).listed()
    assert row["reason"] == "malformed"
    shown = await Parking(beta.engine).shown(row["partition"], row["offset"])
    assert shown["bytes"] == megabytes * 1_000_000
    await alpha.capture(range(1, 60))
    await cluster.answered(59)
    assert (
        await Parking(beta.engine).discard(row["partition"], row["offset"], "huge", "tester") == 0
    )
    await cluster.heard_back()
    assert (await beta.compare()).differences == []


async def test_a_parked_record_has_a_copy_in_the_dead_letter_topic(cluster: Cluster) -> None:
    await cluster.beta()
    await inject(cluster, b"{broken", [("r", GOOD)])
    await until(lambda: _parked(cluster), "one parked record")
    async with LogReader(cluster.bootstrap, f"{cluster.topic}.parked") as reader:

        async def there() -> bool:
            return (await reader.ends([0]))[0] == 1

        await until(there, "a dead letter")


async def test_a_key_that_no_table_keeps_is_parked_under_another_name(cluster: Cluster) -> None:
    alpha, beta = await cluster.alpha(), await cluster.beta()
    await inject(cluster, b"{broken", [("r", GOOD)], b"account/\x00\xff")
    await until(lambda: _parked(cluster), "one parked record")
    assert (await Parking(beta.engine).listed())[0]["stream"] == "account/\ufffd\ufffd"
    await alpha.capture(range(60))
    await cluster.answered(60)
    await cluster.heard_back()


async def test_a_command_with_a_value_that_no_table_keeps_is_malformed_and_harms_no_other(
    cluster: Cluster,
) -> None:
    alpha = await cluster.alpha()
    orders = [
        Order(account_stream(a), Capture(a, 1), f"k{a}", b"", SCOPE, "tester")
        for a in (ACCOUNTS[1], "NUL\x00", ACCOUNTS[2])
    ]
    assert [a.status for a in await alpha.engine.handle(orders)] == [200, 422, 200]


async def test_a_broadcast_that_cannot_be_applied_stops_the_service(cluster: Cluster) -> None:
    beta = await cluster.beta()
    header = b"reference.business_day_opened.v1|stranger/0|1|0"
    await inject(cluster, b"{broken", [("r", header)], BROADCAST.encode())
    await until(lambda: _failed(beta), "beta stops")
    assert isinstance(beta.consumer.failed.exception(), Stopped)
    assert (await cluster.fetchval("beta", "select count(*) from parked")) == 0


async def _failed(member: Member) -> bool:
    return bool(member.consumer.failed.done())


async def test_too_many_parked_records_stop_the_service(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_room, "PARKED_LIMIT", 2)
    beta = await cluster.beta()
    for n in range(3):
        await inject(cluster, b"{broken", [], f"account/{n}".encode())
    await until(lambda: _failed(beta), "beta stops")
    assert await cluster.fetchval("beta", "select count(*) from parked") <= 2
