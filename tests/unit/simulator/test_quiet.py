"""Quiet is when all services have heard the same, their own words too, and it stays so."""

from collections.abc import Mapping
from typing import Any

import pytest

from simulator.doors import Doors
from simulator.quiet import quiet

SERVICES = ("coding", "posting")
HEARD = {"next_offset": 5, "said": 2, "unheard": 0, "day_work": False}


class Told(Doors):
    """Doors that tell of each service what comes next, and its last word again and again."""

    def __init__(self, told: Mapping[str, list[dict[str, Any]]]) -> None:
        super().__init__({}, "test")
        self.told = {service: list(rows) for service, rows in told.items()}
        self.looks = 0

    async def get(self, service: str, path: str, **params: Any) -> Any:
        self.looks += service == SERVICES[0]
        rows = self.told[service]
        return [rows.pop(0) if len(rows) > 1 else rows[0]]


async def test_it_is_quiet_once_two_looks_show_the_same() -> None:
    doors = Told({service: [HEARD] for service in SERVICES})
    assert await quiet(doors, SERVICES, 30)
    assert doors.looks == 2


@pytest.mark.parametrize(
    "still",
    [
        {"next_offset": 4},
        {"unheard": 1},
        {"day_work": True},
    ],
    ids=["one is behind", "its words are on their way", "its day is not worked off"],
)
async def test_while_anything_is_on_its_way_it_is_not(still: dict[str, Any]) -> None:
    doors = Told({"coding": [HEARD], "posting": [HEARD | still, HEARD | still, HEARD]})
    assert await quiet(doors, SERVICES, 30)
    assert doors.looks == 4
    assert not await quiet(Told({"coding": [HEARD], "posting": [HEARD | still]}), SERVICES, 0)


async def test_what_is_said_between_two_looks_begins_the_count_anew() -> None:
    more = HEARD | {"next_offset": 6}
    doors = Told({service: [HEARD, HEARD, more] for service in SERVICES})
    assert await quiet(doors, SERVICES, 30, looks=3)
    assert doors.looks == 5
