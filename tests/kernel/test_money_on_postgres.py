"""Posting and denial on a real database, with a log in memory between them: rows, doors and queries."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from contracts.reference import BusinessDayOpened, PayerListed
from contracts.registry import wire_name
from contracts.values import ProviderAdjustment
from services.denial.app import SERVICE as DENIAL
from services.posting.app import SERVICE as POSTING
from shared import envelope as wire
from shared.doors import OpenDoors
from shared.engine import Engine
from shared.http import app
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.rebuild import Rebuild
from shared.service import Scope, Service
from shared.store import Store
from shared.streams import (
    BROADCAST,
    account_stream,
    deposit_stream,
    partition_of,
    remittance_stream,
)
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    ONE,
    RULES,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.test_posting_money import RELEASED

PARTITIONS = 4
TODAY = date(2026, 1, 21)
FACILITY = Scope("test", "L1", "F1")
BLUE = PayerListed(
    payer="BLUE",
    name="Blue",
    payer_id="B1",
    filing_indicator="BL",
    receiver="CH",
    replacement="yes",
    filing_limit_days=365,
    correction_days=90,
    in_force_from=date(2025, 1, 1),
)


@dataclass
class Record:
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp: int = 1_768_953_600_000


@dataclass
class World:
    """A log in memory, two engines on one database, and a fake outside that says whatever a test needs."""

    engines: list[Engine]
    clients: dict[str, httpx.AsyncClient]
    log: list[list[Record]] = field(default_factory=lambda: [[] for _ in range(PARTITIONS)])
    read: dict[tuple[str, int], int] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    requests: int = 0

    def publish(self, rows: Any) -> None:
        for row in rows:
            self._append(row.target, row.stream, row.header, row.value)

    def _append(self, partition: int, stream: str, header: bytes, value: bytes) -> None:
        records = self.log[partition]
        headers = [(wire.ROUTING, header)]
        records.append(Record(partition, len(records), stream.encode(), value, headers))

    def say(self, stream: str, *events: Any) -> None:
        targets = range(PARTITIONS) if stream == BROADCAST else [partition_of(stream, PARTITIONS)]
        for event in events:
            for target in targets:
                self._say(stream, event, target)

    def _say(self, stream: str, event: Any, target: int) -> None:
        position = self.positions[target] = self.positions.get(target, 0) + 1
        name = wire_name(type(event))
        value = wire.encode(
            wire.Envelope(
                specversion="1.0",
                id=wire.event_id("outside", str(target), str(position)),
                type=name,
                source="/claimlog/outside",
                subject=stream,
                time=datetime(2026, 1, 21, tzinfo=UTC),
                datacontenttype="application/json",
                tenant=FACILITY.tenant,
                legalentity=FACILITY.legal_entity,
                facility=FACILITY.facility if stream.startswith("account/") else "",
                producer="outside/0",
                position=position,
                occurredon=TODAY,
                data=wire.encode_event(event),
            )
        )
        header = wire.routing_header(name, "outside/0", position, False)
        self._append(target, stream, header, value)

    async def settle(self) -> None:
        """Let everybody hear everything, until nothing more is said."""
        while True:
            moved = False
            for engine in self.engines:
                fresh = []
                for p, records in enumerate(self.log):
                    start = self.read.get((engine.service.name, p), 0)
                    fresh += records[start:]
                    self.read[(engine.service.name, p)] = len(records)
                if fresh:
                    tally = await engine.poll(fresh)
                    assert (tally.parked, tally.waiting, tally.early) == (0, 0, 0)
                    moved = True
            if not moved:
                return

    async def get(self, service: str, path: str) -> Any:
        answer = await self.clients[service].get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, service: str, path: str, body: Any, status: int = 200) -> Any:
        self.requests += 1
        headers = {"Idempotency-Key": f"k{self.requests}", "X-Actor": "pat"}
        answer = await self.clients[service].post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        await self.settle()
        return answer.json()


class Reader(LogReader):
    """The log as a rebuild reads it."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def read(self, partition: int, start: int, end: int) -> AsyncIterator[list[Any]]:
        """What stands in the partition."""
        yield self.world.log[partition][start:end]


