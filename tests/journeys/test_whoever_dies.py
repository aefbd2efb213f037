"""Every real service is killed at every failpoint it passes, and the claims on their way end to the cent."""

import asyncio
import signal

import pytest
from aiokafka import AIOKafkaProducer

from deploy.auditing.run import audit
from deploy.provision import SERVICES
from deploy.stack import Stack
from shared.failpoints import REGISTRY
from shared.streams import account_stream, partition_of
from simulator.people import CANARY
from tests.journeys import answers
from tests.journeys.answers import SentFile
from tests.journeys.deaths import REBUILD, Deaths, covered, points_of, rebuild_dies
from tests.journeys.erasing import erase_somebody
from tests.journeys.money import Money
from tests.journeys.office import Account, Office

MOST_LAPS = 12
PAID = [(6_000, 1_000), (3_000, 0)]


def test_some_service_is_killed_at_every_failpoint_there_is() -> None:
    assert covered() == set(REGISTRY)


async def _taken(office: Office, files: list[SentFile], *claims: tuple[Account, int, str]) -> None:
    """Every file is accepted, every inquiry is answered, and the payers take the claims."""
    for file in files:
        if file.claims:
            await office.hand_in("submission", answers.accepts(file, office.day))
        for inquiry in file.inquiries:
            await office.hand_in("eligibility", answers.eligible(inquiry, office.day))
    for account, order, control in claims:
        sent = answers.claim_in(files, account.claim(order))
        await office.hand_in("adjudication_tracking", answers.takes(sent, control, office.day))


async def _poison(stack: Stack, lap: int) -> None:
    """A record that no service of ours would write: all nine of them park it."""
    stream = account_stream(f"POISON{lap:08d}")
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap)
    await producer.start()
    await producer.send_and_wait(
        stack.settings.topic,
        b"{}",
        stream.encode(),
        partition_of(stream, stack.settings.partitions),
        headers=[("r", f"coding.charges_dreamt.v1|stranger/{lap}|1|0".encode())],
    )
    await producer.stop()


async def _new_code_set(office: Office, lap: int) -> None:
    params = {"name": "LAPS", "version": str(lap), "effective_from": "2026-01-01"}
    data = f"LAP{lap}".encode()
    key = f"journey/laps/{office.day}/{lap}"
    await office.doors.post("reference", "/code-sets", key, content=data, params=params)


async def _lap(office: Office, lap: int) -> None:
    """One claim goes on to a second payer and the patient, another is denied, corrected and paid."""
    on, other = await office.encounter("BLUE", then="COMM"), await office.encounter("BLUE")
    await _poison(office.stack, lap)
    await _new_code_set(office, lap)
    await erase_somebody(office.doors, office.books, f"LAP{lap}", office.day)
    files = await office.send(on.claim(), other.claim())
    await _taken(office, files, (on, 1, f"L{lap}A"), (other, 1, f"L{lap}B"))
    first = answers.claim_in(files, on.claim())
    claims = [
        answers.pays(first, PAID, f"L{lap}A"),
        answers.denies(answers.claim_in(files, other.claim()), f"L{lap}B"),
    ]
    await office.hand_in(
        "adjudication_tracking", answers.check(first, f"LAP{lap}-1", claims, office.day)
    )
    await office.has(on, Money(15_000, paid=9_000, contractual=5_000, next_payer=1_000))
    await office.happened(other, "denial_opened", 2)
    denial = (await office.doors.get("denial", "/denials", account=other.number))[0]["denial"]
    correct = f"/denials/{denial}/correct"
    await office.tell("denial", correct, {"note": "AS THE REMARK ASKS"}, at_once=True)

    files = await office.send(on.claim(2), other.claim())
    await _taken(office, files, (on, 2, f"L{lap}C"), (other, 1, f"L{lap}D"))
    again, second = (answers.claim_in(files, c) for c in (other.claim(), on.claim(2)))
    for n, sent, claim in (
        (2, again, answers.pays(again, PAID, f"L{lap}D")),
        (3, second, answers.pays_after(second, [(800, 200), (0, 0)], f"L{lap}C")),
    ):
        check = answers.check(sent, f"LAP{lap}-{n}", [claim], office.day)
        await office.hand_in("adjudication_tracking", check)
    await _money_in(office, on, lap)
    await office.has(on, Money(15_000, paid=9_800, contractual=5_000, patient_paid=200))
    await office.has(other, Money(15_000, paid=9_000, contractual=5_000, patient=1_000))


async def _money_in(office: Office, account: Account, lap: int) -> None:
    """The bank shows the three checks; the patient pays before knowing what is owed."""
    deposits = [
        {
            "deposit": f"BANK-LAP{lap}-{n}",
            "amount_cents": cents,
            "deposited_on": office.day.isoformat(),
            "trace": f"LAP{lap}-{n}",
            "payer_trace_id": answers.PAYER_TRACE,
        }
        for n, cents in ((1, 9_000), (2, 9_000), (3, 800))
    ]
    await office.tell("posting", "/deposits", {"deposits": deposits}, at_once=True)
    payment = {
        "payment": f"PAY-{account.number}",
        "account": account.number,
        "tender": "card",
        "amount_cents": 200,
        "received_on": office.day.isoformat(),
    }
    await office.tell("posting", "/patient-payments", {"payments": [payment]}, at_once=True)


async def _discard(office: Office) -> dict[str, int]:
    """A person looks at what each service parked, and discards it."""
    found = {}
    for service in SERVICES:
        rows = await office.listed(service, "/parked")
        found[service] = len(rows)
        for row in rows:
            path = f"/parked/{row['partition']}/{row['offset']}/discard"
            await office.tell(service, path, {"reason": "NO EVENT OF OURS"}, at_once=True)
    return found


@pytest.mark.timeout(1_200)
async def test_whoever_is_killed_wherever_the_claims_end_to_the_cent(
    stack: Stack, office: Office
) -> None:
    deaths = Deaths(stack)
    await deaths.begin()
    watching = asyncio.create_task(deaths.watch())
    laps = 0
    while deaths.left and laps < MOST_LAPS:
        laps += 1
        lap = asyncio.create_task(_lap(office, laps))
        await asyncio.wait([lap, watching], return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
        await lap
    assert not deaths.left
    assert {s: tuple(points) for s, points in deaths.died.items()} == {
        service: points_of(service) for service in SERVICES
    }
    assert await _discard(office) == dict.fromkeys(SERVICES, laps)


@pytest.mark.timeout(600)
async def test_a_rebuild_that_is_killed_leaves_tables_that_the_claims_go_on_with(
    stack: Stack, office: Office
) -> None:
    account = await office.encounter()
    for service in SERVICES:
        for point in REBUILD:
            code = await asyncio.to_thread(rebuild_dies, stack, service, point)
            assert code == -signal.SIGKILL, f"{service} at {point}"
    files = await office.send(account.claim())
    sent = answers.claim_in(files, account.claim())
    check = answers.check(sent, "REBUILT", [answers.pays(sent, PAID, "REBUILT")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, Money(15_000, paid=9_000, contractual=5_000, patient=1_000))


@pytest.mark.timeout(600)
async def test_after_all_journeys_the_audit_finds_every_promise_kept(stack: Stack) -> None:
    broken = [
        f"{r.name}: {r.first or r.unchecked}"
        async for r in audit(stack, canary=CANARY)
        if not r.holds
    ]
    assert broken == []
