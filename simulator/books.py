"""The demo company's books, read from the reference service's data files and published through its doors."""

import asyncio
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from simulator import weights
from simulator.doors import Doors

DATA = Path(__file__).resolve().parent.parent / "services" / "reference" / "data"
HEARD_SECONDS = 0.03
CODE_SETS = (
    ("ICD-10-CM", "2026", "ICD-10-CM-2026.txt", date(2025, 10, 1), date(2026, 9, 30)),
    ("ICD-10-CM", "2027", "ICD-10-CM-2027.txt", date(2026, 10, 1), date(2027, 9, 30)),
    ("HCPCS", "2026", "HCPCS-2026.txt", date(2026, 1, 1), date(2026, 9, 30)),
    ("HCPCS", "2026Q4", "HCPCS-2026Q4.txt", date(2026, 10, 1), date(2026, 12, 31)),
)
PRICES = {
    "G0438": 16_500, "G0439": 12_500, "G0444": 3_200, "G0446": 4_100, "G0447": 4_800, "G0008": 3_900,
    "G0009": 4_200, "J1885": 2_600, "J3420": 1_900, "Q0091": 5_200, "G0101": 5_900, "G0270": 6_300,
    "G0402": 18_900, "J0696": 2_400, "G2211": 3_600,
}  # fmt: skip
FED_DIAGNOSES = (
    "E119", "I10", "E785", "J069", "M5450", "Z0000", "Z23", "E669", "F32A", "K219", "N390", "R519",
    "Z6830", "E66813",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Books:
    """The books as request bodies."""

    facilities: list[dict[str, Any]]
    payers: list[dict[str, Any]]
    receivers: list[dict[str, Any]]
    enrolments: list[dict[str, Any]]
    statement_terms: list[dict[str, Any]]
    renderers: list[str]
    rule_set: dict[str, Any]
    codes: dict[tuple[str, str], list[str]]

    SERVICES = (
        "reference", "registration", "eligibility", "coding", "submission",
        "adjudication_tracking", "posting", "denial", "reporting",
    )  # fmt: skip

    @classmethod
    def load(cls) -> "Books":
        """Read the data files."""
        demo = json.loads((DATA / "demo.json").read_text())
        codes = {
            (name, version): (DATA / file).read_text().split()
            for name, version, file, _, _ in CODE_SETS
        }
        rules = json.loads((DATA / "adjustment_rules.json").read_text())
        return cls(rule_set=rules, codes=codes, **demo)

    def for_feed(self) -> dict[str, Any]:
        """What the EHR knows: procedures with prices, diagnoses, who renders, and when codes start and end."""
        started: dict[str, date] = {}
        ended: dict[str, date] = {}
        for name in ("ICD-10-CM", "HCPCS"):
            versions = [c for c in CODE_SETS if c[0] == name]
            old, new = (set(self.codes[name, v[1]]) for v in versions)
            turn = versions[1][3]
            ended.update({code: turn - timedelta(days=1) for code in old - new})
            started.update({code: turn for code in new - old})
        return {
            "procedures": list(PRICES.items()),
            "diagnoses": list(FED_DIAGNOSES),
            "renderers": self.renderers,
            "started": started,
            "ended": ended,
        }

    def fee_schedule(self, payer: str, on: date) -> bytes:
        """What a payer's contract allows for everything that the feed charges: CSV, as a contract office hands it in."""
        allowed = weights.habits_of(payer, on).allowed
        return "\n".join(
            ["procedure,basis_points", *(f"{code},{allowed}" for code in PRICES)]
        ).encode()

    def payer_facts(self) -> dict[str, dict[str, str]]:
        """What a payer puts into its 835."""
        return {
            p["payer"]: {
                "name": p["name"],
                "payer_id": p["payer_id"],
                "trace_id": f"1{n:09d}",
                "prefix": p["payer"][:4],
            }
            for n, p in enumerate(self.payers, 990_000_001)
        }

    def codes_by_payer_id(self) -> dict[str, str]:
        """Our code of a payer by its X12 id."""
        return {p["payer_id"]: p["payer"] for p in self.payers}

    async def publish_edits(self, doors: Doors) -> None:
        """The pairs that Medicare and its plans follow: what the feed sends of them, coding holds until somebody looks."""
        part = await doors.post(
            "reference",
            "/code-edits/parts",
            "books/edits/part",
            content=(DATA / "PTP-2026Q1.txt").read_bytes(),
            params={"kind": "ptp"},
        )
        table = {
            "kind": "ptp",
            "version": "2026Q1",
            "parts": [part["sha256"]],
            "effective_from": "2026-01-01",
            "payers": ["MADV", "MEDB"],
        }
        await doors.post("reference", "/code-edits", "books/edits", table)

    async def publish(self, doors: Doors, first_day: date) -> None:
        """List everything, then open the day before the first."""

        async def entry(path: str, body: dict[str, Any], key: str) -> None:
            await doors.post("reference", path, f"books/{key}", body)

        await asyncio.gather(
            *(entry("/receivers", r, f"receiver/{r['receiver']}") for r in self.receivers),
            *(entry("/facilities", f, f"facility/{f['facility']}") for f in self.facilities),
            *(entry("/payers", p, f"payer/{p['payer']}") for p in self.payers),
            *(
                entry(
                    "/enrolments",
                    e,
                    f"enrolment/{e['legal_entity']}/{e['payer']}/{e['transaction']}",
                )
                for e in self.enrolments
            ),
            entry("/rule-sets", self.rule_set, f"rules/{self.rule_set['version']}"),
        )
        for name, version, file, start, end in CODE_SETS:
            await doors.post(
                "reference",
                "/code-sets",
                f"books/codes/{name}/{version}",
                content=(DATA / file).read_bytes(),
                params={
                    "name": name,
                    "version": version,
                    "effective_from": start.isoformat(),
                    "effective_to": end.isoformat(),
                },
            )
        for payer in weights.CONTRACTED:
            await doors.post(
                "reference",
                "/fee-schedules",
                f"books/fees/{payer}",
                content=self.fee_schedule(payer, first_day),
                params={
                    "payer": payer,
                    "name": "CONTRACT",
                    "version": str(first_day.year),
                    "effective_from": weights.HABITS[0][0].isoformat(),
                    "tolerance_cents": "5",
                },
            )
        await asyncio.gather(
            *(
                entry("/prompt-pay-rules", rule, f"prompt-pay/{rule['name']}")
                for rule in weights.PROMPT_PAY
            ),
            *(
                entry("/statement-terms", terms, f"statement-terms/{terms['name']}")
                for terms in self.statement_terms
            ),
        )
        eve = (first_day - timedelta(days=1)).isoformat()
        await doors.post("reference", "/business-days", f"day/{eve}", {"day": eve})
        await self.heard(doors, eve)

    async def heard(self, doors: Doors, day: str, services: tuple[str, ...] = SERVICES) -> None:
        """Until every service knows this day, and so every listing said before it.

        What is charged earlier would be coded without a code set.
        """
        for service in services:
            while any((p["today"] or "") < day for p in await doors.get(service, "/progress")):
                await asyncio.sleep(HEARD_SECONDS)