async def _engine(service: Service, database: str, world: World) -> tuple[Any, Engine]:
    pool = await open_pool(f"{database}?search_path={service.name}", size=3)
    await pool.execute(f"create schema {service.name}")
    store = Store(service)
    async with pool.acquire() as connection:
        await store.create(connection, PARTITIONS, "topic")
    return pool, Engine(service, pool, store, PARTITIONS, world.publish)


@pytest.fixture
async def world(database: str) -> AsyncIterator[World]:
    made = World([], {})
    pools = []
    for service in (POSTING, DENIAL):
        pool, engine = await _engine(service, database, made)
        ring: Any = None
        doors = OpenDoors(engine, ring, ring, "test")
        assert service.routes is not None

        async def ready() -> dict[str, Any]:
            return {}

        transport = httpx.ASGITransport(app(service, ready, service.routes(doors)))
        made.clients[service.name] = httpx.AsyncClient(transport=transport, base_url="http://here")
        made.engines.append(engine)
        pools.append(pool)
    made.say(BROADCAST, BusinessDayOpened(day=TODAY), RULES, BLUE)
    made.say(account_stream(ACCOUNT), opened("BLUE"), captured())
    yield made
    for engine in made.engines:
        again = Rebuild(engine.service, engine.pool, Reader(made), PARTITIONS)
        assert (await again.compare()).differences == []
    for client in made.clients.values():
        await client.aclose()
    for pool in pools:
        await pool.close()


async def _balance(world: World) -> Any:
    return (await world.get("posting", f"/accounts/{ACCOUNT}"))["account"]


async def _check_books(world: World) -> dict[str, int]:
    books = await world.get("posting", "/trial-balance")
    assert books["sum_cents"] == 0
    return {row["ledger"]: row["cents"] for row in books["ledgers"]}


async def test_a_check_is_posted_matched_and_explained_and_the_patient_pays(world: World) -> None:
    paid = adjudicated(line(10_000, ("CO", "45", 8_000), ("PR", "2", 2_000)))
    world.say(remittance_stream("rem-1"), RELEASED)
    await world.settle()
    clearing = await world.get("posting", "/clearing")
    assert (clearing["left_cents"], clearing["remittances"][0]["left_cents"]) == (10_000, 10_000)
    world.say(account_stream(ACCOUNT), paid)
    await world.settle()
    assert (await world.get("posting", "/clearing")) == {"left_cents": 0, "remittances": []}
    deposit = {
        "deposit": "dep-1",
        "amount_cents": RELEASED.amount_cents,
        "deposited_on": "2026-01-21",
        "trace": RELEASED.check_number,
        "payer_trace_id": RELEASED.payer_trace_id,
    }
    told = await world.post("posting", "/deposits", {"deposits": [deposit]})
    assert told["items"][0]["status"] == 200
    assert (await world.get("posting", "/deposits")) == []
    assert (await world.get("posting", "/remittances"))[0]["deposit"] == "dep-1"
    payees = await world.get("posting", "/payees")
    assert payees["balances"][0]["forward_cents"] == 1_000
    payment = {
        "payment": "pay-1",
        "account": ACCOUNT,
        "tender": "card",
        "amount_cents": 1_500,
        "received_on": "2026-01-21",
    }
    told = await world.post("posting", "/patient-payments", {"payments": [payment]})
    assert told["items"][0]["said"]
    row = await _balance(world)
    assert (row["patient_cents"], row["patient_paid_cents"], row["open_cents"]) == (500, 1_500, 0)
    assert (row["facility"], row["legal_entity"]) == ("F1", "L1")
    guarantor = await world.get("posting", "/guarantors/g1")
    assert guarantor["unapplied_cents"] == 0
    off = {"kind": "small_balance", "reason": "policy", "approver": "pat", "cents": 600}
    await world.post("posting", f"/accounts/{ACCOUNT}/write-offs", off, 409)
    await world.post("posting", f"/accounts/{ACCOUNT}/write-offs", {**off, "cents": None})
    row = await _balance(world)
    assert (row["patient_cents"], row["written_off"]) == (0, {"small_balance": 500})
    ledgers = await _check_books(world)
    assert ledgers["cash"] == RELEASED.amount_cents + 1_500
    assert (ledgers["eft_receivable"], ledgers["patient_clearing"]) == (0, 0)


