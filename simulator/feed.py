"""The EHR feed: encounters of a day with their coverages, charges and codes, as the doors take them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from simulator import weights
from simulator.chance import Chance
from simulator.people import member_id, person


@dataclass(frozen=True, slots=True)
class Day:
    """What the feed sends of one day."""

    encounters: list[dict[str, Any]]
    charges: list[dict[str, Any]]


class _InForce(NamedTuple):
    """What may be sent of a day; some time after its end the EHR may still send a code that is `stale`."""

    procedures: list[tuple[str, int]]
    diagnoses: list[str]
    stale: list[str]


class Feed:
    """Encounters of the simulated facilities, spread evenly over the days."""

    def __init__(
        self, chance: Chance, facilities: list[dict[str, Any]], books: dict[str, Any]
    ) -> None:
        self.chance = chance
        self.facilities = facilities
        self.procedures: list[tuple[str, int]] = books["procedures"]
        self.ended: dict[str, date] = books["ended"]
        self.started: dict[str, date] = books["started"]
        self.diagnoses: list[str] = books["diagnoses"]
        self.renderers: list[str] = books["renderers"]

    def day(self, on: date, numbers: range) -> Day:
        """The encounters with these numbers, all of this day."""
        encounters, charges = [], []
        in_force = self._in_force(on)
        for number in numbers:
            encounters.append(self._encounter(on, number))
            charges.append(self._charges(on, number, in_force))
        return Day(encounters, charges)

    def _in_force(self, on: date) -> _InForce:
        late = timedelta(days=weights.STALE_DAYS)
        ended = self.ended
        return _InForce(
            [(code, cents) for code, cents in self.procedures if self._stands(code, on)],
            [code for code in self.diagnoses if self._stands(code, on)],
            [c for c in self.diagnoses if c in ended and ended[c] < on <= ended[c] + late],
        )

    def _stands(self, code: str, on: date) -> bool:
        return self.started.get(code, on) <= on <= self.ended.get(code, on)

    def _encounter(self, on: date, number: int) -> dict[str, Any]:
        chance = self.chance
        patient = chance.below(max(number, 1) * 2 // 3 + 1, "who", number)
        facility = chance.pick(self.facilities, "where", number)
        return {
            "source_system": "SIM-EHR",
            "encounter": f"E{number:08d}",
            "encounter_class": "clinic",
            "facility": facility["facility"],
            "legal_entity": facility["legal_entity"],
            "service_from": on.isoformat(),
            "service_to": on.isoformat(),
            "billing": "bill",
            "patient": person(chance, patient),
            "coverages": self._coverages(patient, on),
        }

    def _coverages(self, patient: int, on: date) -> list[dict[str, Any]]:
        chance = self.chance
        habits = weights.habits_on(on)
        shares: list[tuple[str, int]] = [(p, h.share) for p, h in habits.items()]
        payer = chance.weighted([*shares, ("", weights.SELF_PAY_SHARE)], "payer", patient)
        if not payer:
            return []
        covers = [self._coverage(1, payer, patient)]
        if chance.happens(habits[payer].secondary, "secondary", patient):
            second = (
                weights.SUPPLEMENT if payer == "MEDB" else ("BLUE" if payer == "COMM" else "COMM")
            )
            covers.append(self._coverage(2, second, patient))
        return covers

    def _coverage(self, order: int, payer: str, patient: int) -> dict[str, Any]:
        indicator = {"MEDB": "MB", "MADV": "16", "MCAID": "MC", "BLUE": "BL", "COMM": "CI"}
        return {
            "order": order,
            "payer": payer,
            "relation": "18",
            "filing_indicator": indicator.get(payer, "CI"),
            "insurance_type": None,
            "member_id": member_id(payer, patient),
            "group_number": "" if payer in ("MEDB", "MCAID") else f"GRP{patient % 97:03d}",
            "subscriber": None,
            "effective_from": "2020-01-01",
            "effective_to": None,
        }

    def _charges(self, on: date, number: int, in_force: _InForce) -> dict[str, Any]:
        chance = self.chance
        lines = chance.weighted(weights.LINES, "lines", number)
        usable = in_force.procedures
        start = chance.below(len(usable), "first line", number)
        step = 1 + chance.below(3, "step", number)
        picked = [usable[(start + n * step) % len(usable)] for n in range(min(lines, len(usable)))]
        diagnoses = self._diagnoses(number, in_force)
        renders = chance.pick(self.renderers, "renders", number)
        charges: list[dict[str, Any]] = [
            {
                "service_on": on.isoformat(),
                "procedure": code,
                "modifiers": [],
                "units": 1,
                "charge_cents": cents + 25 * chance.below(40, "price", number, n),
                "place_of_service": "11",
                "rendering_npi": renders,
                "ndc": None,
                "authorization": None,
            }
            for n, (code, cents) in enumerate(dict(picked).items())
        ]
        return {
            "source_system": "SIM-EHR",
            "encounter": f"E{number:08d}",
            "charges": charges,
            "diagnoses": [
                {"sequence": n, "code": code, "poa": None} for n, code in enumerate(diagnoses, 1)
            ],
            "pointers": [[1 + n % len(diagnoses)] for n in range(len(charges))],
            "coder": "coder:sim",
        }

    def _diagnoses(self, number: int, in_force: _InForce) -> list[str]:
        """One to three codes."""
        chance, codes, stale = self.chance, in_force.diagnoses, in_force.stale
        first = chance.below(len(codes), "diagnosis", number)
        count = 1 + chance.below(3, "diagnoses", number)
        picked = [codes[(first + 2 * n) % len(codes)] for n in range(count)]
        if stale and chance.happens(weights.STALE_CODE, "stale", number):
            picked[0] = chance.pick(stale, "stale code", number)
        return list(dict.fromkeys(picked))


def business_days(start: date, count: int) -> list[date]:
    """Monday to Friday; holidays are the reference service's knowledge, the world works through them."""
    days: list[date] = []
    day = start
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days
