"""What a door of posting asks of its stream, and what comes back."""

from typing import Any

from pydantic import BaseModel

from shared.service import Command, Doors, Order, Scope

MOST_ROWS = 1_000


def order(
    doors: Doors, stream: str, command: Command, body: BaseModel, *, key: str, actor: str
) -> Order:
    """A command for a stream, under the key of whoever asks."""
    scope = Scope(doors.tenant)
    return Order(stream, command, key, body.model_dump_json().encode(), scope, actor)


async def by_a_person(
    doors: Doors, stream: str, command: Command, body: BaseModel, key: str, actor: str
) -> dict[str, Any]:
    """One command, and its answer."""
    (answer,) = await doors.handle([order(doors, stream, command, body, key=key, actor=actor)])
    return answer.told()
