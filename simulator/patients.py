"""Patients pay some of what they owe, some days after it became theirs; not all of them, and not always all of it."""

from datetime import date
from typing import Any

from simulator import weights
from simulator.chance import Chance
from simulator.doors import Doors

PAGE = 2_000


class Patients:
    """Everybody who owes something."""

    def __init__(self, doors: Doors, chance: Chance) -> None:
        self.doors = doors
        self.chance = chance
        self.seen: dict[str, int] = {}
        self.paid: set[str] = set()
        self.paid_cents = 0

    async def pay(self, today: date) -> None:
        """One look at the mail."""
        due = await self.doors.get("reporting", "/patient-balances", limit=PAGE)
        payments = [p for row in due if (p := self._payment(row, today)) is not None]
        if payments:
            key = f"patients/{today}"
            await self.doors.post(
                "posting", "/patient-payments", key, {"payments": payments}, actor="patient portal"
            )

    def _payment(self, row: dict[str, Any], today: date) -> dict[str, Any] | None:
        account, cents = row["account"], row["patient_owes_cents"]
        first = self.seen.setdefault(account, today.toordinal())
        low, high = weights.PATIENT_DAYS
        wait = low + self.chance.below(high - low, "patient waits", account)
        ready = today.toordinal() - first >= wait and account not in self.paid
        if not ready or not self.chance.happens(weights.PATIENT_PAYS, "patient pays", account):
            return None
        self.paid.add(account)
        part = self.chance.happens(2_000, "patient pays half", account)
        amount = max(cents // 2, 1) if part else cents
        self.paid_cents += amount
        return {
            "payment": f"PAY-{account}",
            "account": account,
            "tender": "card",
            "amount_cents": amount,
            "received_on": today.isoformat(),
        }
