"""A billing office at the work lists: codes again, corrects denials, resends fixed rejections."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from simulator.chance import Chance
from simulator.doors import DoorClosed, Doors

PAGE = 500
DESKS = 8
"""Items of one list that are worked on side by side."""
USUAL_DIAGNOSIS = "I10"


class Biller:
    """Works the lists through the same doors as the screens do."""

    def __init__(self, doors: Doors, chance: Chance) -> None:
        self.doors = doors
        self.chance = chance
        self.done: set[str] = set()
        self.coded = self.corrected = self.resent = 0
        self.refused = 0

    async def work(self, today: date) -> None:
        """One pass over the lists."""
        coding = await self.doors.get("coding", "/work-list", limit=PAGE)
        await self._each(_rows(coding), self._code)
        denials = await self.doors.get("denial", "/denials", state="open", limit=PAGE)
        await self._each(_rows(denials), self._correct)
        rejected = await self.doors.get("submission", "/work-list", limit=PAGE)
        await self._each(_rows(rejected), self._resend)

    async def _each(
        self, rows: list[dict[str, Any]], work: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        for start in range(0, len(rows), DESKS):
            await asyncio.gather(*(work(row) for row in rows[start : start + DESKS]))

    def _takes(self, item: str, basis_points: int) -> bool:
        """Once each; some are left for another day: that is what a work list is for."""
        if item in self.done:
            return False
        self.done.add(item)
        return not self.chance.happens(basis_points, "left alone", item)

    async def _code(self, row: dict[str, Any]) -> None:
        """What coding holds gets a diagnosis that is in force; a service of its own, the modifier that says so."""
        account = row["account"]
        key = f"code/{account}"
        if not self._takes(key, 1_500):
            return
        for failure in row["failures"]:
            if failure["rule"] == "PTP-MODIFIER":
                await self._part(account, failure["field"])
        if all(failure["rule"] == "PTP-MODIFIER" for failure in row["failures"]):
            return
        charged = await self.doors.get("coding", f"/accounts/{account}")
        body = {
            "diagnoses": [{"sequence": 1, "code": USUAL_DIAGNOSIS}],
            "lines": {charge: [1] for charge in charged["charges"]},
            "coder": "coder:sim",
        }
        if await self._tell("coding", f"/accounts/{account}/codes", key, body):
            self.coded += 1

    async def _part(self, account: str, charge: str) -> None:
        body = {"modifiers": ["XU"], "reason": "not a part of the other service, as the note says"}
        path = f"/accounts/{account}/charges/{charge}/correct"
        if await self._tell("coding", path, f"part/{charge}", body):
            self.coded += 1

    async def _correct(self, row: dict[str, Any]) -> None:
        denial = row["denial"]
        if not row.get("correctable") or not self._takes(denial, 1_500):
            return
        body = {"charges": [], "authorization": "", "note": "CORRECTED AS THE REMARK ASKS"}
        if row.get("carc") == "197":
            body["authorization"] = f"AUTH{self.chance.below(10**8, 'auth', denial):08d}"
        if await self._tell("denial", f"/denials/{denial}/correct", f"fix/{denial}", body):
            self.corrected += 1

    async def _resend(self, row: dict[str, Any]) -> None:
        claim = row["claim"]
        key = f"{claim}/{row.get('attempt', 1)}"
        if not self._takes(key, 1_000):
            return
        if await self._tell(
            "submission", f"/claims/{claim}/resubmit", f"again/{key}", {"note": ""}
        ):
            self.resent += 1

    async def _tell(self, service: str, path: str, key: str, body: dict[str, Any]) -> bool:
        try:
            await self.doors.post(service, path, key, body, actor="biller:sim")
            return True
        except DoorClosed:
            self.refused += 1
            return False


def _rows(answer: Any) -> list[dict[str, Any]]:
    if isinstance(answer, list):
        return answer
    found: list[dict[str, Any]] = next((v for v in answer.values() if isinstance(v, list)), [])
    return found
