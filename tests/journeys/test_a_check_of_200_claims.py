"""One 835 with 200 claims over 150 accounts: known, unknown, paid before, taken back and corrected, and PLBs. To the cent."""

import asyncio
from datetime import date
from typing import Any

from deploy.auditing.run import audit
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.streams import account_number, charge_number, claim_number
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header
from simulator.books import Books
from simulator.chance import Chance
from simulator.doors import Doors
from simulator.people import member_id, person
from simulator.quiet import quiet

DAY = date(2026, 1, 2)
SOURCE = "JOURNEY"
ACCOUNTS = [account_number("demo", SOURCE, f"J{n:04d}") for n in range(150)]
CHARGES = (10_000, 5_000)
AGAIN = range(2)
TAKEN_BACK = range(2, 49)
PLAIN = range(49, 150)
LIMIT_SECONDS = 240.0


def _line(account: str, n: int, paid: int, patient: int, sign: int) -> RemitLine:
    cas = [Cas("CO", "45", sign * (CHARGES[n] - paid - patient))]
    if patient:
        cas.append(Cas("PR", "2", sign * patient))
    return RemitLine(
        ("G0438", "G0439")[n],
        sign * CHARGES[n],
        sign * paid,
        service_from=DAY,
        cas=cas,
        line_control=charge_number(account, n + 1),
    )


def _claim(account: str, paid: tuple[int, int], control: str, sign: int = 1) -> RemitClaim:
    lines = [
        _line(account, 0, paid[0], 1_000, sign),
        _line(account, 1, paid[1], 0, sign),
    ]
    return RemitClaim(
        claim_number(account, 1),
        "22" if sign < 0 else "1",
        sign * sum(CHARGES),
        sign * sum(paid),
        1_000 if sign > 0 else 0,
        "BL",
        control,
        patient_last="SYNTHETIC",
        patient_id="ZZZ0",
        lines=lines,
    )


def _unknown(n: int) -> RemitClaim:
    return RemitClaim(f"UNKNOWN{n}", "1", 4_000, 4_000, 0, "BL", f"U{n}", patient_last="STRANGER")


def _check(books: Books, trace: str, claims: list[RemitClaim], plb: list[Plb]) -> tuple[bytes, int]:
    facts = books.payer_facts()["BLUE"]
    npi = books.facilities[0]["npi"]
    for one in plb:
        one.npi, one.fiscal_year_end = npi, date(2026, 12, 31)
    amount = sum(c.paid_cents for c in claims) - sum(p.cents for p in plb)
    remit = Remittance(
        "I",
        amount,
        paid_on=DAY,
        trn02=trace,
        trn03=facts["trace_id"],
        produced_on=DAY,
        payer_name=facts["name"],
        payer_id=facts["payer_id"],
        payee_name="SYNTHETIC",
        payee_npi=npi,
        payee_tax_id=books.facilities[0]["tax_id"],
        claims=claims,
        plb=plb,
    )
    return write_835(Header("BLUE1", "CLAIMLOG", 1, 1, DAY), [remit]), amount


async def _register(doors: Doors, books: Books) -> None:
    facility = books.facilities[0]
    chance = Chance(3)
    encounters = [
        {
            "source_system": SOURCE,
            "encounter": f"J{n:04d}",
            "encounter_class": "clinic",
            "facility": facility["facility"],
            "legal_entity": facility["legal_entity"],
            "service_from": DAY.isoformat(),
            "service_to": DAY.isoformat(),
            "patient": {**person(chance, 900_000 + n), "mrn": f"ZZJ-{n}"},
            "coverages": [
                {
                    "order": 1,
                    "payer": "BLUE",
                    "filing_indicator": "BL",
                    "member_id": member_id("BLUE", 900_000 + n),
                    "effective_from": "2020-01-01",
                }
            ],
        }
        for n in range(150)
    ]
    charges = [
        {
            "source_system": SOURCE,
            "encounter": f"J{n:04d}",
            "charges": [
                {
                    "service_on": DAY.isoformat(),
                    "procedure": code,
                    "units": 1,
                    "charge_cents": cents,
                    "place_of_service": "11",
                    "rendering_npi": books.renderers[0],
                }
                for code, cents in zip(("G0438", "G0439"), CHARGES, strict=True)
            ],
            "diagnoses": [{"sequence": 1, "code": "E119"}],
            "pointers": [[1], [1]],
        }
        for n in range(150)
    ]
    await doors.post_all("registration", "/encounters", "journey/e", "encounters", encounters)
    await doors.post_all("coding", "/charges", "journey/c", "accounts", charges)


async def _until(check: Any, what: str) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LIMIT_SECONDS
    while not await check():
        assert loop.time() < deadline, f"waited for: {what}"
        await asyncio.sleep(0.1)


