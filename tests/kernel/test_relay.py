"""The relay against a client that is full, refuses, or fails half-way: nothing spins, nothing is passed over."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from confluent_kafka import KafkaException

from shared import relay as relay_room
from shared.relay import Relay
from tests.kernel.fed import Fed, MemoryLog
from tests.kernel.toys import ALPHA

Send = Callable[[int], None]


class Client:
    """A producer that keeps positions; what it does at a send is told by `then`."""

    def __init__(self, then: Send = lambda n: None) -> None:
        self.then = then
        self.sends = 0
        self.taken: list[int] = []
        self.left = 0

    def produce(self, topic: str, **record: Any) -> None:
        self.sends += 1
        self.then(self.sends)
        ((_, header), _) = record["headers"]
        self.taken.append(int(header.split(b"|")[2]))

    def poll(self, seconds: float) -> int:
        return 0

    def flush(self, seconds: float) -> int:
        return self.left

    def purge(self, **how: Any) -> None:
        return None


def full(n: int) -> None:
    """The client's queue takes no more."""
    raise BufferError


def refused(n: int) -> None:
    """The client takes nothing at all."""
    raise KafkaException


class Publisher:
    """Alpha, with ten charges said, and a relay whose clients are made by the test."""

    def __init__(self, fed: Fed) -> None:
        self.fed = fed
        self.clients: list[Client] = []
        self.make: Callable[[], Client] = Client
        self.relay = Relay(
            "alpha", "topic", "topic.parked", self._made, fed.engine.store, fed.engine.pool
        )

    def _made(self) -> Any:
        self.clients.append(self.make())
        return self.clients[-1]

    async def refill(self) -> None:
        row = await self.fed.progress()
        row.refill = True
        await self.fed.put(row)

    async def say(self, numbers: range) -> None:
        for n in numbers:
            assert (await self.fed.capture(n, f"number {n}")).status == 200


@pytest.fixture
async def publisher(database: str) -> AsyncIterator[Publisher]:
    fed = await Fed.start(ALPHA, MemoryLog(), database)
    made = Publisher(fed)
    await made.say(range(10))
    made.relay.own([0])
    yield made
    await fed.close()


async def _sweeps(publisher: Publisher, seconds: float) -> int:
    """How often the relay looks in that time."""
    looked, sweep = 0, publisher.relay.sweep

    async def counted() -> None:
        nonlocal looked
        looked += 1
        await sweep()

    publisher.relay.sweep = counted  # type: ignore[method-assign]
    running = asyncio.create_task(publisher.relay.run())
    await asyncio.sleep(seconds)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return looked


@pytest.mark.parametrize("how", [full, refused])
async def test_a_client_that_takes_nothing_is_not_asked_as_fast_as_it_can_be(
    publisher: Publisher, how: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_room, "SWEEP_SECONDS", 0.2)
    publisher.make = lambda: Client(how)
    publisher.clients[0].then = how
    assert await _sweeps(publisher, 1.0) <= 6
    publisher.make = Client
    publisher.clients[-1].then = lambda n: None
    await publisher.relay.sweep()
    await publisher.relay.sweep()
    assert publisher.clients[-1].taken == list(range(1, 11))


async def test_what_is_refused_in_the_middle_is_sent_again_from_there(publisher: Publisher) -> None:
    def refuses_the_fourth(n: int) -> None:
        if n == 4:
            raise KafkaException

    publisher.clients[0].then = refuses_the_fourth
    await publisher.relay.sweep()
    assert publisher.clients[0].taken == [1, 2, 3]
    await publisher.relay.sweep()
    assert publisher.clients[1].taken == list(range(1, 11)), "nothing was heard back yet"


async def test_what_is_said_while_a_new_topic_is_filled_follows_without_a_gap(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publisher.refill()
    late = iter([True])
    lock = publisher.fed.engine.store.lock

    async def somebody_says_more_first(*args: Any) -> Any:
        if next(late, False):
            monkeypatch.undo()
            await publisher.say(range(10, 13))
        return await lock(*args)

    monkeypatch.setattr(publisher.relay._store, "lock", somebody_says_more_first)
    await publisher.relay.sweep()
    await publisher.relay.sweep()
    assert publisher.clients[0].taken == list(range(1, 14))
    assert not (await publisher.fed.progress()).refill


@pytest.mark.parametrize("trouble", ["refused in the middle", "not delivered in time"])
async def test_a_new_topic_that_took_half_is_filled_from_the_start_again(
    publisher: Publisher, trouble: str
) -> None:
    def refuses_the_fourth(n: int) -> None:
        if n == 4 and trouble == "refused in the middle":
            raise KafkaException

    await publisher.refill()
    publisher.clients[0].then = refuses_the_fourth
    publisher.clients[0].left = 3
    with pytest.raises(TimeoutError):
        await publisher.relay.sweep()
    assert (await publisher.fed.progress()).refill
    publisher.clients[0].left = 0
    before = len(publisher.clients[-1].taken)
    await publisher.relay.sweep()
    taken = publisher.clients[-1].taken
    assert taken[before if len(publisher.clients) == 1 else 0 :] == list(range(1, 11))
    assert not (await publisher.fed.progress()).refill
