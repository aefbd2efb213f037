"""A billing office's day through the doors: encounters come in, charges are captured, days open, cut-offs pass.

Nothing here looks into a table: what an office does not see, a journey does not see either.
"""

import asyncio
import hashlib
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.streams import account_number, charge_number, claim_number
from simulator.books import Books
from simulator.chance import Chance
from simulator.doors import Doors, NotThere
from simulator.people import member_id, person
from simulator.quiet import quiet
from simulator.world import standing
from tests.journeys.answers import SentFile, read_sent
from tests.journeys.commands import command
from tests.journeys.money import Money, posted_money, reported_money

SOURCE = "JOURNEYS"
FIRST_DAY = date(2026, 1, 2)
COVERED_FROM = "2020-01-01"
LIMIT_SECONDS = 180.0
RETRIES = 1_200
"""Five minutes: a service may die at ten places before it answers."""
ADMISSION, PHYSICAL = ("G0438", 10_000), ("G0439", 5_000)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Account:
    """One encounter account as it was registered; `charges` are (procedure, cents)."""

    number: str
    patient: str
    payer: str
    charges: Sequence[tuple[str, int]]
    facility: dict[str, Any]
    who: dict[str, Any]
    seen_on: date

    def claim(self, order: int = 1) -> str:
        """CLM01 of the claim to the payer of this order."""
        return claim_number(self.number, order)

    def charge(self, n: int) -> str:
        """REF*6R of line n, from 1."""
        return charge_number(self.number, n)