async def _file(doors: Doors, data: bytes, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = await doors.post(
        "adjudication_tracking", "/files", f"journey/{name}", content=data, params={"name": name}
    )
    return answer


async def _check_is(doors: Doors, trace: str, posted: int, unmatched: int) -> bool:
    for row in await doors.get("reporting", "/checks"):
        if row["check_number"] == trace:
            return bool(row["posted_cents"] == posted and row["unmatched_cents"] == unmatched)
    return False


async def _met(doors: Doors) -> bool:
    """Whether the payer's takeback was led to the account that its reference names."""
    return bool((await _money(doors))[0]["credit_cents"] < 9_000)


async def _money(doors: Doors) -> list[dict[str, Any]]:
    stories = [await doors.get("reporting", f"/story/{account}") for account in ACCOUNTS]
    return [story["money"] for story in stories]


async def _journey(stack: Stack) -> list[str]:
    books = Books.load()
    doors = Doors({s: stack.url_of(s) or "" for s in SERVICES}, "journey")
    try:
        await books.publish(doors, DAY)
        await doors.post("reference", "/business-days", f"day/{DAY}", {"day": DAY.isoformat()})
        await books.heard(doors, DAY.isoformat())
        await _register(doors, books)

        async def queued() -> bool:
            rows = await doors.get("submission", "/queues")
            return sum(row["claims"] for row in rows) == 150

        await _until(queued, "150 claims in the queues")
        await doors.post("reference", "/cutoffs", f"cutoff/{DAY}", {"day": DAY.isoformat()})

        async def sent() -> bool:
            rows = await doors.get("reporting", "/claims-by-state")
            return sum(r["claims"] for r in rows if r["state"] == "sent") == 150

        await _until(sent, "150 claims sent")
        before = [*AGAIN, *TAKEN_BACK]
        first = [_claim(ACCOUNTS[n], (6_000, 3_000), f"ICN{n}") for n in before]
        data, _ = _check(books, "JOURNEY1", first, [])
        await _file(doors, data, "first.835")
        await _until(lambda: _check_is(doors, "JOURNEY1", 49 * 9_000, 0), "the first check posted")

        claims = [_claim(ACCOUNTS[n], (6_000, 3_000), f"ICN{n}B") for n in AGAIN]
        for n in TAKEN_BACK:
            claims.append(_claim(ACCOUNTS[n], (6_000, 3_000), f"ICN{n}", -1))
            claims.append(_claim(ACCOUNTS[n], (5_500, 2_500), f"ICN{n}C"))
        claims += [_claim(ACCOUNTS[n], (6_000, 3_000), f"ICN{n}") for n in PLAIN]
        claims += [_unknown(n) for n in range(3)]
        assert len(claims) == 200
        plb = [Plb("WO", 500, "ICN0"), Plb("FB", 300, "FORWARD"), Plb("L6", -125, "ICN60")]
        data, amount = _check(books, "JOURNEY2", claims, plb)
        await _file(doors, data, "second.835")
        posted = 2 * 9_000 + 47 * (8_000 - 9_000) + 101 * 9_000
        await _until(
            lambda: _check_is(doors, "JOURNEY2", posted, 12_000), "the second check posted"
        )
        assert amount == posted + 12_000 - 675
        again = await doors.post(
            "adjudication_tracking",
            "/files",
            "journey/again",
            content=data,
            params={"name": "again"},
        )
        assert again["again"], "the same file again is quiet"
        deposit = {
            "deposit": "BANK-JOURNEY2",
            "amount_cents": amount,
            "deposited_on": DAY.isoformat(),
            "trace": "JOURNEY2",
            "payer_trace_id": books.payer_facts()["BLUE"]["trace_id"],
        }
        await doors.post("posting", "/deposits", "journey/deposit", {"deposits": [deposit]})
        await _until(lambda: _met(doors), "the takeback met what was paid too much")
        assert await quiet(doors, SERVICES, LIMIT_SECONDS)
        _judge(await _money(doors))
        results = [result async for result in audit(stack, replay=False)]
        return [f"{r.name}: {r.first or r.unchecked}" for r in results if not r.holds]
    finally:
        await doors.close()


def _judge(money: list[dict[str, Any]]) -> None:
    for n, row in enumerate(money):
        recovered = 500 if n == 0 else 0
        credit = 9_000 - recovered if n in AGAIN else 0
        cut = 1_000 if n in TAKEN_BACK else 0
        paid = 18_000 - recovered if n in AGAIN else 9_000 - cut
        found = (
            row["charges_cents"],
            row["insurance_paid_cents"],
            row["contractual_cents"],
            row["patient_owes_cents"],
            row["credit_cents"],
            row["open_cents"] + row["denied_cents"] + row["next_payer_cents"],
        )
        assert found == (15_000, paid, 5_000 + cut, 1_000, credit, 0), (n, found)


def test_a_check_of_200_claims_posts_to_the_cent(stack: Stack) -> None:
    assert asyncio.run(_journey(stack)) == []
