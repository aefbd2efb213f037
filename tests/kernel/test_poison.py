"""Records that cannot be applied: parked with their reason, their stream waits, everybody else goes on."""

from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from shared.errors import Refused
from shared.log_reader import LogReader
from shared.parking import Parking
from shared.service import Order
from shared.streams import account_stream, partition_of
from tests.kernel.cluster import ACCOUNTS, SCOPE, Cluster, Member, until
from tests.kernel.toys import Capture

SICK = ACCOUNTS[0]
STREAM = account_stream(SICK)
PARTITION = partition_of(STREAM, 12)
GOOD = b"coding.charges_captured.v1|stranger/0|1|0"
POISON: dict[str, tuple[bytes, list[tuple[str, bytes]], str]] = {
    "not JSON": (b"{broken", [("r", GOOD)], "malformed"),
    "not an event of ours": (b"{}", [("r", b"coding.charges_dreamt.v1|stranger/0|1|0")], "unknown_type"),
    "another version": (b"{}", [("r", b"coding.charges_captured.v9|stranger/0|1|0")], "unknown_type"),
    "no routing header": (b"{}", [], "malformed"),
    "a header that is no text": (b"{}", [("r", b"\xff\xfe|\xff|x|0")], "malformed"),
    "data that does not fit": (
        b'{"specversion":"1.0","id":"1","type":"coding.charges_captured.v1","source":"/s","subject":"'
        + STREAM.encode()
        + b'","time":"2026-01-05T00:00:00Z","datacontenttype":"application/json","producer":"stranger/0",'
        b'"position":1,"occurredon":"2026-01-05","data":{"account":5}}',
        [("r", GOOD)],
        "malformed",
    ),
    "header and body that disagree": (
        b'{"specversion":"1.0","id":"1","type":"coding.encounter_coded.v1","source":"/s","subject":"x",'
        b'"time":"2026-01-05T00:00:00Z","datacontenttype":"application/json","producer":"stranger/0",'
        b'"position":1,"occurredon":"2026-01-05","data":{}}',
        [("r", GOOD)],
        "malformed",
    ),
}


async def _inject(cluster: Cluster, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap)
    await producer.start()
    await producer.send_and_wait(
        cluster.topic, value, STREAM.encode(), PARTITION, headers=headers
    )
    await producer.stop()


async def _parked(cluster: Cluster) -> bool:
    count = await cluster.fetchval("beta", "select count(*) from parked where status = 'parked'")
    return bool(count == 1)


async def _command(beta: Member) -> Any:
    from tests.kernel.toys import Answer

    order = Order(STREAM, Answer(SICK, 1), "on the sick stream", b"", SCOPE, "tester")
    return (await beta.engine.handle([order]))[0]


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_parked_and_stops_nobody_else(cluster: Cluster, kind: str) -> None:
    value, headers, reason = POISON[kind]
    alpha, beta = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(60))
    await cluster.answered(60)
    await _inject(cluster, value, headers)
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
    applied = await Parking(beta.engine).discard(row["partition"], row["offset"], "poison", "tester")
    assert applied == waits
    await cluster.answered(119 + waits)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []
    said = await cluster.fetchval(
        "beta", "select string_agg(wire, ' ' order by seq) from outbox where wire like 'platform.%'"
    )
    assert said == "platform.record_parked.v1 platform.record_discarded.v1"


async def test_what_a_rule_refuses_is_parked_and_driven_again(cluster: Cluster) -> None:
    from tests.kernel import toys

    alpha, beta = await cluster.alpha(), await cluster.beta()
    healthy = toys.BETA.deciders["account"].decide
    sick = _replace_decide(beta, _failing(healthy))
    order = Order(STREAM, Capture(SICK, 7), "seven", b"", SCOPE, "tester")
    await alpha.engine.handle([order])
    await until(lambda: _parked(cluster), "one parked record")
    await alpha.engine.handle([Order(STREAM, Capture(SICK, 8), "eight", b"", SCOPE, "tester")])

    async def behind() -> bool:
        return bool(
            await cluster.fetchval("beta", "select count(*) from parked where status = 'waiting'") == 1
        )

    await until(behind, "the next record waits behind it")
    beta.engine.service = sick
    row = (await Parking(beta.engine).listed())[0]
    assert row["reason"] == "defect"
    assert await Parking(beta.engine).redrive(row["partition"], row["offset"], "tester") == 2
    await cluster.answered(2)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []


def _failing(healthy: Any) -> Any:
    def decide(command: Any, state: Any, book: Any) -> Any:
        if getattr(command, "cents", 0) == 7:
            raise KeyError("a defect of the rule")
        return healthy(command, state, book)

    return decide


def _replace_decide(beta: Member, decide: Any) -> Any:
    """Give beta a sick rule; the healthy service, to put back."""
    from dataclasses import replace

    healthy = beta.engine.service
    account = replace(healthy.deciders["account"], decide=decide)
    beta.engine.service = replace(healthy, deciders={"account": account})
    return healthy


async def test_a_record_larger_than_the_topic_takes_is_refused_where_it_is_made(cluster: Cluster) -> None:
    with pytest.raises(MessageSizeTooLargeError):
        await _inject(cluster, b"x" * 20_000_000, [("r", GOOD)])


async def test_a_parked_record_has_a_copy_in_the_dead_letter_topic(cluster: Cluster) -> None:
    await cluster.beta()
    await _inject(cluster, b"{broken", [("r", GOOD)])
    await until(lambda: _parked(cluster), "one parked record")
    async with LogReader(cluster.bootstrap, f"{cluster.topic}.parked") as reader:

        async def there() -> bool:
            return (await reader.ends([0]))[0] == 1

        await until(there, "a dead letter")
