"""The outside world asks again where a door could not keep what it was given, and takes a no for a no."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from simulator import doors
from simulator.client import Answer, Client
from simulator.doors import DoorClosed, Doors

Items = list[dict[str, Any]]


def asking(
    monkeypatch: pytest.MonkeyPatch, answered: Callable[[int], Items]
) -> tuple[Doors, list[str]]:
    """A door that answers its nth caller so, and the keys that it was asked with."""
    keys: list[str] = []

    class Answering(Client):
        async def post(self, path: str, *, headers: Mapping[str, str], **_: Any) -> Answer:
            keys.append(headers["Idempotency-Key"])
            return Answer(200, msgspec.json.encode({"encounters": answered(len(keys))}))

    monkeypatch.setattr(doors, "WAIT_SECONDS", 0)
    made = Doors({"registration": "http://door"}, "simulator", retries=4)
    made._clients["registration"] = Answering("http://door")
    return made, keys


async def test_items_that_found_no_room_are_handed_in_again_under_their_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, keys = asking(monkeypatch, lambda n: [{"status": 201}, {"status": 503 if n < 3 else 201}])
    await made.post_all("registration", "/encounters", "k", "encounters", [{}, {}])
    assert keys == ["k/0"] * 3


@pytest.mark.parametrize(("status", "asked"), [(409, 1), (503, 4)])
async def test_a_no_is_taken_at_once_and_a_door_that_never_has_room_is_left_in_the_end(
    monkeypatch: pytest.MonkeyPatch, status: int, asked: int
) -> None:
    made, keys = asking(monkeypatch, lambda _: [{"status": status, "code": "why"}])
    with pytest.raises(DoorClosed, match="why"):
        await made.post_all("registration", "/encounters", "k", "encounters", [{}])
    assert len(keys) == asked