async def test_a_denial_is_corrected_and_paid(world: World) -> None:
    world.say(
        account_stream(ACCOUNT), adjudicated(line(0, ("CO", "197", 20_000)), payer_control="ICN1")
    )
    await world.settle()
    (row,) = await world.get("denial", "/denials?carc=197")
    assert (row["cents"], row["deadline_on"], row["charge"]) == (20_000, "2026-04-20", ONE)
    assert (await _balance(world))["denied_cents"] == 20_000
    path = f"/denials/{row['denial']}/correct"
    await world.post("denial", path, {}, 409)
    await world.post("denial", path, {"authorization": "AUTH9"})
    (row,) = await world.get("denial", "/denials?state=requested")
    assert row["route"] == "replacement"
    corrected = adjudicated(line(12_000, ("CO", "45", 8_000)), adjudication="adj-2")
    world.say(account_stream(ACCOUNT), corrected)
    await world.settle()
    row = await world.get("denial", f"/denials/{row['denial']}")
    assert (row["outcome"], row["outcome_cents"]) == ("paid", 12_000)
    assert (await world.get("denial", "/denials")) == []
    assert (await world.get("denial", "/summary"))[0]["outcome"] == "paid"
    await world.post("denial", "/denials/nonsense/accept", {"reason": "r"}, 404)
    await world.post("denial", f"/denials/{ACCOUNT}-D9/accept", {"reason": "r"}, 404)
    await _check_books(world)


async def test_the_same_claim_on_another_check_is_listed_as_an_overpayment(world: World) -> None:
    paid = adjudicated(line(12_000, ("CO", "45", 8_000)))
    other = replace(paid, adjudication="adj-2", flags=("other_check",))
    world.say(account_stream(ACCOUNT), paid, other)
    await world.settle()
    (over,) = await world.get("posting", "/overpayments")
    assert (over["cents"], over["claim"]) == (12_000, CLAIM)
    assert (await _check_books(world))["overpayment"] == -12_000


async def test_a_takeback_closes_the_overpayment_and_the_books_agree(world: World) -> None:
    paid = adjudicated(line(12_000, ("CO", "45", 8_000)), payer_control="ICN1")
    other = replace(paid, adjudication="adj-2", payer_control="ICN2", flags=("other_check",))
    taking = ProviderAdjustment(reason="WO", reference="ICN1", cents=15_000)
    later = replace(
        RELEASED, remittance="rem-2", check_number="EFT2", amount_cents=0, claims_cents=15_000
    )
    world.say(account_stream(ACCOUNT), paid, other)
    world.say(remittance_stream("rem-2"), replace(later, provider_adjustments=(taking,)))
    await world.settle()
    assert (await world.get("posting", "/overpayments")) == []
    (left,) = (await world.get("posting", "/payees"))["takebacks"]
    assert (left["account"], left["taken_cents"], left["left_cents"]) == (ACCOUNT, 15_000, 3_000)
    row = await _balance(world)
    assert (row["credit_cents"], row["insurance_paid_cents"]) == (0, 12_000)
    ledgers = await _check_books(world)
    assert (ledgers["overpayment"], ledgers["recovery_clearing"]) == (0, 0)
    assert ledgers["provider_adjustment"] == 3_000


