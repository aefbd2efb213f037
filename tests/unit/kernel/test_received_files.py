"""A refused file is told of by its hash and its reason, never by its name."""

from types import SimpleNamespace
from typing import Any

from shared.errors import Malformed
from shared.received_files import tell_of_refusal
from shared.service import Answer, Order

DATA = b"ISA*"


async def test_the_name_of_a_refused_file_is_not_told_for_it_may_be_a_persons() -> None:
    orders: list[Order] = []

    async def handle(given: list[Order]) -> list[Answer]:
        orders.extend(given)
        return [Answer(200, given[0].stream, ())]

    doors: Any = SimpleNamespace(tenant="t", handle=handle)

    def refusal(sha256: str, size: int, reason: str) -> tuple[str, int, str]:
        return sha256, size, reason

    for why in ("segment 2, byte 90: torn", "segment 2, byte 90: torn", "another"):
        await tell_of_refusal(doors, DATA, "DOE.271", Malformed(f"DOE.271: {why}"), refusal, "who")
    commands: list[Any] = [order.command for order in orders]
    assert commands[0][2] == "segment 2, byte 90: torn"
    assert not any("DOE" in repr(order) for order in orders)
    # The same reason has the same key: it is told once.
    assert len({order.key for order in orders}) == 2
