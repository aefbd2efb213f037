"""What was heard is not kept by what outlives it: any timer keeps its context, and in that stands the message."""

from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord

from shared.consumer import LogConsumer
from tests.kernel.cluster import Cluster


async def test_a_message_holds_no_records_once_they_were_heard(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse, messages = LogConsumer._parse, list[Any]()

    async def seen(self: LogConsumer, records: Any) -> Any:
        messages.append(await parse(self, records))
        return messages[-1]

    monkeypatch.setattr(LogConsumer, "_parse", seen)
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(120))
    await cluster.answered(120)
    await cluster.heard_back()
    await cluster.stop()
    assert messages
    for message in messages:
        assert not any(
            isinstance(one, ConsumerRecord) for one in (*message.raw_message, *message.body)
        )