async def test_a_deposit_without_a_remittance_is_on_a_work_list(world: World) -> None:
    deposit = {"deposit": "dep-9", "amount_cents": 5, "deposited_on": "2026-01-21", "trace": "X"}
    await world.post("posting", "/deposits", {"deposits": [deposit]})
    assert [row["deposit"] for row in await world.get("posting", "/deposits")] == ["dep-9"]
    assert deposit_stream("dep-9") == "deposit/dep-9"


async def _pays(world: World, cents: int) -> None:
    payment = {
        "payment": "pay-1",
        "account": ACCOUNT,
        "tender": "card",
        "amount_cents": cents,
        "received_on": "2026-01-21",
    }
    await world.post("posting", "/patient-payments", {"payments": [payment]})
    await world.settle()


async def test_a_corrected_decision_gives_the_patients_money_back_and_it_is_refunded(
    world: World,
) -> None:
    world.say(
        account_stream(ACCOUNT), adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)))
    )
    await world.settle()
    await _pays(world, 2_000)
    better = adjudicated(line(9_500, ("CO", "45", 10_000), ("PR", "2", 500)), adjudication="adj-2")
    world.say(account_stream(ACCOUNT), taken_back(8_000))
    await world.settle()
    (waits,) = await world.get("posting", "/credits")
    assert (waits["patient_cents"], "corrected" in waits["reason"]) == (-2_000, True)
    world.say(account_stream(ACCOUNT), better)
    await world.settle()
    assert await world.get("posting", "/credits") == []
    (left,) = await world.get("posting", "/unapplied")
    assert (left["left_cents"], left["applied_cents"]) == (1_500, 500)
    refund = {"payment": "pay-1", "refund": "r-1", "reason": "asked", "approver": "pat"}
    await world.post("posting", f"/accounts/{ACCOUNT}/refunds", {**refund, "cents": 1_501}, 409)
    await world.post("posting", f"/accounts/{ACCOUNT}/refunds", {**refund, "cents": 1_500})
    assert await world.get("posting", "/unapplied") == []
    assert (await world.get("posting", "/guarantors/g1"))["unapplied_cents"] == 0
    ledgers = await _check_books(world)
    assert (ledgers["cash"], ledgers["patient_clearing"], ledgers["patient_unapplied"]) == (
        500,
        0,
        0,
    )


async def test_an_overpayment_is_refunded_and_a_denial_is_transferred_by_a_person(
    world: World,
) -> None:
    paid = adjudicated(line(12_000, ("CO", "45", 8_000)))
    world.say(account_stream(ACCOUNT), paid, replace(paid, adjudication="adj-2"))
    await world.settle()
    (credit,) = await world.get("posting", "/credits")
    assert (credit["credit_cents"], "refund" in credit["reason"]) == (12_000, True)
    refund = {"refund": "r-1", "reason": "asked", "approver": "pat"}
    path = f"/accounts/{ACCOUNT}/overpayments/adj-2/refunds"
    await world.post("posting", path, refund)
    await world.post("posting", path, {**refund, "refund": "r-2"}, 409)
    await world.settle()
    assert await world.get("posting", "/overpayments") == []
    row = await _balance(world)
    assert (row["credit_cents"], row["insurance_paid_cents"]) == (0, 12_000)
    ledgers = await _check_books(world)
    assert (ledgers["recovery_clearing"], ledgers["cash"]) == (0, -12_000)


async def test_a_denied_amount_that_the_payer_lays_on_the_patient_is_transferred(
    world: World,
) -> None:
    world.say(account_stream(ACCOUNT), adjudicated(line(0, ("PR", "999", 20_000))))
    await world.settle()
    assert len(await world.get("denial", "/denials")) == 1
    transfer = {"to_party": "patient", "reason": "not in their plan", "approver": "pat"}
    await world.post("posting", f"/accounts/{ACCOUNT}/transfers", transfer)
    await world.settle()
    row = await _balance(world)
    assert (row["denied_cents"], row["patient_cents"]) == (0, 20_000)
    assert (await world.get("denial", "/denials")) == []
    assert (await world.get("denial", "/summary"))[0]["outcome"] == "patient"
