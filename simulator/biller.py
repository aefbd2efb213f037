"""A biller at the work lists: codes again, corrects denials, resends fixed rejections."""

from datetime import date
from typing import Any

from simulator.chance import Chance
from simulator.doors import DoorClosed, Doors

PAGE = 500
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
        await self._codes()
        await self._denials()
        await self._rejections()

    async def _codes(self) -> None:
        """What coding holds gets a diagnosis that is in force."""
        for row in _rows(await self.doors.get("coding", "/work-list", limit=PAGE)):
            account = row["account"]
            key = f"code/{account}"
            if key in self.done:
                continue
            self.done.add(key)
            if self.chance.happens(1_500, "left alone", key):
                continue
            charged = await self.doors.get("coding", f"/accounts/{account}")
            body = {
                "diagnoses": [{"sequence": 1, "code": USUAL_DIAGNOSIS}],
                "lines": {charge: [1] for charge in charged["charges"]},
                "coder": "coder:sim",
            }
            if await self._tell("coding", f"/accounts/{account}/codes", key, body):
                self.coded += 1

    async def _denials(self) -> None:
        for row in _rows(await self.doors.get("denial", "/denials", state="open", limit=PAGE)):
            denial = row["denial"]
            if denial in self.done or not row.get("correctable"):
                continue
            self.done.add(denial)
            # Some are left for another day: that is what a work list is for.
            if self.chance.happens(1_500, "left alone", denial):
                continue
            body = {"charges": [], "authorization": "", "note": "CORRECTED AS THE REMARK ASKS"}
            if row.get("carc") == "197":
                body["authorization"] = f"AUTH{self.chance.below(10**8, 'auth', denial):08d}"
            if await self._tell("denial", f"/denials/{denial}/correct", f"fix/{denial}", body):
                self.corrected += 1

    async def _rejections(self) -> None:
        for row in _rows(await self.doors.get("submission", "/work-list", limit=PAGE)):
            claim = row["claim"]
            key = f"{claim}/{row.get('attempt', 1)}"
            if key in self.done:
                continue
            self.done.add(key)
            if self.chance.happens(1_000, "left alone", key):
                continue
            body = {"note": ""}
            if await self._tell("submission", f"/claims/{claim}/resubmit", f"again/{key}", body):
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
