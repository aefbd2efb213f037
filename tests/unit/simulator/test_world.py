"""A whole world against doors that only listen: the same seed hands in the same, and waits until its books are heard."""

from datetime import date
from pathlib import Path
from typing import Any

from simulator.doors import Doors
from simulator.world import Plan, World

PLAN = Plan(encounters=24, feed_days=4, all_days=6, start=date(2026, 9, 29), seed=5)


class Listening(Doors):
    """Doors that take everything and show nothing but how far they are."""

    def __init__(self) -> None:
        super().__init__({}, "simulator")
        self.heard: list[tuple[str, str, str, Any]] = []
        self.behind = 2

    async def post(
        self,
        service: str,
        path: str,
        key: str,
        json: Any = None,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
        actor: str | None = None,
    ) -> Any:
        self.heard.append((service, path, key, json if content is None else content))
        return {"items": [], "sha256": "0" * 64}

    async def get(self, service: str, path: str, **params: Any) -> Any:
        if path != "/progress":
            return []
        self.behind -= 1
        today = "9999-12-31" if self.behind < 0 else ""
        return [{"today": today, "next_offset": 1, "said": 1, "unheard": 0}]


async def handed_in(folder: Path) -> list[tuple[str, str, str, Any]]:
    doors = Listening()
    score = await World(PLAN, doors, folder).run()
    assert (score.encounters, score.days) == (PLAN.encounters, PLAN.all_days)
    return doors.heard


async def test_the_same_seed_is_the_same_world(tmp_path: Path) -> None:
    first, second = await handed_in(tmp_path), await handed_in(tmp_path)
    assert sorted(map(repr, first)) == sorted(map(repr, second))


async def test_no_encounter_comes_before_the_books_are_heard(tmp_path: Path) -> None:
    doors = Listening()
    world = World(PLAN, doors, tmp_path)
    await world.books.publish(doors, PLAN.start)
    assert doors.behind < 0
