"""A consumer that hears nothing any more is noticed, and a lost connection is no reason to become one."""

import asyncio
import contextlib
import socket
import struct

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

from shared.errors import Stopped
from shared.lost_connection import tell_as_lost
from tests.kernel.cluster import LIMIT_SECONDS, Cluster


async def test_a_part_of_the_client_that_ends_stops_the_process(cluster: Cluster) -> None:
    alpha = await cluster.alpha()
    client = alpha.consumer.consumer._client

    async def defect(*_: object) -> bool:
        raise RuntimeError("what nobody expects")

    client._metadata_update = defect
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.force_metadata_update(), 1)  # Nobody answers this any more.
    with pytest.raises(Stopped, match="nothing would be heard"):
        await asyncio.wait_for(alpha.consumer.failed, LIMIT_SECONDS)


async def _write_after_a_reset() -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner = writer.get_extra_info("socket")
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        made = AIOKafkaConnection(host, port)
        made._reader, made._writer = await asyncio.open_connection(host, port)
        made._read_task = asyncio.create_task(asyncio.sleep(0))
        while made._reader.exception() is None:
            await asyncio.sleep(0)
        assert made.connected(), "nobody has told it yet"
        with pytest.raises(KafkaConnectionError):
            await made.send(ApiVersionRequest())
        assert not made.connected()


def test_a_write_to_a_connection_that_was_reset_is_a_lost_connection() -> None:
    tell_as_lost()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_write_after_a_reset())
