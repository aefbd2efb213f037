"""A connection to the broker that is lost in the midst of a write, as aiokafka has to hear of it.

On uvloop a write to a transport that was reset a moment ago raises RuntimeError. aiokafka expects OSError, and its
background tasks end of anything else, told to nobody: the consumer then hears nothing for ever.
"""

from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

_plain = AIOKafkaConnection.send


def _send(self: Any, request: Any, expect_response: bool = True) -> Any:
    try:
        return _plain(self, request, expect_response)
    except RuntimeError as closed:
        self.close(reason=CloseReason.CONNECTION_BROKEN)
        raise KafkaConnectionError(f"connection to {self.host}:{self.port} is lost") from closed


def tell_as_lost() -> None:
    """From now on, in this process; harmless to call again."""
    AIOKafkaConnection.send = _send