@dataclass(slots=True)
class Office:
    """One biller with all doors; `day` is the business day that is open."""

    stack: Stack
    doors: Doors
    day: date
    books: Books = field(default_factory=Books.load)
    _known: set[Path] = field(default_factory=set)

    @classmethod
    async def enter(cls, stack: Stack) -> "Office":
        """The doors of a stack whose books are listed; the day after the last one opens."""
        doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "biller:journey", RETRIES)
        last = await standing(doors)
        if last is None:
            await Books.load().publish(doors, FIRST_DAY)
            last = FIRST_DAY - timedelta(days=1)
        office = cls(stack, doors, last)
        office.new_files()
        await office.morning()
        return office

    async def leave(self) -> None:
        """Give back connections."""
        await self.doors.close()

    # -- days --------------------------------------------------------------------------------------------

    async def morning(self) -> None:
        """The next day opens, and every service has heard so: what is told now is told on that day."""
        self.day += timedelta(days=1)
        key = f"journey/day/{self.day}"
        await self.doors.post("reference", "/business-days", key, {"day": self.day.isoformat()})
        async with asyncio.timeout(LIMIT_SECONDS):
            await self.books.heard(self.doors, self.day.isoformat())

    async def cutoff(self) -> None:
        """The day's queues close into files, once everything that was said before it is heard."""
        await self.quiet()
        key = f"journey/cutoff/{self.day}"
        await self.doors.post("reference", "/cutoffs", key, {"day": self.day.isoformat()})

    async def send(self, *claims: str) -> list[SentFile]:
        """These claims leave with today's cut-off; the files of the day, and the next morning."""
        for claim in claims:
            await self.submission_shows(claim, "queued")
        await self.cutoff()
        for claim in claims:
            await self.submission_shows(claim, "submitted")
        files = self.new_files()
        await self.morning()
        return files

    async def submission_shows(self, claim: str, state: str) -> dict[str, Any]:
        """Wait until submission shows the claim in this state; its row."""
        found: dict[str, Any] = {}

        async def so() -> bool:
            nonlocal found
            found = await self.ask("submission", f"/claims/{claim}") or {}
            return found.get("state") == state

        await self.until(so, f"the claim is {state}")
        return found

    async def listed(self, service: str, path: str, **which: Any) -> list[dict[str, Any]]:
        """A list, once its service has heard whatever others show: what is not on it then does not belong there."""
        await self.quiet()
        rows: list[dict[str, Any]] = await self.doors.get(service, path, **which)
        return rows

    async def command(self, *words: str) -> tuple[int, Any]:
        """`claimlog …` as a biller types it who sees all there is: its exit code and its JSON."""
        await self.quiet()
        return await command(self.stack, *words)

    async def ask(self, service: str, path: str) -> Any:
        """What a door shows; None where it shows nothing yet."""
        try:
            return await self.doors.get(service, path)
        except NotThere:
            return None

    def new_files(self) -> list[SentFile]:
        """What lies in the clearinghouse's folder that did not lie there before."""
        folder = self.stack.home.root / "files" / "outbound"
        found = sorted(
            p
            for p in folder.rglob("*")
            if p.is_file() and "ready" not in p.relative_to(folder).parts
        )
        fresh = [path for path in found if path not in self._known]
        self._known.update(fresh)
        return [read_sent(path) for path in fresh]

    # -- patients and charges ----------------------------------------------------------------------------

    async def encounter(
        self,
        payer: str = "BLUE",
        *,
        then: str = "",
        charges: Sequence[tuple[str, int]] = (ADMISSION, PHYSICAL),
        facility: str = "FAC1",
        diagnosis: str = "E119",
        covered_from: str = COVERED_FROM,
    ) -> Account:
        """A patient was seen today: registered with one coverage or two, charged, and coded."""
        account = await self.register(
            payer, then=then, charges=charges, facility=facility, covered_from=covered_from
        )
        await self.charge(account, diagnosis=diagnosis)
        return account

    async def register(
        self,
        payer: str = "BLUE",
        *,
        then: str = "",
        charges: Sequence[tuple[str, int]] = (ADMISSION, PHYSICAL),
        facility: str = "FAC1",
        covered_from: str = COVERED_FROM,
        parent: dict[str, Any] | None = None,
    ) -> Account:
        """The encounter alone, without a charge; a child is covered by its parent's insurance."""
        number = next(_numbers)
        where = next(f for f in self.books.facilities if f["facility"] == facility)
        who = person(Chance(11), 800_000 + number) | {"mrn": f"ZZJ-{self.day}-{number}"}
        name = f"{self.day:%y%m%d}-{number:05d}"
        body = {
            "source_system": SOURCE,
            "encounter": name,
            "encounter_class": "clinic",
            "facility": where["facility"],
            "legal_entity": where["legal_entity"],
            "service_from": self.day.isoformat(),
            "service_to": self.day.isoformat(),
            "patient": who,
            "coverages": [
                self.coverage(order, code, number, covered_from)
                | ({"relation": "19", "subscriber": parent} if parent else {})
                for order, code in enumerate(filter(None, (payer, then)), start=1)
            ],
        }
        answer = await self.doors.post(
            "registration", "/encounters", f"journey/e/{name}", {"encounters": [body]}
        )
        (taken,) = answer["encounters"]
        assert taken["status"] == 200, taken
        assert taken["account"] == account_number("demo", SOURCE, name)
        return Account(taken["account"], taken["patient"], payer, charges, where, who, self.day)

    def coverage(
        self, order: int, payer: str, number: int, covered_from: str = COVERED_FROM
    ) -> dict[str, Any]:
        """A coverage as registration takes it."""
        listed = next(p for p in self.books.payers if p["payer"] == payer)
        return {
            "order": order,
            "payer": payer,
            "filing_indicator": listed["filing_indicator"],
            "member_id": member_id(payer, 800_000 + number),
            "effective_from": covered_from,
        }

    async def cover_anew(self, account: Account) -> None:
        """The insurance card was read again: the same payer under another member id."""
        body = {
            "coverages": [self.coverage(1, account.payer, next(_numbers))],
            "set_on": self.day.isoformat(),
            "reason": "THE CARD WAS READ AGAIN",
        }
        await self.tell("registration", f"/patients/{account.patient}/coverages", body)
        await self.quiet()

    async def charge(self, account: Account, *, diagnosis: str = "E119") -> None:
        """The charges of an account with their codes."""
        charges = [
            {
                "service_on": account.seen_on.isoformat(),
                "procedure": code,
                "units": 1,
                "charge_cents": cents,
                "place_of_service": "11",
                "rendering_npi": self.books.renderers[0],
            }
            for code, cents in account.charges
        ]
        body = {
            "account": account.number,
            "charges": charges,
            "diagnoses": [{"sequence": 1, "code": diagnosis}],
            "pointers": [[1]] * len(charges),
        }
        key = f"journey/c/{account.number}"
        await self.doors.post("coding", "/charges", key, {"accounts": [body]})

    # -- files of the outside ----------------------------------------------------------------------------

    async def hand_in(self, service: str, data: bytes) -> dict[str, Any]:
        """A file from the clearinghouse at a service's door."""
        key = f"journey/file/{service}/{hashlib.sha256(data).hexdigest()}"
        answer: dict[str, Any] = await self.doors.post(
            service, "/files", key, content=data, params={"name": "journey"}, actor="clearinghouse"
        )
        return answer

    async def tell(
        self, service: str, path: str, body: dict[str, Any], *, at_once: bool = False
    ) -> dict[str, Any]:
        """What a person decides at a screen that shows all there is; or `at_once`, whatever is still on its way."""
        if not at_once:
            await self.quiet()
        key = f"journey/{self.day}/{service}{path}/{next(_numbers)}"
        answer: dict[str, Any] = await self.doors.post(service, path, key, body)
        assert all(item["status"] == 200 for item in answer.get("items", [])), answer
        return answer

    async def quiet(self) -> None:
        """Wait until all services are at the same place of the log, with nothing on its way, and stay there."""
        still = await quiet(self.doors, SERVICES, LIMIT_SECONDS)
        assert still, "waited in vain until nobody hears or says anything new"

    # -- what an office sees -----------------------------------------------------------------------------

    async def until(self, check: Callable[[], Awaitable[bool]], what: str) -> None:
        """Ask again and again until it is so."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LIMIT_SECONDS
        while not await check():
            assert loop.time() < deadline, f"waited in vain until {what}"
            await asyncio.sleep(0.1)

    async def story(self, account: Account) -> dict[str, Any]:
        """Reporting's story of the account; empty as long as it heard nothing of it."""
        found: dict[str, Any] | None = await self.ask("reporting", f"/story/{account.number}")
        return found or {"money": None, "claims": [], "steps": []}

    async def steps(self, account: Account) -> list[str]:
        """What happened to the account, in order: `claim_held`, `payment_posted` …"""
        return [s["wire"].split(".")[1] for s in (await self.story(account))["steps"]]

    async def happened(self, account: Account, step: str, times: int = 1) -> None:
        """Wait until the account's story shows this step so often."""

        async def so() -> bool:
            return (await self.steps(account)).count(step) >= times

        await self.until(so, f"{step} happened")

    async def eligibility_shows(self, account: Account, state: str) -> None:
        """Wait until eligibility shows the first coverage in this state."""

        async def so() -> bool:
            rows = await self.ask("eligibility", f"/accounts/{account.number}") or []
            return any(row["state"] == state for row in rows)

        await self.until(so, f"the coverage is {state}")

    async def claim(self, account: Account, order: int = 1) -> dict[str, Any]:
        """Reporting's row of a claim; empty when there is none."""
        number = account.claim(order)
        rows = [c for c in (await self.story(account))["claims"] if c["claim"] == number]
        return rows[0] if rows else {}

    async def claim_is(self, account: Account, state: str, order: int = 1) -> dict[str, Any]:
        """Wait until reporting shows the claim in this state; its row."""
        found: dict[str, Any] = {}

        async def so() -> bool:
            nonlocal found
            found = await self.claim(account, order)
            return bool(found.get("state") == state)

        await self.until(so, f"claim {order} is {state}")
        return found

    async def check_is(self, trace: str, *, posted: int, unmatched: int = 0) -> None:
        """Wait until reporting shows this much of a check as posted, and whether it matches."""

        async def so() -> bool:
            rows = await self.doors.get("reporting", "/checks", limit=5_000)
            return any(
                row["check_number"] == trace
                and (row["posted_cents"], row["unmatched_cents"]) == (posted, unmatched)
                and row["matches"] == (not unmatched)
                for row in rows
            )

        await self.until(so, f"check {trace} is posted")

    async def money(self, account: Account) -> Money:
        """The account's balance as posting and reporting show it, once they agree; journal entries balance."""
        posted: dict[str, Any] = {}

        async def agree() -> bool:
            nonlocal posted
            posted = await self.ask("posting", f"/accounts/{account.number}") or {}
            reported = (await self.story(account))["money"]
            both = bool(posted and reported)
            return both and reported_money(reported) == posted_money(posted["account"])

        await self.until(agree, "posting and reporting say the same")
        entries: dict[str, int] = {}
        for line in posted["journal"]:
            entries[line["entry"]] = entries.get(line["entry"], 0) + line["cents"]
        assert not any(entries.values()), "every journal entry balances"
        return posted_money(posted["account"])

    async def has(self, account: Account, expected: Money) -> None:
        """Wait until the account's money is this, to the cent, and its story ends with what is left."""
        found = Money(0)

        async def so() -> bool:
            nonlocal found
            found = await self.money(account)
            return found == expected

        try:
            await self.until(so, "the money is there")
        except AssertionError:
            assert found == expected
            raise
        left = expected.patient + expected.denied + expected.next_payer + expected.open
        last = (await self.story(account))["steps"][-1]
        assert last["balance_cents"] == left - expected.credit, "the story ends with what is left"
